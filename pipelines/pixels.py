"""What the flow itself makes of a page's pixels: what was written compared, and a small picture."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import ReceivedPage, RegisteredPage
from extractors.patches import halved

LEAST_INK = 400
"""Written pixels at 204 dpi below which a page counts as blank: less than a short word."""

Strokes = NDArray[np.float32]

_CELL_PX = (32, 48)
"""Height and width."""


def content_hash(page: RegisteredPage) -> str | None:
    """A perceptual hash of what was written on a form: 16 hex digits, none where nothing was.

    The printed form is taken out first, since all copies of a form look alike. What is left is counted in
    cells of about 6 x 4 mm, and each of 64 fixed random weighings of the cells gives a bit. On sample faxes
    the same paper sent again, at other resolutions too, differed in 2, 2, 2 and 6 bits, and no other page of
    its form in less than 8.
    """
    written = _written(page)
    at = np.flatnonzero(written.view(np.bool_))
    if len(at) < LEAST_INK:
        return None
    ink = _by_cell(at, written.shape)
    bits = _weighings(ink.size) @ ink > 0
    return np.packbits(bits).tobytes().hex()


def _by_cell(at: NDArray[np.intp], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Ink by cell, row by row; a pixel on the border of cells counts in each by its share.

    Args:
        at: flat places of the pixels of ink.
        shape: of the page.
    """
    counts = [side // cell for side, cell in zip(shape, _CELL_PX, strict=True)]
    parts = []
    for side, count in zip(shape, counts, strict=True):
        pixel = np.arange(side)
        cell = np.minimum((pixel * count) // side, count - 1)
        own = np.minimum(1.0, (cell + 1) * side / count - pixel)
        parts.append(((cell, own), (np.minimum(cell + 1, count - 1), 1.0 - own)))
    rows, columns = np.divmod(at, shape[1])
    ink = np.zeros(counts[0] * counts[1])
    for row_cell, row_share in parts[0]:
        for column_cell, column_share in parts[1]:
            cells = row_cell[rows] * counts[1] + column_cell[columns]
            ink += np.bincount(cells, row_share[rows] * column_share[columns], minlength=len(ink))
    return ink


def strokes_of(page: RegisteredPage) -> Strokes:
    """The writing on a form's page, as ``likeness`` compares it."""
    written = _written(page) * np.uint8(255)
    rows, columns = (side // 3 for side in written.shape)
    # Averaging and blurring may change places; on a ninth of the pixels blurring takes a ninth of the time.
    small = cv2.resize(written, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    wide = cv2.GaussianBlur(small, (0, 0), sigmaX=10 / 3)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), sigmaX=1) - wide, np.float32).ravel()


def likeness(one: Strokes, other: Strokes) -> float:
    """How alike the writing on two copies of a form is: the correlation of its strokes, 1 for one sheet.

    Strokes are compared at a scale of 0.4 to 1.2 mm: finer is the noise of the line, coarser is where people
    write on this form anyway.
    """
    length = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / length if length else 0.0


def _written(page: RegisteredPage) -> NDArray[np.uint8]:
    printed = cv2.erode(page.blank, np.ones((5, 5), np.uint8)) < 128
    written = ((page.pixels < 128) & ~printed).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(written, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)


@cache
def _weighings(cells: int) -> NDArray[np.float64]:
    # The seed is part of what a hash means: another one would tell no fax from those in the store.
    weights = np.random.default_rng(7).choice([-1.0, 1.0], size=(64, cells))
    return np.asarray(weights - weights.mean(axis=1, keepdims=True), np.float64)


def small_picture(page: ReceivedPage, width_px: int = 340) -> bytes:
    """The page as received, squared and small: a PNG in 16 grays."""
    square_height = page.pixels.shape[0] * page.x_dpi / page.y_dpi
    height_px = max(1, round(width_px * square_height / max(page.width_px, 1)))
    size = (width_px, min(height_px, 4 * width_px))
    pixels = page.pixels
    if pixels.shape[0] > 2 * size[1] and pixels.shape[1] > 2 * size[0]:
        pixels = halved(pixels)  # halving is quick, any other factor is not
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    grays = (small // 17) * 17
    # The hardest compression takes six times as long, for 4 % of the size.
    done, png = cv2.imencode(".png", grays, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise ValueError("OpenCV could not write a PNG")
    return bytes(png)
