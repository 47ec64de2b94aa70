"""The page while it is being written on: a gray sheet at ``CANVAS_DPI``, and the strokes laid on it."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
"""Rows x columns, 0 is ink, 255 is paper."""

Points = NDArray[np.float64]
"""n x 2: x, y."""

BoxPt = tuple[float, float, float, float]
"""x, y, width, height in points from the page's top left."""

CANVAS_DPI = 300
PX_PER_PT = CANVAS_DPI / 72


def lay(canvas: Gray, patch: Gray, left_px: float, top_px: float) -> None:
    """Darken the canvas by a patch of ink at a place; what lies off the page is lost."""
    left, top = round(left_px), round(top_px)
    height, width = patch.shape
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(canvas.shape[1], left + width), min(canvas.shape[0], top + height)
    if x0 >= x1 or y0 >= y1:
        return
    part = canvas[y0:y1, x0:x1]
    np.minimum(part, patch[y0 - top : y1 - top, x0 - left : x1 - left], out=part)


def stroke(
    canvas: Gray, points_pt: Sequence[tuple[float, float]] | Points, width_pt: float, shade: int = 0
) -> None:
    """Draw a line through points, in points of the page."""
    scaled = np.asarray(points_pt, np.float64) * PX_PER_PT * 16
    layer = [np.rint(scaled).astype(np.int32).reshape(-1, 1, 2)]
    cv2.polylines(canvas, layer, False, int(shade), max(1, round(width_pt * PX_PER_PT)), cv2.LINE_AA, shift=4)


def curve(points: Sequence[tuple[float, float]] | Points, steps: int = 12) -> Points:
    """A Catmull-Rom curve through points, as a hand would join them; ``steps`` pieces a span."""
    anchors = np.asarray(points, np.float64)
    padded = np.vstack([2 * anchors[0] - anchors[1], anchors, 2 * anchors[-1] - anchors[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    spans = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        spans.append(
            0.5
            * (
                2 * start
                + (end - before) * t
                + (2 * before - 5 * start + 4 * end - after) * t**2
                + (3 * start - before - 3 * end + after) * t**3
            )
        )
    return np.vstack([*spans, anchors[-1:]])


def rotate_patch(patch: Gray, degrees: float) -> Gray:
    """A patch turned about its middle, on a sheet large enough to hold it."""
    height, width = patch.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    new_width, new_height = int(width * cos + height * sin) + 1, int(width * sin + height * cos) + 1
    matrix[0, 2] += new_width / 2 - width / 2
    matrix[1, 2] += new_height / 2 - height / 2
    return np.asarray(cv2.warpAffine(patch, matrix, (new_width, new_height), borderValue=255), np.uint8)
