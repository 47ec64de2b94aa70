"""What was written in one field: the page's ink less the printed form, specks and neighbors' strokes.

Everything is decided against the blank form, never by a fixed darkness: what is printed is known, so what
remains was put there by somebody (or by the line, which is why specks and streaks are dropped too).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import WORK_DPI, BoxPx, RegisteredPage
from form_templates.model import Box

Ink = NDArray[np.uint8]
"""Rows x columns, 1 is ink, 0 is paper."""

REACH_PX = 5
"""How far a field may lie from where registration says: the last snap is looked for within this."""
AROUND_PX = (16, 14)
"""Writing is followed this far out of its box, across and down."""
SPECK_PX = 5
"""Smaller pieces of ink are specks of the line or the scanner; the dot of an i has 2 x 3 px at the least."""
DARK_RIM = 0.22
"""Share of the rim about the print that is ink on a page whose lines have spread; writing covers less."""
STREAK_PX = 61
"""A damaged row smears ink over more than any stroke of a letter is long."""
STROKE_PX = 40
"""A neighbor's stroke has at least this much ink inside the box to count against the field."""
NEAR_PX = 12
"""A dot stands this near its letter."""
BLANK_WORTH_PX = 60
"""Less printed ink than this about a field gives nothing to snap to."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """The connected pieces of ink of a window; index 0 is the paper.

    Attributes:
        labels: rows x columns, number of the piece.
        boxes: n x 5: left, top, width, height, area, pixels of the window.
        inside: share of each piece's ink that lies in the field's box.
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    inside: NDArray[np.float64]


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
    """

    ink: Ink
    left_px: int
    top_px: int
    box: BoxPx
    pieces: NDArray[np.int32]
    alien_share: float
    outside_share: float
    shift_px: tuple[int, int]

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


def snap(page_ink: Ink, blank_ink: Ink, reach_px: int = REACH_PX) -> tuple[int, int]:
    """How far the printed form lies from where the blank says, in x and y.

    Args:
        page_ink: a window of the page that is ``reach_px`` wider than the blank's on every side.
        blank_ink: the same window of the blank.
        reach_px: farthest shift looked for.

    Returns:
        The shift with the greatest overlap; (0, 0) unless another one is clearly better.
    """
    printed = int(blank_ink.sum())
    if printed < BLANK_WORTH_PX:
        return 0, 0
    overlap = cv2.matchTemplate(page_ink, blank_ink, cv2.TM_CCORR)
    offsets = np.arange(-reach_px, reach_px + 1)
    # Handwriting, too, overlaps with print by chance: a far shift has to earn its distance.
    distance = np.hypot(offsets[:, None], offsets[None, :])
    score = overlap / printed - 0.012 * distance
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    return int(offsets[column]), int(offsets[row])


def less_print(page_ink: Ink, blank_ink: Ink, slack_px: tuple[int, int]) -> Ink:
    """The page's ink without the printed form, strokes that cross a printed line left whole.

    Args:
        page_ink: a window of the page.
        blank_ink: the same window of the blank, snapped.
        slack_px: how far a printed edge may lie off, across and down.
    """
    across, down = slack_px
    printed = cv2.dilate(blank_ink, np.ones((2 * down + 1, 2 * across + 1), np.uint8))
    written = np.asarray(page_ink & (1 - printed), np.uint8)
    hidden = page_ink & printed
    if not hidden.any():
        return written
    # A stroke that goes on beyond a printed line, seen from either side of it, is one stroke.
    restored = np.zeros_like(hidden)
    for tall, wide in ((4 + 2 * down + 1, 5), (5, 4 + 2 * across + 1)):
        kernel = np.ones((tall, wide), np.uint8)
        ends = (
            ((wide // 2, 0), (wide // 2, tall - 1))
            if tall > wide
            else ((0, tall // 2), (wide - 1, tall // 2))
        )
        one, other = (cv2.dilate(written, kernel, anchor=anchor) for anchor in ends)
        restored |= hidden & one & other
    return np.asarray(written | restored, np.uint8)


def find_writing(
    page: RegisteredPage, box_px: BoxPx, others_px: Sequence[BoxPx], *, standard: bool
) -> Writing:
    """The ink of one field.

    Args:
        page: the registered page.
        box_px: the field's box, form pixels.
        others_px: boxes of the page's other fields: what lies mostly in one of them is not ours.
        standard: the page came with 98 rows to the inch, so that every row stands for two.
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
    pieces = find_pieces(written, box)
    others = [
        (o[0] - left, o[1] - top, o[2] - left, o[3] - top)
        for o in others_px
        if o != box_px and o[0] < right and o[2] > left and o[1] < bottom and o[3] > top
    ]
    ours, noise = _judge(pieces, box, others, blank_ink)
    kept = np.flatnonzero(ours)
    ink = ours[pieces.labels].astype(np.uint8)
    inside = (pieces.inside * pieces.boxes[:, 4]).astype(np.int64)
    strokes = ours | (~noise & (inside >= STROKE_PX))
    total = int(inside[strokes].sum())
    area = int(pieces.boxes[kept, 4].sum())
    return Writing(
        ink=ink,
        left_px=left + shift[0],
        top_px=top + shift[1],
        box=box,
        pieces=pieces.boxes[kept],
        alien_share=float(inside[strokes & ~ours].sum() / total) if total else 0.0,
        outside_share=float(1 - inside[kept].sum() / area) if area else 0.0,
        shift_px=shift,
    )


def less_streaks(written: Ink) -> Ink:
    """Ink without the streaks of a damaged row, letters that they run through left whole.

    A pen's stroke is some 3 px thick; a streak is one row of the fax, of which only the bare parts go.
    """
    # A row of the fax lies askew on the form by as much as the sheet lay askew: rows are joined first.
    joined = cv2.dilate(written, np.ones((2, 1), np.uint8))
    long = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, STREAK_PX), np.uint8))
    if not long.any():
        return written
    thick = cv2.morphologyEx(written, cv2.MORPH_OPEN, np.ones((3, 1), np.uint8))
    return np.asarray(written & (1 - (long & (1 - thick))), np.uint8)


def print_slack(page_ink: Ink, blank_ink: Ink, *, standard: bool) -> tuple[int, int]:
    """How far beyond the blank's print the page's print may reach: more on a dark scan or a photocopy.

    The rim just outside the print is white on a good page but for what is written there.
    """
    across, down = 1, 2 if standard else 1
    for _ in range(2):
        inner = cv2.dilate(blank_ink, np.ones((2 * down + 1, 2 * across + 1), np.uint8))
        rim = cv2.dilate(inner, np.ones((3, 3), np.uint8)) & (1 - inner)
        size = int(rim.sum())
        if not size or int((rim & page_ink).sum()) < DARK_RIM * size:
            break
        across, down = across + 1, down + 1
    return across, down


def find_pieces(ink: Ink, box: BoxPx) -> Pieces:
    """The connected pieces of a window's ink, and how much of each lies in ``box``."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, right, bottom = box
    within = np.bincount(labels[top:bottom, left:right].ravel(), minlength=count)
    return Pieces(
        labels=np.asarray(labels, np.int32),
        boxes=np.asarray(stats, np.int32),
        inside=np.minimum(within / np.maximum(stats[:, 4], 1), 1.0),
    )


def window(pixels: NDArray[np.uint8], left: int, top: int, right: int, bottom: int) -> Ink:
    """A window of the page as ink, white where it leaves the page."""
    height, width = pixels.shape
    ink = np.zeros((bottom - top, right - left), np.uint8)
    y0, y1, x0, x1 = max(0, top), min(height, bottom), max(0, left), min(width, right)
    ink[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1] < 128
    return ink


def _judge(
    pieces: Pieces, box: BoxPx, others: Sequence[BoxPx], blank_ink: Ink
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which pieces are this field's writing, and which are nobody's: specks, streaks, rests of print."""
    left, top, width, height, area = pieces.boxes.T
    right, bottom = left + width, top + height
    rows, columns = pieces.labels.shape
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    # A streak of the line, or a printed rule a little askew: long, and hardly a row or two thick.
    streak = (width > 60) & ((height <= 5) | ((area <= 3.6 * width) & (width > 5 * height)))
    # What is left of a printed line after its removal: thin, and beside it.
    near_print = cv2.dilate(blank_ink, np.ones((9, 9), np.uint8))
    beside = np.bincount(pieces.labels.ravel(), near_print.ravel(), minlength=len(area)) / np.maximum(area, 1)
    thin = ((height <= 5) & (width >= 3 * height)) | ((width <= 5) & (height >= 3 * width))
    remnant = ((beside > 0.7) & thin) | (beside > 0.95)
    # A piece that leaves the window is a neighbor's, or a signature's, unless most of it is here.
    leaves = (left == 0) | (top == 0) | (right == columns) | (bottom == rows)
    foreign = np.zeros(len(area), bool)
    for o_left, o_top, o_right, o_bottom in others:
        overlap_x = np.clip(np.minimum(right, o_right) - np.maximum(left, o_left), 0, None)
        overlap_y = np.clip(np.minimum(bottom, o_bottom) - np.maximum(top, o_top), 0, None)
        foreign |= (overlap_x * overlap_y) / np.maximum(width * height, 1) > 0.5
    own = (pieces.inside >= 0.5) | ((pieces.inside >= 0.25) & ~foreign & ~leaves)
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
    return _without_lone_specks(own & ~noise, pieces.boxes), noise


def _without_lone_specks(ours: NDArray[np.bool_], boxes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Drop small pieces that have no letter near: a dot belongs to an i, a speck stands alone."""
    left, top, width, height, area = boxes.T
    letters = np.flatnonzero(ours & (np.maximum(width, height) >= 10) & (area >= 24))
    small = np.flatnonzero(ours & ~np.isin(np.arange(len(area)), letters))
    for index in small:
        apart_x = np.maximum(
            left[letters] - left[index] - width[index], left[index] - (left + width)[letters]
        )
        apart_y = np.maximum(top[letters] - top[index] - height[index], top[index] - (top + height)[letters])
        ours[index] = bool((np.maximum(apart_x, apart_y) <= NEAR_PX).any())
    return ours
