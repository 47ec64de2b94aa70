import numpy as np
import pytest
from faxed_pages import faxed

from extractors.blanks import Blanks
from extractors.frames import apply, chain, inverse
from extractors.model import ReceivedPage
from extractors.straighten import straighten, turned


@pytest.fixture(scope="module")
def form(blanks: Blanks) -> np.ndarray:
    return blanks.page("patient_status", "2015-11", 1).pixels


@pytest.mark.parametrize("y_dpi", [98, 196])
@pytest.mark.parametrize("degrees", [-4.6, -1.3, 0.6, 3.2])
def test_skew_is_taken_out(form: np.ndarray, y_dpi: int, degrees: float) -> None:
    straight = straighten(faxed(form, y_dpi=y_dpi, skew_degrees=degrees, damaged_share=0.1).page)
    assert abs(straight.skew_degrees + degrees) < 0.25
    assert straight.quarter_turns == 0


@pytest.mark.parametrize("y_dpi", [98, 196])
def test_pixels_are_square_and_the_map_leads_back(form: np.ndarray, y_dpi: int) -> None:
    sent = faxed(form, y_dpi=y_dpi, skew_degrees=1.5, writing=0)
    straight = straighten(sent.page)
    assert abs(straight.pixels.shape[0] - len(sent.page.bits) * 204 / y_dpi) <= 1
    dark = np.argwhere(straight.pixels[400:1800, 300:1400] < 60)[::997, ::-1] + [300, 400]
    back = np.rint(apply(straight.to_received, dark.astype(float))).astype(int)
    around = [sent.page.pixels[y - 1 : y + 2, x - 1 : x + 2].min() for x, y in back]
    assert np.mean(np.array(around) == 0) > 0.98


@pytest.mark.parametrize("turns", [1, 3])
def test_a_sideways_page_is_turned_to_stand_or_to_hang(form: np.ndarray, turns: int) -> None:
    straight = straighten(faxed(form, quarter_turns=turns).page)
    assert straight.sure
    assert straight.quarter_turns == 1
    assert straight.pixels.shape[0] > straight.pixels.shape[1]


def test_turning_keeps_the_map_to_received(form: np.ndarray) -> None:
    straight = straighten(faxed(form).page)
    for turns in range(4):
        again = turned(straight, turns)
        assert np.array_equal(again.pixels, np.rot90(straight.pixels, turns))
        corner = apply(chain(again.to_received, inverse(straight.to_received)), np.array([[0.0, 0.0]]))[0]
        x, y = np.rint(corner).astype(int)
        assert straight.pixels[y, x] == again.pixels[0, 0]


@pytest.mark.parametrize("shape", [(1, 1), (4, 6), (2156, 1728)])
def test_a_page_without_lines_stays_as_it_is_and_is_not_sure(shape: tuple[int, int]) -> None:
    empty = ReceivedPage(1, np.zeros((shape[0], (shape[1] + 7) // 8), np.uint8), shape[1], 204.0, 196.0)
    straight = straighten(empty)
    assert (straight.quarter_turns, straight.skew_degrees, straight.sure) == (0, 0.0, False)
