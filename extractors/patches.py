"""Small windows of a blank form's own print that can be found again on a filled and damaged page."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.frames import Points
from extractors.model import Gray

HALF = 2
"""Patches are chosen, and first sought, on pixels of half the working resolution."""

PATCH_W, PATCH_H = 64, 22
"""Size of a patch in half pixels: about a label of three words."""

_CELLS_ACROSS, _CELLS_DOWN = 9, 14
_SELF_REACH = 16
_MOST_SELF_LIKENESS = 0.8
_LEAST_CORNER = 0.012


@dataclass(frozen=True, eq=False)
class Patches:
    """Patches of one blank page.

    Attributes:
        corners: N x 2, left and top in half pixels.
        order: a sequence of indices that spreads over the page from its start, best patches first.
    """

    corners: NDArray[np.int32]
    order: NDArray[np.int32]

    @property
    def centers_px(self) -> Points:
        """N x 2 centers in form pixels (full resolution)."""
        middle = np.array([(PATCH_W - 1) / 2, (PATCH_H - 1) / 2])
        return np.asarray((self.corners + middle + 0.5) * HALF - 0.5, np.float64)


def halved(pixels: Gray) -> Gray:
    """A page at half the working resolution."""
    rows, columns = pixels.shape
    size = max(1, columns // HALF), max(1, rows // HALF)
    return np.asarray(
        cv2.resize(pixels[: size[1] * HALF, : size[0] * HALF], size, interpolation=cv2.INTER_AREA), np.uint8
    )


def choose_patches(half: Gray, written: NDArray[np.bool_]) -> Patches:
    """The patches of a blank page: print with corners in it, spread over the page, unlike what lies around.

    Boxes of a form repeat and rules have no corners; letters of labels do (a window of lines alone slides
    along them).

    Args:
        half: the blank at half resolution.
        written: same shape, true where a person writes: no patch lies mostly there.
    """
    corner = _corner_strength(half)
    corner[_share(written) > 0.25] = 0
    rows, columns = corner.shape
    taken: list[tuple[float, int, int]] = []
    for top in np.linspace(0, rows, _CELLS_DOWN + 1).astype(int)[:-1]:
        for left in np.linspace(0, columns, _CELLS_ACROSS + 1).astype(int)[:-1]:
            cell = corner[top : top + rows // _CELLS_DOWN, left : left + columns // _CELLS_ACROSS]
            found = _best_of(cell, half, left, top)
            if found is not None:
                taken.append(found)
    corners = np.array([(x, y) for _, x, y in taken], np.int32).reshape(-1, 2)
    return Patches(corners, _spread_order(corners))


def _best_of(cell: NDArray[np.float32], half: Gray, left: int, top: int) -> tuple[float, int, int] | None:
    """The strongest window of a cell that is not found beside itself."""
    strength = cell.copy()
    for _ in range(3):
        y, x = np.unravel_index(int(strength.argmax()), strength.shape)
        best = float(strength[y, x])
        if best < _LEAST_CORNER:
            return None
        if _self_likeness(half, left + int(x), top + int(y)) < _MOST_SELF_LIKENESS:
            return best, left + int(x), top + int(y)
        strength[max(0, y - 12) : y + 13, max(0, x - 24) : x + 25] = 0
    return None


def _corner_strength(half: Gray) -> NDArray[np.float32]:
    """By window (its left top corner): the weaker of the two directions in which its print changes."""
    ink = (255 - half).astype(np.float32) / 255
    dx = cv2.Sobel(ink, cv2.CV_32F, 1, 0, ksize=3) / 4
    dy = cv2.Sobel(ink, cv2.CV_32F, 0, 1, ksize=3) / 4
    # Long rules would rule the sums; what remains after them is letters.
    limit = 0.5
    xx, yy, xy = (_share(np.clip(product, -limit, limit)) for product in (dx * dx, dy * dy, dx * dy))
    return np.asarray((xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2), np.float32)


def _share(values: NDArray[np.floating] | NDArray[np.bool_]) -> NDArray[np.float32]:
    """Mean over the window that starts at each place where a whole window fits."""
    sums = cv2.integral(values.astype(np.float32), sdepth=cv2.CV_64F)
    total = (
        sums[PATCH_H:, PATCH_W:]
        - sums[:-PATCH_H, PATCH_W:]
        - sums[PATCH_H:, :-PATCH_W]
        + sums[:-PATCH_H, :-PATCH_W]
    )
    return np.asarray(total / (PATCH_W * PATCH_H), np.float32)


def _self_likeness(half: Gray, x: int, y: int) -> float:
    """How like the patch its best double nearby is, from 0 to 1."""
    rows, columns = half.shape
    x0, y0 = max(0, x - _SELF_REACH), max(0, y - _SELF_REACH)
    around = half[y0 : min(rows, y + PATCH_H + _SELF_REACH), x0 : min(columns, x + PATCH_W + _SELF_REACH)]
    likeness = cv2.matchTemplate(around, half[y : y + PATCH_H, x : x + PATCH_W], cv2.TM_CCOEFF_NORMED)
    own_x, own_y = x - x0, y - y0
    likeness[max(0, own_y - 3) : own_y + 4, max(0, own_x - 4) : own_x + 5] = -1
    return float(likeness.max())


def _spread_order(corners: NDArray[np.int32]) -> NDArray[np.int32]:
    """Farthest point first, so that any beginning of the order covers the page."""
    if not len(corners):
        return np.zeros(0, np.int32)
    places = corners + np.array([PATCH_W, PATCH_H]) / 2
    order = [int(np.argmin(places.sum(axis=1)))]
    distance = np.full(len(places), np.inf)
    for _ in range(len(places) - 1):
        distance = np.minimum(distance, np.linalg.norm(places - places[order[-1]], axis=1))
        distance[order] = -1
        order.append(int(distance.argmax()))
    return np.array(order, np.int32)
