"""Specks: dots of a dirty line or glass, gone before ink is counted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import Gray


def ink_without_specks(pixels: Gray, least_px: int = 14) -> NDArray[np.bool_]:
    """Ink of a page at ``WORK_DPI``, less pieces of fewer than ``least_px`` pixels and the dashes that bad
    rows leave.

    A bad row is a streak one or two received rows high: a piece much wider than it is high and at most three
    pixels high, alone.
    """
    ink = (pixels < 128).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    area, height = stats[:, cv2.CC_STAT_AREA], stats[:, cv2.CC_STAT_HEIGHT]
    keep = (area >= least_px) & (height > 3)
    keep[0] = False
    return np.asarray(keep[labels])
