"""Pieces of ink, measured over the ink alone, against OpenCV's own measures."""

import cv2
import numpy as np
import pytest

from extractors.pieces import find_pieces
from extractors.printed import _overlap

SHAPES = [(1, 1), (3, 40), (60, 200), (301, 77)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 1.0])
def test_boxes_and_areas_are_those_of_opencv(shape: tuple[int, int], share: float) -> None:
    ink = (np.random.default_rng(7).random(shape) < share).astype(np.uint8)
    pieces = find_pieces(ink)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    assert len(pieces) == count
    assert sorted(map(tuple, pieces.boxes[1:].tolist())) == sorted(map(tuple, stats[1:].tolist()))
    assert pieces.boxes[0].tolist() == [0, 0, 0, 0, 0]


def test_pieces_are_joined_over_corners_and_kept_by_number() -> None:
    ink = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0], [1, 1, 0, 0]], np.uint8)
    pieces = find_pieces(ink)
    assert pieces.boxes[1:].tolist() == [[0, 0, 2, 2, 2], [3, 0, 1, 2, 2], [0, 3, 2, 1, 2]]
    assert pieces.only(np.array([False, True, False, False])).tolist() == [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
    ]


def test_pixels_are_counted_in_a_box_that_leaves_the_window_and_over_a_mask() -> None:
    ink = np.zeros((6, 8), np.uint8)
    ink[1:4, 1:4] = 1
    ink[5, 6:8] = 1
    pieces = find_pieces(ink)
    assert pieces.within((-3, -3, 3, 2)).tolist() == [0, 2, 0]
    mask = np.zeros((6, 8), np.uint8)
    mask[3:, 3:] = 1
    assert pieces.over(mask).tolist() == [0, 1, 2]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 1.0])
def test_overlap_by_runs_is_the_correlation(share: float) -> None:
    rng = np.random.default_rng(11)
    blank = (rng.random((30, 70)) < share).astype(np.uint8)
    page = (rng.random((40, 80)) < 0.2).astype(np.uint8)
    expected = cv2.matchTemplate(page, blank, cv2.TM_CCORR)
    np.testing.assert_allclose(_overlap(page, blank, 11), expected, atol=0.01)
