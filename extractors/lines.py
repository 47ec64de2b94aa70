"""Finds lines of writing in loose ink: margins, covers, notes."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import BoxPx, Gray
from extractors.pieces import Ink, Pieces, find_pieces

WORD_GAP_QUARTERS = 9
"""Words of one line lie closer than this, in steps of 4 px; odd, so that closing moves nothing."""
LEAST_AREA_PX = 160
"""Less ink than this is no word."""
SPECK_PX = 12
FRAME_PX = 170
"""A piece higher than this is a frame, a shadow of the edge or a drawing."""


@dataclass(frozen=True, eq=False)
class LooseLine:
    """A line of writing: its box on the page, its pixels (0 is ink), and whether it runs up the page."""

    box_px: BoxPx
    pixels: Gray
    upright: bool


def find_lines(ink: Ink) -> tuple[LooseLine, ...]:
    """Lines of writing in a page's loose ink, top to bottom.

    Args:
        ink: rows x columns at ``WORK_DPI``, 1 is ink that belongs to nothing known.
    """
    pieces = find_pieces(ink)
    return lines_of(pieces, np.ones(len(pieces), bool))


def lines_of(pieces: Pieces, loose: NDArray[np.bool_]) -> tuple[LooseLine, ...]:
    """Lines of writing in those pieces of a page's ink that belong to nothing known, top to bottom."""
    wide, tall, area = pieces.boxes[:, 2], pieces.boxes[:, 3], pieces.boxes[:, 4]
    streak = ((tall <= 4) & (wide > 50)) | ((wide <= 4) & (tall > 50))
    kept = loose & (area >= SPECK_PX) & ~streak & (tall < FRAME_PX) & ((wide < 900) | (tall > 20))
    if not kept.any():
        return ()
    clean = pieces.only(kept)
    found = [*_joined(clean, upright=False), *_joined(clean, upright=True)]
    chosen: list[LooseLine] = []
    for line in sorted(found, key=lambda item: -item.pixels.shape[1]):
        if not any(_covers(other.box_px, line.box_px) for other in chosen):
            chosen.append(line)
    return tuple(sorted(chosen, key=lambda item: (item.box_px[1], item.box_px[0])))


def _joined(ink: Ink, *, upright: bool) -> list[LooseLine]:
    """Pieces joined along the line, level or running up the page; only runs longer than high are lines."""
    laid = np.ascontiguousarray(np.rot90(ink, -1)) if upright else ink
    # Joined at a quarter of the size: the gaps of a line are many pixels, and the page is large.
    down, right = -laid.shape[0] % 4, -laid.shape[1] % 4
    whole = cv2.copyMakeBorder(laid * np.uint8(255), 0, down, 0, right, cv2.BORDER_CONSTANT, value=0)
    quarter = (whole.shape[1] // 4, whole.shape[0] // 4)
    small = (cv2.resize(whole, quarter, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((1, WORD_GAP_QUARTERS), np.uint8))
    lines = []
    for x, y, wide, tall, _ in (find_pieces(joined).boxes[1:] * 4).tolist():
        window = laid[y : y + tall, x : x + wide]
        rows, columns = np.flatnonzero(window.any(axis=1)), np.flatnonzero(window.any(axis=0))
        if not rows.size or int(window.sum()) < LEAST_AREA_PX:
            continue
        top, bottom = y + int(rows[0]), y + int(rows[-1]) + 1
        left, right = x + int(columns[0]), x + int(columns[-1]) + 1
        high, long = bottom - top, right - left
        if not 10 <= high < FRAME_PX or (upright and long < 3 * high):
            continue
        pixels = np.where(laid[top:bottom, left:right] > 0, np.uint8(0), np.uint8(255))
        box: BoxPx = (left, top, right, bottom)
        if upright:  # turned clockwise: the page's x runs down, its y from right to left
            box = (top, ink.shape[0] - right, bottom, ink.shape[0] - left)
        lines.append(LooseLine(box, pixels, upright))
    return lines


def _covers(outer: BoxPx, inner: BoxPx) -> bool:
    """Whether half of a box lies in another."""
    wide = min(outer[2], inner[2]) - max(outer[0], inner[0])
    tall = min(outer[3], inner[3]) - max(outer[1], inner[1])
    area = (inner[2] - inner[0]) * (inner[3] - inner[1])
    return wide > 0 and tall > 0 and wide * tall > 0.5 * area
