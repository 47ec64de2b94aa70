"""Dates and times as Americans write them."""

import re
from datetime import date

from extractors.values.parsed import ILLEGIBLE, LOOKALIKES, Parsed, good, odd

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_SEPARATOR = r"\s*[/\-.,|\\ ]\s*"
_NUMERIC = re.compile(rf"(\d{{1,2}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{4}}|\d{{2}})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?\s*[,.]?\s*'?(\d{4}|\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/.]*([A-Za-z]{3,9})[\s\-/.,]*'?(\d{4}|\d{2})")
_TIME = re.compile(r"(\d{1,2})\s*[:.;h ]\s*(\d{2})\s*([ap])?\.?\s*m?\.?", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})\s*([ap])\.?\s*m?\.?", re.IGNORECASE)

LAST_CENTURY_FROM = 60
"""Two-digit years from here are of the last century; the program began in 2014 and plans months ahead."""
BIRTH_LAST_CENTURY_FROM = 13
"""The same for years of birth: the medicine is for adults."""


def parse_date(raw: str, *, birth: bool = False) -> Parsed:
    """A date as YYYY-MM-DD.

    Args:
        raw: as read; eight or six bare digits are taken as MMDDYYYY and MMDDYY, the way combs are filled.
        birth: a date of birth, whose two-digit year means another century.
    """
    text = raw.strip().strip(".,;:'\"")
    parts = _parts(text) or _parts(text.translate(LOOKALIKES))
    if parts is None:
        return ILLEGIBLE
    year_text, month, day = parts
    year = int(year_text)
    if len(year_text) == 2:
        year += 1900 if year >= (BIRTH_LAST_CENTURY_FROM if birth else LAST_CENTURY_FROM) else 2000
    try:
        value = date(year, month, day).isoformat()
    except ValueError:
        return ILLEGIBLE
    return good(value) if 1900 <= year <= 2099 else odd(value)


def is_likely(value: str, *, birth: bool) -> bool:
    """Whether the year of a date makes sense: of birth, that of an adult; else, that of a program of 2014."""
    year = int(value[:4])
    return 1920 <= year <= 2009 if birth else 2010 <= year <= 2029


def _parts(text: str) -> tuple[str, int, int] | None:
    """Year as written, month, day."""
    if found := _NUMERIC.fullmatch(text):
        return found[3], int(found[1]), int(found[2])
    digits = re.sub(r"\s", "", text)
    if re.fullmatch(r"\d{8}|\d{6}", digits):
        return digits[4:], int(digits[:2]), int(digits[2:4])
    if found := _ISO.fullmatch(text):
        return found[1], int(found[2]), int(found[3])
    if (found := _MONTH_FIRST.fullmatch(text)) and (month := _month(found[1])):
        return found[3], month, int(found[2])
    if (found := _DAY_FIRST.fullmatch(text)) and (month := _month(found[2])):
        return found[3], month, int(found[1])
    return None


def _month(word: str) -> int | None:
    start = word[:3].lower()
    return MONTHS.index(start) + 1 if start in MONTHS else None


def parse_time(raw: str) -> Parsed:
    """A time of day as HH:MM.

    An hour from 1 to 6 without am or pm is ambiguous: infusions begin in the morning and end after noon.
    """
    text = raw.strip().strip(",;'\"").rstrip(".")
    if text.lower() == "noon":
        return good("12:00")
    text = text.translate(LOOKALIKES) if not re.search(r"[ap]\.?\s*m", text, re.IGNORECASE) else text
    if re.fullmatch(r"\d{4}|\d{3}", text):
        hour_text, minute_text, half = text[:-2], text[-2:], None
    elif found := _TIME.fullmatch(text):
        hour_text, minute_text, half = found[1], found[2], found[3]
    elif found := _HOUR.fullmatch(text):
        hour_text, minute_text, half = found[1], "00", found[2]
    else:
        return ILLEGIBLE
    hour, minute = int(hour_text), int(minute_text)
    if half and not 1 <= hour <= 12:
        return ILLEGIBLE
    if half:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if hour > 23 or minute > 59:
        return ILLEGIBLE
    value = f"{hour:02d}:{minute:02d}"
    sure = bool(half) or hour >= 7 or hour_text.startswith("0")
    return good(value) if sure else odd(value, "ambiguous")
