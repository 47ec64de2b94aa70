"""Two lines written where there is room for one: the row that parts them.

Of 23,160 fields of one line on faxes of the training's writers 18 are parted; of 1,075 made of two of them,
2 to 13 px apart, four in five.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.int32]
"""Of pieces, pieces x 5: left, top, width, height, area, in pixels."""

TWO_LINES = "two_lines"
"""Reason of a field so written: a person says what belongs to it."""

SPECK_PX = 6
"""Smaller pieces say nothing of lines."""
LEAST_HIGH_PX = 13
"""A line is as high, 1.6 mm; a half of small type that a lost row cut through is lower."""
MOST_UNLIKE = 2.2
"""One line is at most so many times as high as the other: dots and accents are lower than their line."""
LEAST_LONG = 2.5
"""A line is as long, in heights of itself: a letter above another is none."""
LEAST_BESIDE = 0.6
"""So much of the shorter line lies under the longer one, or over it."""
LEAST_INK = 0.25
"""Of the ink of the other."""
MOST_INTO = 0.25
"""Tails of the upper line reach at most so far into the lower one, in heights of it."""
ACROSS, MOST_ACROSS = 0.3, 0.04
"""A piece that reaches over the row by so much of its height on both sides belongs to neither line; it is so
little of the ink."""
NEAR_PX, MOST_UNDER = 8, 0.5
"""Where a row was lost, the lower halves of most letters begin so near below their upper halves."""


class _Extent(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int
    ink: int

    @property
    def high(self) -> int:
        return self.bottom - self.top

    @property
    def long(self) -> int:
        return self.right - self.left


def parting_row(pieces: Boxes) -> int | None:
    """The row between two lines of writing; none where there is one line, or more than two.

    Args:
        pieces: boxes of the pieces of a field's ink.
    """
    pieces = pieces[pieces[:, 4] >= SPECK_PX]
    row = _emptiest_row(pieces)
    if row is None:
        return None
    above = is_above(pieces, row)
    if min(above.sum(), (~above).sum()) < 2:
        return None
    upper, lower = pieces[above], pieces[~above]
    return row if _are_lines(_extent(upper), _extent(lower)) and not _hang_together(upper, lower) else None


def is_above(pieces: Boxes, row: int) -> NDArray[np.bool_]:
    """Which pieces belong to the line above a row."""
    above: NDArray[np.bool_] = pieces[:, 1] + pieces[:, 3] / 2 < row
    return above


def _emptiest_row(pieces: Boxes) -> int | None:
    """The middle of the widest gap between lines, or of where pieces reach over it the least."""
    if not len(pieces):
        return None
    top, bottom = pieces[:, 1], pieces[:, 1] + pieces[:, 3]
    rows = np.arange(top.min() + LEAST_HIGH_PX, bottom.max() - LEAST_HIGH_PX + 1)
    reach = np.minimum(rows[:, None] - top, bottom - rows[:, None])
    across = (reach > ACROSS * pieces[:, 3]) @ pieces[:, 4]
    free = across <= MOST_ACROSS * pieces[:, 4].sum()
    if not free.any():
        return None
    crossing = np.where(free, np.clip(reach, 0, None).sum(axis=1), np.inf)
    least = np.flatnonzero(crossing == crossing.min())
    widest = max(np.split(least, np.flatnonzero(np.diff(least) > 1) + 1), key=len)
    return int(rows[widest[len(widest) // 2]])


def _extent(pieces: Boxes) -> _Extent:
    left, top = pieces[:, :2].min(axis=0).tolist()
    right, bottom = (pieces[:, :2] + pieces[:, 2:4]).max(axis=0).tolist()
    return _Extent(left, top, right, bottom, int(pieces[:, 4].sum()))


def _are_lines(upper: _Extent, lower: _Extent) -> bool:
    both = (upper, lower)
    high = [one.high for one in both]
    beside = min(upper.right, lower.right) - max(upper.left, lower.left)
    return (
        min(high) >= LEAST_HIGH_PX
        and max(high) <= MOST_UNLIKE * min(high)
        and all(one.long >= LEAST_LONG * one.high for one in both)
        and beside >= LEAST_BESIDE * min(one.long for one in both)
        and min(one.ink for one in both) >= LEAST_INK * max(one.ink for one in both)
        and lower.top - upper.bottom >= -MOST_INTO * lower.high
    )


def _hang_together(upper: Boxes, lower: Boxes) -> bool:
    """Whether the lower pieces are mostly what a lost row cut off from the upper ones."""
    left, right = lower[:, None, 0], lower[:, None, 0] + lower[:, None, 2]
    beside = np.minimum(right, upper[:, 0] + upper[:, 2]) > np.maximum(left, upper[:, 0])
    near = np.abs(lower[:, None, 1] - (upper[:, 1] + upper[:, 3])) <= NEAR_PX
    return bool((beside & near).any(axis=1).mean() > MOST_UNDER)
