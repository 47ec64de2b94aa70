"""What a parser of one kind of field returns, and the answers that say there is no answer."""

import re
from dataclasses import dataclass

ABSENT = re.compile(
    r"(?:n\s?[/.\\|1l]?\s?a\.?|not applicable|unk\.?|unknown|none|same|ditto|see above|-{1,3}|\"|'')",
    re.IGNORECASE,
)
"""What people write where they have nothing to write."""

LOOKALIKES = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})
"""Letters that are drawn like a digit and mean it where only digits can stand."""


@dataclass(frozen=True)
class Parsed:
    """A raw text as a normal value.

    Attributes:
        value: normal value; none where the text cannot be one of this kind.
        plausible: it passes every check that the value alone allows (calendar, check digit, range).
        reasons: codes for a person: implausible, illegible, not_applicable, ambiguous.
    """

    value: str | None
    plausible: bool
    reasons: tuple[str, ...] = ()


def good(value: str) -> Parsed:
    """A value that passes its checks."""
    return Parsed(value, plausible=True)


def odd(value: str, reason: str = "implausible") -> Parsed:
    """A value as written that a check speaks against."""
    return Parsed(value, plausible=False, reasons=(reason,))


ILLEGIBLE = Parsed(None, plausible=False, reasons=("illegible",))
NOT_APPLICABLE = Parsed(None, plausible=False, reasons=("not_applicable",))


def is_absent(raw: str) -> bool:
    """Whether a text says that there is no answer: N/A, unknown, none, a dash, ditto."""
    return ABSENT.fullmatch(raw.strip()) is not None
