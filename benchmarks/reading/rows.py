"""One row for every field of a fax: what is true, what was read, and where its crops lie."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.reading.compose import MadeFax
from benchmarks.reading.cutting import CutFax
from extractors.model import Candidate, FieldReading, Gray
from extractors.read import is_standard
from form_templates.model import FormField
from remsfax.scoring import is_empty, same_value

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A field of a fax.

    Attributes:
        kind, comb, lines: of the template; ``comb`` is the number of cells, ``lines`` that of written lines.
        raster: fine or standard. line: the quality of the line that was called over. bad_share: its bad
            lines as reported.
        hand: written by hand. real_name: a real person wrote the name, whose label tells no case.
        filled: something stands there. true: the normal value. written: the characters on the paper, a line
            of them for each line of the field. struck: what was crossed out beside it.
        two_marked, not_applicable: flags of the truth.
        lost: the page was not recognized, or too doubtful to read.
        value, raw, confidence, decision, reader, handwritten, reasons, candidates: as the pipeline has them.
        right: the value read is the true one (of two marks: that it asks).
        typed_probability, alien_share, outside_share, ink_px, residual_px, standard: what was measured on
            the way; none where nothing was cut.
        crops: numbers of the field's crops in the shard, a line each.
    """

    fax: str
    part: str
    form: str
    version: str
    page: int
    name: str
    kind: str
    comb: int | None
    lines: int | None
    raster: str
    line: str
    bad_share: float
    hand: bool
    real_name: bool
    filled: bool
    true: Any
    written: tuple[str, ...]
    struck: str | None
    two_marked: bool
    not_applicable: bool
    lost: bool
    value: Any
    raw: str
    confidence: float
    decision: str
    reader: str
    handwritten: bool
    reasons: tuple[str, ...]
    candidates: tuple[tuple[Any, float, str], ...]
    right: bool
    typed_probability: float | None
    alien_share: float | None
    outside_share: float | None
    ink_px: int | None
    residual_px: float | None
    standard: bool | None
    crops: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The row for a line of JSON."""
        return asdict(self)


def rows_of(cut: CutFax, fax: MadeFax) -> Iterator[tuple[Row, Sequence[Gray]]]:
    """The rows of a fax, each with the crops of its lines; crops are not numbered yet."""
    told = fax.truth["documents"][0]["fields"]
    for asked in cut.template.fields:
        if asked.name not in told or told[asked.name].get("cut"):
            continue
        crops = [line.pixels for line in cut.cuts[asked.name].lines] if asked.name in cut.cuts else []
        yield _row(cut, asked, told[asked.name], fax), crops


def _row(cut: CutFax, asked: FormField, told: Json, fax: MadeFax) -> Row:
    read = cut.fields.get(asked.name)
    found = cut.cuts.get(asked.name)
    page = cut.pages.get(asked.page)
    return Row(
        fax=fax.name,
        part=fax.name.partition("-")[0],
        form=cut.template.form,
        version=cut.template.version,
        page=asked.page,
        name=asked.name,
        kind=asked.kind,
        comb=asked.comb,
        lines=asked.lines,
        raster=fax.truth["raster"],
        line=fax.truth["line"],
        bad_share=fax.truth["bad_share"],
        hand=bool(told["hand"]),
        real_name=bool(told.get("real_name")),
        filled=is_filled(told),
        true=told["value"],
        written=tuple(told["written"].split("\n")) if told.get("written") else (),
        struck=told.get("struck"),
        two_marked=bool(told.get("two_marked")),
        not_applicable=bool(told.get("not_applicable")),
        lost=asked.page in cut.lost,
        right=is_right(asked, read, told),
        typed_probability=found.typed if found else None,
        alien_share=round(found.writing.alien_share, 4) if found else None,
        outside_share=round(found.writing.outside_share, 4) if found else None,
        ink_px=found.writing.area_px if found else None,
        residual_px=round(page.residual_px, 3) if page else None,
        standard=is_standard(page) if page else None,
        **_as_read(read),
    )


def _as_read(read: FieldReading | None) -> dict[str, Any]:
    if read is None:
        return {
            "value": None, "raw": "", "confidence": 0.0, "decision": "review", "reader": "none",
            "handwritten": False, "reasons": (), "candidates": (),
        }  # fmt: skip
    return {
        "value": list(read.value) if isinstance(read.value, tuple) else read.value,
        "raw": read.raw,
        "confidence": float(read.confidence),
        "decision": read.decision,
        "reader": read.reader,
        "handwritten": read.handwritten,
        "reasons": read.reasons,
        "candidates": tuple(_candidate(candidate) for candidate in read.candidates),
    }


def _candidate(candidate: Candidate) -> tuple[Any, float, str]:
    return candidate.value, float(candidate.probability), candidate.reader


def is_filled(told: Json) -> bool:
    """Whether something stands in a field."""
    return not is_empty(told["value"]) or bool(told.get("two_marked") or told.get("not_applicable"))


def is_right(asked: FormField, read: FieldReading | None, told: Json) -> bool:
    """Whether a reading says what is true; of two marks, that it asks."""
    if read is None:
        return False
    if told.get("two_marked"):
        return read.decision == "review"
    return _same(asked, read.value, told["value"], not_applicable=bool(told.get("not_applicable")))


def same_as_true(asked: FormField, value: Any, row: Row) -> bool:
    """Whether a value that somebody else read is that of a row's field."""
    return _same(asked, value, row.true, not_applicable=row.not_applicable)


def _same(asked: FormField, value: Any, true: Any, *, not_applicable: bool) -> bool:
    if not_applicable and is_empty(true):
        return is_empty(value) or value == "N/A"
    return same_value(asked.kind, value, true)
