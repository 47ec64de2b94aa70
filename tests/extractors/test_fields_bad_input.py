"""What is no writing gives no value and goes to a person."""

import cv2
import numpy as np
import pytest
from drawn_form import blank, draw, form, lay, px, registered

from extractors.model import Gray
from extractors.read import read_form_pages
from extractors.readers.ppocr import PpOcr
from extractors.readers.protocol import Readers

FORM = form()
WRITTEN = ("patient_last_name", "patient_email", "date_of_birth", "prescriber_npi")


@pytest.fixture(scope="module")
def voices() -> Readers:
    net = PpOcr()
    return Readers(hand=net, typed=net)


def windows(page: Gray) -> list[Gray]:
    """The pixels of each written field, to paint in."""
    boxes = [px(box) for name in WRITTEN if (box := FORM.field(name).box) is not None]
    return [page[top:bottom, left:right] for left, top, right, bottom in boxes]


def black() -> Gray:
    page = blank()
    for inside in windows(page):
        inside[:] = 0
    return page


def white_on_black() -> Gray:
    page = black()
    for inside in windows(page):
        cv2.putText(inside, "Okonkwo 12/03/2026", (8, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 3)
    return page


def photo() -> Gray:
    page = blank()
    rng = np.random.default_rng(1)
    for inside in windows(page):
        shade = cv2.GaussianBlur(rng.random(inside.shape).astype(np.float32), (0, 0), 9)
        level = (shade - shade.min()) / (shade.max() - shade.min())
        inside[:] = np.where(level + rng.normal(0, 0.25, shade.shape) < 0.5, 0, 255)
    return page


@pytest.mark.parametrize("page", [black(), white_on_black(), photo()], ids=["black", "white", "photo"])
def test_no_value_is_made_of_what_is_no_writing(page: Gray, voices: Readers) -> None:
    (read,) = read_form_pages([registered(page)], FORM, voices, target_error=0.5)
    fields = {f.name: f for f in read.fields}
    for name in WRITTEN:
        assert fields[name].value is None, name
        assert fields[name].decision == "review"
        assert "illegible" in fields[name].reasons


def test_a_date_field_full_of_words_and_an_arrow_give_no_value(voices: Readers) -> None:
    page = blank()
    lay(page, "see attached list of dates", (62, 132), 20)
    draw(page, (305, 140), (600, 700))
    (read,) = read_form_pages([registered(page)], FORM, voices, target_error=0.5)
    fields = {f.name: f for f in read.fields}
    for name in ("date_of_birth", "prescriber_npi"):
        assert fields[name].value is None
        assert fields[name].decision == "review" or fields[name].reader == "none"
    assert "illegible" in fields["date_of_birth"].reasons
