"""Faxes with truth, cut into fields once: what the voices are then given as often as they change."""

import hashlib
import json
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from extractors.blanks import Blanks
from extractors.identify import identify
from extractors.marks import MarkReading, read_marks
from extractors.model import RegisteredPage
from extractors.opening import open_fax
from extractors.read import is_standard
from extractors.register import register
from extractors.signatures import SignatureReading, read_signature
from extractors.straighten import straighten
from extractors.writing import find_writing, to_px
from extractors.written import WrittenField, find_written
from form_templates.catalog import Catalog
from form_templates.model import MARKED_KINDS, FormField, Template

Json = Mapping[str, Any]

EXTRACTORS = Path(__file__).resolve().parent.parent.parent / "extractors"
NOT_CUTTING = {
    "acceptance", "addresses", "begun_twice", "calibrated", "call_date", "confidence", "decoding", "expected",
    "features", "mailbox", "read", "settling",
}  # fmt: skip
"""Modules that have no part in cutting; a change of any other makes cuts out of date."""


@dataclass(frozen=True, eq=False)
class CutPage:
    """One page of a form: its written fields cut, its marks and signatures read, and their truth by name."""

    fax: str
    line: str
    residual_px: float
    standard: bool
    called_on: date
    written: tuple[WrittenField, ...]
    marks: tuple[tuple[FormField, MarkReading], ...]
    signatures: tuple[tuple[FormField, SignatureReading], ...]
    truth: Json


def cut_pages(
    faxes: Path, scratch: Path, catalog: Catalog, blanks: Blanks, part: tuple[int, int]
) -> Iterator[CutPage]:
    """Every page of a folder of faxes that was recognized and registered without doubt.

    Args:
        faxes: ``NAME.tif`` with its truth in ``NAME.json``, each one form with its pages in order.
        scratch: where cut pages are kept; other faxes, and what was cut by other code, are cut again.
        catalog: the forms.
        blanks: their blanks.
        part: which of how many equal parts of the faxes.
    """
    kept = scratch / _code()
    kept.mkdir(parents=True, exist_ok=True)
    for file in sorted(faxes.glob("*.json"))[part[0] :: part[1]]:
        sent = hashlib.sha256(file.with_suffix(".tif").read_bytes()).hexdigest()
        done = kept / f"{file.stem}-{sent[:12]}.pickle"
        if not done.exists():
            pages = tuple(_cut_fax(file, catalog, blanks))
            partial = done.with_suffix(".partial")
            partial.write_bytes(pickle.dumps(pages))
            partial.replace(done)
        yield from pickle.loads(done.read_bytes())  # noqa: S301 - written by this program


def _code() -> str:
    modules = sorted(file for file in EXTRACTORS.glob("*.py") if file.stem not in NOT_CUTTING)
    whole = b"".join(module.read_bytes() for module in modules)
    return hashlib.sha256(whole).hexdigest()[:12]


def _cut_fax(file: Path, catalog: Catalog, blanks: Blanks) -> Iterator[CutPage]:
    truth = json.loads(file.read_text(encoding="utf-8"))
    told = truth["documents"][0]
    template = catalog.get(told["form"], told["version"])
    fax = open_fax(file.with_suffix(".tif").read_bytes(), "fax.tif")
    for form_page, page in enumerate(fax.pages, start=1):
        straight, identity = identify(straighten(page), blanks)
        if (identity.form, identity.version, identity.form_page) == (
            template.form,
            template.version,
            form_page,
        ):
            registered = register(straight, identity, blanks)
            if not registered.doubtful:
                yield _cut_page(registered, template, file.stem, truth)


def _cut_page(page: RegisteredPage, template: Template, fax: str, truth: Json) -> CutPage:
    fields: Json = truth["documents"][0]["fields"]
    asked = [
        field
        for field in template.fields_on(page.form_page)
        if field.name in fields and not fields[field.name].get("cut")
    ]
    standard = is_standard(page)
    everywhere = template.fields_on(page.form_page)
    boxes = [to_px(box) for field in everywhere for box in field.boxes]
    ticks = [to_px(box) for field in everywhere if field.kind in MARKED_KINDS for box in field.boxes]
    signed = [to_px(box) for field in everywhere if field.kind == "signature" for box in field.boxes]
    writings = {
        field.name: find_writing(page, to_px(field.box), boxes, standard=standard, signatures_px=signed)
        for field in asked
        if field.kind not in MARKED_KINDS and field.box is not None
    }
    return CutPage(
        fax=fax,
        line=str(truth["line"]),
        residual_px=page.residual_px,
        standard=standard,
        called_on=datetime.fromisoformat(truth["fax"]["received_at"]).date(),
        written=tuple(
            find_written(field, writings[field.name])
            for field in asked
            if field.name in writings and field.kind != "signature"
        ),
        marks=tuple(
            (field, read_marks(page, field, ticks, standard=standard))
            for field in asked
            if field.kind in MARKED_KINDS
        ),
        signatures=tuple(
            (field, read_signature(writings[field.name]))
            for field in asked
            if field.kind == "signature" and field.name in writings
        ),
        truth={field.name: fields[field.name] for field in asked},
    )
