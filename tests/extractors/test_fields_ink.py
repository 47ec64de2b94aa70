"""Ink, crops, marks, signatures and stray writing on a drawn form."""

import numpy as np
import pytest
from drawn_form import blank, draw, form, lay, px, registered

from extractors.crops import cut_comb, cut_lines
from extractors.lines import find_lines
from extractors.marks import read_marks
from extractors.model import Gray, Value
from extractors.printed import less_streaks, snap
from extractors.signatures import read_signature
from extractors.stray import find_stray
from extractors.struck import find_strike, without_struck
from extractors.writing import Writing, find_writing
from extractors.written import find_written

FORM = form()
BOXES = [px(box) for field in FORM.fields_on(1) for box in field.boxes]


def ink_of(page: Gray, name: str) -> Writing:
    box = FORM.field(name).box
    assert box is not None
    return find_writing(
        registered(page), px(box), BOXES, standard=False, signatures_px=[px((60, 340, 240, 26))]
    )


def marks_of(page: Gray, name: str) -> tuple[Value, tuple[str, ...]]:
    reading = read_marks(registered(page), FORM.field(name), BOXES, standard=False)
    return reading.value, reading.reasons


def test_an_empty_form_holds_no_writing_even_where_it_lies_askew() -> None:
    for down, across in ((0, 0), (3, -2), (-4, 4)):
        moved = np.roll(blank(), (down, across), (0, 1))
        for field in FORM.fields_on(1):
            if field.box is not None and field.kind != "check":
                assert not len(ink_of(moved, field.name).pieces), (field.name, down, across)


def test_specks_streaks_and_a_neighbors_strokes_are_left_out() -> None:
    page = blank()
    rng = np.random.default_rng(3)
    page[rng.integers(0, page.shape[0], 400), rng.integers(0, page.shape[1], 400)] = 0
    page[px((60, 88, 1, 1))[1], 200:] = 0
    draw(page, (252, 60), (256, 86), (260, 60))
    assert not len(ink_of(page, "patient_last_name").pieces)


def test_dashes_alone_are_no_writing_but_belong_to_what_is_written_with_them() -> None:
    page = blank()
    page[px((80, 93, 1, 1))[1] : px((80, 94, 1, 1))[1], px((100, 90, 1, 1))[0] :][:, :40] = 0
    page[px((80, 93, 1, 1))[1] : px((80, 94, 1, 1))[1], px((150, 90, 1, 1))[0] :][:, :25] = 0
    assert not len(ink_of(page, "patient_last_name").pieces)
    draw(page, (180, 84), (182, 97))
    draw(page, (188, 84), (190, 97))
    assert len(ink_of(page, "patient_last_name").pieces) == 4


@pytest.mark.parametrize(("down_px", "is_point"), [(-1, True), (-9, False)])
def test_a_point_as_small_as_a_speck_counts_at_the_foot_of_a_letter(down_px: int, is_point: bool) -> None:
    page = blank()
    draw(page, (70, 86), (72, 97))
    foot = ink_of(page, "patient_last_name").form_box
    page[foot[3] + down_px - 1 : foot[3] + down_px + 1, foot[2] + 6 : foot[2] + 8] = 0
    assert len(ink_of(page, "patient_last_name").pieces) == 1 + is_point


def test_a_letter_broken_into_specks_is_kept_and_specks_apart_are_not() -> None:
    page = blank()
    draw(page, (70, 86), (72, 97))
    left, top, right, bottom = ink_of(page, "patient_last_name").form_box
    broken, apart = page.copy(), blank()
    for down in range(top, bottom, 4):
        for across in (60, 66):
            broken[down : down + 2, right + across : right + across + 2] = 0
        apart[down : down + 2, right + 10 * down % 100 :][:, :2] = 0
    kept = ink_of(broken, "patient_last_name")
    assert (kept.form_box[0], kept.form_box[2]) == (left, right + 68)
    assert not len(ink_of(apart, "patient_last_name").pieces)


def test_writing_is_followed_out_of_its_box_and_across_its_frame() -> None:
    page = blank()
    draw(page, (80, 88), (80, 105), (95, 105), (95, 90))
    writing = ink_of(page, "patient_last_name")
    assert len(writing.pieces) == 1
    assert writing.outside_share > 0
    assert writing.form_box[3] > px((60, 80, 200, 22))[3]


def test_the_snap_finds_how_far_the_form_moved() -> None:
    printed = (blank()[400:500, 150:600] < 128).astype(np.uint8)
    page = np.pad(printed, 5)
    assert snap(page, printed) == (0, 0)
    assert snap(np.roll(page, (2, -3), (0, 1)), printed) == (-3, 2)


def test_a_streak_is_taken_from_between_letters_only() -> None:
    ink = np.zeros((40, 300), np.uint8)
    ink[5:35, 50:56] = 1
    letter = ink.copy()
    ink[20, 10:290] = 1
    assert np.array_equal(less_streaks(ink), letter)


def test_comb_cells_are_moved_together() -> None:
    page = blank()
    for cell, digit in enumerate("03141975"):
        lay(page, digit, (60 + 16 * cell + 4, 132))
    writing = ink_of(page, "date_of_birth")
    (joined,) = cut_comb(writing, 8)
    (spread,) = cut_lines(writing, 1)
    assert joined.pixels.shape[1] < 0.75 * spread.pixels.shape[1]
    assert joined.box_px == spread.box_px


def test_two_written_lines_are_cut_apart() -> None:
    page = blank()
    lay(page, "platelets low, admitted", (64, 183))
    lay(page, "now stable", (64, 207))
    first, second = cut_lines(ink_of(page, "comments"), 2)
    assert first.box_px[3] <= second.box_px[1] + 3
    assert first.pixels.shape[1] > second.pixels.shape[1]


def test_two_lines_where_there_is_room_for_one_are_read_apart_and_seen() -> None:
    page = blank()
    lay(page, "Hargrove-Okonkwo", (66, 80), 26)
    lay(page, "care of Lindqvist", (66, 91), 26)
    field = find_written(FORM.field("patient_last_name"), ink_of(page, "patient_last_name"))
    first, second = field.lines
    assert first.box_px[3] <= second.box_px[1] + 3
    assert field.ink_reasons == ("two_lines",)


@pytest.mark.parametrize("text", ["Hatzfeld-Jüngling", "jiggly pippin", "Åse Ödegård", "l i i i i : : : :"])
@pytest.mark.parametrize("lost", [False, True], ids=["whole", "rows lost"])
def test_one_line_is_not_parted_by_its_dots_nor_where_rows_were_lost(text: str, *, lost: bool) -> None:
    page = blank()
    lay(page, text, (66, 80), 44)
    if lost:
        middle = px((0, 90, 1, 1))[1]
        page[middle : middle + 4, px((62, 0, 1, 1))[0] : px((255, 0, 1, 1))[0]] = 255
    field = find_written(FORM.field("patient_last_name"), ink_of(page, "patient_last_name"))
    assert len(field.lines) == 1
    assert "two_lines" not in field.ink_reasons


def test_what_is_crossed_out_is_left_out() -> None:
    page = blank()
    lay(page, "Hargrove", (66, 82))
    draw(page, (63, 92), (112, 90), thick_px=4)
    lay(page, "Okonkwo", (125, 82))
    writing = ink_of(page, "patient_last_name")
    strike = find_strike(writing)
    assert strike is not None
    assert strike.plain
    (line,) = cut_lines(without_struck(writing, strike), 1)
    assert line.box_px[0] > px((118, 0, 1, 1))[0]


def test_a_short_word_struck_twice_is_left_out() -> None:
    page = blank()
    lay(page, "Patt", (66, 84))
    draw(page, (62, 88), (90, 88), thick_px=3)
    draw(page, (62, 93), (90, 92), thick_px=3)
    lay(page, "Patton", (105, 84))
    writing = ink_of(page, "patient_last_name")
    strike = find_strike(writing)
    assert strike is not None
    assert strike.plain
    (line,) = cut_lines(without_struck(writing, strike), 1)
    assert line.box_px[0] > px((100, 0, 1, 1))[0]


def test_the_bar_of_a_letter_strikes_nothing() -> None:
    page = blank()
    lay(page, "Tampa", (66, 84))
    draw(page, (64, 84), (88, 84), thick_px=3)
    assert find_strike(ink_of(page, "patient_last_name")) is None


@pytest.mark.parametrize(
    "stroke",
    [((66, 92), (262, 91)), ((52, 92), (112, 91)), ((150, 92), (240, 92))],
    ids=["runs on far beyond the word", "comes from the window's edge", "beside the word"],
)
def test_a_stroke_that_may_cross_nothing_out_takes_nothing_away_and_is_seen(
    stroke: tuple[tuple[float, float], tuple[float, float]],
) -> None:
    page = blank()
    lay(page, "Hargrove", (66, 82))
    draw(page, *stroke, thick_px=4)
    writing = ink_of(page, "patient_last_name")
    strike = find_strike(writing)
    assert strike is None or not strike.plain
    field = find_written(FORM.field("patient_last_name"), writing)
    assert field.writing is writing
    assert ("crossed_out" in field.ink_reasons) == (strike is not None)


def test_what_is_plainly_crossed_out_and_nothing_beside_it_leaves_nothing() -> None:
    page = blank()
    lay(page, "Hargrove", (66, 82))
    draw(page, (63, 92), (112, 90), thick_px=4)
    field = find_written(FORM.field("patient_last_name"), ink_of(page, "patient_last_name"))
    assert (field.lines, field.ink_reasons) == ((), ("crossed_out",))


def test_a_field_full_of_black_is_not_read() -> None:
    page = blank()
    left, top, right, bottom = px((60, 80, 200, 22))
    page[top + 6 : bottom - 6, left + 20 : right - 60] = 0
    field = find_written(FORM.field("patient_last_name"), ink_of(page, "patient_last_name"))
    assert field.filled
    assert (field.lines, field.ink_reasons) == ((), ("illegible",))


def test_plain_type_is_not_crossed_out() -> None:
    page = blank()
    lay(page, "Hatzfeld-Zimmermann", (64, 82))
    assert find_strike(ink_of(page, "patient_last_name")) is None


MARKS: dict[str, list[list[tuple[float, float]]]] = {
    "tick": [[(61, 265), (63.5, 268), (71, 257)]],
    "flying tick": [[(61, 265), (64, 269), (75, 255)]],
    "cross": [[(60.5, 260.5), (68.5, 268.5)], [(68.5, 260.5), (60.5, 268.5)]],
    "slash": [[(60, 269), (69, 260)]],
    "ring": [[(64.5 + 9 * np.cos(a), 264.5 + 9 * np.sin(a)) for a in np.linspace(0, 6.4, 30)]],
    "blob": [[(62, 262), (67, 262), (62, 264), (67, 265), (62, 267), (67, 267)]],
}


@pytest.mark.parametrize("style", MARKS)
@pytest.mark.parametrize("moved", [(0, 0), (2, -3)])
def test_every_style_of_mark(style: str, moved: tuple[int, int]) -> None:
    page = blank()
    for stroke in MARKS[style]:
        draw(page, *stroke)
    assert marks_of(np.roll(page, moved, (0, 1)), "alive") == ("yes", ())


def test_unmarked_boxes_are_empty() -> None:
    assert marks_of(blank(), "alive") == (None, ())
    assert marks_of(blank(), "credentials") == (None, ())
    assert marks_of(blank(), "guide_given") == (False, ())


def test_a_ring_around_the_label_marks_its_option() -> None:
    page = blank()
    draw(page, *[(117 + 10 * np.cos(a), 264.5 + 7.5 * np.sin(a)) for a in np.linspace(0, 6.4, 40)])
    assert marks_of(page, "alive")[0] == "no"


def test_a_ring_that_the_line_broke_is_for_a_person() -> None:
    page = blank()
    draw(page, *[(64.5 + 9 * np.cos(a), 264.5 + 9 * np.sin(a)) for a in np.linspace(2.9, 6.5, 30)])
    assert marks_of(page, "alive") == ("yes", ("faint",))


def test_a_stroke_that_only_passes_through_a_box_is_for_a_person() -> None:
    page = blank()
    draw(page, (64, 268), (66, 262), (80, 258), (95, 257), (140, 256))
    assert "touched" in marks_of(page, "alive")[1]


def test_two_marks_of_one_question_go_to_a_person() -> None:
    page = blank()
    for left in (60, 100):
        draw(page, (left + 1, 261), (left + 8, 268))
        draw(page, (left + 8, 261), (left + 1, 268))
    assert marks_of(page, "alive") == (None, ("two_marked",))


def test_a_mark_scribbled_over_gives_way_to_the_other() -> None:
    page = blank()
    zigzag = [(58 + 2.2 * step, 259 if step % 2 else 270) for step in range(7)]
    draw(page, *zigzag)
    draw(page, (57, 265), (74, 263), thick_px=4)
    draw(page, (61, 262), (68, 267), thick_px=4)
    draw(page, (101, 265), (103.5, 268), (110, 259))
    assert marks_of(page, "alive") == ("no", ("crossed_out",))


def test_choices_may_have_several_marks() -> None:
    page = blank()
    for left in (60, 150):
        draw(page, (left + 1, 301), (left + 8, 308))
    assert marks_of(page, "credentials") == (("md", "np"), ())


def test_a_row_that_the_line_smeared_is_no_mark() -> None:
    page = blank()
    y = px((60, 264, 1, 1))[1]
    page[y : y + 3, 100:] = 0
    assert marks_of(page, "alive")[0] is None


def test_signatures() -> None:
    assert not read_signature(ink_of(blank(), "signature")).present
    page = blank()
    wave = [(70 + 3 * step, 352 + 9 * np.sin(step * 1.7)) for step in range(40)]
    draw(page, *wave)
    signed = read_signature(ink_of(page, "signature"))
    assert (signed.present, signed.reasons) == (True, ())
    cross = blank()
    draw(cross, (75, 345), (87, 362))
    draw(cross, (87, 345), (75, 362))
    assert read_signature(ink_of(cross, "signature")).present


def test_a_typed_name_on_the_signature_line_is_for_a_person() -> None:
    page = blank()
    lay(page, "Marguerite Westergaard", (66, 345))
    reading = read_signature(ink_of(page, "signature"))
    assert reading.reasons == ("typed",)
    assert reading.probability < 0.9


def test_a_signature_that_runs_on_is_not_taken_for_the_date() -> None:
    page = blank()
    draw(page, *[(70 + 4 * step, 352 + 8 * np.sin(step * 1.3)) for step in range(70)])
    date = ink_of(page, "signature_date")
    assert not len(date.pieces)
    assert date.alien_share > 0.5


def test_stray_writing_is_found_level_and_running_up_the_page() -> None:
    page = blank()
    lay(page, "rash after the infusion", (200, 700))
    note = np.full((70, 700), 255, np.uint8)
    lay(note, "please call the office back", (2, 2))
    page[900:1600, 12:82] = np.minimum(page[900:1600, 12:82], np.rot90(note))
    lines = find_stray(registered(page), BOXES)
    assert sorted(line.upright for line in lines) == [False, True]
    assert not find_stray(registered(blank()), BOXES)


def test_writing_in_a_field_is_not_stray() -> None:
    page = blank()
    lay(page, "Okonkwo", (66, 82))
    draw(page, (61, 265), (64, 269), (78, 253))
    assert not find_stray(registered(page), BOXES)


def test_words_of_one_line_are_one_line() -> None:
    page = np.full((300, 900), 255, np.uint8)
    lay(page, "three words here", (20, 20))
    lay(page, "and below", (20, 60))
    lines = find_lines((page < 128).astype(np.uint8))
    assert len(lines) == 2
    assert lines[0].box_px[1] < lines[1].box_px[1]
