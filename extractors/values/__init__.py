"""From the text that was read to a normal value, by kind of field. What a parser cannot read is none."""

from extractors.values.dates import parse_date, parse_time
from extractors.values.identifiers import (
    parse_dea,
    parse_ncpdp,
    parse_npi,
    parse_rems_id,
    parse_state_license,
)
from extractors.values.numbers import parse_number, parse_phone
from extractors.values.parsed import ILLEGIBLE, NOT_APPLICABLE, Parsed, is_absent
from extractors.values.places import parse_state, parse_zip
from extractors.values.words import parse_email, parse_name, parse_text
from form_templates.model import FormField

TEXT_KINDS = frozenset({"name", "text", "free_text", "office_use"})
"""Kinds whose value is whatever was written."""

_CASELESS = TEXT_KINDS | {"email", "state_license"}

_PLAIN = {
    "name": parse_name,
    "text": parse_text,
    "free_text": parse_text,
    "office_use": parse_text,
    "time": parse_time,
    "phone": parse_phone,
    "email": parse_email,
    "npi": parse_npi,
    "dea": parse_dea,
    "state_license": parse_state_license,
    "ncpdp": parse_ncpdp,
    "state": parse_state,
    "zip": parse_zip,
}


def normalize(field: FormField, raw: str) -> Parsed:  # noqa: PLR0911 - one line a kind
    """The normal value of a written field.

    Args:
        field: a field of any kind that is written, not ticked or signed.
        raw: the text read in it, lines joined by a space.

    Returns:
        The value with its plausibility. "N/A" and its like are the value ``N/A`` of a text and none of any
        other kind, with the reason ``not_applicable`` either way.
    """
    if not raw.strip():
        return ILLEGIBLE
    if is_absent(raw):
        if field.kind in TEXT_KINDS:
            return Parsed(_absent_text(raw), plausible=True, reasons=("not_applicable",))
        return NOT_APPLICABLE
    if field.kind == "date":
        return parse_date(raw, birth="birth" in field.name)
    if field.kind == "rems_id":
        return parse_rems_id(raw, field.pattern)
    if field.kind == "number":
        return parse_number(raw, unit=field.unit, minimum=field.minimum, maximum=field.maximum)
    return _PLAIN[field.kind](raw)


def sameness(field: FormField, parsed: Parsed) -> str | None:
    """What two readings of one value share: words are compared without capitals and gaps; none for none."""
    if parsed.value is None:
        return None
    return parsed.value.lower().replace(" ", "") if field.kind in _CASELESS else parsed.value


def _absent_text(raw: str) -> str:
    text = raw.strip()
    squeezed = "".join(sign for sign in text if sign.isalpha()).lower()
    return "N/A" if squeezed in ("na", "nla", "notapplicable") else text
