"""The line that the sender's machine prints above a page: where it is, and what it says."""

import re
from collections.abc import Callable
from datetime import datetime

import numpy as np

from extractors.model import WORK_DPI, Gray, HeaderLine, StraightPage
from extractors.straighten import squared

_SEARCHED_IN = 0.45
_TALLEST_IN = 0.24
_LEAST_PX = 6
_GAP_PX = 3

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_TIME = (
    r"(?P<hour>[01]?\d|2[0-3])\s?[:.]\s?(?P<minute>[0-5]\d)(?:\s?[:.]\s?[0-5]\d)?"
    r"(?:\s?(?P<half>[AaPp])\.?\s?[Mm]\b\.?)?"
)
_MONTH = r"(?P<name>" + "|".join(_MONTHS) + r")"
_DAY_NAME = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+)?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>20\d\d)\s?[-/.]\s?(?P<month>\d{1,2})\s?[-/.]\s?(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<month>\d{1,2})\s?[-/]\s?(?P<day>\d{1,2})\s?[-/]\s?(?P<year>20\d\d|\d\d)(?!\d)",
        _DAY_NAME + r"(?<!\d)(?P<day>\d{1,2})[-.\s]+" + _MONTH + r"[a-z]*[-.,\s]+(?P<year>20\d\d|\d\d)(?!\d)",
        _DAY_NAME
        + r"(?P<name>[a-z]{3})[a-z]*[-.\s]+(?P<day>\d{1,2})\s?[-,.\s]\s?(?P<year>20\d\d|\d\d)(?!\d)",
    )
)
_PAGES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bp(?:a?ge?s?)?\s?[.:#]?\s?(?P<page>\d{1,3})\s?(?:/|of)\s?(?P<pages>\d{1,3})(?!\d|\s?/)",
        r"(?<![\d/:.-])(?P<page>\d{1,3})\s?(?:/|of)\s?(?P<pages>\d{1,3})\s*(?:pages?|pgs?)?\s*$",
        r"\bp(?:a?ge?)?\s?[.:#]?\s?(?P<page>\d{1,3})(?P<pages>)(?![\d/:.-])",
    )
)
_NUMBER = re.compile(r"\+?\(?\d[\d\s().-]{5,18}\d")


def find_header(straight: StraightPage) -> int:
    """The bottom of the header strip; 0 where there is none.

    The strip is looked for at the top of the page *as received*: the sender's machine prints it there, also
    on a sheet that was put in upside down.

    Returns:
        Rows of squared received pixels (``WORK_DPI``) from the top, which are rows of ``straight.pixels``
        where the page was neither turned nor skewed.
    """
    return strip_bottom(squared(straight.received)[0])


def strip_bottom(pixels: Gray) -> int:
    """The bottom of one low line of ink at a page's very top, with paper below it; 0 where the top has none.

    Args:
        pixels: square pixels at ``WORK_DPI``, as received.
    """
    rows = (pixels[: int(_SEARCHED_IN * WORK_DPI)] < 128).sum(axis=1)
    inked = rows >= 2
    if not inked.any():
        return 0
    first = int(inked.argmax())
    if first > 0.3 * WORK_DPI:
        return 0
    bottom, quiet = first, 0
    for row in range(first, len(inked)):
        if inked[row]:
            bottom, quiet = row + 1, 0
        else:
            quiet += 1
            if quiet >= _GAP_PX and bottom - first >= _LEAST_PX:
                break
            if quiet >= 2 * _GAP_PX:
                # Specks above the line: begin again below them.
                later = np.flatnonzero(inked[row:])
                if not len(later):
                    return 0
                return _again(pixels, row + int(later[0]))
    tall = bottom - first
    if quiet < _GAP_PX or not _LEAST_PX <= tall <= _TALLEST_IN * WORK_DPI:
        return 0
    ink = pixels[first:bottom] < 128
    across = np.flatnonzero(ink.any(axis=0))
    # A rule or a single mark is no line of text: the header spreads over the page in many strokes.
    strokes = int(np.count_nonzero(np.diff(ink.any(axis=0).astype(np.int8)) == 1))
    wide = len(across) > 0 and across[-1] - across[0] > 0.25 * pixels.shape[1]
    return bottom if wide and strokes >= 12 and float(ink.mean()) < 0.5 else 0


def _again(pixels: Gray, from_row: int) -> int:
    if from_row > 0.3 * WORK_DPI:
        return 0
    below = strip_bottom(pixels[from_row:])
    return from_row + below if below else 0


def read_header(straight: StraightPage, read_line: Callable[[Gray], str]) -> HeaderLine | None:
    """Finds and reads the header line.

    Args:
        straight: the page.
        read_line: reads one line of print: pixels at ``WORK_DPI`` in, text out.

    Returns:
        What the line says; none where there is no line, or where what was read looks like no header.
    """
    pixels, _ = squared(straight.received)
    bottom = strip_bottom(pixels)
    if not bottom:
        return None
    strip = pixels[: bottom + _GAP_PX]
    inked = np.flatnonzero((strip < 128).sum(axis=1) >= 2)
    crop = strip[max(0, int(inked[0]) - 4) :]
    return parse_header(read_line(np.ascontiguousarray(crop)), bottom)


def parse_header(text: str, bottom_px: int = 0) -> HeaderLine | None:
    """What a header line says.

    Args:
        text: as read.
        bottom_px: bottom of the strip, passed on.

    Returns:
        None where the text holds neither a date, nor a page count, nor a number that a machine could have
        printed.
    """
    line = " ".join(text.split())
    sent_at, rest = _take_date(line)
    page, pages, rest = _take_pages(rest)
    sender = _sender(rest)
    number = _NUMBER.search(rest)
    if sent_at is None and page is None and number is None:
        return None
    return HeaderLine(line, sender, sent_at, page, pages, bottom_px)


def _take_date(line: str) -> tuple[datetime | None, str]:
    for pattern in _DATES:
        for match in pattern.finditer(line):
            named = match.groupdict()
            month = _MONTHS.get(named["name"].lower()) if named.get("name") else int(named["month"])
            year = int(named["year"]) + (2000 if int(named["year"]) < 100 else 0)
            time = _nearest_time(line, match)
            hour, minute = _clock(time) if time else (0, 0)
            try:
                when = datetime(year, month or 0, int(named["day"]), hour, minute)
            except ValueError:
                continue
            spans = sorted([match.span(), *([time.span()] if time else [])], reverse=True)
            rest = line
            for start, end in spans:
                rest = rest[:start] + "  " + rest[end:]
            return when, rest
    return None, line


def _nearest_time(line: str, date: re.Match[str]) -> re.Match[str] | None:
    """The time of day beside the date: behind it first, else just before it."""
    behind = re.compile(r"[\s,;T@-]*(?:at\s)?(?<![\d/])" + _TIME + r"(?!\d)", re.IGNORECASE).match(
        line, date.end()
    )
    if behind:
        return behind
    before = [
        match
        for match in re.finditer(r"(?<![\d/:.])" + _TIME + r"(?!\d)", line[: date.start()], re.IGNORECASE)
        if date.start() - match.end() <= 12
    ]
    return before[-1] if before else None


def _clock(time: re.Match[str]) -> tuple[int, int]:
    hour, minute, half = int(time["hour"]), int(time["minute"]), (time["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, minute


def _take_pages(line: str) -> tuple[int | None, int | None, str]:
    for pattern in _PAGES:
        match = pattern.search(line)
        if match is None:
            continue
        page, pages = int(match["page"]), int(match["pages"]) if match["pages"] else None
        if page < 1 or (pages is not None and not page <= pages):
            continue
        return page, pages, line[: match.start()] + "  " + line[match.end() :]
    return None, None, line


def _sender(rest: str) -> str | None:
    """What is left: the station's name and number, without the words between."""
    words = re.sub(r"\bto\s?:\s?(?:\+?[\d() .-]{7,}\d|\S+)", " ", rest, flags=re.IGNORECASE)
    words = re.sub(r"\b(?:from|fax|tel|page|pages|p\.)\s?[:.]", " ", words, flags=re.IGNORECASE)
    words = re.sub(r"(?:^|\s)(?:from|fax)(?=\s)", " ", words, flags=re.IGNORECASE)
    words = " ".join(words.replace("|", " ").split()).strip(" -,;:.*_=/")
    return words if re.search(r"[A-Za-z0-9]{3}", words) else None
