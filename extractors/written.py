"""Written fields: from ink to a normal value with its confidence, all of a page's fields at once.

At once, because the second voice starts one process for a page, not one for a field.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors import confidence
from extractors.crops import Line, cut_comb, cut_lines
from extractors.model import Candidate
from extractors.penmanship import typed_probability
from extractors.readers.ctc import search, text_probability
from extractors.readers.protocol import LineCrop, LineReading, Readers
from extractors.struck import find_strike, without_struck
from extractors.values import TEXT_KINDS, normalize
from extractors.values.grammars import grammar_of, letters_of
from extractors.values.parsed import ILLEGIBLE, Parsed
from extractors.writing import Writing
from form_templates.model import FormField

TYPED_FROM = 0.5
OVERWRITTEN = 0.35
"""More of a box's ink than this given to a neighbor means that something was written across the field."""
OUTSIDE = 0.45


@dataclass(frozen=True, eq=False)
class WrittenField:
    """One written field on its way: ``value`` and what follows are filled by ``read_written``."""

    asked: FormField
    writing: Writing
    lines: tuple[Line, ...]
    typed: float | None
    reasons: tuple[str, ...] = ()
    handwritten: bool = False
    value: str | None = None
    raw: str = ""
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether anything is written."""
        return bool(self.lines) or "crossed_out" in self.reasons


def find_written(asked: FormField, writing: Writing) -> WrittenField:
    """Cut a field's ink into lines; what is crossed out is left out and noted."""
    reasons: list[str] = []
    typed = typed_probability(writing.ink, writing.pieces)
    kept = writing
    if not asked.comb:
        strike = find_strike(writing)
        if strike is not None:
            kept = without_struck(writing, strike)
            reasons.append("crossed_out")
    if writing.alien_share > OVERWRITTEN and len(kept.pieces):
        reasons.append("overwritten")
    if writing.outside_share > OUTSIDE and len(kept.pieces):
        reasons.append("outside_box")
    lines = cut_comb(kept, asked.comb) if asked.comb else cut_lines(kept, asked.lines or 1)
    return WrittenField(asked, kept, lines, typed, tuple(reasons))


def read_written(
    fields: Sequence[WrittenField], readers: Readers, *, residual_px: float
) -> dict[str, WrittenField]:
    """Read the written fields of a page.

    Args:
        fields: every written field of the page, empty ones too.
        readers: the voices.
        residual_px: how well the page fits its blank.

    Returns:
        Each field read, by name.
    """
    mostly_typed = _mostly_typed(fields)
    judged = [
        replace(field, handwritten=(field.typed if field.typed is not None else mostly_typed) < TYPED_FROM)
        for field in fields
    ]
    firsts = _first_voice(judged, readers)
    seconds = _second_voice(judged, firsts, readers)
    return {
        field.asked.name: _settle(field, first, seconds.get(field.asked.name), residual_px)
        if first
        else _nothing(field, residual_px)
        for field, first in zip(judged, firsts, strict=True)
    }


def _mostly_typed(fields: Sequence[WrittenField]) -> float:
    """What fields too short to tell by themselves are taken for: what the others of the page are."""
    known = [field.typed for field in fields if field.typed is not None and field.lines]
    return sum(known) / len(known) if known else 0.0


def _first_voice(fields: Sequence[WrittenField], readers: Readers) -> list[tuple[LineReading, ...]]:
    return [
        (readers.hand if field.handwritten else readers.typed).read(
            [LineCrop(line.pixels, letters_of(field.asked)) for line in field.lines]
        )
        for field in fields
    ]


def _second_voice(
    fields: Sequence[WrittenField], firsts: Sequence[tuple[LineReading, ...]], readers: Readers
) -> dict[str, str]:
    """What the second voice reads in the typed fields, by name; it is no use on handwriting."""
    if readers.second is None:
        return {}
    wanted = [field for field, first in zip(fields, firsts, strict=True) if first and not field.handwritten]
    readings = iter(readers.second.read([LineCrop(line.pixels) for field in wanted for line in field.lines]))
    return {field.asked.name: " ".join(next(readings).text for _ in field.lines).strip() for field in wanted}


def _nothing(field: WrittenField, residual_px: float) -> WrittenField:
    """An empty field, or one in which everything was crossed out."""
    if field.reasons:
        return replace(field, confidence=0.3, reasons=(*field.reasons, "illegible"))
    return replace(field, confidence=confidence.empty(field.writing.alien_share, 0, residual_px))


def _settle(
    field: WrittenField, first: tuple[LineReading, ...], second: str | None, residual_px: float
) -> WrittenField:
    """One value out of what the voices say."""
    asked = field.asked
    raw = " ".join(reading.text for reading in first).strip()
    probability = 1.0
    for reading in first:
        probability *= reading.probability
    parsed = normalize(asked, raw)
    candidates = [Candidate(parsed.value, round(probability, 4), "first")] if parsed.value is not None else []
    repaired = False
    found = _search(asked, first)
    candidates += [Candidate(normalize(asked, t).value, round(p, 4), "search") for t, p in found[:3]]
    if found and (not parsed.plausible or "not_applicable" in parsed.reasons):
        best = normalize(asked, found[0][0])
        if "not_applicable" not in parsed.reasons:
            repaired, parsed, probability = True, best, found[0][1]
    agreement: confidence.Agreement = "alone"
    if second:
        other = normalize(asked, second)
        candidates += [Candidate(other.value, 0.5, "second")] if other.value is not None else []
        agreement = "agree" if _same(asked, parsed, other) else "disagree"
        if agreement == "disagree" and other.plausible and (repaired or not parsed.plausible):
            parsed, repaired = other, True
        elif agreement == "disagree" and not repaired and _nearly_as_likely(first, second):
            raw, parsed = second, other
        elif agreement == "agree" and repaired:
            repaired = False
    reasons = list(dict.fromkeys((*field.reasons, *parsed.reasons)))
    if agreement == "disagree" and "not_applicable" not in parsed.reasons:
        reasons.append("disagree")
    sure = confidence.written(
        confidence.Evidence(
            kind=asked.kind,
            handwritten=field.handwritten,
            probability=probability,
            agreement=agreement,
            plausible=parsed.plausible,
            repaired=repaired,
            letters=len(raw),
            residual_px=residual_px,
            alien_share=field.writing.alien_share,
            reasons=tuple(reasons),
        )
    )
    return replace(
        field,
        value=parsed.value,
        raw=raw,
        confidence=sure,
        candidates=tuple(candidate for candidate in candidates if candidate.value is not None),
        reasons=tuple(reasons if raw or parsed.value else (*reasons, *ILLEGIBLE.reasons)),
    )


def _search(asked: FormField, first: tuple[LineReading, ...]) -> tuple[tuple[str, float], ...]:
    """Valid values in the net's output, best first; for one line of a kind that has rules."""
    logs = first[0].log_probabilities if len(first) == 1 else None
    grammar = grammar_of(asked) if logs is not None else None
    return search(logs, grammar) if logs is not None and grammar is not None else ()


def _nearly_as_likely(first: tuple[LineReading, ...], second: str) -> bool:
    """Whether the first voice finds the second's text almost as probable as its own.

    Then the second, which knows words, is the likelier: 7 of 172 disputed fields were won so.
    """
    if len(first) != 1 or first[0].log_probabilities is None:
        return False
    return text_probability(first[0].log_probabilities, second) > 0.1 * first[0].probability


def _same(asked: FormField, one: Parsed, other: Parsed) -> bool:
    """Whether two voices say the same: words are compared without capitals and gaps."""
    if one.value is None or other.value is None:
        return False
    if asked.kind not in TEXT_KINDS and asked.kind != "email":
        return one.value == other.value
    return one.value.lower().replace(" ", "") == other.value.lower().replace(" ", "")
