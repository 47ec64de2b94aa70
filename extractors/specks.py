"""Specks: dots of a dirty line or glass, gone before ink is counted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import Gray


def ink_without_specks(pixels: Gray, least_px: int = 14) -> NDArray[np.bool_]:
    """Ink of a page at ``WORK_DPI`` without specks.

    Pieces of fewer than ``least_px`` pixels go, and so does what is at most three pixels high: the streaks
    that bad rows leave, and bare rules with them.
    """
    ink = (pixels < 128).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    area, height = stats[:, cv2.CC_STAT_AREA], stats[:, cv2.CC_STAT_HEIGHT]
    keep = (area >= least_px) & (height > 3)
    keep[0] = False
    return np.asarray(keep[labels])
