"""Makes the faxes of the examination, once, and reads them on every core."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2

from benchmarks.reading.compose import fax_of
from benchmarks.reading.cutting import CutFax, cut_fax
from benchmarks.reading.hands import Writers, open_writers
from benchmarks.reading.rivals import Rival, open_rivals
from benchmarks.reading.rows import Row, rows_of, same_as_true
from benchmarks.reading.score import character_error, is_answer
from extractors.model import Gray
from extractors.values import normalize
from form_templates.model import FormField
from pipelines.engine import ReadingEngine, load_engine
from pipelines.settings import PipelineSettings, ReadingSettings, available_cores
from pipelines.threads import one_thread_each
from sample_faxes.fonts import FontShelf, open_shelf

REPOSITORY = Path(__file__).resolve().parent.parent.parent
CACHE = REPOSITORY / "var" / "cache"
FAXES = REPOSITORY / "var" / "benchmarks" / "reading"
SCRATCH = REPOSITORY / "var" / "benchmarks" / "hands"
RIVAL_ROUNDS = 5
"""The rivals read every fifth round of forms: all forms, all manners of filling, all lines are among them."""
ROUND = 12
OWN = "remsfax"


@dataclass(frozen=True)
class Job:
    """What a process needs to know: where the faxes lie or are made, of which seed, and what reads them."""

    folder: Path
    fonts: Path
    seed: int
    data: Path | None
    rivals: Path | None


@dataclass(frozen=True)
class RivalRow:
    """What a reader made of the crops of one field.

    Attributes:
        reader: a rival's name, or ``remsfax`` for our own reading of the same field.
        right: the text, brought to normal form as ours is, is the true value.
        wrong_characters, characters: of the text against what stands on the paper.
    """

    reader: str
    hand: bool
    raster: str
    right: bool
    wrong_characters: int
    characters: int


@dataclass(frozen=True)
class FaxRows:
    """One fax read: a row a field, and the rivals' rows of those faxes that they read."""

    rows: tuple[Row, ...]
    rivals: tuple[RivalRow, ...] = ()


@dataclass(frozen=True, eq=False)
class _Desk:
    job: Job
    shelf: FontShelf
    writers: Writers
    engine: ReadingEngine
    rivals: tuple[Rival, ...]


_desk: _Desk | None = None


def read_faxes(job: Job, count: int) -> Iterator[FaxRows]:
    """Read so many faxes of the examination, in their order, on every core."""
    job.folder.mkdir(parents=True, exist_ok=True)
    one_thread_each()
    with ProcessPoolExecutor(
        max_workers=available_cores(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(job,),
    ) as pool:
        yield from pool.map(_read, range(count), chunksize=2)


def _start(job: Job) -> None:
    global _desk  # noqa: PLW0603 - a process of a pool has no other place that outlives a task
    cv2.setNumThreads(1)
    shelf = open_shelf(job.fonts)
    writers = open_writers(shelf, "examination", job.data, SCRATCH)
    engine = load_engine(PipelineSettings(reading=ReadingSettings(cache=str(CACHE))))
    _desk = _Desk(job, shelf, writers, engine, open_rivals(job.rivals))


def _read(number: int) -> FaxRows:
    assert _desk is not None, "the process was not started by read_faxes"
    fax = fax_of(_desk.writers, _desk.shelf, _desk.job.seed, number, _desk.job.folder)
    cut = cut_fax(fax.data, fax.truth, _desk.engine)
    rows = tuple(rows_of(cut, fax))
    asked = _rivals_rows(cut, rows) if (number // ROUND) % RIVAL_ROUNDS == 0 else ()
    return FaxRows(tuple(row for row, _ in rows), tuple(asked))


def _rivals_rows(cut: CutFax, rows: Sequence[tuple[Row, Sequence[Gray]]]) -> Iterator[RivalRow]:
    """Every written answer of which crops were cut, by every reader."""
    assert _desk is not None
    wanted = [(row, crops) for row, crops in rows if is_answer(row) and crops and row.written]
    for row, _ in wanted:
        yield RivalRow(OWN, row.hand, row.raster, row.right, *character_error(row, row.raw))
    crops = [crop for _, own in wanted for crop in own]
    for rival in _desk.rivals:
        if rival.read is None:
            continue
        texts = iter(rival.read(crops))
        for row, own in wanted:
            text = " ".join(next(texts) for _ in own).strip()
            yield RivalRow(
                rival.name,
                row.hand,
                row.raster,
                _right(cut.template.field(row.name), row, text),
                *character_error(row, text),
            )


def _right(asked: FormField, row: Row, text: str) -> bool:
    return same_as_true(asked, normalize(asked, text).value, row)
