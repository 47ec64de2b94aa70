"""A page laid straight: pixels made square, then a quarter turn and the skew taken out where they are sure.

Squaring comes first: a standard page is squashed two to one, and no angle is true on it (OCRmyPDF issues 83
and 137). Whether a page is upside down its lines cannot say; the templates' vote in ``identify`` does.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.frames import IDENTITY, chain, inverse, scaling, turning
from extractors.model import WORK_DPI, Gray, Matrix, ReceivedPage, StraightPage

MOST_SKEW_DEGREES = 5.0
_LEAST_SKEW_DEGREES = 0.08
_SKEW_DPI, _TURN_DPI = 102, 68
_STRIPS = 24
_SURE_TURN = 1.6
_SURE_SKEW = 1.06
_LEAST_INK_SHARE = 0.002


def straighten(page: ReceivedPage) -> StraightPage:
    """Lays a page straight as far as its own lines are sure of it.

    Args:
        page: as received.

    Returns:
        Square pixels at ``WORK_DPI``. ``quarter_turns`` counts counterclockwise turns made; ``sure`` is false
        where the lines do not tell the page from one that lies on its side. ``skew_degrees`` is the skew
        taken out, positive where lines of the page ran down to the right.
    """
    pixels, to_square = squared(page)
    turns, sure = _quarter_turns(pixels)
    to_turned = turning(turns, pixels.shape[1], pixels.shape[0])
    pixels = np.ascontiguousarray(np.rot90(pixels, turns))
    degrees = skew_degrees(pixels)
    to_straight = IDENTITY
    if degrees:
        pixels, to_straight = _deskewed(pixels, degrees)
    to_received = inverse(chain(to_square, to_turned, to_straight))
    return StraightPage(page, pixels, to_received, turns, degrees, sure)


def turned(straight: StraightPage, quarter_turns: int) -> StraightPage:
    """The page turned counterclockwise by so many quarter turns more."""
    if quarter_turns % 4 == 0:
        return straight
    rows, columns = straight.pixels.shape
    back = inverse(turning(quarter_turns, columns, rows))
    return StraightPage(
        straight.received,
        np.ascontiguousarray(np.rot90(straight.pixels, quarter_turns)),
        chain(back, straight.to_received),
        (straight.quarter_turns + quarter_turns) % 4,
        straight.skew_degrees,
        straight.sure,
        straight.header,
    )


def squared(page: ReceivedPage) -> tuple[Gray, Matrix]:
    """The page with square pixels at ``WORK_DPI``, and the map from received to squared pixels."""
    pixels = page.pixels
    rows, columns = pixels.shape
    # 203 and 204 dots an inch are one and the same fax: its columns are never resampled.
    across = 1.0 if abs(page.x_dpi - WORK_DPI) < 1.5 else WORK_DPI / page.x_dpi
    down = WORK_DPI / page.y_dpi
    width, height = max(1, round(columns * across)), max(1, round(rows * down))
    if (width, height) != (columns, rows):
        shrinks = across < 0.95 or down < 0.95
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)
    return pixels, scaling(width / columns, height / rows)


def small_ink(pixels: Gray, factor: int) -> NDArray[np.float32]:
    """Ink density of a page made smaller by a whole factor: 0 is paper, 1 is all ink."""
    rows, columns = pixels.shape
    size = (max(1, columns // factor), max(1, rows // factor))
    shrunk = cv2.resize(pixels[: size[1] * factor, : size[0] * factor], size, interpolation=cv2.INTER_AREA)
    return np.asarray((255 - shrunk) / np.float32(255), np.float32)


def _strip_profiles(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink by row of each upright strip of the page: strips x rows."""
    rows, columns = ink.shape
    strip = max(1, columns // _STRIPS)
    kept = ink[:, : strip * (columns // strip)]
    return np.ascontiguousarray(kept.reshape(rows, -1, strip).sum(axis=2).T)


def _line_strength(
    strips: NDArray[np.float32], strip_px: float, degrees: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How sharply the ink falls into lines when strips are sheared by each angle."""
    count, rows = strips.shape
    centers = (np.arange(count) - (count - 1) / 2) * strip_px
    strengths = np.empty(len(degrees))
    for index, angle in enumerate(degrees):
        shifts = np.rint(np.tan(np.radians(angle)) * centers).astype(np.intp)
        profile = np.zeros(rows, np.float64)
        for strip, shift in zip(strips, shifts, strict=True):
            low, high = max(0, -shift), min(rows, rows - shift)
            if low < high:
                profile[low:high] += strip[low + shift : high + shift]
        steps = np.diff(profile)
        strengths[index] = float(steps @ steps)
    return strengths


def _quarter_turns(pixels: Gray) -> tuple[int, bool]:
    """0 or 1 quarter turn counterclockwise, and whether the lines are sure of it."""
    ink = small_ink(pixels, WORK_DPI // _TURN_DPI)
    if float(ink.mean()) < _LEAST_INK_SHARE:
        return 0, False
    angles = np.arange(-MOST_SKEW_DEGREES, MOST_SKEW_DEGREES + 0.1, 0.5)
    strengths = []
    for view in (_without_rules(ink), _without_rules(np.ascontiguousarray(ink.T))):
        strips = _strip_profiles(view)
        strengths.append(
            float(_line_strength(strips, view.shape[1] / len(strips), angles).max()) / view.shape[1]
        )
    across, down = strengths
    if across >= down:
        return 0, across > _SURE_TURN * down
    if down > _SURE_TURN * across:
        return 1, True
    return 0, False


def _without_rules(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Caps what one strip of a row can weigh, so that lines of text count beside the rules of a form."""
    return np.minimum(ink, 0.5)


def skew_degrees(pixels: Gray) -> float:
    """The skew of a page's lines, within ``MOST_SKEW_DEGREES``; 0 where it is not sure or too small."""
    ink = small_ink(pixels, WORK_DPI // _SKEW_DPI)
    if float(ink.mean()) < _LEAST_INK_SHARE:
        return 0.0
    strips = _strip_profiles(ink)
    strip_px = ink.shape[1] / len(strips)
    coarse = np.arange(-MOST_SKEW_DEGREES, MOST_SKEW_DEGREES + 0.01, 0.25)
    strengths = _line_strength(strips, strip_px, coarse)
    best = float(coarse[int(strengths.argmax())])
    fine = np.arange(best - 0.25, best + 0.26, 0.05)
    fine_strengths = _line_strength(strips, strip_px, fine)
    peak = int(fine_strengths.argmax())
    degrees = float(np.clip(fine[peak], -MOST_SKEW_DEGREES, MOST_SKEW_DEGREES))
    unturned = float(_line_strength(strips, strip_px, np.zeros(1))[0])
    distinct = fine_strengths[peak] > 1.25 * float(np.median(strengths))
    if abs(degrees) < _LEAST_SKEW_DEGREES or not distinct or fine_strengths[peak] < _SURE_SKEW * unturned:
        return 0.0
    return degrees


def _deskewed(pixels: Gray, degrees: float) -> tuple[Gray, Matrix]:
    rows, columns = pixels.shape
    matrix = np.asarray(
        cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), degrees, 1.0), np.float64
    )
    straight = cv2.warpAffine(
        pixels,
        matrix,
        (columns, rows),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    return np.asarray(straight, np.uint8), matrix
