"""One bit a pixel: thresholds, polarity, packing; and the resolution of a page that states no true one."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import Gray

Bits = NDArray[np.uint8]
"""Rows x ceil(width / 8): packed, most significant bit first, 1 is ink, the bits behind the last column 0."""

FAX_DPI_BY_WIDTH = {1728: 204.0, 1726: 203.0, 1734: 204.0, 2048: 204.0, 2432: 204.0, 3456: 408.0, 2592: 306.0}
"""Line widths of T.4: letter and A4, B4, A3 at 8 dots/mm; letter at twice and one and a half times that."""

_LONGEST_SHEET_IN = 17.5
_SMALLEST_SHEET_PX = 300
_LETTER_WIDTH_IN, _LETTER_HEIGHT_IN = 8.5, 11.0


def pack(ink: NDArray[np.bool_]) -> Bits:
    """Packs rows x columns of ink."""
    return np.packbits(ink, axis=1)


def from_packed_paper(packed: bytes, width_px: int, height_px: int) -> Bits:
    """Ink bits from the packed bytes of a bilevel image in which 1 is paper.

    Args:
        packed: rows of ceil(width / 8) bytes, as ``Image.tobytes`` gives them for mode "1".
        width_px: columns.
        height_px: rows.
    """
    bits = ~np.frombuffer(packed, np.uint8).reshape(height_px, -1)
    return clear_padding(bits, width_px)


def clear_padding(bits: Bits, width_px: int) -> Bits:
    """The same bits, with those behind the last column cleared."""
    spare = bits.shape[1] * 8 - width_px
    if spare:
        bits[:, -1] &= np.uint8((0xFF << spare) & 0xFF)
    return bits


def ink_share(bits: Bits, width_px: int) -> float:
    """Share of a page's pixels that are ink."""
    return float(np.bitwise_count(bits).sum(dtype=np.int64) / max(1, bits.shape[0] * width_px))


def paper_white(bits: Bits, width_px: int) -> Bits:
    """The page with paper as the majority, whatever its photometric tag said.

    A page turns over only when ink is the majority of the whole and of its middle: a copier's black
    surround around a white sheet is no reason. A picture smaller than any sheet says nothing of paper.
    """
    rows, columns = bits.shape
    if rows < _SMALLEST_SHEET_PX or width_px < _SMALLEST_SHEET_PX:
        return bits
    middle = bits[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    if ink_share(bits, width_px) <= 0.5 or ink_share(middle, middle.shape[1] * 8) <= 0.5:
        return bits
    return clear_padding(~bits, width_px)


def threshold_photo(gray: Gray, dpi: float) -> Bits:
    """A gray picture of paper, 1 bit a pixel: ink is darker than what surrounds it, so shadows are none.

    Args:
        gray: rows x columns, 0 is black.
        dpi: sets the size of the surroundings, a quarter of an inch.
    """
    block = max(15, int(dpi / 4) | 1)
    smooth = cv2.GaussianBlur(gray, (3, 3), 0) if dpi > 150 else gray
    paper = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, 12)
    return pack(paper == 0)


def threshold_drawn(gray: Gray) -> Bits:
    """A page drawn by a program, or scanned on white: one threshold, unless the paper is not white."""
    histogram = np.bincount(gray.ravel()[::7], minlength=256)
    white, black = histogram[236:].sum(), histogram[:100].sum()
    if white + black > 0.9 * histogram.sum() and white > 0.5 * histogram.sum():
        return pack(gray < 150)
    return threshold_photo(gray, gray.shape[1] / _LETTER_WIDTH_IN)


@dataclass(frozen=True)
class Resolution:
    """Dots per inch across and down, and whether the file itself stated them believably."""

    x_dpi: float
    y_dpi: float
    stated: bool


def _believable(dpi: float | None, size_px: int, shortest_in: float) -> bool:
    """Whether a stated resolution makes a sheet of paper, up to a little over ledger size."""
    return dpi is not None and 90 <= dpi <= 1300 and shortest_in <= size_px / dpi <= _LONGEST_SHEET_IN


def _contradicts_line(width_px: int, x_dpi: float) -> bool:
    """Whether a page as wide as a fax line states a resolution that no fax has: 72, 96, or 300 for 204."""
    line_dpi = FAX_DPI_BY_WIDTH.get(width_px)
    return line_dpi is not None and abs(x_dpi / line_dpi - 1) > 0.08


def _fax_rows_dpi(height_px: int, x_dpi: float) -> float:
    """The vertical resolution of a fax page from its rows alone.

    A letter page has about 1078, 2156 or 4312 rows at standard, fine and superfine (T.4: 98, 196 and 391 a
    inch).
    """
    inches_if_fine = height_px / 196.0
    if inches_if_fine < 7.5:
        return 98.0
    if inches_if_fine < 16.0:
        return 196.0
    return x_dpi if x_dpi > 300 else 391.0


def page_resolution(
    width_px: int, height_px: int, x_dpi: float | None, y_dpi: float | None, *, photo: bool = False
) -> Resolution:
    """The resolution of a page: as its file states it where that makes a sheet of paper, else from its size.

    Args:
        width_px: columns.
        height_px: rows.
        x_dpi: stated dots per inch across, none where the file is silent.
        y_dpi: the same, down.
        photo: a camera's picture, whose statements are never about the paper.
    """
    believable = not photo and _believable(x_dpi, width_px, 3.5) and _believable(y_dpi, height_px, 0.2)
    if (
        believable
        and x_dpi
        and y_dpi
        and 0.2 < y_dpi / x_dpi < 2.6
        and not _contradicts_line(width_px, x_dpi)
    ):
        return Resolution(x_dpi, y_dpi, True)
    if width_px in FAX_DPI_BY_WIDTH and not photo:
        across = FAX_DPI_BY_WIDTH[width_px]
        return Resolution(across, _fax_rows_dpi(height_px, across), False)
    # Anything else is one whole sheet, upright or lying, with square pixels.
    short, long = sorted((width_px, height_px))
    dpi = max(short / _LETTER_WIDTH_IN, long / _LETTER_HEIGHT_IN, 1.0)
    return Resolution(dpi, dpi, False)
