"""What a perfect reviewer knows: the truth beside the sample faxes, by task."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine

from form_templates.catalog import Catalog
from form_templates.model import FormField, Kind
from store.database import reading
from store.tables import Document, ReviewTask

CASELESS: frozenset[Kind] = frozenset(
    {"name", "text", "free_text", "office_use", "email", "state_license", "dea", "state"}
)


@dataclass(frozen=True)
class Known:
    """What is true of one task.

    Attributes:
        field: of the template; none for tasks about a page, a form, a fax or an event.
        value: normal value of the field.
        told: the truth names the field: of a form that the fax does not hold it knows nothing.
        adverse_event: the fax reports one.
    """

    field: FormField | None
    value: Any
    told: bool
    adverse_event: bool


class Truths:
    """Looks up what is true of a task.

    Args:
        engine: of the store.
        catalog: of the forms.
        faxes: samples, each with its truth beside it.
        else_as: the sample whose truth is that of every other fax.
    """

    def __init__(
        self, engine: Engine, catalog: Catalog, faxes: Collection[Path], *, else_as: Path | None = None
    ) -> None:
        self._engine = engine
        self._catalog = catalog
        self._faxes = {sha256(fax.read_bytes()).hexdigest(): _truth(fax) for fax in faxes}
        self._other = _truth(else_as) if else_as is not None else None

    def of(self, task_id: str) -> Known:
        """The truth about what a task asks."""
        with reading(self._engine) as session:
            task = session.get_one(ReviewTask, task_id)
            fax, kind, name = task.transmission_id, task.kind, task.field
            document = session.execute(
                select(Document.form, Document.version, Document.pages).where(Document.id == task.document_id)
            ).one_or_none()
        truth = self._faxes[fax] if self._other is None else self._faxes.get(fax, self._other)
        event = bool(truth["adverse_event"])
        if document is None or name is None or kind != "field":
            return Known(None, None, told=False, adverse_event=event)
        form, version, pages = document
        fields = _fields(truth, form, version, pages)
        field = self._catalog.get(form, version).field(name)
        told = name in fields and not fields[name].get("cut")
        return Known(field, fields[name]["value"] if told else None, told, event)


def same(kind: Kind, value: Any, true: Any) -> bool:
    """Whether a value is the true one, compared as readings are scored."""
    if isinstance(value, tuple | list) or isinstance(true, list):
        return frozenset(value or ()) == frozenset(true or ())
    if not isinstance(value, str) or not isinstance(true, str):
        return (value or None) == (true or None)
    one, other = " ".join(value.split()), " ".join(true.split())
    return one.casefold() == other.casefold() if kind in CASELESS else one == other


def _truth(fax: Path) -> dict[str, Any]:
    return dict(json.loads(fax.with_suffix(".json").read_text()))


def _fields(truth: dict[str, Any], form: str, version: str, pages: list[int]) -> dict[str, Any]:
    for document in truth["documents"]:
        if (document["form"], document["version"]) == (form, version) and set(document["pages"]) & set(pages):
            return dict(document["fields"])
    return {}
