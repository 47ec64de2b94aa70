"""A drawn form read whole: values, decisions, missing and doubtful pages, pages that are no form."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from drawn_form import SCALE, blank, draw, form, lay, registered

from extractors.model import (
    FieldReading,
    FormPages,
    Gray,
    HeaderLine,
    ReceivedPage,
    RegisteredPage,
    StraightPage,
)
from extractors.page_text import read_page_text
from extractors.read import is_standard, read_document, read_form_pages
from extractors.readers.null import NullReader
from extractors.readers.ppocr import PpOcr
from extractors.readers.protocol import LineCrop, LineReading, PageLine, Readers

FORM = form()


class Echo:
    """A second voice that says what another voice reads, but for what it is told to say instead."""

    name = "echo"
    version = "1"

    def __init__(self, voice: PpOcr, instead: dict[str, str]) -> None:
        self._voice = voice
        self._instead = instead

    def read(self, crops: Sequence[LineCrop]) -> tuple[LineReading, ...]:
        return tuple(LineReading(self._instead.get(r.text, r.text), 0.9) for r in self._voice.read(crops))


@pytest.fixture(scope="module")
def ppocr() -> PpOcr:
    return PpOcr()


def filled() -> Gray:
    page = blank()
    lay(page, "Okonkwo", (64, 84))
    lay(page, "okonkwo@clinic.example", (304, 84))
    for cell, digit in enumerate("03141975"):
        lay(page, digit, (60 + 16 * cell + 4, 132))
    for cell, digit in enumerate("1234567893"):
        lay(page, digit, (300 + 16 * cell + 4, 132))
    draw(page, (61, 265), (63.5, 268), (71, 257))
    draw(page, *[(70 + 3 * step, 352 + 9 * np.sin(step * 1.7)) for step in range(40)])
    return page


def by_name(fields: Sequence[FieldReading]) -> dict[str, FieldReading]:
    return {field.name: field for field in fields}


def test_a_typed_form_is_read_and_passes_unseen(ppocr: PpOcr) -> None:
    voices = Readers(hand=ppocr, typed=ppocr, second=Echo(ppocr, {}))
    (read,) = read_form_pages([registered(filled())], FORM, voices, target_error=0.01)
    fields = by_name(read.fields)
    assert [field.name for field in read.fields] == [field.name for field in FORM.fields_on(1)]
    assert {name: fields[name].value for name in fields} == {
        "patient_last_name": "Okonkwo",
        "patient_email": "okonkwo@clinic.example",
        "date_of_birth": "1975-03-14",
        "prescriber_npi": "1234567893",
        "comments": None,
        "alive": "yes",
        "guide_given": False,
        "credentials": None,
        "signature": True,
        "signature_date": None,
    }
    assert fields["comments"].decision == fields["guide_given"].decision == "empty"
    assert fields["prescriber_npi"].decision == fields["alive"].decision == "accept"
    assert fields["prescriber_npi"].reader == "print"
    assert all(field.page == 4 for field in read.fields)
    assert not read.stray


def test_voices_that_differ_send_the_field_to_a_person(ppocr: PpOcr) -> None:
    voices = Readers(hand=ppocr, typed=ppocr, second=Echo(ppocr, {"Okonkwo": "Okunkwo"}))
    (read,) = read_form_pages([registered(filled())], FORM, voices, target_error=0.01)
    fields = by_name(read.fields)
    assert fields["patient_last_name"].decision == "review"
    assert "disagree" in fields["patient_last_name"].reasons
    assert {candidate.value for candidate in fields["patient_last_name"].candidates} >= {"Okonkwo", "Okunkwo"}


def test_a_reader_that_makes_nothing_out_leaves_the_field_to_a_person() -> None:
    voices = Readers(hand=NullReader(), typed=NullReader())
    (read,) = read_form_pages([registered(filled())], FORM, voices, target_error=0.01)
    fields = by_name(read.fields)
    assert fields["patient_last_name"].value is None
    assert fields["patient_last_name"].decision == "review"
    assert "illegible" in fields["patient_last_name"].reasons


def test_a_doubtful_page_gives_no_values(ppocr: PpOcr) -> None:
    voices = Readers(hand=ppocr, typed=ppocr)
    page = registered(filled(), doubtful=True)
    read = read_document(
        FormPages("test_form", "2015-11", {1: 4}, (2,), (), 0.9), {1: page}, FORM, voices, target_error=0.01
    )
    first_page = [field for field in read.fields if field.page == 4]
    assert {(f.value, f.decision, f.reasons, f.confidence) for f in first_page} == {
        (None, "review", ("registration",), 0.0)
    }
    assert [problem.code for problem in read.problems] == ["registration"]
    assert not read.stray


def cut(page: RegisteredPage, below_pt: float) -> RegisteredPage:
    """The page as if nothing below a height of the form had come."""
    row = round(below_pt * SCALE)
    pixels = page.pixels.copy()
    pixels[row:] = 255
    rows = round(float(page.form_to_received[row, 0, 1]))
    return replace(page, pixels=pixels, received_size_px=(1728, rows))


CUTS = [
    pytest.param(246, {"alive", "guide_given", "credentials", "signature", "signature_date"}, id="between"),
    pytest.param(264, {"alive", "guide_given", "credentials", "signature", "signature_date"}, id="through"),
    pytest.param(311, {"credentials", "signature", "signature_date"}, id="at the edge of a box"),
    pytest.param(356, {"signature", "signature_date"}, id="through the signature"),
    pytest.param(500, set(), id="below all fields"),
]


@pytest.mark.parametrize(("below_pt", "lost"), CUTS)
def test_the_part_of_a_cut_page_that_came_is_read(ppocr: PpOcr, below_pt: float, lost: set[str]) -> None:
    voices = Readers(hand=ppocr, typed=ppocr, second=Echo(ppocr, {}))
    pages = FormPages("test_form", "2015-11", {1: 4, 2: 5}, (), (), 0.9)
    whole = {1: registered(filled())}
    halves = {1: cut(whole[1], below_pt)}
    read, uncut = (
        read_document(pages, sheets, FORM, voices, target_error=0.01) for sheets in (halves, whole)
    )
    fields, complete = by_name(read.fields), by_name(uncut.fields)
    assert {name for name, field in fields.items() if "cut_off" in field.reasons} == lost
    unread = {(fields[name].value, fields[name].decision, fields[name].confidence) for name in lost}
    assert unread <= {(None, "review", 0.0)}
    assert all(fields[name].page == 4 and fields[name].box_px is None for name in lost)
    assert all(fields[name] == complete[name] for name in fields if name not in lost)
    problems = [(problem.code, problem.page) for problem in read.problems if problem.page == 4]
    assert problems == ([("cut_off", 4)] if lost else [])


def test_fields_of_a_missing_page_are_missing_not_empty(ppocr: PpOcr) -> None:
    voices = Readers(hand=ppocr, typed=ppocr)
    pages = FormPages("test_form", "2015-11", {1: 4}, (2,), (), 0.9)
    read = read_document(pages, {1: registered(blank())}, FORM, voices, target_error=0.01)
    assert [field.name for field in read.fields] == [field.name for field in FORM.fields]
    missing = by_name(read.fields)["other_page"]
    assert (missing.page, missing.confidence, missing.reasons) == (None, 0.0, ("missing_page",))
    assert not read.problems


def test_a_margin_note_is_read(ppocr: PpOcr) -> None:
    page = blank()
    lay(page, "bruising after infusion", (200, 700))
    (read,) = read_form_pages([registered(page)], FORM, Readers(ppocr, ppocr), target_error=0.01)
    assert [text.text.lower() for text in read.stray] == ["bruising after infusion"]
    assert read.stray[0].page == 4


def test_rows_tell_a_standard_page() -> None:
    assert is_standard(registered(blank(), rows_share=98 / 204))
    assert not is_standard(registered(blank()))


class Pages(NullReader):
    """A page reader that sees the first line well and the second badly."""

    def read_page(self, page: Gray, dpi: int) -> tuple[PageLine, ...]:  # noqa: ARG002
        return (
            PageLine("FAX COVER SHEET", (40, 60, 420, 110), 0.95, 30),
            PageLine("pt hds a rosh", (40, 200, 420, 260), 0.3, 30),
        )


def test_what_the_page_reader_cannot_read_is_read_again(ppocr: PpOcr) -> None:
    pixels = np.full((400, 800), 255, np.uint8)
    lay(pixels, "FAX COVER SHEET", (16, 25))
    lay(pixels, "patient has a rash", (16, 74))
    received = ReceivedPage(7, np.packbits(pixels < 128, axis=1), 800, 204, 204)
    straight = StraightPage(received, pixels, np.eye(3)[:2], 0, 0.0, sure=True)
    lines = read_page_text(straight, Readers(ppocr, ppocr, page=Pages()))
    assert [line.text for line in lines] == ["FAX COVER SHEET", "patient has a rash"]
    assert {line.page for line in lines} == {7}
    header = HeaderLine("FAX COVER SHEET", None, None, None, None, bottom_px=130)
    below = StraightPage(received, pixels, np.eye(3)[:2], 0, 0.0, sure=True, header=header)
    alone = read_page_text(below, Readers(ppocr, ppocr))
    assert [line.text for line in alone] == ["patient has a rash"]
    assert alone[0].box_px[1] > 190
