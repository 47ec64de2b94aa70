from dataclasses import replace

import numpy as np
import pytest

from benchmarks.registration_truth import measure_registration, received_rows
from extractors.model import ReceivedPage, RegisteredPage

ROWS = 1200


def sent_ink() -> np.ndarray:
    rng = np.random.default_rng(5)
    ink = np.zeros((ROWS, 1728), bool)
    for top in range(40, ROWS - 40, 34):
        ink[top : top + 18, 100:1600] = rng.random((18, 1500)) < 0.3
    return ink


def page_of(ink: np.ndarray) -> ReceivedPage:
    return ReceivedPage(1, np.packbits(ink, axis=1), 1728, 204.0, 196.0)


def registered(ink: np.ndarray, rows_of: np.ndarray, shift_px: float = 0.0) -> RegisteredPage:
    form_rows = np.arange(round(ROWS * 204 / 196))
    sent = (form_rows + 0.5) * 196 / 204 - 0.5
    down = np.interp(sent, np.arange(ROWS), rows_of) + shift_px * 196 / 204
    ends = np.stack(
        [np.stack([np.zeros(len(down)), down], 1), np.stack([np.full(len(down), 1728.0), down], 1)], 1
    )
    blank = np.full((len(down), 1728), 255, np.uint8)
    return RegisteredPage("f", "2015-11", 1, 1, blank, blank, ends, 0.0, 1.0, False)


FROM_POINTS = np.array([[204 / 72, 0, 0.0], [0, 196 / 72, 0.0]])
POINTS = np.array([[x, y] for x in (100.0, 300.0, 500.0) for y in range(20, 430, 12)], float)


def test_an_unharmed_page_maps_to_itself() -> None:
    assert np.array_equal(received_rows(sent_ink(), page_of(sent_ink())), np.arange(ROWS))


@pytest.mark.parametrize("seed", range(3))
def test_lost_and_damaged_rows_are_followed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = sent_ink()
    kept = np.sort(rng.choice(ROWS, ROWS - 40, replace=False))
    noisy = ink[kept].copy()
    for row in rng.choice(len(noisy), 60, replace=False):
        noisy[row] = rng.random(1728) < 0.1
    found = received_rows(ink, page_of(noisy))
    true = np.searchsorted(kept, np.arange(ROWS))
    inked = ink.any(axis=1)
    assert np.quantile(np.abs(found - true)[inked], 0.98) <= 2


def test_the_yardstick_tells_a_good_registration_from_a_shifted_one() -> None:
    ink = sent_ink()
    kept = np.delete(np.arange(ROWS), np.arange(300, 330))
    page = page_of(ink[kept])
    truth = np.searchsorted(kept, np.arange(ROWS)).astype(float)
    good = measure_registration(ink, FROM_POINTS, page, registered(ink, truth), POINTS)
    off = measure_registration(ink, FROM_POINTS, page, registered(ink, truth, shift_px=5.0), POINTS)
    blind = measure_registration(
        ink, FROM_POINTS, page, registered(ink, np.arange(ROWS, dtype=float)), POINTS
    )
    assert good.quantile_px(0.9) < 1.5
    assert 4 < off.quantile_px(0.5) < 6
    assert blind.quantile_px(0.99) > 25
    doubted = replace(registered(ink, truth), doubtful=True)
    assert measure_registration(ink, FROM_POINTS, page, doubted, POINTS).doubtful
