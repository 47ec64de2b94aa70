"""Specks: dots of a dirty line or glass, gone before ink is counted."""

import numpy as np
from numpy.typing import NDArray

from extractors.model import Gray
from extractors.pieces import find_pieces


def ink_without_specks(pixels: Gray, least_px: int = 14) -> NDArray[np.bool_]:
    """Ink of a page at ``WORK_DPI`` without specks.

    Pieces of fewer than ``least_px`` pixels go, and so does what is at most three pixels high: the streaks
    that bad rows leave, and bare rules with them.
    """
    pieces = find_pieces((pixels < 128).astype(np.uint8))
    height, area = pieces.boxes[:, 3], pieces.boxes[:, 4]
    return np.asarray(pieces.only((area >= least_px) & (height > 3)), bool)
