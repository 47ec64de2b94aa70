"""Lines that training is given: what was crossed out stands before the line, a stamp is bold and worn."""

import random

import numpy as np
import pytest

from benchmarks.training.writing import beside_struck, stamped


@pytest.mark.parametrize("seed", range(20))
def test_a_first_try_is_crossed_out_and_the_line_beside_it_is_untouched(seed: int) -> None:
    ink = np.zeros((90, 400), np.float32)
    ink[30:70, 10:390:12] = ink[30:70, 11:390:12] = 1.0
    struck = beside_struck(ink, random.Random(seed))  # noqa: S311
    assert np.array_equal(struck[:, -ink.shape[1] :], ink)
    tries = struck[:, : -ink.shape[1]]
    assert tries.shape[0] == ink.shape[0]
    # A stroke through it: some row is inked far more evenly than upright letters are.
    assert (tries > 0.5).mean(axis=1).max() > 2 * (ink > 0.5).mean(axis=1).max()


def test_paper_without_ink_stays_as_it_is() -> None:
    paper = np.zeros((60, 200), np.float32)
    assert beside_struck(paper, random.Random(1)) is paper  # noqa: S311


@pytest.mark.parametrize("seed", range(20))
def test_a_stamp_is_bolder_and_lacks_ink_in_spots(seed: int) -> None:
    ink = np.zeros((90, 400), np.float32)
    ink[30:70, 20:380:24] = ink[30:70, 21:380:24] = 1.0
    # Letters of solid ink: every spot of paper within them is wear.
    ink[30:70, 150:350] = 1.0
    left = stamped(ink, random.Random(seed))  # noqa: S311
    assert left.shape == (122, 432)
    within = left[50:80, 180:350]
    assert 0 < (within < 0.5).mean() < 0.4
    assert (left > 0.5).sum() > 0.8 * (ink > 0.5).sum()
