"""Tick boxes: which of a field's options are marked, by comparison with the blank form.

A box counts as marked for the ink that the blank does not have there, inside the frame or around it,
never for its darkness: frames and labels are as dark as any tick.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.leftovers import less_level
from extractors.model import BoxPx, RegisteredPage, Value
from extractors.pieces import Ink, find_pieces
from extractors.printed import REACH_PX, less_print, snap, window
from extractors.writing import to_px
from form_templates.model import FormField

SURROUND = 0.95
"""How far around a box its mark is looked for, in widths of the box: ticks fly out, circles run outside."""
SURE_SHARE = 0.10
"""Ink inside a box, as a share of its inner area, of the thinnest whole stroke; a fine slash covers 0.13."""
FAINT_SHARE = 0.045
"""Less than this is what a bad line leaves behind in an empty box."""
SPECK_PX = 9
"""Smaller pieces of ink are no stroke."""
ARC_DIRECTIONS = 8
"""Of 16 directions from the middle of a box; a stray tail of a tick is seen in four."""
DENSE_SHARE = 0.5
"""A box with more ink than this was filled out: no row that the line smeared makes so much."""
LEVEL_LONG_PX = 14
LEVEL_HIGH_PX = 6
"""Ink that runs level for so long, and is no higher, is a row that the line smeared or repeated. Strokes of
marks are slanted or round: on faxes with up to 5 % bad lines 1 mark of 2,100 was lost with such ink."""
LOW_PX = 5
"""What is left of a smeared row is no higher than this: three rows of a standard page, less one."""
BESIDE_PX = 12
"""A smeared row is seen this far beside the box, too."""
LEAST_ROWS = 0.3
LEAST_STROKE_SHARE = 0.08
"""A stroke covers as much of a box, in rows and in ink, when a bad line has taken its part."""
TAIL_HIGH_PX = 10
TAIL_AREA_PX = 30
TAIL_WIDE = 2.5
RING_DIRECTIONS = 12
RING_LEAST_PX = 50
PLAIN_TIMES = 2.4
WEAK = 1.7
"""A mark so much stronger than a weak one, a stray stroke as a rule, is offered; a person decides."""
ALIKE_TIMES = 1.15
LABEL_GAP_PX = 16
"""A printed label ends where the blank is white for this long: about two spaces of its type."""
LABEL_MOST_PX = 260


@dataclass(frozen=True)
class OptionMark:
    """What was found at one option.

    Attributes:
        value: the option's value.
        box_px: its box, form pixels.
        inside: new ink inside the frame, share of the inner area.
        level: how much of it are rows that the line smeared, share of the inner area.
        strength: how much speaks for a mark, 0 (nothing) to 1 (a whole stroke) and above.
        circled: the mark is a ring around the box or its label.
        struck: the mark was scribbled over.
        touched: a stroke that lies mostly elsewhere reaches in.
    """

    value: str
    box_px: BoxPx
    inside: float
    level: float
    strength: float
    circled: bool
    struck: bool
    touched: bool


@dataclass(frozen=True)
class MarkReading:
    """The answer of a ticked field: ``probability`` that it is right, or for none that nothing is marked."""

    value: Value
    probability: float
    options: tuple[OptionMark, ...]
    reasons: tuple[str, ...]


def read_marks(
    page: RegisteredPage, field: FormField, boxes_px: Sequence[BoxPx], *, standard: bool
) -> MarkReading:
    """The answer of a field of ticks.

    Args:
        page: the registered page.
        field: a field of kind check, yes_no, choice or choices.
        boxes_px: every tick box of the page, form pixels.
        standard: the page came with 98 rows to the inch.
    """
    if field.kind == "check" and field.box is not None:
        named = [("true", to_px(field.box))]
    else:
        named = [(option.value, to_px(option.box)) for option in field.options]
    labels = field.kind != "check"
    marks = tuple(_look(page, value, box, boxes_px, standard=standard, labels=labels) for value, box in named)
    return decide_marks(field, marks)


def decide_marks(field: FormField, marks: tuple[OptionMark, ...]) -> MarkReading:
    """The answer that the marks of a field's options make together."""
    standing = [mark for mark in marks if mark.strength >= 1]
    faint = [mark for mark in marks if FAINT_SHARE / SURE_SHARE <= mark.strength < 1]
    reasons: list[str] = []
    single = field.kind in ("yes_no", "choice")
    if single and len(standing) > 1:
        valid = [mark for mark in standing if not mark.struck]
        if len(valid) == 1 or (not valid and len(standing) == 2):
            # One of two was scribbled over: the other is the answer.
            standing = valid or [_less_scribbled(standing)]
            reasons.append("crossed_out")
        else:
            first, second, *_ = sorted(standing, key=lambda mark: -mark.strength)
            plain = first.strength >= PLAIN_TIMES * second.strength and second.strength < WEAK
            return MarkReading(first.value if plain else None, 0.5, marks, ("two_marked",))
    elif field.kind == "choices" and len(standing) > 1 and any(mark.struck for mark in standing):
        standing = [mark for mark in standing if not mark.struck]
        reasons.append("crossed_out")
    if not standing and faint:
        strongest = max(faint, key=lambda mark: mark.strength)
        if strongest.strength > 0.65:
            standing = [strongest]
        reasons.append("faint")
    elif faint and max(mark.strength for mark in faint) > 0.65:
        reasons.append("faint")
    if any(mark.touched for mark in marks):
        reasons.append("touched")
    return MarkReading(_value(field, standing), _probability(reasons), marks, tuple(reasons))


def _less_scribbled(marks: Sequence[OptionMark]) -> OptionMark:
    """Of two boxes full of ink the one with less of it; where both are as full, the one that was ringed."""
    least = min(mark.inside for mark in marks)
    near = [mark for mark in marks if mark.inside < ALIKE_TIMES * least]
    return min(near, key=lambda mark: (not mark.circled, mark.inside))


def _value(field: FormField, standing: Sequence[OptionMark]) -> Value:
    if field.kind == "check":
        return bool(standing)
    if field.kind == "choices":
        return tuple(mark.value for mark in standing) or None
    return standing[0].value if standing else None


def _probability(reasons: Sequence[str]) -> float:
    """Rates of right answers on made-up pages with up to 5 % bad lines, by what was odd about the marks.

    Where nothing was odd none of 3,576 was wrong: with 95 % confidence fewer than 9 in 10,000 are.
    """
    rates = {"crossed_out": 0.90, "faint": 0.85, "touched": 0.985}
    return min([0.9991, *(rates[reason] for reason in reasons)])


def _look(
    page: RegisteredPage, value: str, box: BoxPx, boxes_px: Sequence[BoxPx], *, standard: bool, labels: bool
) -> OptionMark:
    size = max(box[2] - box[0], box[3] - box[1])
    margin = round(size * SURROUND)
    left, top, right, bottom = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
    blank_ink = window(page.blank, left, top, right, bottom)
    framed = window(page.pixels, left - REACH_PX, top - REACH_PX, right + REACH_PX, bottom + REACH_PX)
    shift_x, shift_y = snap(framed, blank_ink)
    x0, y0 = REACH_PX + shift_x, REACH_PX + shift_y
    page_ink = np.ascontiguousarray(framed[y0 : y0 + blank_ink.shape[0], x0 : x0 + blank_ink.shape[1]])
    written = less_print(page_ink, blank_ink, (1, 2 if standard else 1))
    if not written.any():
        circled = labels and _label_ringed(page, box, (shift_x, shift_y), standard=standard)
        return OptionMark(value, box, 0.0, 0.0, 1.2 if circled else 0.0, circled, struck=False, touched=False)
    here: BoxPx = (margin, margin, margin + box[2] - box[0], margin + box[3] - box[1])
    others = [
        (o[0] - left, o[1] - top, o[2] - left, o[3] - top)
        for o in boxes_px
        if o != box and o[0] < right and o[2] > left and o[1] < bottom and o[3] > top
    ]
    ink, touched = _own_ink(written, here, others)
    inner = ink[here[1] + 3 : here[3] - 3, here[0] + 3 : here[2] - 3]
    inside = float(inner.mean()) if inner.size else 0.0
    strokes = _strokes(ink, here) if 0 < inside < DENSE_SHARE else inner
    drawn = float(strokes.mean()) if strokes.size else 0.0
    across, down = _extent(strokes)
    strength = drawn / SURE_SHARE
    if max(across, down) < 0.35:
        strength = min(strength, 0.9)  # a blot, not a stroke
    if drawn < LEAST_STROKE_SHARE or float(strokes.any(axis=1).mean()) < LEAST_ROWS:
        # Smeared or repeated rows, or a frame made thicker; but the tail of a tick tells of its corner.
        strength = min(inside / SURE_SHARE, 0.75 if _has_tail(ink, here) else 0.6)
    circled = _ringed(ink, here)
    if strength < 1 and not circled and labels:
        circled = _label_ringed(page, box, (shift_x, shift_y), standard=standard)
    doubtful = strength < 1 and not circled and int(ink.sum()) >= RING_LEAST_PX
    seen_in = _directions(_high(ink) > 0, here) if doubtful else 0
    if circled or seen_in >= RING_DIRECTIONS:  # whole, or in pieces between which print or the line lies
        circled, strength = True, max(strength, 1.2)
    elif seen_in >= ARC_DIRECTIONS:
        strength = max(strength, 0.75)  # half a ring: the rest may have been lost on the line
    struck = _is_struck(ink, here, inside)
    return OptionMark(value, box, inside, inside - drawn, strength, circled, struck, touched)


def _own_ink(written: Ink, here: BoxPx, others: Sequence[BoxPx]) -> tuple[Ink, bool]:
    """Less specks, and less the pieces that lie more in another box than in this one."""
    pieces = find_pieces(written)
    boxes, area = pieces.boxes, pieces.boxes[:, 4]
    keep = area >= SPECK_PX
    within = pieces.within(here)
    # A mark of a neighbor that only reaches in with its tail.
    foreign = np.zeros(len(pieces), bool)
    for other in others:
        foreign |= (pieces.within(other) > within) & (within < 0.5 * area)
    # Rests of rows that the line repeated: hardly higher than a row, and long.
    streak = (boxes[:, 3] <= 3) & (boxes[:, 2] > 40)
    # A stray stroke or a neighbor's mark on its way: no mark flies a whole box's width to the side.
    sideways = (boxes[:, 0] == 0) | (boxes[:, 0] + boxes[:, 2] == written.shape[1])
    passing = foreign | sideways
    touched = bool((keep & passing & (within >= SPECK_PX)).any())
    return pieces.only(keep & ~foreign & ~streak), touched


def _strokes(ink: Ink, here: BoxPx) -> Ink:
    """The ink inside a box without rows that the line smeared, repeated or shifted."""
    left, top, right, bottom = here
    beside = max(0, left - BESIDE_PX)
    around = np.ascontiguousarray(ink[top:bottom, beside : right + BESIDE_PX])
    around = less_level(around, LEVEL_LONG_PX, LEVEL_HIGH_PX)
    return _high(around[3:-3, left + 3 - beside : right - 3 - beside])


def _has_tail(ink: Ink, here: BoxPx) -> bool:
    """Whether a stroke that stands up flies out over a box, and ends near it."""
    pieces = find_pieces(ink)
    left, top, wide, high, area = pieces.boxes.T
    stands = (high >= TAIL_HIGH_PX) & (area >= TAIL_AREA_PX) & (wide <= TAIL_WIDE * high)
    ends = (top < here[1] - 4) & (left > 0) & (left + wide < ink.shape[1])
    from_box = pieces.within((here[0] - 4, here[1] - 4, here[2] + 4, here[3] + 4)) >= SPECK_PX
    return bool((stands & ends & from_box).any())


def _high(ink: Ink) -> Ink:
    """The pieces of ink that are higher than what is left of a smeared row."""
    pieces = find_pieces(ink)
    return pieces.only((pieces.boxes[:, 3] > LOW_PX) & (pieces.boxes[:, 4] >= SPECK_PX))


def _extent(ink: Ink) -> tuple[float, float]:
    """Width and height of the ink as shares of the window's."""
    if not ink.any():
        return 0.0, 0.0
    wide, tall = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    return float(wide[-1] - wide[0] + 1) / ink.shape[1], float(tall[-1] - tall[0] + 1) / ink.shape[0]


def _ringed(ink: Ink, here: BoxPx) -> bool:
    """Whether one stroke goes around something: a box or a label."""
    if int(ink.sum()) < RING_LEAST_PX:
        return False
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    pieces = find_pieces(closed)
    wide, tall = here[2] - here[0], here[3] - here[1]
    width, height, area = pieces.boxes[:, 2:].T
    large = (area > 60) & (width > 0.9 * wide) & (height > 0.9 * tall)
    return any(
        _goes_around((pieces.only(np.arange(len(pieces)) == number) & ink) > 0, here)
        for number in np.flatnonzero(large)
    )


def _goes_around(stroke: NDArray[np.bool_], here: BoxPx) -> bool:
    """Whether a stroke is seen outside a box in most directions from its middle, well clear of its frame."""
    return _directions(stroke, here) >= RING_DIRECTIONS


def _directions(stroke: NDArray[np.bool_], here: BoxPx) -> int:
    """In how many of 16 directions from the middle of a box ink is seen well outside it."""
    rows, columns = np.nonzero(stroke)
    middle_x, middle_y = (here[0] + here[2]) / 2, (here[1] + here[3]) / 2
    half_x, half_y = (here[2] - here[0]) / 2, (here[3] - here[1]) / 2
    outside = (np.abs(columns - middle_x) > half_x + 4) | (np.abs(rows - middle_y) > half_y + 4)
    if outside.sum() < RING_LEAST_PX:
        return 0
    across, down = (columns[outside] - middle_x) / half_x, (rows[outside] - middle_y) / half_y
    # A thickened frame keeps close to the box; a ring has a radius of 0.7 of its width and more.
    if float(np.median(np.hypot(across, down))) < 1.35:
        return 0
    return len(np.unique(np.floor((np.arctan2(down, across) + np.pi) / (2 * np.pi) * 16).astype(int) % 16))


def _is_struck(ink: Ink, here: BoxPx, inside: float) -> bool:
    """Whether a mark was scribbled over: dense inside, and strokes beyond both sides of the frame."""
    if inside < 0.42:
        return False
    left, top, right, bottom = here
    beyond_left = ink[top - 3 : bottom + 3, : left - 3].any(axis=0).sum()
    beyond_right = ink[top - 3 : bottom + 3, right + 3 :].any(axis=0).sum()
    return bool(beyond_left >= 2 and beyond_right >= 3)


def _label_ringed(page: RegisteredPage, box: BoxPx, shift: tuple[int, int], *, standard: bool) -> bool:
    """Whether a ring was drawn around the printed label right of a box."""
    tall = box[3] - box[1]
    top, bottom = box[1] - tall, box[3] + tall
    line = window(page.blank, box[2] + 2, box[1] - 2, box[2] + 2 + LABEL_MOST_PX, box[3] + 2).any(axis=0)
    start = np.flatnonzero(line)
    if not start.size:
        return False
    gaps = np.flatnonzero(np.diff(start) > LABEL_GAP_PX)
    end = int(start[gaps[0]] if gaps.size else start[-1])
    left, right = box[2] - tall // 2, box[2] + 2 + end + tall
    blank_ink = window(page.blank, left, top, right, bottom)
    page_ink = window(page.pixels, left + shift[0], top + shift[1], right + shift[0], bottom + shift[1])
    beyond = cv2.dilate(blank_ink, np.ones((5, 5), np.uint8)) == 0
    if page_ink[beyond].sum() < 2.5 * (right - left):
        return False
    written = less_print(page_ink, blank_ink, (1, 2 if standard else 1))
    label: BoxPx = (box[2] + 2 + int(start[0]) - left, tall + 1, box[2] + 2 + end - left, 2 * tall - 1)
    return _ringed(written, label)
