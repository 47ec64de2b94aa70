"""Dates as they were written: telling an impossible date from one that merely could not be read."""

import re
from datetime import date

from validators.model import Answer

_WRITTEN = re.compile(r"^\s*(\d{1,2})\s*[/\-. ]\s*(\d{1,2})\s*[/\-. ]\s*(\d{4}|\d{2})\s*$")
_CELLS = re.compile(r"^\s*(\d{2})(\d{2})(\d{4})\s*$")
_NORMAL = re.compile(r"^\s*(\d{4})-(\d{2})-(\d{2})\s*$")


def is_impossible_date(answer: Answer) -> bool:
    """Whether something was written that is whole and yet no date of the calendar, such as 02/30.

    A normal value counts first; without one, what was read as it stood. Writing that is not three whole
    numbers is illegible, not impossible.
    """
    if isinstance(answer.value, str) and answer.value.strip():
        text = answer.value
    elif answer.value is None:
        text = answer.raw
    else:
        return False
    if normal := _NORMAL.match(text):
        year, month, day = (int(group) for group in normal.groups())
    elif written := _WRITTEN.match(text) or _CELLS.match(text):
        month, day, year = (int(group) for group in written.groups())
    else:
        return False
    year += 2000 if year < 100 else 0
    try:
        date(year, month, day)
    except ValueError:
        return True
    return False
