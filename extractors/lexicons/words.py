"""A list of words with their frequencies as a prior over spellings, with a way out for words not in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SIGNS = {letter: index + 1 for index, letter in enumerate(_LETTERS)}
_EDGE = 0
_KNOWN_SHARE = 0.85
"""Share of words written that the lists hold: the census lists cover nine in ten people."""
_FLAT = 0.6
"""Frequencies to this power: patients are not the census, and the rare name is the one misread."""
_WORD = re.compile(r"[a-z']+")
_LONGEST = 16


@dataclass(frozen=True, eq=False)
class Words:
    """Words and their probabilities.

    Attributes:
        known: log probability by word, small letters without apostrophes.
        pairs: 27 x 27 x 27 log probability of a letter after the two before it; 0 is the word's edge. What an
            unknown word of this kind looks like.
    """

    known: Mapping[str, float]
    pairs: NDArray[np.float32]

    @staticmethod
    def of(*lists: Mapping[str, float]) -> "Words":
        """Lists of words with weights, each list counting the same."""
        shares: dict[str, float] = {}
        for words in lists:
            flat = {word: weight**_FLAT for word, weight in words.items()}
            total = sum(flat.values()) * len(lists)
            for word, weight in flat.items():
                shares[word] = shares.get(word, 0.0) + weight / total
        return Words({word: log(share) for word, share in shares.items()}, _letter_pairs(shares))

    def prior(self, text: str) -> float:
        """Log probability of a text's words; numbers and signs between them are free."""
        return sum(self._word(word) for word in words_of(text))

    def holds(self, text: str) -> bool | None:
        """Whether every word of two letters or more is on the list; none where there is no such word."""
        words = [word for word in words_of(text) if len(word) > 1]
        return all(word in self.known for word in words) if words else None

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
    """The words of a text in small letters, apostrophes dropped; hyphens part them."""
    return [word for found in _WORD.findall(text.lower()) if (word := found.replace("'", ""))]


def _letter_pairs(shares: Mapping[str, float]) -> NDArray[np.float32]:
    """Log probability of each letter after two others, with a little for every one."""
    table = np.zeros((len(shares), _LONGEST + 3), np.intp)
    weights = np.fromiter((share**0.5 for share in shares.values()), np.float64, len(shares))
    for row, word in enumerate(shares):
        signs = [_SIGNS[letter] for letter in word[:_LONGEST]]
        table[row, 2 : 2 + len(signs)] = signs
    counts = np.zeros((27, 27, 27))
    for place in range(_LONGEST + 1):
        one, two, three = table[:, place], table[:, place + 1], table[:, place + 2]
        live = (three != _EDGE) | (two != _EDGE)
        np.add.at(counts, (one[live], two[live], three[live]), weights[live])
    counts /= counts.sum()
    two_before = counts.sum(axis=0)  # the same with one letter less to go by
    smooth = two_before / np.maximum(two_before.sum(axis=1, keepdims=True), 1e-12) + 1e-4
    mixed = counts + 2e-5 * smooth[None, :, :]
    return np.asarray(np.log(mixed / mixed.sum(axis=2, keepdims=True)), np.float32)
