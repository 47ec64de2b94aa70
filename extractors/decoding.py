"""From what the nets saw to what a field most likely says: every candidate weighed by every voice.

Each net names the texts it finds most probable, free and bound to the field; then each judges the others'.
A candidate's weight is the product of what the voices give it (to a power each) and of what is known before
anything is read: whether a value of this kind can be so, and how usual its words are. Candidates that mean
the same value count together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from extractors.expected import Expected
from extractors.lexicons import lexicon_of
from extractors.readers.ctc import Letters, best_path, bound_to, n_best, search, text_probabilities
from extractors.readers.protocol import LineReading
from extractors.values import normalize, sameness
from extractors.values.dates import MONTHS, is_likely
from extractors.values.grammars import OneAt, grammar_of, signs_of
from extractors.values.parsed import Parsed, is_absent
from form_templates.model import FormField

POWERS = (0.5, 0.3)
"""How much the first voice and the witness count: the two were trained on like lines, so they err alike, and
both are surer than they should be."""
LEXICON_POWER = 0.3
"""How much the words' own likelihood counts; more forces rare names into common ones."""
IMPLAUSIBLE = -5.0
"""Log odds of a value that a check speaks against, and twice that of none: people seldom write June 31."""
UNLIKELY_DATE = -3.0
"""Log odds of a date of the calendar in a year that makes no sense in its field."""
SURE = 0.97
"""From here on a voice's free reading needs no search: what is left to others is too little to matter."""
FREE_WIDTH = 10
BOUND_WIDTH = 20
TEXTS_MOST = 32


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


def as_asked(asked: FormField, reading: LineReading) -> LineReading:
    """A voice's reading as the field wants it: see ``ctc.bound_to``. N/A and its like stay what they are."""
    logs = reading.log_probabilities
    if logs is None:
        return reading
    plain, _ = best_path(logs)
    if is_absent(plain):
        return LineReading(plain.strip(), exp(float(text_probabilities(logs, (plain,))[0])), (), logs)
    spelled = asked.kind == "date" and any(month in plain.lower() for month in MONTHS)
    signs = signs_of(asked, spelled=spelled)
    bound = bound_to(logs, signs.letters, signs.twins, gapless=signs.gapless)
    text, letters = best_path(bound)
    probability = exp(float(text_probabilities(bound, (text,))[0]))
    start = len(text) - len(text.lstrip())
    kept = text.strip()
    return LineReading(kept, probability, letters[start : start + len(kept)], bound)


def decode_line(
    asked: FormField,
    readings: Sequence[LineReading],
    *,
    whole: bool = True,
    expected: Expected | None = None,
) -> tuple[Choice, ...]:
    """What a line may say, likeliest first.

    Args:
        asked: the field.
        readings: what each voice saw in the line, ``as_asked``; the first is the leading one. Voices without
            ``log_probabilities`` only add their text to the candidates.
        whole: the line is the whole answer; else only one of several, which no rule of values binds.
        expected: what is known of the field before it is read; none where nothing is.
    """
    texts = _texts(asked, readings, whole=whole, expected=expected)
    if not texts:
        return ()
    voices = _voices(readings, texts)
    powers = np.array(POWERS[: len(voices)]) if len(voices) > 1 else np.ones(1)
    parsed = [normalize(asked, text) for text in texts]
    prior = [_prior(asked, text, one, whole=whole) for text, one in zip(texts, parsed, strict=True)]
    if expected is not None:
        prior = [own + expected.bonus(asked, one.value) for own, one in zip(prior, parsed, strict=True)]
    return _grouped(asked, texts, parsed, powers @ voices + np.array(prior), voices)


def _voices(readings: Sequence[LineReading], texts: Sequence[str]) -> NDArray[np.float64]:
    """Log probability of each text by each net, nets x texts; of one that is read freely it is known."""
    nets = [reading for reading in readings if reading.log_probabilities is not None]
    if not nets:
        return np.zeros((1, len(texts)))
    return np.stack(
        [
            np.full(1, log(max(net.probability, 1e-300)))
            if list(texts) == [net.text]
            else text_probabilities(net.log_probabilities, texts)
            for net in nets
            if net.log_probabilities is not None
        ]
    )


def is_sure(asked: FormField, readings: Sequence[LineReading]) -> bool:
    """Whether all nets read the same likely text that passes the checks: there is nothing to search."""
    nets = [reading for reading in readings if reading.log_probabilities is not None]
    if not nets or any(reading.probability < SURE for reading in nets):
        return False
    same = {sameness(asked, normalize(asked, reading.text)) for reading in nets}
    return len(same) == 1 and None not in same and normalize(asked, nets[0].text).plausible


def _texts(
    asked: FormField, readings: Sequence[LineReading], *, whole: bool, expected: Expected | None
) -> list[str]:
    """Candidates of every voice, each once."""
    found: dict[str, None] = {reading.text: None for reading in readings if reading.text}
    if is_sure(asked, readings) or all(reading.log_probabilities is None for reading in readings):
        return list(found)  # without a net nothing speaks against a text that nobody read
    grammar, free = grammar_of(asked) if whole else None, dict[str, None]()
    for reading in readings:
        logs = reading.log_probabilities
        if logs is None:
            continue
        if grammar is not None:
            found |= dict.fromkeys(text for text, _ in search(logs, grammar, width=BOUND_WIDTH)[:6])
        if asked.kind == "email":
            found |= dict.fromkeys(text for text, _ in n_best(logs, OneAt(), width=BOUND_WIDTH)[:6])
        free |= dict.fromkeys(text.strip() for text, _ in n_best(logs, Letters(), width=FREE_WIDTH))
    if expected is not None:
        found |= dict.fromkeys(expected.candidates(list(found)))
    found |= free
    words = lexicon_of(asked)
    if words is not None:
        for reading in readings:
            found |= dict.fromkeys(words.mended(reading.text))
    return [text for text in found if text][:TEXTS_MOST]


def _prior(asked: FormField, text: str, parsed: Parsed, *, whole: bool) -> float:
    words = lexicon_of(asked)
    usual = LEXICON_POWER * words.prior(text) if words is not None else 0.0
    if not whole or "not_applicable" in parsed.reasons:
        return usual
    if not parsed.plausible:
        never = parsed.value is None or asked.kind == "email"  # no address lacks its @
        return usual + (2 * IMPLAUSIBLE if never else IMPLAUSIBLE)
    if asked.kind == "date" and not is_likely(parsed.value or "", birth="birth" in asked.name):
        return UNLIKELY_DATE
    return usual


def _grouped(
    asked: FormField,
    texts: Sequence[str],
    parsed: Sequence[Parsed],
    weights: NDArray[np.float64],
    voices: NDArray[np.float64],
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
