"""Whether a machine or a hand wrote a line, from the shapes of its ink alone."""

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.pieces import Ink, find_pieces

LEAST_PIECES = 3
"""Fewer pieces say nothing of a baseline; the rest of the page decides."""

_WEIGHTS = np.array([-15.9, -14.8, 10.8, 2.3, -1.9, -10.9, -0.25])
_BIAS = 6.0
"""Logistic regression on 1,600 made-up fields, a third of the hands drawn smaller; 97 % of held-out fields
right, 0.2 % by hand and called type above 0.9."""


def typed_probability(ink: Ink, pieces: NDArray[np.int32] | None = None) -> float | None:
    """Probability that a machine wrote a line; none where too little is written to tell.

    Args:
        ink: rows x columns at ``WORK_DPI``, 1 is ink.
        pieces: n x 5: left, top, width, height, area of its connected pieces, where they are known.
    """
    if pieces is None:
        pieces = find_pieces(ink).boxes[1:]
    if len(pieces) < LEAST_PIECES:
        return None
    return float(1 / (1 + np.exp(-(features(ink, pieces) @ _WEIGHTS + _BIAS))))


def features(ink: Ink, pieces: NDArray[np.int32]) -> NDArray[np.float64]:
    """What tells type from handwriting, each figure free of size.

    Returns:
        Spread of the pieces' feet (type stands on a line; descenders are left out by the median), spread of
        their tops, spread of stroke width, share of ink in upright runs, share in level runs, height of the
        pieces in form pixels over 30, pieces by width of the line.
    """
    letters = pieces[(pieces[:, 3] >= 8) & (pieces[:, 4] >= 20)]
    if not len(letters):
        return np.zeros(7)
    height = float(np.median(letters[:, 3]))
    feet = letters[:, 1] + letters[:, 3]
    tops = letters[:, 1]
    depth = cv2.distanceTransform(ink, cv2.DIST_L1, 3)
    ridge = depth[(depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)))]
    stroke = float(ridge.std() / max(ridge.mean(), 0.5)) if ridge.size else 0.0
    area = max(1, int(ink.sum()))
    run = max(5, round(height * 0.55))
    upright = float(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((run, 1), np.uint8)).sum()) / area
    level_run = max(5, round(height * 0.35))
    level = float(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, level_run), np.uint8)).sum()) / area
    width = float((letters[:, 0] + letters[:, 2]).max() - letters[:, 0].min())
    return np.array(
        [
            _spread(feet) / height,
            _spread(tops) / height,
            stroke,
            upright,
            level,
            height / 30,
            len(letters) * height / max(width, 1.0),
        ]
    )


def _spread(values: NDArray[np.int32]) -> float:
    """Typical distance from the most common level, in pixels: the median from the best one."""
    distances = np.abs(values[:, None] - values[None, :]).astype(float)
    return float(np.median(distances, axis=1).min())
