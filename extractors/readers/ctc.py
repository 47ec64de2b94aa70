"""Decoding of a recognizer's output: letter probabilities by time step, with a blank.

This is connectionist temporal classification (Graves et al. 2006). Functions take ``log_probabilities``:
float32, steps x 96, natural logarithms; column 0 is the blank, column i + 1 is ``ALPHABET[i]``.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

ALPHABET = "".join(chr(code) for code in range(32, 127))
"""Printable ASCII, space first: what a US form holds."""

COLUMN = {letter: index + 1 for index, letter in enumerate(ALPHABET)}

LogProbabilities = NDArray[np.float32]

NEVER = -1e9
"""Stands for the logarithm of zero where minus infinity would breed NaN."""

_TINY = 1e-280


def column_mask(letters: str) -> NDArray[np.bool_]:
    """Which of the 96 columns a field that holds only ``letters`` may use; the blank always."""
    mask = np.zeros(len(ALPHABET) + 1, bool)
    mask[0] = True
    mask[[COLUMN[letter] for letter in letters]] = True
    return mask


def bound_to(
    log_probabilities: LogProbabilities, letters: str | None, twins: Mapping[str, str], *, gapless: bool
) -> LogProbabilities:
    """The same output for a field that holds only some letters.

    What the net gives to a letter's twin goes to the letter, what it gives to a space goes to the blank where
    gaps mean nothing, and what remains elsewhere is lost: it speaks for nothing that may stand here.

    Args:
        log_probabilities: steps x 96.
        letters: letters the field may hold; none for all.
        twins: letters that it may not hold, and those that they are taken for.
        gapless: gaps between letters mean nothing.
    """
    bound = log_probabilities.copy()
    for twin, letter in twins.items():
        column = bound[:, COLUMN[letter]]
        bound[:, COLUMN[letter]] = np.logaddexp(column, bound[:, COLUMN[twin]])
    if gapless:
        bound[:, 0] = np.logaddexp(bound[:, 0], bound[:, COLUMN[" "]])
        bound[:, COLUMN[" "]] = NEVER
    if letters is not None:
        bound[:, ~column_mask(letters)] = NEVER
        if gapless:
            bound[:, COLUMN[" "]] = NEVER
    return bound


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
    return float(np.exp(text_probabilities(log_probabilities, (text,))[0]))


def text_probabilities(log_probabilities: LogProbabilities, texts: Sequence[str]) -> NDArray[np.float64]:
    """Log P(text | crop) of several texts at once; ``NEVER`` where none can be spelled.

    One pass over the steps for all texts together: twenty cost little more than one.
    """
    spelled = [[COLUMN.get(letter, -1) for letter in text] for text in texts]
    longest = max((len(columns) for columns in spelled), default=0)
    states = 2 * longest + 1
    columns = np.zeros((len(texts), states), np.intp)
    lengths = np.zeros(len(texts), np.intp)
    impossible = np.zeros(len(texts), bool)
    for row, letters in enumerate(spelled):
        lengths[row] = len(letters)
        impossible[row] = -1 in letters
        columns[row, 1 : 2 * len(letters) : 2] = np.maximum(letters, 0) if letters else 0
    if columns.size < log_probabilities.shape[1]:
        emissions = np.exp(log_probabilities[:, columns].astype(np.float64))
    else:
        emissions = np.exp(log_probabilities.astype(np.float64))[:, columns]
    skips = np.zeros(columns.shape)
    skips[:, 2:] = (columns[:, 2:] != 0) & (columns[:, 2:] != columns[:, :-2])
    # Two states of zero before the first spare every step its look at the edge; arrays made once, its copies.
    states_before = np.zeros((len(texts), states + 2))
    alpha, one_before, two_before = states_before[:, 2:], states_before[:, 1:-1], states_before[:, :-2]
    stayed, skipped = np.empty(columns.shape), np.empty(columns.shape)
    alpha[:, :2] = emissions[0, :, :2]
    scale = np.zeros(len(texts))
    for index, step in enumerate(emissions[1:]):
        np.add(alpha, one_before, out=stayed)
        np.multiply(two_before, skips, out=skipped)
        np.add(stayed, skipped, out=stayed)
        np.multiply(stayed, step, out=alpha)
        if index % 8 == 7:  # kept away from the smallest number that a float can hold
            most = np.maximum(alpha.max(axis=1), _TINY)
            alpha /= most[:, None]
            scale += np.log(most)
    rows, last = np.arange(len(texts)), 2 * lengths
    total = alpha[rows, last] + np.where(lengths > 0, alpha[rows, np.maximum(last - 1, 0)], 0.0)
    found = np.log(np.maximum(total, _TINY)) + scale
    return np.where(impossible | (total <= _TINY), NEVER, np.minimum(found, 0.0))


class Bound(Protocol):
    """What a text may be: an automaton that reads it letter by letter. States are hashable."""

    @property
    def start(self) -> Hashable:
        """Where every text begins."""

    def step(self, state: Hashable, letter: str) -> Hashable | None:
        """Where a letter leads; none where it may not stand."""

    def is_end(self, state: Hashable) -> bool:
        """Whether a text may end here."""


@dataclass(frozen=True)
class Letters:
    """The loosest bound: a set of letters in any order, all where none are named."""

    letters: str | None = None
    start: bool = True

    def step(self, state: Hashable, letter: str) -> Hashable | None:
        """Any of the letters, after any."""
        return state if self.letters is None or letter in self.letters else None

    def is_end(self, state: Hashable) -> bool:
        """A text may end anywhere."""
        return bool(state)


_CLASSES = {
    "#": "0123456789",
    "^": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "*": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "<": "01",
    ">": "0123",
    "=": "12",
    "+": "23456789",
}


class Grammar:
    """What a field of some kind may say: layouts, and a judge of whole texts.

    Args:
        patterns: every layout a person may use. ``#`` is a digit, ``^`` a capital, ``*`` either, ``<`` 0 or
            1, ``>`` 0 to 3, ``=`` 1 or 2, ``+`` 2 to 9; any other sign stands for itself.
        valid: judges a whole text that fits a pattern, check digit and calendar included.
    """

    def __init__(self, patterns: tuple[str, ...], valid: Callable[[str], bool]) -> None:
        self.start: Hashable = patterns
        self.valid = valid
        self._steps: dict[tuple[Hashable, str], Hashable | None] = {}

    def step(self, state: Hashable, letter: str) -> Hashable | None:
        """The rests of the layouts that go on with ``letter``; remembered, for the same few come again."""
        key = (state, letter)
        if key not in self._steps:
            rests = [rest for rest in _rests(state) if rest and letter in _CLASSES.get(rest[0], rest[0])]
            self._steps[key] = tuple(rest[1:] for rest in rests) or None
        return self._steps[key]

    def is_end(self, state: Hashable) -> bool:
        """Whether some layout is filled."""
        return "" in _rests(state)


def _rests(state: Hashable) -> tuple[str, ...]:
    return state if isinstance(state, tuple) else ()


def search(
    log_probabilities: LogProbabilities, grammar: Grammar, *, width: int = 20, least: float = 2e-3
) -> tuple[tuple[str, float], ...]:
    """The most probable texts that ``grammar`` allows, best first, at most ``width``.

    What it finds may be a miswritten number "repaired" into another valid one: ask whether the unbound
    reading agrees before believing it unseen.

    Returns:
        Texts with P(text | crop), summed over the paths that the beam kept.
    """
    return tuple(
        found
        for found in n_best(log_probabilities, grammar, width=width, least=least)
        if grammar.valid(found[0])
    )


def n_best(
    log_probabilities: LogProbabilities, bound: Bound, *, width: int = 12, least: float = 2e-3
) -> tuple[tuple[str, float], ...]:
    """The most probable texts within ``bound``, best first, at most ``width``: a prefix beam search.

    Of each step only letters above ``least`` are tried, and steps where none is are passed over together.
    """
    # prefix -> [state, probability ending in blank, probability ending in its last letter]
    beams: dict[str, list[Any]] = {"": [bound.start, 1.0, 0.0]}
    free = isinstance(bound, Letters) and bound.letters is None  # every letter leads to the same state
    for blank, tried in _told_steps(np.exp(log_probabilities), least):
        grown: dict[str, list[Any]] = {}
        for prefix, (state, in_blank, in_letter) in beams.items():
            whole = in_blank + in_letter
            last = prefix[-1:]
            same = grown.get(prefix)
            if same is None:
                same = grown[prefix] = [state, 0.0, 0.0]
            same[1] += whole * blank
            for letter, probability in tried:
                source = whole
                if letter == last:
                    same[2] += in_letter * probability
                    source = in_blank
                after = state if free else bound.step(state, letter)
                if after is None:
                    continue
                longer = grown.get(prefix + letter)
                if longer is None:
                    grown[prefix + letter] = [after, 0.0, source * probability]
                else:
                    longer[2] += source * probability
        if len(grown) > width:
            kept = sorted(grown.items(), key=_standing, reverse=True)[:width]
            beams = dict(kept)
        else:
            beams = grown
    found = [(text, beam[1] + beam[2]) for text, beam in beams.items() if bound.is_end(beam[0])]
    return tuple(sorted(found, key=lambda item: -item[1]))


def _standing(item: tuple[str, list[Any]]) -> float:
    standing: float = item[1][1] + item[1][2]
    return standing


def _told_steps(
    probabilities: NDArray[np.float32], least: float
) -> Iterator[tuple[float, list[tuple[str, float]]]]:
    """Blank and likely letters of each step; a run of steps that say nothing but blank is one."""
    tried: list[list[tuple[str, float]]] = [[] for _ in probabilities]
    steps, columns = np.nonzero(probabilities[:, 1:] > least)
    likely = probabilities[steps, columns + 1].tolist()
    for step, column, probability in zip(steps.tolist(), columns.tolist(), likely, strict=True):
        tried[step].append((ALPHABET[column], probability))
    run: float | None = None
    for blank, letters in zip(probabilities[:, 0].tolist(), tried, strict=True):
        if not letters:
            run = (1.0 if run is None else run) * blank
            continue
        if run is not None:  # however sure, a blank parts a letter from its like
            yield run, []
            run = None
        yield blank, letters
    if run is not None:
        yield run, []
