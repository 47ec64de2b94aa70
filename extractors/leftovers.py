"""Ink that says nothing: rows that a bad line smeared or repeated, and the loose stroke of a pen.

A row of the fax lies askew on the form by as much as the sheet lay askew. Laid level again, whatever one
damaged row left is as high as that row was repeated, and no higher, however long it is; letters stand up.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import RegisteredPage
from extractors.pieces import Ink, Pieces, find_pieces

LETTER_HIGH_PX = 12
LETTER_WIDE = 2.5
"""A piece as high as this, and no wider than so many heights and than a loose stroke, is a letter."""
LEVEL_LONG_PX = 14
LEVEL_HIGH_PX = 8
"""Ink that runs level for so long, and is no higher, is a damaged row, or the bar of a letter."""
LEAST_ROWS = 8
LEAST_HIGH_PX = 10
"""What covers fewer rows, no piece being so high, is what a damaged row left: of 5,900 filled fields of faxes
with up to 5 % bad lines two had no more than that, of which the line had left crumbs."""
MOST_TILT = 0.12
"""The rows of a page that came on its side run up and down: no row of the form is one of the line's."""
SPECK_PX = 9
STROKE_WIDE_PX = 60
REST_WIDE_PX = 30
REST_WIDE = 2.0
"""What a printed rule cut off a loose stroke is as wide as this, and so many times as wide as high."""
STROKE_THICK_PX = 10
STROKE_SINGLE = 0.9
"""A loose stroke is wide, thin, and never turns back: nearly every column meets it once."""
PART_HIGH_PX = 8
PART_AREA_PX = 24
"""Smaller pieces beside a loose stroke are crumbs."""
UPRIGHT_PX = 11
UPRIGHT_COLUMNS = 30
"""Letters have upright strokes of this height in so many columns; a flourish running through has none."""


def tilt_of(page: RegisteredPage) -> float:
    """Form rows that a received row falls for each column to the right."""
    ends = page.form_to_received[:, :, 1]
    rows, columns = page.pixels.shape
    step = (ends[-1, 0] - ends[0, 0]) / max(1, rows - 1)
    across = float(np.median(ends[:: max(1, rows // 16), 1] - ends[:: max(1, rows // 16), 0])) / columns
    return -across / float(step) if step else 0.0


def has_letter(pieces: Pieces, kept: NDArray[np.bool_]) -> bool:
    """Whether one of the kept pieces is plainly a letter: high, and not much wider."""
    wide, high = pieces.boxes[kept, 2], pieces.boxes[kept, 3]
    narrow = (wide <= LETTER_WIDE * high) & (wide < STROKE_WIDE_PX)
    return bool((narrow & (high >= LETTER_HIGH_PX)).any())


def is_smeared(pieces: Pieces, kept: NDArray[np.bool_], tilt: float) -> bool:
    """Whether ink is no more than a damaged row or two left.

    Args:
        pieces: the pieces of a window.
        kept: which of them are meant; at least one.
        tilt: form rows that a received row falls for each column.
    """
    if abs(tilt) > MOST_TILT:
        return False
    left = find_pieces(less_level(_level(pieces, kept, tilt), LEVEL_LONG_PX, LEVEL_HIGH_PX))
    strokes = left.boxes[:, 4] >= SPECK_PX
    if not strokes.any():
        return True
    covered = int((left.only(strokes).sum(axis=1) >= 3).sum())
    return covered < LEAST_ROWS and int(left.boxes[strokes, 3].max()) < LEAST_HIGH_PX


def is_loose(pieces: Pieces, kept: NDArray[np.bool_]) -> bool:
    """Whether ink is a loose stroke of a pen, or several, and no part of a letter beside them."""
    _, _, wide, high, area = pieces.boxes.T
    parts = kept & (high >= PART_HIGH_PX) & (area >= PART_AREA_PX)
    stroke = parts & (wide >= STROKE_WIDE_PX)
    rest = parts & (wide >= REST_WIDE_PX) & (wide >= REST_WIDE * high)
    if not stroke.any() or (parts & ~stroke & ~rest).any():
        return False
    return all(_never_turns(pieces, int(number)) for number in np.flatnonzero(parts))


def _level(pieces: Pieces, kept: NDArray[np.bool_], tilt: float) -> Ink:
    """The ink of some pieces with the rows of the fax laid level."""
    chosen = kept[pieces.numbers]
    columns = pieces.columns[chosen]
    rows = pieces.rows[chosen] - np.rint(tilt * columns).astype(np.intp)
    ink = np.zeros((int(np.ptp(rows)) + 1, pieces.shape[1]), np.uint8)
    ink[rows - rows.min(), columns] = 1
    return ink


def _never_turns(pieces: Pieces, number: int) -> bool:
    left, top, wide, high, _ = pieces.boxes[number]
    here = pieces.numbers == number
    ink = np.zeros((high + 1, wide), np.int8)
    ink[pieces.rows[here] - top + 1, pieces.columns[here] - left] = 1
    met = (np.diff(ink, axis=0) == 1).sum(axis=0)
    thick = float(np.quantile(ink.sum(axis=0), 0.9))
    return float((met == 1).mean()) >= STROKE_SINGLE and thick <= STROKE_THICK_PX


def less_level(ink: Ink, long_px: int, high_px: int) -> Ink:
    """Ink without what runs level for so many pixels and is no higher than so many."""
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long_px), np.uint8))
    if not level.any():
        return ink
    high = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((high_px + 1, 1), np.uint8))
    return np.where((level > 0) & (high == 0), np.uint8(0), ink)


def stands_up(ink: Ink) -> bool:
    """Whether ink has the upright strokes of letters."""
    upright = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((UPRIGHT_PX, 1), np.uint8))
    return int(upright.any(axis=0).sum()) >= UPRIGHT_COLUMNS
