"""A word begun, crossed out and written again beside it, where no stroke was found: ``Virg Virginia``."""

from rapidfuzz.distance import Levenshtein

LEAST_LETTERS = 2
LEAST_LIKE, LEAST_LIKE_SAME_START = 0.6, 0.5
"""A stroke changes what is read of the letters under it. Less need be alike where both begin alike."""


def written_again(text: str) -> str | None:
    """The second of two tries at a text; none where it is no second try.

    Two like words (Walla Walla) are none: who writes again goes farther than the first time.
    """
    words = text.split(" ")
    for count in range(1, len(words)):
        first, second = " ".join(words[:count]), " ".join(words[count:])
        begun, again = _plain(first), _plain(second)
        if LEAST_LETTERS <= len(begun) < len(again):
            like = Levenshtein.normalized_similarity(begun, again[: len(begun)])
            if like >= (LEAST_LIKE_SAME_START if begun[:2] == again[:2] else LEAST_LIKE):
                return second
    return None


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
