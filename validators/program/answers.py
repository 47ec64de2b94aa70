"""Typed reading of a form's normal values; what is absent, unsure or no valid value reads as none."""

import re
from collections.abc import Mapping
from datetime import date

from validators.model import Value

Values = Mapping[str, Value]


def text(values: Values, name: str) -> str | None:
    """A written or chosen answer, without outer spaces."""
    value = values.get(name)
    return value.strip() or None if isinstance(value, str) else None


def yes(values: Values, name: str) -> bool | None:
    """A yes/no pair, a check or a signature."""
    value = values.get(name)
    if isinstance(value, bool):
        return value
    return {"yes": True, "no": False}.get(value) if isinstance(value, str) else None


def day(values: Values, name: str) -> date | None:
    """A date. An impossible one reads as none: the checks of the form report it."""
    value = text(values, name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def whole(values: Values, name: str) -> int | None:
    """A whole number, also one chosen from options such as ``6`` or ``month_6``."""
    value = text(values, name)
    digits = re.fullmatch(r"(?:[a-z_]*_)?(\d{1,4})", value) if value else None
    return int(digits.group(1)) if digits else None


COURSES = {"first": 1, "second": 2, "1": 1, "2": 2}


def course(values: Values, name: str = "course", number: str = "course_number") -> int | None:
    """The treatment course that a form names; none for ``additional`` without a number."""
    chosen = text(values, name)
    if chosen in COURSES:
        return COURSES[chosen]
    written = whole(values, number)
    return written if written is not None else whole(values, name)
