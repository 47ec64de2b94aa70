"""From the fields of a form to its record: the sure values, and the keys to find its people by. Pure."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from store.model import Decision, FieldRecord, Value

REMS_ID_OF_FORM = {
    "prescriber_enrollment": "prescriber_rems_id",
    "knowledge_assessment": "prescriber_rems_id",
    "facility_enrollment": "facility_rems_id",
    "pharmacy_enrollment": "pharmacy_rems_id",
}
"""Whose identifier the office writes into a form's ``office_rems_id``."""

LONGEST_KEY = 200
"""Characters; what is longer is nobody's name or number, and would not fit into an index."""

SURE: frozenset[Decision] = frozenset({"accept", "empty"})


def sure_content(fields: tuple[FieldRecord, ...]) -> dict[str, Value]:
    """The values that nothing doubts; a field that waits for a person is not there at all."""
    return {field.name: field.value for field in fields if field.decision in SURE}


def people_keys(form: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of ``records`` by which a form's people are found; none where not surely said."""
    office = content.get("office_rems_id")
    by_office = {REMS_ID_OF_FORM[form]: office} if form in REMS_ID_OF_FORM and office else {}
    keys = {
        "patient_rems_id": content.get("patient_rems_id") or content.get("office_patient_rems_id"),
        "patient_last_name": fold(_text(content.get("patient_last_name"))),
        "date_of_birth": _day(content.get("date_of_birth")),
        "patient_zip": content.get("patient_zip"),
        "prescriber_rems_id": content.get("prescriber_rems_id"),
        "prescriber_npi": content.get("prescriber_npi"),
        "facility_rems_id": content.get("facility_rems_id"),
        "pharmacy_rems_id": content.get("pharmacy_rems_id"),
    }
    keys.update(by_office)
    return {name: value if isinstance(value, date) else _text(value) for name, value in keys.items()}


def fold(name: str | None) -> str | None:
    """A name as it is compared: no accents, no capitals, single spaces."""
    if name is None:
        return None
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_KEY else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
