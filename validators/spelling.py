"""Words as a reader or a hurried hand leaves them: the nearest word of the vocabulary, if near enough."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

_LOOKALIKES = str.maketrans(dict(zip("01l|!j5869qvc", "oiiiiisbbggue", strict=True)))
"""Letters that look alike on a bad line are made one before words are compared."""

_SHORTEST = 6
_LONG = 10
_RATIO = 88.0
"""Least likeness of two long words, in percent: one slip in nine letters is more than this."""


class Spelling:
    """Finds the word of a vocabulary that a misread or misspelled word stands for.

    Words of fewer than six letters are never changed: too many good words differ from them by one letter.
    From six to nine letters only look-alike letters may differ, or one slip in a word of eight or more; from
    ten letters on two slips are allowed.
    """

    def __init__(self, words: Iterable[str], real_words: Iterable[str] = ()) -> None:
        self._words = frozenset(words)
        self._real_words = frozenset(real_words)
        self._shapes: dict[str, str] = {}
        by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            if len(word) >= _SHORTEST and word.isalpha():
                self._shapes.setdefault(_shape(word), word)
                by_length[len(word)].append(word)
        self._by_length: Mapping[int, list[str]] = dict(by_length)
        self.correct = lru_cache(maxsize=65536)(self._correct)

    def _correct(self, word: str) -> str:
        """The vocabulary's word for this one, or the word itself. Lower case."""
        if len(word) < _SHORTEST - 1 or word in self._words or word in self._real_words:
            return word
        if sum(letter.isdigit() for letter in word) * 3 > len(word):
            return word
        if (alike := self._shapes.get(_shape(word))) is not None:
            return alike
        best, best_slips = word, 3
        for length in range(len(word) - 1, len(word) + 2):
            for known in self._by_length.get(length, ()):
                allowed = _slips_allowed(min(len(known), len(word)))
                slips = OSA.distance(known, word, score_cutoff=allowed)
                if slips <= allowed and slips < best_slips and _near(known, word, slips):
                    best, best_slips = known, slips
        return best


def _shape(word: str) -> str:
    return word.translate(_LOOKALIKES).replace("rn", "m").replace("ii", "u")


def _slips_allowed(length: int) -> int:
    if length >= _LONG:
        return 2
    return 1 if length >= 8 else 0


def _near(known: str, word: str, slips: int) -> bool:
    # A wrong first letter is rare in a slip and common between different words.
    if known[0] != word[0] and _shape(known[0]) != _shape(word[0]):
        return False
    return slips == 1 or ratio(known, word) >= _RATIO
