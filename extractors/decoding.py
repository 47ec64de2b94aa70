"""From what the nets saw to what a field most likely says: every candidate weighed by every voice.

Each net names the texts it finds most probable, free and bound to the field; then each judges the others'.
A candidate's weight is the product of what the voices give it (to a power each) and of what is known before
anything is read: whether a value of this kind can be so, and how usual its words are. Candidates that mean
the same value count together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from extractors.lexicons import lexicon_of
from extractors.readers.ctc import (
    Letters,
    LogProbabilities,
    best_path,
    n_best,
    search,
    text_probabilities,
    without_gaps,
)
from extractors.readers.protocol import LineReading
from extractors.values import TEXT_KINDS, normalize
from extractors.values.grammars import grammar_of, letters_of
from extractors.values.parsed import Parsed
from form_templates.model import FormField, Kind

POWERS = (0.8, 0.45)
"""How much the first voice and the witness count: the two were trained on like lines, so they err alike."""
LONE_POWER = 1.0
LEXICON_POWER = 0.35
"""How much the words' own likelihood counts; more forces rare names into common ones."""
IMPLAUSIBLE = -5.0
"""Log odds of a value that no check allows against one that passes: people seldom write the 31st of June."""
SURE = 0.97
"""From here on a voice's free reading needs no search: what is left to others is too little to matter."""
FREE_WIDTH = 12
BOUND_WIDTH = 20
TEXTS_MOST = 24


@dataclass(frozen=True)
class Choice:
    """One thing that a line may say.

    Attributes:
        text: the likeliest spelling.
        parsed: what it means.
        share: its part of the weight of all candidates, 0 to 1.
        voices: log probability that each net gives this spelling, in the order of the voices.
    """

    text: str
    parsed: Parsed
    share: float
    voices: tuple[float, ...]


def decode_line(asked: FormField, readings: Sequence[LineReading], *, whole: bool = True) -> tuple[Choice, ...]:
    """What a line may say, likeliest first.

    Args:
        asked: the field.
        readings: what each voice saw in the line; the first is the leading one. Voices without
            ``log_probabilities`` only add their text to the candidates.
        whole: the line is the whole answer; else only one of several, which no rule of values binds.
    """
    nets = [reading.log_probabilities for reading in readings if reading.log_probabilities is not None]
    texts = _texts(asked, readings, whole=whole)
    if not texts:
        return ()
    voices = np.stack([text_probabilities(logs, texts) for logs in nets]) if nets else np.zeros((1, len(texts)))
    powers = np.array(POWERS[: len(voices)] if len(voices) > 1 else (LONE_POWER,))
    parsed = [normalize(asked, text) for text in texts]
    prior = np.array([_prior(asked, text, one, whole=whole) for text, one in zip(texts, parsed, strict=True)])
    weights = powers @ voices + prior
    return _grouped(asked, texts, parsed, weights, voices)


def is_sure(asked: FormField, readings: Sequence[LineReading]) -> bool:
    """Whether all nets read the same likely text that passes the checks, so that there is nothing to search."""
    nets = [reading for reading in readings if reading.log_probabilities is not None]
    if not nets or any(reading.probability < SURE for reading in nets):
        return False
    same = {sameness(asked, normalize(asked, reading.text)) for reading in nets}
    return len(same) == 1 and None not in same and normalize(asked, nets[0].text).plausible


def sameness(asked: FormField, parsed: Parsed) -> str | None:
    """What two readings of one value share: words are compared without capitals and gaps."""
    if parsed.value is None:
        return None
    words = asked.kind in TEXT_KINDS or asked.kind in _CASELESS
    return parsed.value.lower().replace(" ", "") if words else parsed.value


_CASELESS: frozenset[Kind] = frozenset({"email", "state_license"})

_GAPLESS: frozenset[Kind] = frozenset(
    {"npi", "ncpdp", "zip", "dea", "rems_id", "state_license", "email", "state", "phone", "number", "time"}
)


def as_asked(asked: FormField, reading: LineReading) -> LineReading:
    """A voice's reading as the field wants it: where gaps mean nothing, a space says no more than a blank."""
    logs = reading.log_probabilities
    if logs is None or not (asked.comb or asked.kind in _GAPLESS):
        return reading
    closed = without_gaps(logs)
    text, letters = best_path(closed, letters_of(asked))
    probability = exp(float(text_probabilities(closed, (text,))[0]))
    return LineReading(text, probability, letters, closed)


def _texts(asked: FormField, readings: Sequence[LineReading], *, whole: bool) -> list[str]:
    """Candidates of every voice, each once."""
    found: dict[str, None] = {reading.text: None for reading in readings if reading.text}
    if whole and is_sure(asked, readings):
        return list(found)
    free = Letters(letters_of(asked))
    grammar = grammar_of(asked) if whole else None
    for reading in readings:
        logs = reading.log_probabilities
        if logs is None:
            continue
        if grammar is not None:
            found |= dict.fromkeys(text for text, _ in search(logs, grammar, width=BOUND_WIDTH)[:6])
        found |= dict.fromkeys(text.strip() for text, _ in n_best(logs, free, width=FREE_WIDTH))
    return [text for text in found if text][:TEXTS_MOST]


def _prior(asked: FormField, text: str, parsed: Parsed, *, whole: bool) -> float:
    words = lexicon_of(asked)
    usual = LEXICON_POWER * words.prior(text) if words is not None else 0.0
    if not whole or "not_applicable" in parsed.reasons:
        return usual
    return usual if parsed.plausible else usual + (IMPLAUSIBLE if parsed.value is not None else 2 * IMPLAUSIBLE)


def _grouped(
    asked: FormField,
    texts: Sequence[str],
    parsed: Sequence[Parsed],
    weights: np.ndarray,
    voices: np.ndarray,
) -> tuple[Choice, ...]:
    """Candidates that mean the same, together."""
    total = float(np.logaddexp.reduce(weights))
    groups: dict[str, list[int]] = {}
    for index, (text, one) in enumerate(zip(texts, parsed, strict=True)):
        groups.setdefault(sameness(asked, one) or f"\0{text}", []).append(index)
    choices = []
    for members in groups.values():
        best = max(members, key=lambda index: float(weights[index]))
        share = exp(float(np.logaddexp.reduce(weights[members])) - total)
        choices.append(
            Choice(texts[best], parsed[best], share, tuple(float(voice[best]) for voice in voices))
        )
    return tuple(sorted(choices, key=lambda choice: -choice.share))
