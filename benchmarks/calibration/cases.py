"""What a calibration is fitted to: one case a field, its figures beside whether it was right."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.calibration.cuts import CutPage
from extractors.calibrated import Cautious, Group
from extractors.confidence import EmptyEvidence, Evidence
from extractors.features import (
    Row,
    empty_features,
    mark_features,
    signature_features,
    written_class,
    written_features,
)
from extractors.readers.protocol import LineCrop, LineReader, LineReading, Readers
from extractors.settling import Heard
from extractors.values import normalize
from extractors.written import (
    MUST_SEE,
    PageFit,
    Voices,
    WrittenField,
    beside_names,
    is_quick,
    names_first,
    of_page,
    with_expected,
)
from form_templates.model import Kind
from remsfax.scoring import is_empty, same_value

Json = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Step:
    """What was made of a field when some voices had been heard.

    Attributes:
        model: which curve judges it.
        group: what it passes as.
        row: its figures.
        right: the value is the true one; of an empty field, that it is empty.
        seen: a person looks whatever the figures say.
    """

    model: str
    group: Group
    row: Row
    right: bool
    seen: bool = False


@dataclass(frozen=True, eq=False)
class Case:
    """One field of a fax.

    Attributes:
        group: ``written``, ``mark``, ``signature`` or ``empty``.
        alone: after the quick net alone; none of what is not written.
        nets: after both nets; of what is not written, the only step.
        third: after the third voice, of typed fields.
        plain: the leading net's free reading is right, without any decoding.
    """

    fax: str
    line: str
    kind: Kind
    hand: bool
    standard: bool
    group: Group
    nets: Step
    alone: Step | None = None
    third: Step | None = None
    plain: bool = False


class Remembered:
    """A reader that remembers what it read: the third voice is slow, and stays the same while nets change."""

    def __init__(self, engine: LineReader, folder: Path, number: int) -> None:
        """Open what was remembered.

        Args:
            engine: the reader.
            folder: where answers are kept, a file for each process.
            number: of this process.
        """
        self.name, self.version = engine.name, engine.version
        self._engine, self._file = engine, folder / f"third-{number}.json"
        self.known: dict[str, list[Any]] = {}
        for file in sorted(folder.glob("third-*.json")):
            self.known |= json.loads(file.read_text(encoding="utf-8"))

    def read(self, crops: Sequence[LineCrop]) -> tuple[LineReading, ...]:
        """Each crop, by the engine where it is new."""
        keys = [_key(crop) for crop in crops]
        new = [index for index, key in enumerate(keys) if key not in self.known]
        for index, reading in zip(new, self._engine.read([crops[index] for index in new]), strict=True):
            self.known[keys[index]] = [reading.text, reading.probability]
        return tuple(LineReading(str(self.known[key][0]), float(self.known[key][1])) for key in keys)

    def save(self) -> None:
        """Keep it for the next time."""
        partial = self._file.with_suffix(".partial")
        partial.write_text(json.dumps(self.known), encoding="utf-8")
        partial.replace(self._file)


def _key(crop: LineCrop) -> str:
    rows, columns = crop.pixels.shape
    return hashlib.sha256(f"{rows}x{columns}:".encode() + crop.pixels.tobytes()).hexdigest()[:24]


class _Unasked(Cautious):
    """A judge for whom everything is legible: how sure a reading is comes of the fit."""

    def written(self, evidence: Evidence) -> float:  # noqa: ARG002 - judges' form
        """Always sure."""
        return 1.0


def cases_of(cut: CutPage, readers: Readers) -> Iterator[Case]:
    """The cases of a page, every voice heard on every field that it may be asked about."""
    yield from _marked(cut)
    voices = Voices(readers, _Unasked())
    fields = of_page(cut.written, PageFit(cut.residual_px, cut.standard))
    voices.third(
        [field_ for field_ in fields if field_.lines and not field_.handwritten]
    )  # at once, to remember
    quick = {field_.asked.name: voices.witness(field_) for field_ in fields if field_.lines}
    fields, settled = with_expected(fields, quick, cut.called_on), list[WrittenField]()
    for index in names_first(fields):
        field_ = beside_names(fields[index], settled)
        told = cut.truth[field_.asked.name]
        if field_.lines:
            case, nets = _written(cut, voices, field_, quick[field_.asked.name], told)
            settled.append(nets)
            yield case
        elif not field_.filled:
            evidence = EmptyEvidence(field_.writing.alien_share, cut.standard, cut.residual_px)
            step = Step("empty", "empty", empty_features(evidence), not is_filled(told), field_.writing.loose)
            yield Case(cut.fax, cut.line, field_.asked.kind, bool(told["hand"]), cut.standard, "empty", step)


def _written(
    cut: CutPage,
    voices: Voices,
    field_: WrittenField,
    quick: tuple[LineReading, ...] | None,
    told: Json,
) -> tuple[Case, WrittenField]:
    leading = voices.leading(field_)
    free = " ".join(reading.text for reading in leading).strip()
    nets = voices.settled(field_, Heard(leading, quick))
    third = None
    if not field_.handwritten and voices.readers.second is not None:
        (said,) = voices.third([field_])
        third = _step(voices.settled(field_, Heard(leading, quick, said)), told)
    alone = None
    if quick is not None and is_quick(quick):
        alone = _step(voices.settled(field_, Heard(quick)), told, alone=True)
    case = Case(
        fax=cut.fax,
        line=cut.line,
        kind=field_.asked.kind,
        hand=bool(told["hand"]),
        standard=cut.standard,
        group="written",
        nets=_step(nets, told),
        alone=alone,
        third=third,
        plain=is_right(field_.asked.kind, normalize(field_.asked, free).value, told),
    )
    return case, nets


def _step(read: WrittenField, told: Json, *, alone: bool = False) -> Step:
    if read.evidence is None:
        message = "a field without lines has no evidence"
        raise ValueError(message)
    return Step(
        model=written_class(read.evidence),
        group=read.group(alone=alone),
        row=written_features(read.evidence),
        right=is_right(read.asked.kind, read.value, told),
        seen=read.value is None or bool(MUST_SEE.intersection(read.reasons)),
    )


def _marked(cut: CutPage) -> Iterator[Case]:
    for asked, marks in cut.marks:
        told = cut.truth[asked.name]
        row = mark_features(asked.kind, marks, standard=cut.standard, residual_px=cut.residual_px)
        seen = bool({"two_marked", "crossed_out"} & set(marks.reasons))
        right = seen if told.get("two_marked") else same_value(asked.kind, marks.value, _json(told["value"]))
        yield Case(
            cut.fax,
            cut.line,
            asked.kind,
            bool(told["hand"]),
            cut.standard,
            "mark",
            Step("mark", "mark", row, right, seen),
        )
    for asked, signature in cut.signatures:
        told = cut.truth[asked.name]
        row = signature_features(signature, standard=cut.standard, residual_px=cut.residual_px)
        right = signature.present == bool(told["value"])
        yield Case(
            cut.fax,
            cut.line,
            asked.kind,
            bool(told["hand"]),
            cut.standard,
            "signature",
            Step("signature", "signature", row, right, "typed" in signature.reasons),
        )


def _json(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def is_filled(told: Json) -> bool:
    """Whether something stands in a field."""
    return not is_empty(told["value"]) or bool(told.get("two_marked") or told.get("not_applicable"))


def is_right(kind: Kind, value: Any, told: Json) -> bool:
    """Whether a value is the true one."""
    if told.get("not_applicable") and is_empty(told["value"]):
        return is_empty(value) or value == "N/A"
    return same_value(kind, value, told["value"])
