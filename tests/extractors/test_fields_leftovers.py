"""What a bad line or a loose pen leaves in a field, told from writing and from marks."""

import numpy as np
import pytest
from drawn_form import blank, draw, form, lay, px, registered

from extractors.leftovers import is_smeared, stands_up, tilt_of
from extractors.marks import read_marks
from extractors.model import Gray
from extractors.pieces import find_pieces
from extractors.read import read_form_pages
from extractors.readers.protocol import Readers
from extractors.readers.registry import open_readers
from extractors.writing import Writing, find_writing

FORM = form()
BOXES = [px(box) for field in FORM.fields_on(1) for box in field.boxes]
SIGNATURES = [px((60, 340, 240, 26))]


@pytest.fixture(scope="module")
def voices() -> Readers:
    return open_readers()


def ink_of(page: Gray, name: str) -> Writing:
    box = FORM.field(name).box
    assert box is not None
    return find_writing(registered(page), px(box), BOXES, standard=False, signatures_px=SIGNATURES)


def dash(page: Gray, at_pt: tuple[float, float], wide_px: int, high_px: int) -> None:
    left, top, *_ = px((*at_pt, 1, 1))
    page[top : top + high_px, left : left + wide_px] = 0


def test_a_row_repeated_in_the_cells_of_a_comb_is_no_writing() -> None:
    page = blank()
    for cell, wide in ((0, 30), (2, 12), (5, 35)):
        dash(page, (62 + 16 * cell, 140), wide, 7)
    assert not len(ink_of(page, "date_of_birth").pieces)


def test_a_row_that_meets_the_lines_of_a_comb_is_no_writing_but_is_seen() -> None:
    page = blank()
    for cell in (1, 3):
        left, top, *_ = px((60 + 16 * cell, 140, 1, 1))
        page[top : top + 4, left + 3 : left + 30] = 0
        page[top : top + 19, left + 3 : left + 5] = 0
    writing = ink_of(page, "date_of_birth")
    assert not len(writing.pieces)
    assert writing.loose


def test_one_digit_beside_such_rows_is_writing() -> None:
    page = blank()
    for cell in (1, 3):
        dash(page, (62 + 16 * cell, 140), 27, 4)
    lay(page, "7", (60 + 16 * 5 + 4, 132))
    assert len(ink_of(page, "date_of_birth").pieces)


def test_a_row_that_lies_askew_is_no_higher_than_one_that_does_not() -> None:
    ink = np.zeros((40, 400), np.uint8)
    for column in range(20, 380):
        if column % 50 < 25:
            ink[10 + column // 50 : 15 + column // 50, column] = 1
    pieces = find_pieces(ink)
    kept = np.arange(len(pieces)) > 0
    assert is_smeared(pieces, kept, 1 / 50)
    assert not is_smeared(pieces, kept, -1 / 20)


def test_a_page_that_lies_on_its_side_has_no_row_of_the_line() -> None:
    ink = np.zeros((60, 400), np.uint8)
    ink[30:33, 5:395] = 1
    pieces = find_pieces(ink)
    kept = np.arange(len(pieces)) > 0
    assert is_smeared(pieces, kept, 0.0)
    # Laid level by such a slope the ink would fill gigabytes.
    assert not is_smeared(pieces, kept, 1e6)


def test_the_tilt_of_a_page_is_that_of_its_rows() -> None:
    page = registered(blank())
    page.form_to_received[:, 1, 1] -= 0.01 * page.pixels.shape[1] * 196 / 204
    assert tilt_of(page) == pytest.approx(0.01)


@pytest.mark.parametrize("text", ("1", "I", "-4", "e"))
def test_one_small_letter_is_writing(text: str) -> None:
    page = blank()
    lay(page, text, (80, 82), 26)
    assert len(ink_of(page, "patient_last_name").pieces)


def test_a_loose_stroke_is_no_writing_but_a_person_sees_it(voices: Readers) -> None:
    page = blank()
    draw(page, (310, 96), (340, 90), (380, 94), (420, 86), (450, 88))
    (read,) = read_form_pages([registered(page)], FORM, voices, target_error=0.0014)
    field = next(field for field in read.fields if field.name == "patient_email")
    assert (field.reader, field.value, field.decision) == ("none", None, "review")
    assert field.reasons == ("overwritten",)


def test_letters_that_a_signature_runs_through_are_not_overlooked() -> None:
    page = blank()
    for cell in range(8):
        left = 323 + 16 * cell
        draw(page, (left, 345), (left, 362), (left + 8, 362), (left + 8, 345))
    assert ink_of(page, "signature_date").alien_share == 0
    draw(page, (80, 355), (700, 353), thick_px=4)
    writing = ink_of(page, "signature_date")
    assert len(writing.pieces)
    assert writing.alien_share > 0.9


def test_a_flourish_alone_does_not_stand_up() -> None:
    page = np.full((80, 400), 255, np.uint8)
    draw(page, (4, 10), (60, 6), (100, 16), (138, 8), thick_px=4)
    assert not stands_up((page < 128).astype(np.uint8))
    for left in range(8, 136, 16):
        draw(page, (left, 4), (left, 20), (left + 8, 20), (left + 8, 4))
    assert stands_up((page < 128).astype(np.uint8))


@pytest.mark.parametrize("rows_px", (3, 5, 6))
def test_a_smeared_row_is_no_mark_and_hides_none(rows_px: int) -> None:
    page = blank()
    dash(page, (40, 263), 400, rows_px)
    asked = FORM.field("alive")
    assert read_marks(registered(page), asked, BOXES, standard=False).value is None
    draw(page, (60, 260), (69, 269))
    draw(page, (69, 260), (60, 269))
    assert read_marks(registered(page), asked, BOXES, standard=False).value == "yes"


def test_a_tick_whose_corner_was_smeared_is_known_by_its_tail() -> None:
    page = blank()
    draw(page, (61, 266), (64, 268), (72, 252), thick_px=4)
    left, top, right, bottom = px((60, 260, 9, 9))
    page[top + 5 : bottom - 6, left - 6 : right + 3] = 255
    dash(page, (59, 265.5), 22, 4)
    reading = read_marks(registered(page), FORM.field("alive"), BOXES, standard=False)
    assert (reading.value, reading.reasons) == ("yes", ("faint",))


def test_a_weak_stroke_beside_a_plain_mark_is_no_second_answer() -> None:
    page = blank()
    draw(page, (60, 260), (69, 269), thick_px=5)
    draw(page, (69, 260), (60, 269), thick_px=5)
    draw(page, (102, 262), (104, 267), thick_px=2)
    reading = read_marks(registered(page), FORM.field("alive"), BOXES, standard=False)
    assert (reading.value, reading.reasons) == ("yes", ("two_marked",))


def test_a_box_filled_out_stays_a_mark() -> None:
    page = blank()
    left, top, right, bottom = px((100, 260, 9, 9))
    page[top + 4 : bottom - 4, left + 4 : right - 4] = 0
    page[top + 12 : top + 14, left + 3 : right - 3] = 255
    assert read_marks(registered(page), FORM.field("alive"), BOXES, standard=False).value == "no"
