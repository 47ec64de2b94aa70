"""A list of words with their frequencies as a prior over spellings, with a way out for words not in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SIGNS = {letter: index + 1 for index, letter in enumerate(_LETTERS)}
_EDGE = 0
_KNOWN_SHARE = 0.85
"""Share of words written that the lists hold: the census lists cover nine in ten people."""
_FLAT = 0.6
"""Frequencies to this power: patients are not the census, and the rare name is the one misread."""
_TOKEN = re.compile(r"[a-z0-9']+")
_DIGIT_IN_WORD = log(1 / 400)
"""A digit in the middle of a word is a misread letter, unless it is 1st or 2A."""
_MENDED_MOST = 6
_SHORT_LIST = 1500
_REMEMBERED = 4096


@dataclass(frozen=True, eq=False)
class Words:
    """Words and their probabilities.

    Attributes:
        known: log probability by word, small letters without apostrophes.
        pairs: 27 x 27 x 27 log probability of a letter after the two before it; 0 is the word's edge. What an
            unknown word of this kind looks like.
        common: the words of short lists: street suffixes, titles, words of sites. They are known well enough
            to look for one of them behind a word that is far from it.
    """

    known: Mapping[str, float]
    pairs: NDArray[np.float32]
    common: tuple[str, ...] = ()
    _told: dict[str, float] = field(default_factory=dict)

    @staticmethod
    def of(*lists: Mapping[str, float]) -> "Words":
        """Lists of words with weights, each list counting the same."""
        shares: dict[str, float] = {}
        for words in lists:
            flat = {word: weight**_FLAT for word, weight in words.items()}
            total = sum(flat.values()) * len(lists)
            for word, weight in flat.items():
                shares[word] = shares.get(word, 0.0) + weight / total
        short = [word for words in lists if len(words) < _SHORT_LIST for word in words]
        known = {word: log(share) for word, share in shares.items()}
        return Words(known, _letter_pairs(shares), tuple(dict.fromkeys(short)))

    def prior(self, text: str) -> float:
        """Log probability of a text's words; numbers and signs between them are free."""
        return sum(self._remembered(token) for token in _TOKEN.findall(text.lower()))

    def mended(self, text: str) -> tuple[str, ...]:
        """The same text with unknown words changed into words of the list, usual ones first.

        One word by a letter, or all unknown words at once, each into the nearest: a bad row runs through all.
        Candidates only: what the nets saw decides between them.
        """
        found: list[tuple[float, str]] = []
        every, changed = text, 0
        for match in reversed(list(_TOKEN.finditer(text.lower()))):
            word = match[0].replace("'", "")
            if word in self.known or len(word) < 2 or not any(sign.isalpha() for sign in word):
                continue
            start, end = match.span()
            for place, other in enumerate(self._near(word)):
                spelled = _cased(other, like=text[start:end])
                found.append((self.known[other], text[:start] + spelled + text[end:]))
                if place == 0:
                    every, changed = every[:start] + spelled + every[end:], changed + 1
        most = list(dict.fromkeys(mended for _, mended in sorted(found, reverse=True)))[:_MENDED_MOST]
        return tuple(most if changed < 2 else [*most, every])

    def _near(self, word: str) -> list[str]:
        """Words of the list that are a letter away, usual ones first; of common ones also farther ones."""
        near: set[str] = set()
        if len(word) > 2 and sum(sign.isalpha() for sign in word) > 1:
            near = {other for other in _one_letter_off(word) if other in self.known}
        limit = 1 + len(word) // 5
        far = process.extract(word, self.common, scorer=Levenshtein.distance, score_cutoff=limit, limit=3)
        best = [other for other, _, _ in far if len(other) > 1 and (len(word) > 2 or len(other) == len(word))]
        # Words as usual as each other by letter: the same reading from one run to the next.
        return [*sorted(near, key=lambda other: (-self.known[other], other))[:_MENDED_MOST], *best]

    def holds(self, text: str) -> bool | None:
        """Whether every word of two letters or more is on the list; none where there is no such word."""
        words = [word for word in words_of(text) if len(word) > 1]
        return all(word in self.known for word in words) if words else None

    def _remembered(self, token: str) -> float:
        """The candidates of a line share most of their words."""
        if token not in self._told:
            if len(self._told) > _REMEMBERED:
                self._told.clear()
            self._told[token] = self._token(token)
        return self._told[token]

    def _token(self, token: str) -> float:
        word = token.replace("'", "")
        letters = [sign for sign in word if sign in _SIGNS]
        digits = len(word) - len(letters)
        if len(letters) < 2 or (digits and len(letters) < 3):
            return 0.0  # an initial, a number, 2nd
        return self._word("".join(letters)) + digits * _DIGIT_IN_WORD

    def _word(self, word: str) -> float:
        signs = [_EDGE, _EDGE, *(_SIGNS[letter] for letter in word), _EDGE]
        spelled = sum(
            float(self.pairs[one, two, three])
            for one, two, three in zip(signs, signs[1:], signs[2:], strict=False)
        )
        unknown = log(1 - _KNOWN_SHARE) + spelled
        listed = self.known.get(word)
        if listed is None:
            return unknown
        listed += log(_KNOWN_SHARE)
        return listed + log(1 + exp(min(0.0, unknown - listed)))


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, apostrophes dropped; hyphens part them, numbers are left out."""
    words = (found.replace("'", "") for found in _TOKEN.findall(text.lower()))
    return [word for word in words if any(sign in _SIGNS for sign in word)]


def _one_letter_off(word: str) -> set[str]:
    """Every word that one changed, lost or added letter makes, and those of two letters drawn like one."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    changed = {head + letter + tail[1:] for head, tail in parts if tail for letter in _LETTERS}
    added = {head + letter + tail for head, tail in parts for letter in _LETTERS}
    lost = {head + tail[1:] for head, tail in parts if tail}
    drawn = {word.replace(one, other, 1) for one, other in _DRAWN_ALIKE if one in word}
    return changed | added | lost | drawn


_DRAWN_ALIKE = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("ri", "n"), ("n", "ri"), ("vv", "w"), ("li", "h"),
    ("ii", "u"), ("u", "ii"), ("nn", "m"), ("ni", "m"), ("lt", "h"), ("ci", "a"), ("ol", "d"), ("uj", "w"),
)  # fmt: skip


def _cased(word: str, *, like: str) -> str:
    """A word in the capitals of another."""
    letters = [sign for sign in like if sign.isalpha()]
    if len(letters) > 1 and all(sign.isupper() for sign in letters[1:]):
        return word.upper()
    return word.capitalize() if letters and letters[0].isupper() else word


def _letter_pairs(shares: Mapping[str, float]) -> NDArray[np.float32]:
    """Log probability of each letter after two others, with a little for every one."""
    # Every word with two edges behind it in one row of numbers: a loop over 100,000 words takes a second.
    joined = "``" + "".join(f"{word}``" for word in shares)
    signs = np.frombuffer(joined.encode("ascii", "replace"), np.uint8).astype(np.intp) - ord("`")
    signs[(signs < 0) | (signs > len(_LETTERS))] = _EDGE
    lengths = np.fromiter((len(word) + 2 for word in shares), np.intp, len(shares))
    weights = np.repeat(np.sqrt(np.fromiter(shares.values(), np.float64, len(shares))), lengths)
    one, two, three = signs[:-2], signs[1:-1], signs[2:]
    live = (two != _EDGE) | (three != _EDGE)
    places = ((one * 27 + two) * 27 + three)[live]
    found = np.bincount(places, weights[live], minlength=27**3).astype(np.float64)
    counts = (found / found.sum()).reshape(27, 27, 27)
    two_before = counts.sum(axis=0)  # the same with one letter less to go by
    smooth = two_before / np.maximum(two_before.sum(axis=1, keepdims=True), 1e-12) + 1e-4
    mixed = counts + 2e-5 * smooth[None, :, :]
    return np.asarray(np.log(mixed / mixed.sum(axis=2, keepdims=True)), np.float32)
