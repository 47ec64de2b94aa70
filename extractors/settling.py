"""One value out of what the voices see in a field's lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

from extractors.begun_twice import written_again
from extractors.confidence import Agreement
from extractors.decoding import Choice, decode_line
from extractors.expected import Expected
from extractors.lexicons import lexicon_of
from extractors.model import Candidate
from extractors.readers.protocol import LineReading
from extractors.values import normalize, sameness
from extractors.values.grammars import grammar_of
from extractors.values.parsed import ILLEGIBLE, Parsed
from form_templates.model import FormField, Kind

CHECKED_KINDS: frozenset[Kind] = frozenset({"npi", "dea", "rems_id"})
"""Kinds with a check digit: a search mends a miswritten number into another valid one, so the leading voice
must have read it unbound before it may pass unseen."""

CROSSED_OUT = "crossed_out"
"""Reason of a field with a stroke through some of it."""

FAR_OFF = -7.0
"""A bound value that the leading net finds so much less likely (natural logarithm) than what it reads freely
is no reading but an invention."""
FAR_OFF_EXPECTED = -10.0
"""The same for a value that fits what is known beside it, such as the year of the call."""

NO_WRITING = -0.8
"""Mean log probability a letter, of the net that likes it better, below which what was read is no writing: a
photo, another script. Of 10 such readings of words on sample faxes none was right."""
LEAST_LETTERS = 4
"""Shorter texts are judged as if they had so many letters: one doubtful initial is still an initial."""


@dataclass(frozen=True)
class Heard:
    """What each voice saw in a field's lines, in their order; none where a voice was not asked.

    What nets saw is ``as_asked``.
    """

    first: tuple[LineReading, ...]
    witness: tuple[LineReading, ...] | None = None
    third: tuple[LineReading, ...] | None = None


@dataclass(frozen=True)
class Settled:
    """The value of a field and what speaks for it.

    Attributes:
        value: normal value; none where nothing sensible was made out.
        raw: the text that was taken.
        share: weight of the value among all that the lines may say, 0 to 1.
        first: log probability that the leading net gives ``raw``.
        witness: the same of the witness; none without one.
        first_agrees: the leading net reads the same where nothing binds it.
        witness_agrees: the same of the witness.
        third: what the third voice reads, against the value.
        plausible: the value passes its checks.
        known: its words are on the field's list; none where there is no list.
        placed: it fits what was known before; none where nothing was.
        reasons: oddities, those of the ink first.
    """

    value: str | None
    raw: str
    share: float
    first: float
    witness: float | None
    first_agrees: bool
    witness_agrees: bool | None
    third: Agreement
    plausible: bool
    known: bool | None
    placed: bool | None = None
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[str, ...] = ()


def settle(
    asked: FormField, heard: Heard, reasons: Sequence[str] = (), expected: Expected | None = None
) -> Settled:
    """Weigh what the voices saw.

    Args:
        asked: the field.
        heard: at least one line of at least the leading voice.
        reasons: oddities of the ink.
        expected: what is known of the field before it is read; none where nothing is.
    """
    first, witness = heard.first, heard.witness
    voices = [voice for voice in (first, witness, heard.third) if voice]
    lines = [
        decode_line(asked, [voice[index] for voice in voices], whole=len(first) == 1, expected=expected)
        for index in range(len(first))
    ]
    chosen, again = _written_again(asked, _chosen(asked, lines), struck=CROSSED_OUT in reasons)
    nets = 2 if witness else 1
    scores = [sum(line[0].voices[net] for line in lines if line) for net in range(nets)]
    said = [_free(asked, voice) for voice in voices]
    same = [sameness(asked, one) == sameness(asked, chosen.parsed) for one in said]
    parsed = chosen.parsed
    fits = expected.fits(asked, parsed.value) if expected is not None else None
    if _is_invented(asked, chosen, first, scores, fits=fits):
        parsed = ILLEGIBLE
    agrees: Agreement = "alone"
    if heard.third:
        agrees = "agree" if same[-1] else "disagree"
    found = [*reasons, *([CROSSED_OUT] if again else []), *parsed.reasons]
    if parsed.value is not None and _is_repaired(asked, same[:nets]):
        found.append("repaired")
    if parsed.value is not None and fits is False:
        found.append("unexpected")
    if not all(same) and "not_applicable" not in parsed.reasons:
        found.append("disagree")
    words = lexicon_of(asked)
    return Settled(
        value=parsed.value,
        raw=chosen.text,
        share=chosen.share,
        first=scores[0],
        witness=scores[1] if witness else None,
        first_agrees=same[0],
        witness_agrees=same[1] if witness else None,
        third=agrees,
        plausible=parsed.plausible,
        known=words.holds(chosen.text) if words else None,
        placed=fits,
        candidates=_candidates(asked, lines, said),
        reasons=tuple(dict.fromkeys(found)),
    )


def _chosen(asked: FormField, lines: Sequence[tuple[Choice, ...]]) -> Choice:
    """The likeliest text of the whole field."""
    if len(lines) == 1 and lines[0]:
        return lines[0][0]
    tops = [line[0] for line in lines if line]
    text = " ".join(top.text for top in tops).strip()
    share = 1.0
    for top in tops:
        share *= top.share
    return Choice(text, normalize(asked, text), share if tops else 0.0, ())


def _written_again(asked: FormField, chosen: Choice, *, struck: bool) -> tuple[Choice, bool]:
    """The choice without a first try beside it, and whether there was one: a person looks at these."""
    text = written_again(chosen.text, struck=struck) if asked.kind in ("name", "text") else None
    return (
        (chosen, False) if text is None else (replace(chosen, text=text, parsed=normalize(asked, text)), True)
    )


def _free(asked: FormField, voice: Sequence[LineReading]) -> Parsed:
    return normalize(asked, " ".join(reading.text for reading in voice).strip())


def _is_invented(
    asked: FormField,
    chosen: Choice,
    first: Sequence[LineReading],
    scores: Sequence[float],
    *,
    fits: bool | None,
) -> bool:
    """Whether the value stands on next to nothing that is written."""
    if max(scores) < NO_WRITING * max(LEAST_LETTERS, len(chosen.text)):
        return True
    bound = len(first) == 1 and grammar_of(asked) is not None
    free = " ".join(reading.text for reading in first)
    least = log(max(first[0].probability, 1e-30)) + (FAR_OFF_EXPECTED if fits else FAR_OFF)
    return bound and chosen.text != free and scores[0] < least


def _is_repaired(asked: FormField, same: Sequence[bool]) -> bool:
    """Whether no voice that counts read the value unbound."""
    if asked.kind in CHECKED_KINDS:
        return not same[0]
    return grammar_of(asked) is not None and not any(same)


def _candidates(
    asked: FormField, lines: Sequence[tuple[Choice, ...]], said: Sequence[Parsed]
) -> tuple[Candidate, ...]:
    """What else the field may say, for a person to choose from; of several lines only the whole."""
    names = ("first", "witness", "third")
    keys = [sameness(asked, one) for one in said]
    if len(lines) != 1:
        return tuple(
            Candidate(one.value, 0.5, name)
            for one, name in zip(said, names, strict=False)
            if one.value is not None
        )
    found = []
    for choice in lines[0][:4]:
        if choice.parsed.value is None:
            continue
        key = sameness(asked, choice.parsed)
        reader = names[keys.index(key)] if key in keys else "search"
        found.append(Candidate(choice.parsed.value, round(choice.share, 4), reader))
    return tuple(found)
