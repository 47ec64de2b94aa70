"""Pages at very low resolution and their correlation: which blank a page is like, and where it lies on it.

At 25 dpi a page is the gray of its blocks of print. Correlation over all shifts at once is a product of
spectra.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import WORK_DPI, Gray

FACTOR = 8
"""Working pixels by pixel of the low resolution."""

LOW_DPI = WORK_DPI / FACTOR
ROWS, COLUMNS = 384, 288
"""Size of the field that pages are laid in: room for a long letter page, and for shifts of an inch."""

_BACKGROUND_PX = 9.0
_BACKGROUND_STEP = 3
"""The background is so smooth that a ninth of its pixels tell it, in a sixth of the time."""
_GRAIN_PX = 0.8
_BROAD = 3
"""By how much coarser than the low resolution blanks are first compared."""


Spectrum = NDArray[np.complex64]
"""The Fourier transform of a page at low resolution, of unit energy."""


def low_map(pixels: Gray, reduced: int = 1) -> NDArray[np.float32]:
    """Print against its surroundings, ``ROWS`` x ``COLUMNS``; the page's corner is the field's corner.

    Args:
        pixels: a page at ``WORK_DPI``, or reduced.
        reduced: by how much the page was reduced already.
    """
    factor = FACTOR // reduced
    width, height = min(COLUMNS, pixels.shape[1] // factor), min(ROWS, pixels.shape[0] // factor)
    field = np.zeros((ROWS, COLUMNS), np.float32)
    if not width or not height:
        return field
    small = cv2.resize(
        pixels[: height * factor, : width * factor], (width, height), interpolation=cv2.INTER_AREA
    )
    ink = np.sqrt((255 - small).astype(np.float32) / 255)
    field[:height, :width] = cv2.GaussianBlur(ink, (0, 0), _GRAIN_PX) - _background(ink)
    return field


def _background(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = ink.shape
    size = max(1, width // _BACKGROUND_STEP), max(1, height // _BACKGROUND_STEP)
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (0, 0), _BACKGROUND_PX / _BACKGROUND_STEP)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def spectrum_of(pixels: Gray, reduced: int = 1) -> Spectrum:
    """The spectrum of a page, scaled to unit energy; see ``low_map`` for the arguments."""
    field = low_map(pixels, reduced)
    energy = float(np.linalg.norm(field))
    return np.fft.rfft2(field / energy if energy > 0 else field).astype(np.complex64)


def broad_likeness(page: Spectrum, spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
    """About how like a page is to each of N blanks where it fits best, from broad shapes alone.

    A twentieth of the time of ``correlations``, and enough to leave most blanks out.
    """
    down, across = ROWS // _BROAD, COLUMNS // _BROAD
    rows = np.r_[0 : down // 2, ROWS - down // 2 : ROWS]
    low = page[rows, : across // 2 + 1][None] * np.conj(spectra[:, rows, : across // 2 + 1])
    fields = np.fft.irfft2(low, s=(down, across), axes=(1, 2))
    return np.asarray(fields.reshape(len(fields), -1).max(axis=1) / _BROAD**2, np.float32)


def correlations(page: Spectrum, spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
    """Likeness of a page with each of N blanks at every shift: N x ``ROWS`` x ``COLUMNS``, circular.

    The value at (dy, dx) is that of the page lying dy rows lower and dx columns further right than the blank.
    """
    product = page[None] * np.conj(spectra)
    return np.fft.irfft2(product, s=(ROWS, COLUMNS), axes=(1, 2)).astype(np.float32)


def signed_shift(row: int, column: int) -> tuple[int, int]:
    """A circular shift as one to either side: dy, dx."""
    dy = row - ROWS if row > ROWS // 2 else row
    dx = column - COLUMNS if column > COLUMNS // 2 else column
    return dy, dx
