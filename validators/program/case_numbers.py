"""Case numbers: what an office is told when its form lacks something, so that what it sends next joins it.

As REMS IDs are: a letter, a hyphen, seven digits and a check character, so that a misread number is no other
case. No form has a box for it; offices write it on the cover sheet, into a margin or among their comments.
"""

import re
from collections.abc import Callable, Iterable

from validators.identifiers import is_rems_id
from validators.program.rems_ids import numbers

LETTER = "C"
DEFAULT_PATTERN = r"C-[0-9]{7}[0-9A-Z]"

_WRITTEN = re.compile(r"(?<![A-Z0-9])([A-Z])\s?[-–—.]?\s?([0-9OIL|]{7})\s?([0-9A-Z])(?![A-Z0-9])")  # noqa: RUF001 - dashes as read
_DIGITS = str.maketrans("OIL|", "0111")


def case_number_for(document_id: str, taken: Callable[[str], bool]) -> str:
    """The first free case number for a form, in an order that follows from its id alone.

    Args:
        document_id: of the form that lacks something.
        taken: whether another form has a number.
    """
    return next(number for number in numbers(LETTER, f"case:{document_id}") if not taken(number))


def case_named_in(texts: Iterable[str], pattern: str = DEFAULT_PATTERN) -> str | None:
    """The case number that stands in texts as they were read; none where there is none, or several differ.

    Args:
        texts: of a form and about it.
        pattern: of a whole case number.
    """
    found = {
        number
        for text in texts
        for letter, digits, check in _WRITTEN.findall(text.upper())
        if is_rems_id(number := f"{letter}-{digits.translate(_DIGITS)}{check}", pattern)
    }
    return found.pop() if len(found) == 1 else None
