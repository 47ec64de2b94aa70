"""One fax of the benchmark read as the flow reads it, with the crops that the readers were given.

The steps are those of ``pipelines.reading`` for a fax of one form whose pages lie in order; the crops are cut
a second time by the same functions, so that nothing in the readers needs to know that they are watched. The
day of the call is taken from the truth: of 30 faxes made so, the header line gave the right day in all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extractors.cut_off import is_cut_off
from extractors.identify import identify
from extractors.model import FieldReading, FormPages, RegisteredPage
from extractors.opening import open_fax
from extractors.read import is_standard, read_document
from extractors.register import register
from extractors.straighten import straighten
from extractors.writing import find_writing, to_px
from extractors.written import WrittenField, find_written
from form_templates.model import MARKED_KINDS, Template
from pipelines.engine import ReadingEngine

Json = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class CutFax:
    """A fax read: every field's reading, the cut of every written one, and the pages by number on the form.

    ``lost`` are the pages of the form that were not recognized, or not well enough to read.
    """

    template: Template
    fields: dict[str, FieldReading]
    cuts: dict[str, WrittenField]
    pages: dict[int, RegisteredPage]
    lost: tuple[int, ...]


def cut_fax(data: bytes, truth: Json, engine: ReadingEngine, *, read: bool = True) -> CutFax:
    """Lay a fax's pages over their blanks, read them, and cut every written field.

    Args:
        data: the file of a fax of one form.
        truth: what is true of it.
        engine: catalog, blanks and readers.
        read: false leaves the readers out; every field is then without a reading.
    """
    told = truth["documents"][0]
    template = engine.catalog.get(told["form"], told["version"])
    pages: dict[int, RegisteredPage] = {}
    received: dict[int, int] = {}
    lost = []
    for form_page, page in enumerate(open_fax(data, "fax.tif").pages, start=1):
        straight, identity = identify(straighten(page), engine.blanks)
        if (identity.form, identity.version, identity.form_page) != (
            template.form,
            template.version,
            form_page,
        ):
            lost.append(form_page)
            continue
        received[form_page] = page.number
        pages[form_page] = register(straight, identity, engine.blanks)
        if pages[form_page].doubtful:
            lost.append(form_page)
    fields: dict[str, FieldReading] = {}
    if read:
        missing = tuple(number for number in range(1, len(template.pages) + 1) if number not in pages)
        form = FormPages(template.form, template.version, received, missing, (), 1.0)
        target = engine.settings.reading.target_error
        called_on = datetime.fromisoformat(truth["fax"]["received_at"]).date()
        reading = read_document(
            form, pages, template, engine.readers, target_error=target, called_on=called_on
        )
        fields = {field.name: field for field in reading.fields}
    cuts = {
        name: cut
        for number, page in pages.items()
        if number not in lost
        for name, cut in cut_page(page, template).items()
    }
    return CutFax(template, fields, cuts, pages, tuple(lost))


def cut_page(page: RegisteredPage, template: Template) -> dict[str, WrittenField]:
    """Every written field of a page, cut into lines."""
    asked = template.fields_on(page.form_page)
    standard = is_standard(page)
    boxes = [to_px(box) for field in asked for box in field.boxes]
    signatures = [to_px(box) for field in asked if field.kind == "signature" for box in field.boxes]
    return {
        field.name: find_written(
            field,
            find_writing(page, to_px(field.box), boxes, standard=standard, signatures_px=signatures),
        )
        for field in asked
        if field.kind not in MARKED_KINDS
        and field.kind != "signature"
        and field.box is not None
        and not is_cut_off(page, field)
    }
