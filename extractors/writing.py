"""What was written in one field: the page's ink less the printed form, specks and neighbors' strokes.

Everything is decided against the blank form, never by a fixed darkness: what is printed is known, so what
remains was put there by somebody (or by the line, which is why specks and streaks are dropped too).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.leftovers import STROKE_WIDE_PX, has_letter, is_loose, is_smeared, stands_up, tilt_of
from extractors.model import WORK_DPI, BoxPx, RegisteredPage
from extractors.pieces import Ink, Pieces, find_pieces
from extractors.printed import REACH_PX, less_print, less_streaks, print_slack, snap, window
from form_templates.model import Box

AROUND_PX = (16, 14)
"""Writing is followed this far out of its box, across and down."""
SPECK_PX = 5
"""Smaller pieces of ink are specks of the line or the scanner; the dot of an i has 2 x 3 px at the least."""
POINT_PX = 4
POINT_AFTER_PX = 8
POINT_LEVEL_PX = 3
"""A decimal point in small type, at 98 rows to the inch, has 2 x 2 px: near after a letter, at its foot."""
STROKE_PX = 40
"""A neighbor's stroke has at least this much ink inside the box to count against the field."""
DASH_PX = 6
DASH_LONG_PX = 60
"""A dash is no higher and no longer than this; what is longer may be a flat signature."""
LEFT_OF_PX = 90
"""A signature runs on over a gap of this width: half an inch, less than the date's own box."""
LETTER_LONG_PX, LETTER_PX = 10, 24
"""A letter is at least so long, up or across, and has so much ink."""
BREAK_PX = 5
"""Ink that lies nearer together is one letter: hair lines break where a row of two pixels was lost."""
BESIDE_PX = 9
"""Side of the square that print is widened by: what is left of a printed line lies within half of it."""
NEAR_PX = 12
"""A dot stands this near its letter."""


@dataclass(frozen=True, eq=False)
class Writing:
    """The ink that belongs to one field.

    Attributes:
        ink: window of the field with its own ink only.
        left_px: form pixel of the window's left edge; ``top_px`` of its top edge.
        box: the field's box in pixels of the window.
        pieces: boxes (left, top, width, height, area) of the pieces kept, pixels of the window.
        alien_share: share of the ink inside the box that was judged somebody else's.
        outside_share: share of the kept ink that lies outside the box.
        shift_px: what the last snap moved the blank by, x and y.
        loose: a pen's stroke without letters was taken for no writing, an arrow perhaps: for a person to see.
    """

    ink: Ink
    left_px: int
    top_px: int
    box: BoxPx
    pieces: NDArray[np.int32]
    alien_share: float
    outside_share: float
    shift_px: tuple[int, int]
    loose: bool = False

    @property
    def area_px(self) -> int:
        """Ink kept, in pixels."""
        return int(self.pieces[:, 4].sum()) if len(self.pieces) else 0

    @property
    def form_box(self) -> BoxPx:
        """The tight box of the ink in form pixels; the field's box where there is none."""
        if len(self.pieces):
            left, top = self.pieces[:, 0].min(), self.pieces[:, 1].min()
            right = (self.pieces[:, 0] + self.pieces[:, 2]).max()
            bottom = (self.pieces[:, 1] + self.pieces[:, 3]).max()
        else:
            left, top, right, bottom = self.box
        return (
            int(left) + self.left_px,
            int(top) + self.top_px,
            int(right) + self.left_px,
            int(bottom) + self.top_px,
        )


def to_px(box: Box) -> BoxPx:
    """A template's box (points) in form pixels."""
    x, y, width, height = (value * WORK_DPI / 72 for value in box)
    return round(x), round(y), round(x + width), round(y + height)


def find_writing(
    page: RegisteredPage,
    box_px: BoxPx,
    others_px: Sequence[BoxPx],
    *,
    standard: bool,
    signatures_px: Sequence[BoxPx] = (),
) -> Writing:
    """The ink of one field.

    Args:
        page: the registered page.
        box_px: the field's box, form pixels.
        others_px: boxes of the page's other fields: what lies mostly in one of them is not ours.
        standard: the page came with 98 rows to the inch, so that every row stands for two.
        signatures_px: boxes of the signatures of the page, which run on to the right through the date.
    """
    height, width = page.pixels.shape
    left, top = max(0, box_px[0] - AROUND_PX[0]), max(0, box_px[1] - AROUND_PX[1])
    right, bottom = min(width, box_px[2] + AROUND_PX[0]), min(height, box_px[3] + AROUND_PX[1])
    blank_ink = (page.blank[top:bottom, left:right] < 128).astype(np.uint8)
    framed = window(page.pixels, left - REACH_PX, top - REACH_PX, right + REACH_PX, bottom + REACH_PX)
    shift = snap(framed, blank_ink)
    x0, y0 = REACH_PX + shift[0], REACH_PX + shift[1]
    page_ink = np.ascontiguousarray(framed[y0 : y0 + blank_ink.shape[0], x0 : x0 + blank_ink.shape[1]])
    written = less_print(page_ink, blank_ink, print_slack(page_ink, blank_ink, standard=standard))
    written = less_streaks(written)
    box = (box_px[0] - left, box_px[1] - top, box_px[2] - left, box_px[3] - top)
    pieces = find_pieces(written)
    inside = pieces.within(box)
    others = [
        (o[0] - left, o[1] - top, o[2] - left, o[3] - top)
        for o in others_px
        if o != box_px and o[0] < right and o[2] > left and o[1] < bottom and o[3] > top
    ]
    ours, noise = _judge(pieces, inside, box, others, blank_ink)
    if any(_lies_left(signature, box_px) for signature in signatures_px):
        ours &= pieces.boxes[:, 0] > 0
    is_signature = box_px in signatures_px  # which may be one flat stroke, and may run over another's
    loose = False
    if ours.any() and not is_signature:
        nothing, loose = _says_nothing(pieces, ours, blank_ink, tilt_of(page))
        ours &= not nothing
    kept = np.flatnonzero(ours)
    strokes = ours | (~noise & (inside >= STROKE_PX))
    total = int(inside[strokes].sum())
    if total and not len(kept) and not is_signature:
        across = _within(pieces.only(strokes), box)
        if stands_up(across):
            return _overwritten(across, box, (left, top), shift)
    area = int(pieces.boxes[kept, 4].sum())
    return Writing(
        ink=pieces.only(ours),
        left_px=left + shift[0],
        top_px=top + shift[1],
        box=box,
        pieces=pieces.boxes[kept],
        alien_share=float(inside[strokes & ~ours].sum() / total) if total else 0.0,
        outside_share=float(1 - inside[kept].sum() / area) if area else 0.0,
        shift_px=shift,
        loose=loose,
    )


def _says_nothing(pieces: Pieces, ours: NDArray[np.bool_], blank_ink: Ink, tilt: float) -> tuple[bool, bool]:
    """Whether the ink of a field is no writing, and whether a person has to see it all the same.

    Where a damaged row meets the lines of a comb, what it leaves hangs together with what the print leaves,
    and stands as high as a letter. So what lies beside print is looked away from: of 36,700 filled fields of
    calibration none had all its letters there.
    """
    if not has_letter(pieces, ours):
        stroke = is_loose(pieces, ours)
        if stroke or is_smeared(pieces, ours, tilt):
            # A long streak may as well be a line that somebody drew.
            return True, stroke or int(pieces.boxes[ours, 2].max()) >= STROKE_WIDE_PX
    beside = cv2.dilate(blank_ink, np.ones((BESIDE_PX, BESIDE_PX), np.uint8))
    away = find_pieces(np.where(beside > 0, np.uint8(0), pieces.only(ours)))
    kept = np.arange(len(away)) > 0
    nothing = not kept.any() or is_smeared(away, kept, tilt)
    return nothing, nothing


def _within(ink: Ink, box: BoxPx) -> Ink:
    """The ink inside a box, in the same window."""
    left, top, right, bottom = box
    within = np.zeros_like(ink)
    within[top:bottom, left:right] = ink[top:bottom, left:right]
    return within


def _overwritten(ink: Ink, box: BoxPx, at_px: tuple[int, int], shift: tuple[int, int]) -> Writing:
    """Letters that a neighbor's stroke runs through, so that all is one piece and none can be told apart."""
    return Writing(
        ink=ink,
        left_px=at_px[0] + shift[0],
        top_px=at_px[1] + shift[1],
        box=box,
        pieces=find_pieces(ink).boxes[1:],
        alien_share=1.0,
        outside_share=0.0,
        shift_px=shift,
    )


def _lies_left(other: BoxPx, box: BoxPx) -> bool:
    """Whether a box ends close to the left of another, on its row."""
    level = min(other[3], box[3]) - max(other[1], box[1])
    return other != box and 0 <= box[0] - other[2] <= LEFT_OF_PX and level > 0.4 * (box[3] - box[1])


def _judge(
    pieces: Pieces, within: NDArray[np.intp], box: BoxPx, others: Sequence[BoxPx], blank_ink: Ink
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which pieces are this field's writing, and which are nobody's: specks, streaks, rests of print.

    ``within`` counts the pixels of each piece that lie in the field's box.
    """
    left, top, width, height, area = pieces.boxes.T
    right, bottom = left + width, top + height
    rows, columns = pieces.shape
    inside = within / np.maximum(area, 1)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    # A streak of the line, or a printed rule a little askew: long, and hardly a row or two thick.
    streak = (width > 60) & ((height <= 5) | ((area <= 3.6 * width) & (width > 5 * height)))
    # What is left of a printed line after its removal: thin, and beside it.
    near_print = cv2.dilate(blank_ink, np.ones((BESIDE_PX, BESIDE_PX), np.uint8))
    beside = pieces.over(near_print) / np.maximum(area, 1)
    thin = ((height <= 5) & (width >= 3 * height)) | ((width <= 5) & (height >= 3 * width))
    remnant = ((beside > 0.7) & thin) | (beside > 0.95)
    # A piece that leaves the window is a neighbor's, or a signature's, unless most of it is here.
    leaves = (left == 0) | (top == 0) | (right == columns) | (bottom == rows)
    foreign = np.zeros(len(area), bool)
    for o_left, o_top, o_right, o_bottom in others:
        overlap_x = np.clip(np.minimum(right, o_right) - np.maximum(left, o_left), 0, None)
        overlap_y = np.clip(np.minimum(bottom, o_bottom) - np.maximum(top, o_top), 0, None)
        foreign |= (overlap_x * overlap_y) / np.maximum(width * height, 1) > 0.5
    own = (inside >= np.where(leaves, 0.65, 0.5)) | ((inside >= 0.25) & ~foreign & ~leaves)
    # The dot of an i, the bar of a T: small, above or below the box, over our own columns.
    b_left, b_top, b_right, b_bottom = box
    close = (
        (middle_x > b_left - 4)
        & (middle_x < b_right + 4)
        & (middle_y > b_top - 6)
        & (middle_y < b_bottom + 6)
    )
    own |= close & ~foreign & ~leaves & (beside < 0.3)
    noise = streak | remnant | (area < SPECK_PX)
    noise[0] = True
    ink = own & ~streak & ~remnant
    ink[0] = False
    letters = _of_letters(pieces, ink)
    noise &= ~letters & ~_points(ink, pieces.boxes, letters)
    ours = _without_lone_specks(own & ~noise, pieces.boxes, letters)
    if _only_dashes(pieces.boxes[ours]):
        return np.zeros_like(ours), noise | ours
    return ours, noise


def _only_dashes(boxes: NDArray[np.int32]) -> bool:
    """Whether there is nothing but level dashes and specks: rests of rows and of rules, or an answer of none.

    On sample faxes they were most of the empty fields that had to be read for adverse events. Whatever the
    line does to words, it leaves upright strokes of them; a hyphen among letters is none alone.
    """
    _, _, width, height, _ = boxes.T
    level = (height <= DASH_PX) & (width >= 4 * height) & (width <= DASH_LONG_PX)
    tiny = np.maximum(width, height) <= DASH_PX
    return bool(level.any() and (level | tiny).all())


def _points(
    own: NDArray[np.bool_], boxes: NDArray[np.int32], letters: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which pieces as small as specks are points after a letter."""
    left, top, width, height, area = boxes.T
    right, bottom = left + width, top + height
    small = (area >= POINT_PX) & (area < SPECK_PX) & (np.minimum(width, height) >= 2)
    points: NDArray[np.bool_] = own & small
    for index in np.flatnonzero(points):
        after = left[index] - right[letters]
        foot = np.abs(bottom[index] - bottom[letters]) <= POINT_LEVEL_PX
        points[index] = bool((foot & (after >= 0) & (after <= POINT_AFTER_PX)).any())
    return points


def _of_letters(pieces: Pieces, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which pieces are letters, or parts of one that a thin stroke or a lost row broke into specks."""
    joined = cv2.dilate(pieces.only(own), np.ones((BREAK_PX, BREAK_PX), np.uint8))
    _, groups, boxes, _ = cv2.connectedComponentsWithStats(joined)
    mine = own[pieces.numbers]
    group_of = np.where(mine, groups[pieces.rows, pieces.columns], 0)
    long = boxes[:, 2:4].max(axis=1) > LETTER_LONG_PX + BREAK_PX - 2
    large = long & (np.bincount(group_of, minlength=len(boxes)) >= LETTER_PX)
    large[0] = False
    letters = np.zeros(len(pieces), bool)
    letters[pieces.numbers[large[group_of]]] = True
    return letters


def _without_lone_specks(
    ours: NDArray[np.bool_], boxes: NDArray[np.int32], letters: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Drop small pieces that have no letter near: a dot belongs to an i, a speck stands alone."""
    left, top, width, height, _ = boxes.T
    for index in np.flatnonzero(ours & ~letters):
        apart_x = np.maximum(
            left[letters] - left[index] - width[index], left[index] - (left + width)[letters]
        )
        apart_y = np.maximum(top[letters] - top[index] - height[index], top[index] - (top + height)[letters])
        ours[index] = bool((np.maximum(apart_x, apart_y) <= NEAR_PX).any())
    return ours
