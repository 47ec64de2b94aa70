"""Affine maps between frames of pixels: composed, inverted, applied.

Coordinates are those of pixel centers: (0, 0) is the middle of the first pixel, so enlarging by s maps
x to s * (x + 0.5) - 0.5.
"""

import numpy as np
from numpy.typing import NDArray

from extractors.model import Matrix

Points = NDArray[np.float64]
"""N x 2: x, y."""

IDENTITY: Matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def scaling(x_scale: float, y_scale: float) -> Matrix:
    """Enlarges by ``x_scale`` and ``y_scale`` about the corner of the first pixel."""
    return np.array([[x_scale, 0.0, (x_scale - 1) / 2], [0.0, y_scale, (y_scale - 1) / 2]])


def shifting(x_px: float, y_px: float) -> Matrix:
    """Moves by so many pixels."""
    return np.array([[1.0, 0.0, x_px], [0.0, 1.0, y_px]])


def chain(*matrices: Matrix) -> Matrix:
    """One map that applies the given ones from left to right."""
    whole = np.eye(3)
    for matrix in matrices:
        whole = np.vstack([matrix, [0.0, 0.0, 1.0]]) @ whole
    return whole[:2]


def inverse(matrix: Matrix) -> Matrix:
    """The map back."""
    return np.asarray(np.linalg.inv(np.vstack([matrix, [0.0, 0.0, 1.0]])))[:2]


def apply(matrix: Matrix, points: Points) -> Points:
    """Points of one frame in the other."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def turning(quarter_turns: int, width_px: int, height_px: int) -> Matrix:
    """The map of ``numpy.rot90(page, quarter_turns)``: counterclockwise, of a page of the given size."""
    right, bottom = width_px - 1, height_px - 1
    turns = {
        0: IDENTITY,
        1: np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, right]]),
        2: np.array([[-1.0, 0.0, right], [0.0, -1.0, bottom]]),
        3: np.array([[0.0, -1.0, bottom], [1.0, 0.0, 0.0]]),
    }
    return turns[quarter_turns % 4]
