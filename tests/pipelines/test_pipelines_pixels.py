"""What was written on a page, compared; and the small picture."""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractors.model import ReceivedPage, RegisteredPage
from pipelines.pixels import content_hash, likeness, small_picture, strokes_of

SHAPE = (2244, 1734)


def blank() -> NDArray[np.uint8]:
    page = np.full(SHAPE, 255, np.uint8)
    for row in range(200, 2100, 90):
        cv2.line(page, (80, row), (1650, row), 0, 2)
    return page


def page(words: str, *, seed: int = 0, shift: int = 0) -> RegisteredPage:
    """A form filled with words, with the noise of a line and a little misfit."""
    random = np.random.default_rng(seed)
    pixels = blank()
    for at, word in enumerate(words.split()):
        place = (150 + 500 * (at % 3) + shift, 180 + 90 * (at // 3) + shift)
        cv2.putText(pixels, word, place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.6, 0, 3)
    pixels[random.random(SHAPE) < 0.002] = 0
    ends = np.zeros((SHAPE[0], 2, 2))
    return RegisteredPage("f", "2015-11", 1, 1, pixels, blank(), ends, 0.5, 1.0, False)


PAPER = (
    "Rosalind Osborne Denver Colorado 80203 Ferreira Lund March April August Wilmington Delaware nine thirty"
)
OTHER = (
    "Theodore Quimby Boston Massachusetts 02116 Abernathy Jones May June October Burlington Vermont two forty"
)


def distance(one: RegisteredPage, other: RegisteredPage) -> int:
    first, second = content_hash(one), content_hash(other)
    assert first is not None
    assert second is not None
    return (int(first, 16) ^ int(second, 16)).bit_count()


def test_the_same_paper_again_has_nearly_the_same_hash_and_another_has_not() -> None:
    assert distance(page(PAPER), page(PAPER, seed=1, shift=1)) <= 3
    assert distance(page(PAPER), page(OTHER)) > 3


def test_one_sheet_twice_is_alike_and_two_sheets_are_not() -> None:
    sheet = strokes_of(page(PAPER))
    assert likeness(sheet, strokes_of(page(PAPER, seed=1, shift=1))) > 0.75
    assert likeness(sheet, strokes_of(page(OTHER))) < 0.5


def test_a_form_that_nobody_filled_has_no_hash() -> None:
    assert content_hash(page("")) is None
    assert likeness(strokes_of(page("")), strokes_of(page(""))) < 0.5


def test_a_small_picture_is_square_again() -> None:
    received = ReceivedPage(1, np.zeros((1078, 216), np.uint8), 1728, 204.0, 98.0)
    with Image.open(io.BytesIO(small_picture(received, 340))) as picture:
        assert picture.size == (340, round(340 * 1078 * 204 / 98 / 1728))
