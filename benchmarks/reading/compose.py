"""Makes the faxes of the benchmark: forms filled in the hands of one part, sent through real fax calls.

Every fax is one form. Forms, manners of filling, resolutions and lines follow each other in turn, so that
every mix of them comes equally often; people, words and strokes are drawn by the seed.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from numpy.random import Generator

from benchmarks.reading.contents import chance, other_people, other_words
from benchmarks.reading.hands import WriterPen, Writers, cell_glyphs, joined, one_writer, picture_of
from form_templates.model import Template
from sample_faxes.answers import Answers
from sample_faxes.blanks import catalog
from sample_faxes.cases import make_case
from sample_faxes.compose import Fill
from sample_faxes.faults import FormFaults
from sample_faxes.fonts import FontShelf
from sample_faxes.ink import Gray
from sample_faxes.make import write
from sample_faxes.marks import HAND_STYLES
from sample_faxes.office import Document, Sheet, generator, make_document, make_manner
from sample_faxes.paper import Raster
from sample_faxes.pens import Hand
from sample_faxes.scenario import EventStory, Form, Quality, Transmission
from sample_faxes.sending import LineError, Sent, send

LINES: tuple[Quality, ...] = ("clean", "half_percent", "two_percent", "five_percent")
RASTERS: tuple[Raster, ...] = ("fine", "standard")
FILLS: tuple[Fill, ...] = ("hand", "typed", "hand", "mixed", "hand", "typed")
STORIES: tuple[EventStory, ...] = ("none", "none", "itp", "thyroid", "hospital", "nephropathy")
FIRST_DAY = datetime(2026, 1, 5, 9)
REAL_CHARACTERS = 0.55
"""Share of forms by hand whose cells, and mostly lines too, are in a real writer's characters."""
REAL_NAMES = 0.6
"""Share of forms by hand on which names are real written ones."""


@dataclass(frozen=True, eq=False)
class MadeFax:
    """A fax as it came, and what is true of it: also the characters on the paper, and its bad lines."""

    name: str
    data: bytes
    truth: dict[str, Any]


def fax_of(writers: Writers, shelf: FontShelf, seed: int, number: int, folder: Path) -> MadeFax:
    """The fax of a number, made once and kept in a folder as ``NAME.tif`` and ``NAME.json``."""
    name = _name(writers, number)
    file, beside = folder / f"{name}.tif", folder / f"{name}.json"
    if not beside.exists():
        write(make_fax(writers, shelf, seed, number), folder)
    return MadeFax(name, file.read_bytes(), json.loads(beside.read_text(encoding="utf-8")))


def _name(writers: Writers, number: int) -> str:
    return f"{writers.part}-{number:05d}"


def make_fax(writers: Writers, shelf: FontShelf, seed: int, number: int) -> Sent:
    """The fax of a number. A call that lost whole pages is made again over another moment of the line."""
    templates = catalog().templates
    fill = FILLS[(number // len(templates)) % len(FILLS)]
    for attempt in range(3):
        name = _name(writers, number) + ("" if attempt == 0 else f"-{attempt}")
        rng = generator(seed, name, "form")
        fax = Transmission(
            name=_name(writers, number),
            at=FIRST_DAY + timedelta(days=int(rng.integers(0, 320)), minutes=int(rng.integers(0, 500))),
            raster=RASTERS[(number + number // len(templates)) % 2],
            quality=LINES[((number + number // len(templates)) // 2) % len(LINES)],
            header_overlay=bool(rng.random() < 0.1),
        )
        form = _form(templates[number % len(templates)], fill, rng)
        document, sheets = _filled(writers, shelf, form, fax, rng)
        try:
            sent = send(shelf, fax, seed + attempt, filled=(sheets, [document]))
        except LineError:
            continue
        return _with_texts(sent, document)
    raise LineError(f"{name}: the line lost pages in every call")


def _form(template: Template, fill: Fill, rng: Generator) -> Form:
    faults = FormFaults(
        struck=int(rng.choice([0, 1, 2])),
        struck_ticks=int(rng.choice([0, 0, 1])),
        two_marked=int(rng.choice([0, 0, 0, 1])),
        not_applicable=int(rng.choice([0, 1, 2])),
        empty=int(rng.choice([0, 1])),
        long_signatures=bool(rng.random() < 0.15),
        strokes=int(rng.choice([0, 0, 0, 0, 1])),
        margin_note="please call the office" if rng.random() < 0.1 else None,
        stamp_over="RECEIVED|BY FAX" if rng.random() < 0.05 else None,
    )
    return Form(
        template.form,
        template.version,
        fill,
        faults=faults,
        stamped=bool(rng.random() < 0.25),
        story=STORIES[int(rng.integers(len(STORIES)))],
        reaction="headache and rash" if rng.random() < 0.4 else None,
        leaving="transferred" if rng.random() < 0.3 else None,
        comment="see notes" if rng.random() < 0.5 else None,
        mark=HAND_STYLES[int(rng.integers(len(HAND_STYLES)))],
        month=int(rng.choice([6, 12, 18, 24, 30])),
    )


def _filled(
    writers: Writers, shelf: FontShelf, form: Form, fax: Transmission, rng: Generator
) -> tuple[Document, list[Sheet]]:
    luck = chance(rng)
    case = make_case(rng, fax.at.date(), months_since_first=form.month)
    case = other_people(case, writers.part, luck)
    manner = make_manner(shelf, form, rng)
    pen = _pen(writers, shelf, rng)
    pictures = cast(dict[str, Gray], pen.pictures)
    named = writers.names is not None and form.fill == "hand" and rng.random() < REAL_NAMES

    def change(template: Template, answers: Answers) -> Answers:
        changed = other_words(template, answers, writers.part, luck)
        return _really_named(template, changed, writers, pictures, rng) if named else changed

    document, pages = make_document(shelf, form, case, rng, manner=replace(manner, hand=pen), change=change)
    return document, [Sheet(page.canvas, 0, page.page) for page in pages]


def _pen(writers: Writers, shelf: FontShelf, rng: Generator) -> WriterPen:
    hand = Hand.of(writers.faces[int(rng.integers(len(writers.faces)))], rng)
    if writers.hands is None or rng.random() >= REAL_CHARACTERS:
        return WriterPen(shelf, hand, pictures={})
    writer = one_writer(writers.hands, rng)
    lines_too = rng.random() < 0.75
    return WriterPen(shelf, hand, cell_glyphs(writer), writer=writer if lines_too else None, pictures={})


def _really_named(
    template: Template, answers: Answers, writers: Writers, pictures: dict[str, Gray], rng: Generator
) -> Answers:
    """Names that real people wrote, in the fields of names that are not combs."""
    luck = chance(rng)
    changed = dict(answers)
    for asked in template.fields:
        answer = answers[asked.name]
        if asked.kind != "name" or asked.comb or not isinstance(answer.value, str) or len(answer.value) < 2:
            continue
        picture, label = picture_of(writers, luck)
        if " " in answer.value:
            other, second = picture_of(writers, luck)
            picture, label = joined(picture, other, luck.uniform(0.4, 0.9)), f"{label} {second}"
        if label not in pictures:
            pictures[label] = picture
            changed[asked.name] = replace(answer, value=label, real_name=True)
    return changed


def _with_texts(sent: Sent, document: Document) -> Sent:
    """The fax whose truth also tells the characters on the paper and what they were written with."""
    truth: dict[str, Any] = dict(sent.truth) | {"bad_share": round(sent.bad_share, 5)}
    for told in truth["documents"]:
        for name, entry in told["fields"].items():
            if name in document.texts:
                entry["written"] = document.texts[name]
            if document.answers[name].real_name and entry["hand"]:
                entry["real_name"] = True
            if document.answers[name].struck is not None:
                entry["struck"] = document.answers[name].struck
    return replace(sent, truth=truth)
