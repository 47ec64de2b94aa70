"""Rows that a fax line lost or doubled: the offset of every received row against the sheet.

A row that arrives too damaged is replaced by a copy of the one above it, or thrown away; then everything
below moves up. The offset is a step function of the received row. It is found as the best path through the
agreement of the page's ink with the blank's at every offset (dynamic programming over bands of rows), so it
needs no print of its own kind.
"""

import numpy as np
from numpy.typing import NDArray

from extractors.model import Gray

BAND = 4
"""Rows that share one step of the path."""

_REACH = 7
_NEAR = 3
_CENTER_STEP = 16
_STEP_COST = 1.0
_JUMP_COST = 5.0
_SMALL_ROW_PX = 24.0


def offsets_of_rows(
    page: Gray, blank_bits: NDArray[np.uint8], rough: NDArray[np.float64]
) -> NDArray[np.float32]:
    """How many rows lower each row of the sheet arrived than it should have.

    Args:
        page: the page as received, rows x columns.
        blank_bits: ink of the blank where the page's affine map puts it, packed rows, as many as the page.
        rough: N x 2, row and offset of print found on the page, to begin from.

    Returns:
        By row of the affine map (the blank's rows); the page's own row is the sum.
    """
    rows = len(page)
    center = _rough_center(rough, rows)
    page_bits = np.packbits(page < 128, axis=1)
    bands = -(-rows // BAND)
    steps = np.arange(-_REACH, _REACH + 1)
    near_bits = _near(blank_bits)
    weight = np.bitwise_count(near_bits).sum(axis=1, dtype=np.int32)
    scale = 1 / np.sqrt(weight * 20.0 + _SMALL_ROW_PX**2)
    gain = np.zeros((bands, len(steps)))
    at = np.arange(rows)
    for index, step in enumerate(steps):
        target = at + center + step
        inside = (target >= 0) & (target < rows)
        shifted = page_bits[np.clip(target, 0, rows - 1)]
        differ = np.bitwise_count((blank_bits ^ shifted) & near_bits).sum(axis=1, dtype=np.int32)
        gain[:, index] = -_by_band(np.where(inside, differ, weight / 2) * scale, bands)
    path = _best_path(gain, center[::BAND][:bands])
    return np.repeat(path, BAND)[:rows].astype(np.float32)


def _rough_center(rough: NDArray[np.float64], rows: int) -> NDArray[np.intp]:
    """Whole offset about which each row's own is sought: running median of the print's."""
    if not len(rough):
        return np.zeros(rows, np.intp)
    order = np.argsort(rough[:, 0])
    places, offsets = rough[order, 0], rough[order, 1]
    half = 3
    medians = np.array([np.median(offsets[max(0, i - half) : i + half + 1]) for i in range(len(offsets))])
    at = np.arange(0, rows, _CENTER_STEP)
    level = np.rint(np.interp(at, places, medians)).astype(np.intp)
    return np.repeat(level, _CENTER_STEP)[:rows]


def _near(bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ink, and the paper ``_NEAR`` rows above and below it: where a wrong offset shows."""
    near = bits.copy()
    for distance in range(1, _NEAR + 1):
        near[distance:] |= bits[:-distance]
        near[:-distance] |= bits[distance:]
    return near


def _by_band(values: NDArray[np.float64], bands: int) -> NDArray[np.float64]:
    padded = np.zeros(bands * BAND)
    padded[: len(values)] = values
    return np.asarray(padded.reshape(bands, BAND).sum(axis=1))


def _best_path(gain: NDArray[np.float64], center: NDArray[np.intp]) -> NDArray[np.intp]:
    """Whole offset by band: most agreement, less a limited cost for rows lost or doubled."""
    bands, width = gain.shape
    steps = np.arange(width) - width // 2
    came = np.zeros((bands, width), np.intp)
    best = gain[0].copy()
    moves = np.diff(center[:bands]).tolist()
    # cost[to, from]: what both offsets differ by, the change of the center included
    costs = {
        moved: np.minimum(_STEP_COST * np.abs(steps[:, None] + moved - steps[None, :]), _JUMP_COST)
        for moved in set(moves)
    }
    for band, moved in enumerate(moves, 1):
        reached = best - costs[moved]
        reached.argmax(axis=1, out=came[band])
        best = reached.max(axis=1) + gain[band]
    path = np.empty(bands, np.intp)
    path[-1] = int(best.argmax())
    for band in range(bands - 1, 0, -1):
        path[band - 1] = came[band][path[band]]
    return np.asarray(path - width // 2 + center)
