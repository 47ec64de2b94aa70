"""Written fields: from ink to a normal value with its confidence, all of a page's fields at once.

At once, because the third voice starts one process for a page, not one for a field.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2

from extractors.calibrated import Judge
from extractors.confidence import EmptyEvidence, Evidence
from extractors.crops import Line, cut_comb, cut_lines
from extractors.model import Candidate
from extractors.penmanship import typed_probability
from extractors.readers.protocol import LineCrop, LineReading, Readers
from extractors.settling import Heard, Settled, settle
from extractors.struck import find_strike, without_struck
from extractors.values.grammars import letters_of
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
    evidence: Evidence | None = None

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
    fields: Sequence[WrittenField],
    readers: Readers,
    judge: Judge,
    *,
    residual_px: float,
    standard: bool,
    target_error: float,
) -> dict[str, WrittenField]:
    """Read the written fields of a page.

    Args:
        fields: every written field of the page, empty ones too.
        readers: the voices.
        judge: says how sure a reading is.
        residual_px: how well the page fits its blank.
        standard: the page came with 98 rows to the inch.
        target_error: share of fields that may be wrong among those that nobody sees. The third voice is asked
            only about typed fields that the nets leave less sure than this.

    Returns:
        Each field read, by name.
    """
    mostly_typed = _mostly_typed(fields)
    judged = [
        replace(field, handwritten=(field.typed if field.typed is not None else mostly_typed) < TYPED_FROM)
        for field in fields
    ]
    heard = {field.asked.name: _heard(field, readers) for field in judged if field.lines}
    page = _Page(judge, residual_px, standard)
    read = {field.asked.name: page.settled(field, heard.get(field.asked.name)) for field in judged}
    unsettled = [
        field
        for field in read.values()
        if field.lines and not field.handwritten and not judge.passes("written", field.confidence, target_error)
    ]
    for name, said in _third_voice(unsettled, readers):
        read[name] = page.settled(read[name], replace(heard[name], third=said))
    return read


def _mostly_typed(fields: Sequence[WrittenField]) -> float:
    """What fields too short to tell by themselves are taken for: what the others of the page are."""
    known = [field.typed for field in fields if field.typed is not None and field.lines]
    return sum(known) / len(known) if known else 0.0


def _heard(field: WrittenField, readers: Readers) -> Heard:
    """What the nets see in a field's lines."""
    letters = letters_of(field.asked)
    crops = [LineCrop(line.pixels, letters) for line in field.lines]
    leading = readers.hand if field.handwritten else readers.typed
    witness = readers.witness.read(crops) if readers.witness is not None else None
    return Heard(leading.read(crops), witness)


def _third_voice(
    fields: Sequence[WrittenField], readers: Readers
) -> Iterator[tuple[str, tuple[LineReading, ...]]]:
    """What the third voice reads in some fields, by name; no process is started where there are none."""
    if readers.second is None or not fields:
        return
    readings = iter(readers.second.read([LineCrop(line.pixels) for field in fields for line in field.lines]))
    for field in fields:
        yield field.asked.name, tuple(next(readings) for _ in field.lines)


@dataclass(frozen=True)
class _Page:
    """What all fields of a page share."""

    judge: Judge
    residual_px: float
    standard: bool

    def settled(self, field: WrittenField, heard: Heard | None) -> WrittenField:
        """A field with its value and confidence; ``heard`` is none where nothing is written."""
        if heard is None:
            return self._nothing(field)
        found = settle(field.asked, heard, field.reasons)
        evidence = self._evidence(field, found)
        return replace(
            field,
            value=found.value,
            raw=found.raw,
            confidence=self.judge.written(evidence),
            candidates=found.candidates,
            reasons=found.reasons,
            evidence=evidence,
        )

    def _nothing(self, field: WrittenField) -> WrittenField:
        """An empty field, or one in which everything was crossed out."""
        if field.reasons:
            return replace(field, confidence=0.3, reasons=(*field.reasons, "illegible"))
        writing = field.writing
        evidence = EmptyEvidence(writing.alien_share, self.standard, self.residual_px)
        return replace(field, confidence=self.judge.empty(evidence))

    def _evidence(self, field: WrittenField, found: Settled) -> Evidence:
        heights = [line.pixels.shape[0] for line in field.lines]
        return Evidence(
            kind=field.asked.kind,
            handwritten=field.handwritten,
            standard=self.standard,
            share=found.share,
            first=found.first,
            witness=found.witness,
            first_agrees=found.first_agrees,
            witness_agrees=found.witness_agrees,
            third=found.third,
            plausible=found.plausible,
            known=found.known,
            letters=len(found.raw),
            lines=len(field.lines),
            height_px=min(heights),
            pieces=sum(cv2.connectedComponents(255 - line.pixels)[0] - 1 for line in field.lines),
            residual_px=self.residual_px,
            alien_share=field.writing.alien_share,
            outside_share=field.writing.outside_share,
            reasons=found.reasons,
        )
