"""The connected pieces of ink of a window or a page.

A page is 4 million pixels of which one in a hundred is ink. OpenCV labels pieces quickly, but takes their
measures pixel by pixel over the paper too; here they are taken over the ink alone, at a sixth of the time.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import BoxPx

Ink = NDArray[np.uint8]
"""Rows x columns, 1 is ink, 0 is paper."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of ink; number 0 stands for the paper and has no ink.

    Attributes:
        boxes: pieces x 5: left, top, width, height, area, pixels.
        rows: row of each pixel of ink; ``columns`` and ``numbers`` its column and the piece it belongs to.
        shape: rows and columns of the window.
    """

    boxes: NDArray[np.int32]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    numbers: NDArray[np.int32]
    shape: tuple[int, int]

    def __len__(self) -> int:
        """How many pieces, the paper among them."""
        return len(self.boxes)

    def only(self, kept: NDArray[np.bool_]) -> Ink:
        """The ink of some of the pieces, by number."""
        ink = np.zeros(self.shape, np.uint8)
        chosen = kept[self.numbers]
        ink[self.rows[chosen], self.columns[chosen]] = 1
        return ink

    def within(self, box: BoxPx) -> NDArray[np.intp]:
        """Pixels of each piece that lie in a box."""
        left, top, right, bottom = box
        here = (self.rows >= top) & (self.rows < bottom) & (self.columns >= left) & (self.columns < right)
        return np.bincount(self.numbers[here], minlength=len(self))

    def over(self, mask: NDArray[Any]) -> NDArray[np.intp]:
        """Pixels of each piece that lie where a mask of the window's size is set."""
        set_there = mask[self.rows, self.columns] > 0
        return np.bincount(self.numbers[set_there], minlength=len(self))


def find_pieces(ink: NDArray[Any]) -> Pieces:
    """The pieces of a window's ink, joined over corners too, numbered as they are met from the top.

    Args:
        ink: rows x columns of bytes, 1 is ink, 0 is paper and nothing else occurs.
    """
    whole = np.ascontiguousarray(ink)
    count, labels = cv2.connectedComponents(whole, connectivity=8)
    at = np.flatnonzero(whole.view(np.bool_))
    rows, columns = np.divmod(at, whole.shape[1])
    numbers = np.asarray(labels.ravel()[at], np.int32)
    boxes = np.zeros((count, 5), np.int32)
    boxes[:, 4] = np.bincount(numbers, minlength=count)
    # Pixels come row by row: the first of a piece is its top, the last its bottom.
    top, bottom = np.zeros(count, np.intp), np.zeros(count, np.intp)
    top[numbers[::-1]], bottom[numbers] = rows[::-1], rows
    left, right = np.full(count, whole.shape[1]), np.full(count, -1)
    np.minimum.at(left, numbers, columns)
    np.maximum.at(right, numbers, columns)
    some = boxes[:, 4] > 0
    boxes[some, 0], boxes[some, 1] = left[some], top[some]
    boxes[some, 2], boxes[some, 3] = (right - left + 1)[some], (bottom - top + 1)[some]
    return Pieces(boxes, rows, columns, numbers, (whole.shape[0], whole.shape[1]))
