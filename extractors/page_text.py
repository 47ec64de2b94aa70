"""The text of pages that are no known form: covers, letters, laboratory printouts, notes by hand."""

from collections.abc import Iterable

import cv2
import numpy as np

from extractors.lines import LooseLine, find_lines
from extractors.model import WORK_DPI, StraightPage, StrayText
from extractors.penmanship import typed_probability
from extractors.pieces import Ink
from extractors.readers.protocol import LineCrop, PageLine, Readers

WELL_READ = 0.72
"""Median word confidence below which a line is read again by the voice for handwriting."""
MOST_LINES = 40
"""Lines read again on one page: what is beyond is no note but a page of rubbish, and time is short."""
LEAST_LETTERS = 2
LEAST_WIDTH_PX = 40
"""What is narrower, a fifth of an inch, is no word but a rest of a frame or a letter that print lost."""


def read_page_text(straight: StraightPage, readers: Readers) -> tuple[StrayText, ...]:
    """Every line of a page that is no form, top to bottom.

    Type is read by the page reader in one go. What it read badly or did not see, and is not the sender's
    header line, is cut into lines and read by the voice for handwriting.

    Args:
        straight: the page, upright and square.
        readers: the voices; without a page reader every line goes to the voice for handwriting.

    Raises:
        ReaderError: a reader cannot work.
    """
    pixels = straight.pixels
    top = straight.header.bottom_px if straight.header is not None else 0
    body = np.ascontiguousarray(pixels[top:])
    typed: tuple[PageLine, ...] = readers.page.read_page(body, WORK_DPI) if readers.page is not None else ()
    good = [line for line in typed if line.probability >= WELL_READ]
    rest = _without(body, good)
    again = _longest(line for line in find_lines(rest) if line.pixels.shape[1] >= LEAST_WIDTH_PX)
    readings = readers.hand.read([LineCrop(line.pixels) for line in again])
    found = [_typed_text(straight, line, top) for line in good]
    taken: set[PageLine] = set()
    for line, reading in zip(again, readings, strict=True):
        other = _best_beneath(line, typed)
        text, probability = reading.text, min(reading.probability, 0.9)
        if other is not None and other.probability > probability:
            if other in taken:
                continue
            taken.add(other)
            text, probability = other.text, min(other.probability, 0.8)
        if sum(letter.isalnum() for letter in text) >= LEAST_LETTERS:
            by_hand = (typed_probability((line.pixels < 128).astype(np.uint8)) or 0.0) < 0.5
            found.append(_stray(straight, line.box_px, top, text, probability, handwritten=by_hand))
    return tuple(sorted(found, key=lambda item: (item.box_px[1], item.box_px[0])))


def _without(body: np.ndarray[tuple[int, int], np.dtype[np.uint8]], lines: list[PageLine]) -> Ink:
    """The page's ink less the lines that were read well, and less the rules of its tables."""
    ink = (body < 128).astype(np.uint8)
    for left, top, right, bottom in (line.box_px for line in lines):
        ink[max(0, top - 4) : bottom + 4, max(0, left - 4) : right + 4] = 0
    for kernel in (np.ones((1, 120), np.uint8), np.ones((120, 1), np.uint8)):
        rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
        ink[cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0] = 0
    return ink


def _longest(lines: Iterable[LooseLine]) -> list[LooseLine]:
    return sorted(lines, key=lambda line: -line.pixels.shape[1])[:MOST_LINES]


def _best_beneath(line: LooseLine, typed: tuple[PageLine, ...]) -> PageLine | None:
    """The page reader's own reading of a line that it read badly."""
    middle = (line.box_px[1] + line.box_px[3]) / 2
    beneath = [
        other
        for other in typed
        if other.probability < WELL_READ
        and other.box_px[1] <= middle <= other.box_px[3]
        and other.box_px[0] - 20 <= line.box_px[0]
        and line.box_px[2] <= other.box_px[2] + 20
        and (line.box_px[2] - line.box_px[0]) > 0.7 * (other.box_px[2] - other.box_px[0])
    ]
    return max(beneath, key=lambda other: other.probability, default=None)


def _typed_text(straight: StraightPage, line: PageLine, top: int) -> StrayText:
    return _stray(straight, line.box_px, top, line.text, line.probability, handwritten=False)


def _stray(
    straight: StraightPage,
    box: tuple[int, int, int, int],
    top: int,
    text: str,
    probability: float,
    *,
    handwritten: bool,
) -> StrayText:
    corners = np.array(
        [[box[0], box[1] + top, 1], [box[2], box[3] + top, 1], [box[0], box[3] + top, 1]], float
    )
    received = corners @ straight.to_received.T
    return StrayText(
        page=straight.received.number,
        box_px=(
            round(float(received[:, 0].min())),
            round(float(received[:, 1].min())),
            round(float(received[:, 0].max())),
            round(float(received[:, 1].max())),
        ),
        text=text,
        confidence=round(probability, 4),
        handwritten=handwritten,
    )
