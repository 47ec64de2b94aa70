"""What the flow itself makes of a page's pixels: a hash of what was written, and a small picture."""

import cv2
import numpy as np

from extractors.model import ReceivedPage, RegisteredPage

LEAST_INK = 400
"""Written pixels at 204 dpi below which a page counts as blank: less than a short word."""

_GRID = 32
_COARSE = 8


def content_hash(page: RegisteredPage) -> str | None:
    """A perceptual hash of what was written on a form: 16 hex digits, none where nothing was.

    The printed form is taken out first, since all copies of a form look alike. The signs of the 64 coarsest
    waves (after the constant one) of the ink's density stay nearly the same when the same paper is faxed
    again.
    """
    printed = cv2.erode(page.blank, np.ones((5, 5), np.uint8)) < 128
    written = (page.pixels < 128) & ~printed
    ink = cv2.morphologyEx(written.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    if int(ink.sum()) < LEAST_INK:
        return None
    blurred = cv2.GaussianBlur(ink.astype(np.float32), (0, 0), sigmaX=12)
    waves = cv2.dct(cv2.resize(blurred, (_GRID, _GRID), interpolation=cv2.INTER_AREA))
    coarse = waves[:_COARSE, :_COARSE].flatten()
    coarse[0] = 0.0
    bits = coarse > np.median(coarse[1:])
    return np.packbits(bits).tobytes().hex()


def small_picture(page: ReceivedPage, width_px: int = 340) -> bytes:
    """The page as received, squared and small: a PNG in 16 grays."""
    square_height = page.pixels.shape[0] * page.x_dpi / page.y_dpi
    height_px = max(1, round(width_px * square_height / max(page.width_px, 1)))
    size = (width_px, min(height_px, 4 * width_px))
    small = cv2.resize(page.pixels, size, interpolation=cv2.INTER_AREA)
    grays = (small // 17) * 17
    done, png = cv2.imencode(".png", grays, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    if not done:
        raise ValueError("OpenCV could not write a PNG")
    return bytes(png)
