"""From a field's ink to the crops that a reader is given: one line each, cut tight."""

from dataclasses import dataclass

import cv2
import numpy as np

from extractors.model import BoxPx, Gray
from extractors.pieces import Ink, find_pieces
from extractors.two_lines import is_above
from extractors.writing import Writing

CELL_GAP_PX = 7
"""Characters taken out of a comb are set this far apart, as in handwriting without cells."""
CELL_PITCH = 0.7
"""A narrow character keeps this much room for itself, in heights of the line: the net needs two of its steps
to tell 11 from 1. Of 514 combs it brought half a point."""


@dataclass(frozen=True, eq=False)
class Line:
    """One line of a field's writing: ``pixels`` cut tight (0 is ink), ``box_px`` in form pixels."""

    pixels: Gray
    box_px: BoxPx


def cut_lines(writing: Writing, lines: int) -> tuple[Line, ...]:
    """The written lines of a field, top to bottom, empty ones left out.

    Args:
        writing: the field's ink.
        lines: number of lines the box has room for.
    """
    if not len(writing.pieces):
        return ()
    if lines <= 1:
        return _cut(writing, writing.ink)
    middles = _line_middles(writing, lines)
    pieces = find_pieces(writing.ink)
    line_of = np.abs((pieces.boxes[:, 1] + pieces.boxes[:, 3] / 2)[:, None] - middles[None, :]).argmin(axis=1)
    found: list[Line] = []
    for number in range(len(middles)):
        found += _cut(writing, pieces.only(line_of == number))
    return tuple(found)


def cut_apart(writing: Writing, row: int) -> tuple[Line, ...]:
    """The two lines of a field's writing that a row of the window parts, the upper one first."""
    pieces = find_pieces(writing.ink)
    above = is_above(pieces.boxes, row)
    return (*_cut(writing, pieces.only(above)), *_cut(writing, pieces.only(~above)))


def _line_middles(writing: Writing, lines: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Rows about which the lines were written: the printed ones, moved by what fits the ink best."""
    _, top, _, bottom = writing.box
    pitch = (bottom - top) / lines
    profile = cv2.GaussianBlur(
        writing.ink.sum(axis=1, dtype=np.float32)[:, None], (1, 0), 0, sigmaY=pitch / 6
    )[:, 0]
    printed = top + pitch * (np.arange(lines) + 0.5)
    shifts = np.arange(-round(pitch * 0.4), round(pitch * 0.4) + 1)
    rows = np.clip(np.round(printed[None, :] + shifts[:, None]).astype(int), 0, len(profile) - 1)
    middles: np.ndarray[tuple[int], np.dtype[np.float64]] = (
        printed + shifts[profile[rows].sum(axis=1).argmax()]
    )
    return middles


def _cut(writing: Writing, ink: Ink) -> tuple[Line, ...]:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return ()
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    pixels = np.where(ink[top:bottom, left:right] > 0, np.uint8(0), np.uint8(255))
    x, y = writing.left_px, writing.top_px
    return (Line(pixels, (left + x, top + y, right + x, bottom + y)),)


def cut_comb(writing: Writing, cells: int) -> tuple[Line, ...]:
    """The writing of a comb with its cells moved together, as one line.

    A recognizer of lines takes wide gaps for spaces, so each character is set ``CELL_GAP_PX`` from the one
    before; an empty cell inside leaves a gap of its own.
    """
    whole = _cut(writing, writing.ink)
    if not whole:
        return ()
    left, _, right, _ = writing.box
    cell = (right - left) / cells
    pitch = round(CELL_PITCH * whole[0].pixels.shape[0])
    pieces = find_pieces(writing.ink)
    widths = pieces.boxes[1:, 2]
    if (widths > 2.2 * cell).any():
        return whole  # written across the cells, or joined
    lefts = pieces.boxes[1:, 0]
    middles = lefts + widths / 2
    cell_of = np.clip(np.floor((middles - left) / cell), 0, cells - 1).astype(int)
    height = writing.ink.shape[0]
    strips: list[Ink] = []
    for number in range(int(cell_of.min()), int(cell_of.max()) + 1):
        here = cell_of == number
        if not here.any():
            strips.append(np.zeros((height, round(cell * 0.6)), np.uint8))
            continue
        start, end = int(lefts[here].min()), int((lefts + widths)[here].max())
        room = max(0, pitch - (end - start) - CELL_GAP_PX)
        strips.append(np.zeros((height, room // 2), np.uint8))
        strips.append(pieces.only(np.r_[False, here])[:, start:end])
        strips.append(np.zeros((height, CELL_GAP_PX + room - room // 2), np.uint8))
    joined = np.hstack(strips)
    return tuple(Line(line.pixels, whole[0].box_px) for line in _cut(writing, joined))
