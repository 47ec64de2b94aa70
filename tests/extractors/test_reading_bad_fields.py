"""Fields that nobody can read: no value is made up, and a person sees them with the reason."""

from collections.abc import Callable
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest
from drawn_form import blank, draw, form, px, registered
from PIL import Image, ImageDraw, ImageFont

from extractors.model import FieldReading, Gray
from extractors.read import read_form_pages
from extractors.readers.protocol import Readers
from extractors.readers.registry import open_readers

FORM = form()
TARGET_ERROR = 0.0014
POOR_GUESS = 0.5
"""A text less sure than this is treated as illegible wherever it is used (``legible_confidence``)."""
MANY_SCRIPTS = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"

Spoil = Callable[[Gray, str], None]


@pytest.fixture(scope="module")
def voices() -> Readers:
    return open_readers()


def inner(name: str) -> tuple[int, int, int, int]:
    box = FORM.field(name).box
    assert box is not None
    left, top, right, bottom = px(box)
    return left + 2, top + 2, right - 2, bottom - 2


def put(page: Gray, text: str, at_px: tuple[int, int], size_px: int, *, white: bool = False) -> None:
    image = Image.fromarray(page)
    font = ImageFont.truetype(MANY_SCRIPTS, size_px)
    ImageDraw.Draw(image).text(at_px, text, font=font, fill=255 if white else 0)
    page[:] = np.where(np.asarray(image) < 140, np.uint8(0), np.uint8(255))


def black(page: Gray, name: str) -> None:
    left, top, right, bottom = inner(name)
    page[top:bottom, left:right] = 0


def white_on_black(page: Gray, name: str) -> None:
    left, top, _, bottom = inner(name)
    black(page, name)
    put(page, "0 3 1 4 1 9 7 5", (left + 12, top + (bottom - top) // 8), 34, white=True)


def photo(page: Gray, name: str) -> None:
    """A face-like gray picture as a fax machine sends it: dots."""
    left, top, right, bottom = inner(name)
    y, x = np.mgrid[0 : bottom - top, 0 : right - left]
    gray = 128 + 90 * np.sin(x / 19.0) * np.cos(y / 11.0)
    cv2.ellipse(gray, ((right - left) // 2, (bottom - top) // 2), (24, 20), 0, 0, 360, 30, -1)
    dots = np.array([[15, 135, 45, 165], [195, 75, 225, 105], [60, 180, 30, 150], [240, 120, 210, 90]])
    limit = np.tile(dots, (gray.shape[0] // 4 + 1, gray.shape[1] // 4 + 1))[: gray.shape[0], : gray.shape[1]]
    page[top:bottom, left:right] = np.where(gray < limit, np.uint8(0), np.uint8(255))


def cyrillic(page: Gray, name: str) -> None:
    left, top, *_ = inner(name)
    put(page, "Щёлкин Юрий", (left + 8, top + 4), 34)


def arabic(page: Gray, name: str) -> None:
    left, top, *_ = inner(name)
    put(page, "محمود غريب", (left + 8, top + 4), 34)


def arrow_to_the_margin(page: Gray, name: str) -> None:
    box = FORM.field(name).box
    assert box is not None
    x, y, width, height = box
    middle = y + height / 2
    draw(page, (x + width * 0.6, middle), (x + 10, middle - 2), (20, middle - 20), thick_px=4)
    draw(page, (28, middle - 24), (20, middle - 20), (27, middle - 13), thick_px=4)
    put(page, "see over", (30, round((y - 26) * 204 / 72)), 30)


def two_hundred_characters(page: Gray, name: str) -> None:
    left, top, right, bottom = inner(name)
    text = "refused to say, mother thinks spring of 1975 or 1976, chart lost in the flood of 2019 "
    lines = [(text * 3)[start : start + 50] for start in range(0, 200, 50)]
    patch = Image.new("L", (900, 100), 255)
    font = ImageFont.truetype(MANY_SCRIPTS, 22)
    for number, line in enumerate(lines):
        ImageDraw.Draw(patch).text((2, 24 * number), line, font=font, fill=0)
    small = cv2.resize(np.asarray(patch), (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    page[top:bottom, left:right] = np.minimum(
        page[top:bottom, left:right], np.where(small < 170, np.uint8(0), np.uint8(255))
    )


def read_with(voices: Readers, name: str, spoil: Spoil) -> FieldReading:
    page = blank()
    spoil(page, name)
    (read,) = read_form_pages([registered(page)], FORM, voices, target_error=TARGET_ERROR)
    return next(field for field in read.fields if field.name == name)


BAD = [black, white_on_black, photo, cyrillic, arabic, arrow_to_the_margin, two_hundred_characters]


@pytest.mark.parametrize("name", ("date_of_birth", "prescriber_npi"))
@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_no_number_is_made_up_and_a_person_is_told_why(voices: Readers, name: str, spoil: Spoil) -> None:
    field = read_with(voices, name, spoil)
    legible = {"1975-03-14"} if spoil is white_on_black and name == "date_of_birth" else set()
    assert field.value is None or field.value in legible
    assert field.decision == "review"
    assert field.reasons


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_a_name_is_offered_as_a_poor_guess_at_most(voices: Readers, spoil: Spoil) -> None:
    field = read_with(voices, "patient_last_name", spoil)
    assert field.value is None or field.confidence < POOR_GUESS
    assert field.decision == "review"
    assert field.reasons
