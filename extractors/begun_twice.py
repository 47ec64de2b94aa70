"""A word begun, crossed out and written again beside it: ``Virg Virginia``, ``PharSchwab Pharmacy``.

The stroke may hide the beginning of the first try, so that only its end is read: ``gin Virginia``.
"""

import re
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

LEAST_LETTERS = 2
LEAST_LIKE, LEAST_LIKE_SAME_START = 0.6, 0.5
"""A stroke changes what is read of the letters under it. Less need be alike where both begin alike."""

LEAST_END, LEAST_END_DIGITS, LEAST_END_UNSTRUCK = 1, 3, 5
"""So many letters of the end of a first try are enough: where a stroke was found, and where none was."""

_JOINT = re.compile(r" |(?<=[a-z])(?=[A-Z0-9])")


def written_again(text: str, *, struck: bool = False) -> str | None:
    """The second of two tries at a text; none where it is no second try.

    Two like words (Walla Walla) are none: who writes again goes farther than the first time.

    Args:
        text: as read.
        struck: a stroke through some of it was found.
    """
    for first, second in _splits(text, joined=struck):
        begun, again = _plain(first), _plain(second)
        if _is_begun(begun, again) or _is_end_of_first(begun, again, struck=struck):
            return second
    return None


def _splits(text: str, *, joined: bool) -> Iterator[tuple[str, str]]:
    for joint in reversed([*_JOINT.finditer(text)]):
        if joined or joint[0]:
            yield text[: joint.start()], text[joint.end() :]


def _is_begun(begun: str, again: str) -> bool:
    if not LEAST_LETTERS <= len(begun) < len(again):
        return False
    like = Levenshtein.normalized_similarity(begun, again[: len(begun)])
    return like >= (LEAST_LIKE_SAME_START if begun[:2] == again[:2] else LEAST_LIKE)


def _is_end_of_first(end: str, again: str, *, struck: bool) -> bool:
    least = LEAST_END_UNSTRUCK if not struck else LEAST_END if end.isalpha() else LEAST_END_DIGITS
    return least <= len(end) and end in again[1:-1]


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
