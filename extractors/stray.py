"""Writing outside every field of a form: margin notes, stamps. Screened for adverse events, never dropped."""

from collections.abc import Sequence

import cv2
import numpy as np

from extractors.lines import LooseLine, lines_of
from extractors.model import WORK_DPI, BoxPx, RegisteredPage, StrayText
from extractors.penmanship import typed_probability
from extractors.pieces import find_pieces
from extractors.readers.protocol import LineCrop, LineReader, LineReading

PRINT_SLACK_PX = 9
"""Ink this close to print is taken for print: registration is off by up to 6 px where the line lost rows."""
HEADER_PX = round(26 * WORK_DPI / 72)
"""The sender's machine prints its line within the top 24 pt, which no form uses."""
LEAST_WIDTH_PX = 40
LEAST_LETTERS = 3
FIELD_MARGIN_PX = 14
"""Writing this far around a field was judged with the field."""
MOST_LINES = 24
"""A page with more loose lines than this is soiled or wrongly registered; the longest are read."""


def find_stray(page: RegisteredPage, boxes_px: Sequence[BoxPx]) -> tuple[LooseLine, ...]:
    """Lines of writing that belong to no field, form pixels.

    Args:
        page: the registered page.
        boxes_px: every box of the page's fields, form pixels.
    """
    kernel = np.ones((2 * PRINT_SLACK_PX + 1, 2 * PRINT_SLACK_PX + 1), np.uint8)
    bare = cv2.erode(page.blank, kernel) >= 128
    loose = ((page.pixels < 128) & bare).astype(np.uint8)
    # A field's own writing may leave its box: the pieces that reach into a field go with it.
    fields = np.zeros_like(loose)
    for left, top, right, bottom in boxes_px:
        margin = max(FIELD_MARGIN_PX, round(0.8 * (bottom - top))) if right - left < 60 else FIELD_MARGIN_PX
        fields[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = 1
    pieces = find_pieces(loose)
    outside = pieces.over(fields) == 0
    outside[0] = False
    lines = [
        line
        for line in lines_of(pieces, outside)
        if line.pixels.shape[1] >= LEAST_WIDTH_PX and not _is_header(line)
    ]
    return tuple(sorted(lines, key=lambda line: -line.pixels.shape[1])[:MOST_LINES])


def _is_header(line: LooseLine) -> bool:
    """The sender's line at the top: low, long and level; a note by hand there is higher than type."""
    left, top, right, bottom = line.box_px
    return (
        not line.upright and bottom <= HEADER_PX and bottom - top <= 40 and right - left > 4 * (bottom - top)
    )


def read_stray(page: RegisteredPage, boxes_px: Sequence[BoxPx], reader: LineReader) -> tuple[StrayText, ...]:
    """What is written outside the fields of a page, top to bottom.

    A loose stroke or an arrow reads as a letter or two at most; it is left out.
    """
    lines = find_stray(page, boxes_px)
    readings = reader.read([LineCrop(line.pixels) for line in lines])
    found = [
        StrayText(
            page=page.received_page,
            box_px=page.received_box(line.box_px),
            text=reading.text,
            confidence=likely(reading),
            handwritten=(typed_probability((line.pixels < 128).astype(np.uint8)) or 0.0) < 0.5,
        )
        for line, reading in zip(lines, readings, strict=True)
        if sum(letter.isalnum() for letter in reading.text) >= LEAST_LETTERS
    ]
    return tuple(sorted(found, key=lambda item: (item.box_px[1], item.box_px[0])))


def likely(reading: LineReading) -> float:
    """How likely a loose line is read right: the reader's figure, held below what handwriting ever earns."""
    return round(min(reading.probability, 0.9), 4)
