"""Written fields: from ink to a normal value with its confidence, all fields of a document at once.

At once, because the third voice starts one process for a document, not one for a field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import cv2

from extractors.acceptance import NO_LINES, Acceptance, Lines
from extractors.calibrated import Group, Judge, written_group
from extractors.confidence import EmptyEvidence, Evidence
from extractors.crops import Line, cut_apart, cut_comb, cut_lines
from extractors.decoding import as_asked
from extractors.expected import Expected, expectations
from extractors.mailbox import mailbox_of
from extractors.model import Candidate
from extractors.penmanship import typed_probability
from extractors.readers.protocol import LineCrop, LineReader, LineReading, Readers
from extractors.settling import CROSSED_OUT, Heard, Settled, settle
from extractors.struck import find_strike, without_struck
from extractors.two_lines import TWO_LINES, parting_row
from extractors.values.grammars import letters_of
from extractors.writing import Writing
from form_templates.model import FormField

TYPED_FROM = 0.5
OVERWRITTEN = 0.35
"""More of a box's ink than this given to a neighbor means that something was written across the field."""
OUTSIDE = 0.45
LEGIBLE = 0.5
"""What is likelier wrong than right counts as illegible; the value stays, for a person to start from."""
QUICK_FROM = 0.85
"""A line that the quick net finds less likely than this is for both nets anyway."""

MUST_SEE = frozenset(
    {
        CROSSED_OUT,
        "overwritten",
        "outside_box",
        TWO_LINES,
        "not_applicable",
        "illegible",
        "implausible",
        "ambiguous",
        "repaired",
        "unexpected",
    }
)
"""Reasons for which a person looks at writing however sure the figures are."""

BLACKENED = 0.6
"""A piece of ink that fills more than this of its own box, as high as a line and longer than high, is a bar,
a blot or white writing on black: a felt pen's letters, each alone, fill half."""


@dataclass(frozen=True)
class PageFit:
    """How a page came: how well it fits its blank (``residual_px``), and whether with 98 rows to the inch."""

    residual_px: float
    standard: bool


@dataclass(frozen=True, eq=False)
class WrittenField:
    """One written field on its way: ``fit`` and ``handwritten`` come of ``of_page``, the rest of ``Voices``.

    Attributes:
        typed: probability that a machine wrote it; none where too little is written to tell.
        ink_reasons: oddities of the ink; ``reasons`` are these and those of the reading.
    """

    asked: FormField
    writing: Writing
    lines: tuple[Line, ...]
    typed: float | None
    ink_reasons: tuple[str, ...] = ()
    fit: PageFit = PageFit(0.0, standard=False)
    expected: Expected | None = None
    handwritten: bool = False
    value: str | None = None
    raw: str = ""
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[str, ...] = ()
    evidence: Evidence | None = None

    @property
    def filled(self) -> bool:
        """Whether anything is written."""
        return bool(self.lines or self.ink_reasons)

    def group(self, *, alone: bool = False) -> Group:
        """What it passes as, by the quick net ``alone`` or by all that was asked."""
        if not self.filled:
            return "empty"
        return written_group(self.asked.kind, by_hand=self.handwritten, alone=alone)


def find_written(asked: FormField, writing: Writing) -> WrittenField:
    """Cut a field's ink into lines; what is plainly crossed out is left out, and every strike noted."""
    reasons: list[str] = []
    typed = typed_probability(writing.ink, writing.pieces)
    if _blackened(writing):
        return WrittenField(asked, writing, (), typed, ("illegible",))
    kept = writing
    if not asked.comb:
        strike = find_strike(writing, asked.lines or 1)
        if strike is not None:
            # What may be another stroke takes nothing away: a person looks at the field in any case.
            kept = without_struck(writing, strike) if strike.plain else writing
            reasons.append(CROSSED_OUT)
    if writing.alien_share > OVERWRITTEN and len(kept.pieces):
        reasons.append("overwritten")
    if writing.outside_share > OUTSIDE and len(kept.pieces):
        reasons.append("outside_box")
    row = None if asked.comb or (asked.lines or 1) > 1 else parting_row(kept.pieces)
    if row is not None:
        return WrittenField(asked, kept, cut_apart(kept, row), typed, (*reasons, TWO_LINES))
    lines = cut_comb(kept, asked.comb) if asked.comb else cut_lines(kept, asked.lines or 1)
    return WrittenField(asked, kept, lines, typed, tuple(reasons))


def _blackened(writing: Writing) -> bool:
    """Whether a field is full of black rather than written in."""
    if not len(writing.pieces):
        return False
    wide, tall, area = writing.pieces[:, 2:5].T
    high = tall > 0.6 * (writing.box[3] - writing.box[1])
    return bool((high & (wide > 1.5 * tall) & (area > BLACKENED * wide * tall)).any())


def of_page(fields: Sequence[WrittenField], fit: PageFit) -> list[WrittenField]:
    """The fields of a page, each judged typed or handwritten; what is too short to tell is as the others."""
    mostly_typed = _mostly_typed(fields)
    return [
        replace(
            field,
            fit=fit,
            handwritten=(field.typed if field.typed is not None else mostly_typed) < TYPED_FROM,
        )
        for field in fields
    ]


def with_expected(
    fields: Sequence[WrittenField],
    quick: Mapping[str, tuple[LineReading, ...] | None],
    called_on: date | None = None,
) -> list[WrittenField]:
    """The fields of a document with what the quick net's reading of the others, and the call, make likely."""
    heard = [(field, quick.get(field.asked.name)) for field in fields]
    read = [
        (field.asked, " ".join(line.text for line in said), min(line.probability for line in said))
        for field, said in heard
        if said
    ]
    expected = expectations(read, called_on)
    return [replace(field, expected=expected.get(field.asked.name)) for field in fields]


def names_first(fields: Sequence[WrittenField]) -> list[int]:
    """The places of fields in the order to settle them: e-mail addresses after the names they are made of."""
    return sorted(range(len(fields)), key=lambda index: fields[index].asked.kind == "email")


def beside_names(field: WrittenField, settled: Iterable[WrittenField]) -> WrittenField:
    """An e-mail address with what the names that were read make likely in it; other fields as they are."""
    if field.asked.kind != "email":
        return field
    values = {other.asked.name: other.value for other in settled if other.value is not None}
    return replace(field, expected=mailbox_of(field.asked, values))


def _mostly_typed(fields: Sequence[WrittenField]) -> float:
    """What fields too short to tell by themselves are taken for: what the others of the page are."""
    known = [field.typed for field in fields if field.typed is not None and field.lines]
    return sum(known) / len(known) if known else 0.0


@dataclass(frozen=True)
class Voices:
    """The readers, the judge of what they read, and the lines that measured errors have drawn."""

    readers: Readers
    judge: Judge
    lines: Lines = field(default_factory=lambda: NO_LINES)

    def read(
        self, fields: Sequence[WrittenField], target_error: float, called_on: date | None = None
    ) -> list[WrittenField]:
        """Read the written fields of a document, each voice asked only where those before leave doubt.

        Args:
            fields: ``of_page`` of one or more pages, empty fields too.
            target_error: share of fields that may be wrong among those that nobody sees.
            called_on: the day of the call, where it is known.

        Returns:
            The fields in their order, each with its value and confidence.

        Raises:
            ReaderError: a reader cannot work.
        """
        quick = {field.asked.name: self.witness(field) for field in fields if field.lines}
        fields = with_expected(fields, quick, called_on)
        read: dict[int, tuple[WrittenField, Heard | None]] = {}
        for index in names_first(fields):
            field = beside_names(fields[index], (other for other, _ in read.values()))
            read[index] = self._by_nets(field, quick.get(field.asked.name), target_error)
        doubtful = [
            index
            for index, (field, heard) in read.items()
            if heard is not None
            and not field.handwritten
            and field.confidence >= self.judge.third_from
            and not MUST_SEE.intersection(field.reasons)
            and not self.passes(field, target_error)
        ]
        said = self.third([read[index][0] for index in doubtful])
        for index, readings in zip(doubtful, said, strict=False):
            field, heard = read[index]
            if heard is not None:
                read[index] = (self.settled(field, replace(heard, third=readings)), None)
        return [read[index][0] for index in range(len(fields))]

    def _by_nets(
        self, field: WrittenField, quick: tuple[LineReading, ...] | None, target_error: float
    ) -> tuple[WrittenField, Heard | None]:
        """What the nets make of a field: the quick one alone where it is sure enough, else both.

        With it what was heard, or none where nothing more is to be asked.
        """
        if not field.lines:
            return self.nothing(field), None
        if quick is not None and is_quick(quick):
            found = self.settled(field, Heard(quick))
            if self.passes(found, target_error, alone=True):
                return found, None
        both = Heard(self.leading(field), quick)
        return self.settled(field, both), both

    def passes(self, field: WrittenField, target_error: float, *, alone: bool = False) -> bool:
        """Whether a field may pass unseen, as the quick net ``alone`` read it or all that was asked."""
        acceptance = Acceptance(self.judge, target_error, self.lines)
        sure = acceptance.passes(field.group(alone=alone), field.asked.kind, field.confidence)
        return sure and field.value is not None and not MUST_SEE.intersection(field.reasons)

    def leading(self, field: WrittenField) -> tuple[LineReading, ...]:
        """What the leading net sees in a field's lines."""
        return _read(field, self.readers.hand if field.handwritten else self.readers.typed)

    def witness(self, field: WrittenField) -> tuple[LineReading, ...] | None:
        """What the witness sees in a field's lines; none without one."""
        return _read(field, self.readers.witness) if self.readers.witness is not None else None

    def third(self, fields: Sequence[WrittenField]) -> list[tuple[LineReading, ...]]:
        """What the third voice sees in each field; no process is started for none, and none without one."""
        if self.readers.second is None or not fields:
            return []
        crops = [LineCrop(line.pixels) for field in fields for line in field.lines]
        readings = iter(self.readers.second.read(crops))
        return [tuple(next(readings) for _ in field.lines) for field in fields]

    def settled(self, field: WrittenField, heard: Heard) -> WrittenField:
        """A field in which something is written, with its value and confidence."""
        found = settle(field.asked, heard, field.ink_reasons, field.expected)
        evidence = self._evidence(field, found)
        sure = self.judge.written(evidence)
        return replace(
            field,
            value=found.value,
            raw=found.raw,
            confidence=sure,
            candidates=found.candidates,
            reasons=found.reasons if sure >= LEGIBLE else _once(*found.reasons, "illegible"),
            evidence=evidence,
        )

    def nothing(self, field: WrittenField) -> WrittenField:
        """An empty field, or one in which everything was crossed out or nothing can be read."""
        if field.ink_reasons:
            return replace(field, confidence=0.3, reasons=_once(*field.ink_reasons, "illegible"))
        evidence = EmptyEvidence(field.writing.alien_share, field.fit.standard, field.fit.residual_px)
        reasons = ("overwritten",) if field.writing.loose else ()
        return replace(field, confidence=self.judge.empty(evidence), reasons=reasons)

    def _evidence(self, field: WrittenField, found: Settled) -> Evidence:
        return Evidence(
            kind=field.asked.kind,
            handwritten=field.handwritten,
            standard=field.fit.standard,
            share=found.share,
            first=found.first,
            witness=found.witness,
            first_agrees=found.first_agrees,
            witness_agrees=found.witness_agrees,
            third=found.third,
            plausible=found.plausible,
            known=found.known,
            placed=found.placed,
            letters=len(found.raw),
            joints=sum(found.raw.count(sign) for sign in " -"),
            lines=len(field.lines),
            height_px=min(line.pixels.shape[0] for line in field.lines),
            pieces=sum(cv2.connectedComponents(255 - line.pixels)[0] - 1 for line in field.lines),
            residual_px=field.fit.residual_px,
            alien_share=field.writing.alien_share,
            outside_share=field.writing.outside_share,
            reasons=found.reasons,
        )


def _read(field: WrittenField, reader: LineReader) -> tuple[LineReading, ...]:
    letters = letters_of(field.asked)
    readings = reader.read([LineCrop(line.pixels, letters) for line in field.lines])
    return tuple(as_asked(field.asked, reading) for reading in readings)


def is_quick(readings: Sequence[LineReading]) -> bool:
    """Whether the quick net is sure enough of its lines that it may settle them alone."""
    return all(reading.probability > QUICK_FROM for reading in readings)


def _once(*reasons: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))
