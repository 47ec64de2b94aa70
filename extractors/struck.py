"""Words crossed out: where a straight stroke runs through writing, and what is left beside it."""

from dataclasses import dataclass

import cv2
import numpy as np

from extractors.pieces import Ink, find_pieces
from extractors.writing import Writing

LEAST_PX = 42
LEAST_HEIGHTS = 2.0
"""A stroke through a word is longer than the bar of a letter: so many pixels, so many heights of letters."""
MOST_HIGH_PX = 22
"""Two strokes through small type run together; more is a blot."""
THROUGH = 0.12
"""Letters stand out above a stroke through them and below it: neither on the bar of a T nor on a baseline."""
SLOPES = np.linspace(-0.12, 0.12, 13)
"""Rise over run of a stroke through a word; steeper ones are letters."""
LEAD_PX = 3
"""A stroke through a word begins before its first letter, unlike the joins of a running hand."""
LONG_LINES = 1.5
"""A plain strike is as long as so many heights of its line: the bar of a T is not, nor the foot of a 2."""
BARE_PX = 30
"""A plain strike is nowhere bare for so long: a damaged row and a stray line run on beyond the writing."""
COVERED = 0.3
"""Letters stand above or below so much of a plain strike, within ``NEAR_PX``."""
NEAR_PX = 14


@dataclass(frozen=True)
class Strike:
    """What was crossed out: its left and right end, pixels of the window.

    ``plain`` tells that it can hardly be anything else: of 376 strokes on calibration's faxes that crossed
    nothing out (damaged rows, stray lines, bars of letters) 29 are called so, of 508 that did 459.
    """

    left_px: int
    right_px: int
    plain: bool


@dataclass(frozen=True)
class _Run:
    """Begin and end of a straight stroke through letters, and whether it is a plain strike."""

    start_px: int
    end_px: int
    plain: bool


def find_strike(writing: Writing, lines: int = 1) -> Strike | None:
    """What was crossed out in a field that has room for so many lines; none where nothing was."""
    if not len(writing.pieces) or int(writing.pieces[:, 2].max()) < LEAST_PX:
        return None  # a stroke through letters makes one wide piece of them
    ink = writing.ink
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    tight = np.ascontiguousarray(ink[top : rows[-1] + 1, left : columns[-1] + 1])
    if tight.shape[0] < 12:
        return None
    least = max(LEAST_PX, round(LEAST_HEIGHTS * float(np.median(writing.pieces[:, 3]))))
    line_px = min(tight.shape[0], (writing.box[3] - writing.box[1]) / lines)
    found = [run for slope in SLOPES for run in _straight_runs(tight, float(slope), least, line_px)]
    if not found:
        return None
    start, end = left + min(run.start_px for run in found), left + max(run.end_px for run in found)
    # What touches an edge of the window comes from beyond it.
    inside = start > 0 and end < ink.shape[1]
    return Strike(start, end, inside and any(run.plain for run in found))


def _straight_runs(ink: Ink, slope: float, least_px: int, line_px: float) -> list[_Run]:
    """Unbroken straight strokes of one slope that run through letters of lines of a height."""
    height, width = ink.shape
    matrix = np.array([[1, 0, 0], [-slope, 1, max(0.0, slope) * width]], np.float32)
    tall = height + int(abs(slope) * width) + 1
    level = cv2.warpAffine(ink, matrix, (width, tall), flags=cv2.INTER_NEAREST)
    # Two rows make a stroke: a thin one wavers by a pixel.
    joined = cv2.dilate(level, np.ones((2, 1), np.uint8))
    # A pen's stroke is some 3 px thick; a streak of the fax line has one row.
    runs = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((3, least_px), np.uint8))
    if not runs.any():
        return []
    # What else begins where a stroke does: another stroke beside it may, a letter does not.
    others = np.where(cv2.dilate(runs, np.ones((5, 1), np.uint8)) > 0, np.uint8(0), level)
    letters = np.where(cv2.dilate(runs, np.ones((7, 1), np.uint8)) > 0, np.uint8(0), level)
    found = []
    for start, top, long, high, _ in find_pieces(runs).boxes[1:].tolist():
        end = start + long
        above = level[max(0, top - 4) : top, start:end].any(axis=0)
        below = level[top + high : top + high + 4, start:end].any(axis=0)
        through = min(float(above.mean()) if above.size else 0.0, float(below.mean()) if below.size else 0.0)
        if high <= MOST_HIGH_PX and not others[:, start : start + LEAD_PX].any() and through > THROUGH:
            near = letters[max(0, top - NEAR_PX) : top + high + NEAR_PX, start:end]
            found.append(_Run(start, end, long > LONG_LINES * line_px and _cover(near)))
    return found


def _cover(letters: Ink) -> bool:
    """Whether letters stand above or below the columns of a stroke, without a long gap."""
    here = np.flatnonzero(letters.any(axis=0))
    gaps = np.diff(here, prepend=-1, append=letters.shape[1])
    return bool(len(here) > COVERED * letters.shape[1] and gaps.max() <= BARE_PX)


def without_struck(writing: Writing, strike: Strike) -> Writing:
    """The same field's writing without what was crossed out."""
    pieces = find_pieces(writing.ink)
    middle = pieces.boxes[:, 0] + pieces.boxes[:, 2] / 2
    kept = (middle > strike.right_px + 2) | (middle < strike.left_px - 2)
    kept[0] = False
    return Writing(
        ink=pieces.only(kept),
        left_px=writing.left_px,
        top_px=writing.top_px,
        box=writing.box,
        pieces=pieces.boxes[kept],
        alien_share=writing.alien_share,
        outside_share=writing.outside_share,
        shift_px=writing.shift_px,
    )
