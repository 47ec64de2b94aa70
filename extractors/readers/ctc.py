"""Decoding of a recognizer's output: letter probabilities by time step, with a blank.

This is connectionist temporal classification (Graves et al. 2006). Functions take ``log_probabilities``:
float32, steps x 96, natural logarithms; column 0 is the blank, column i + 1 is ``ALPHABET[i]``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALPHABET = "".join(chr(code) for code in range(32, 127))
"""Printable ASCII, space first: what a US form holds."""

COLUMN = {letter: index + 1 for index, letter in enumerate(ALPHABET)}

LogProbabilities = NDArray[np.float32]

NEVER = -1e9
"""Stands for the logarithm of zero where minus infinity would breed NaN."""


def column_mask(letters: str) -> NDArray[np.bool_]:
    """Which of the 96 columns a field that holds only ``letters`` may use; the blank always."""
    mask = np.zeros(len(ALPHABET) + 1, bool)
    mask[0] = True
    mask[[COLUMN[letter] for letter in letters]] = True
    return mask


def best_path(
    log_probabilities: LogProbabilities, letters: str | None = None
) -> tuple[str, tuple[float, ...]]:
    """The text along the most probable path, with the probability of each letter at its best step.

    Args:
        log_probabilities: steps x 96.
        letters: letters the field may hold; none for all.
    """
    scores = log_probabilities
    if letters is not None:
        scores = np.where(column_mask(letters), scores, np.float32(NEVER))
    best = scores.argmax(axis=1)
    text: list[str] = []
    probabilities: list[float] = []
    before = 0
    for step, column in enumerate(best.tolist()):
        if column:
            probability = float(np.exp(log_probabilities[step, column]))
            if column != before:
                text.append(ALPHABET[column - 1])
                probabilities.append(probability)
            elif probability > probabilities[-1]:
                probabilities[-1] = probability
        before = column
    return "".join(text), tuple(probabilities)


def text_probability(log_probabilities: LogProbabilities, text: str) -> float:
    """P(text | crop): the sum over every path that spells ``text``; 0 where none can.

    This, unlike the smallest score along the best path, was measured to be calibrated on a tuned net.
    """
    if any(letter not in COLUMN for letter in text):
        return 0.0
    columns = np.zeros(2 * len(text) + 1, int)
    columns[1::2] = [COLUMN[letter] for letter in text]
    emissions = log_probabilities[:, columns].astype(np.float64)
    may_skip = np.zeros(len(columns), bool)
    may_skip[2:] = (columns[2:] != 0) & (columns[2:] != columns[:-2])
    alpha = np.full(len(columns), NEVER)
    alpha[:2] = emissions[0, :2]
    stay_one = np.empty_like(alpha)
    stay_two = np.empty_like(alpha)
    for step in emissions[1:]:
        stay_one[0] = NEVER
        stay_one[1:] = alpha[:-1]
        stay_two[:2] = NEVER
        stay_two[2:] = alpha[:-2]
        stay_two[~may_skip] = NEVER
        alpha = np.logaddexp(np.logaddexp(alpha, stay_one), stay_two) + step
    total = alpha[-1] if len(columns) == 1 else np.logaddexp(alpha[-1], alpha[-2])
    return float(min(1.0, np.exp(total)))


@dataclass(frozen=True)
class Grammar:
    """What a field of some kind may say.

    Attributes:
        patterns: every layout a person may use. ``9`` is a digit, ``A`` a capital letter, ``a`` a small one,
            ``X`` a digit or a capital; any other sign stands for itself.
        valid: judges a whole text that fits a pattern, check digit and calendar included.
    """

    patterns: tuple[str, ...]
    valid: Callable[[str], bool]

    def next_letters(self, prefix: str) -> str:
        """Letters that may follow ``prefix`` in some pattern."""
        letters = {_CLASSES.get(p[len(prefix)], p[len(prefix)]) for p in self._begun(prefix)}
        return "".join(letters)

    def is_whole(self, text: str) -> bool:
        """Whether ``text`` fills a pattern and is valid."""
        return any(len(p) == len(text) for p in self._begun(text, whole=True)) and self.valid(text)

    def _begun(self, prefix: str, *, whole: bool = False) -> list[str]:
        length = len(prefix) + (0 if whole else 1)
        return [
            pattern
            for pattern in self.patterns
            if len(pattern) >= length
            and all(letter in _CLASSES.get(sign, sign) for letter, sign in zip(prefix, pattern, strict=False))
        ]


_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CLASSES = {"9": "0123456789", "A": _CAPITALS, "a": _CAPITALS.lower(), "X": "0123456789" + _CAPITALS}


def search(
    log_probabilities: LogProbabilities, grammar: Grammar, *, width: int = 16, least: float = 2e-3
) -> tuple[tuple[str, float], ...]:
    """The most probable texts that ``grammar`` allows, best first, at most ``width``.

    A prefix beam search: of each step only letters above ``least`` are tried. What it finds may be a
    miswritten number "repaired" into another valid one: ask whether the unbound reading agrees before
    believing it unseen.

    Returns:
        Texts with P(text | crop), summed over the paths that the beam kept.
    """
    probabilities = np.exp(log_probabilities)
    # prefix -> (probability ending in blank, probability ending in its last letter)
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    allowed: dict[str, frozenset[str]] = {}
    for row in probabilities:
        blank = float(row[0])
        tried = [(ALPHABET[i], float(row[i + 1])) for i in np.flatnonzero(row[1:] > least).tolist()]
        grown: dict[str, tuple[float, float]] = {}
        for prefix, (in_blank, in_letter) in beams.items():
            last = prefix[-1:]
            repeated = float(row[COLUMN[last]]) if last else 0.0
            old = grown.get(prefix, (0.0, 0.0))
            grown[prefix] = (old[0] + (in_blank + in_letter) * blank, old[1] + in_letter * repeated)
            if not tried:
                continue
            if prefix not in allowed:
                allowed[prefix] = frozenset(grammar.next_letters(prefix))
            for letter, probability in tried:
                if letter in allowed[prefix]:
                    source = in_blank if letter == last else in_blank + in_letter
                    old = grown.get(prefix + letter, (0.0, 0.0))
                    grown[prefix + letter] = (old[0], old[1] + source * probability)
        beams = dict(sorted(grown.items(), key=lambda item: -sum(item[1]))[:width])
    found = [(text, sum(pair)) for text, pair in beams.items() if grammar.is_whole(text)]
    return tuple(sorted(found, key=lambda item: -item[1]))
