"""Reading files without a store: what ``remsfax read`` and ``remsfax score`` do."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extractors.errors import UnreadableFax
from pipelines.checking import check, program_state
from pipelines.contract import reading_json, refusal_json
from pipelines.engine import ReadingEngine, load_engine
from pipelines.errors import PipelineError
from pipelines.intake import Arrival, Entry
from pipelines.logs import note_failure, start_log
from pipelines.reading import read_transmission
from pipelines.settings import PipelineSettings
from pipelines.sidecar import facts_of
from pipelines.threads import one_thread_each
from pipelines.transmission import FAULT, MACHINE_FAULTS

Json = dict[str, Any]

FEW = 3
"""Files that one process reads sooner than a second has loaded its models."""

_engine: ReadingEngine | None = None


class NoSuchFile(PipelineError):
    """A file that is not there or may not be read."""


def read_files(files: Sequence[Path], settings: PipelineSettings) -> Iterator[tuple[Path, Json]]:
    """Read files, in their order, on as many cores as the settings allow.

    Raises:
        NoSuchFile: a file is not there or may not be read.
    """
    one_thread_each()
    start_log(settings.batch.log)
    for file in files:
        if not file.is_file():
            raise NoSuchFile(f"There is no file {file}; name a fax.")
    if len(files) <= FEW or settings.batch.workers == 1:
        engine = load_engine(settings)
        for file in files:
            yield file, read_file(file, engine)
        return
    with ProcessPoolExecutor(
        max_workers=min(settings.batch.workers, len(files)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(settings,),
    ) as pool:
        yield from zip(files, pool.map(_read, files), strict=True)


def read_file(file: Path, engine: ReadingEngine) -> Json:
    """One file as the reading contract says; where it cannot be opened, ``set_aside`` says why.

    Raises:
        NoSuchFile: it may not be read.
    """
    try:
        data = file.read_bytes()
        seen = file.stat()
    except OSError as error:
        raise NoSuchFile(f"{file} cannot be read ({error.strerror}); allow it.") from None
    changed = datetime.fromtimestamp(seen.st_mtime, UTC)
    entry = Entry(file.name, str(file), len(data), changed, changed, str(file))
    facts = facts_of(Arrival(entry, data, _beside(file)), engine.settings.intake.timezone)
    try:
        read = read_transmission(data, file.name, facts, engine)
        state = program_state(facts.received_at, engine.settings.intake.timezone)
        return reading_json(read.reading, check(read.reading, facts.received_at, state, engine))
    except MACHINE_FAULTS:
        raise
    except UnreadableFax as refusal:
        return refusal_json(facts.sha256, refusal.code, str(refusal))
    except Exception:
        note_failure("fault of the program", fax=facts.sha256)
        return refusal_json(facts.sha256, "internal", FAULT)


def _beside(file: Path) -> bytes | None:
    for beside in (file.with_suffix(".json"), file.with_name(file.name + ".json")):
        if beside.is_file():
            return beside.read_bytes()
    return None


def _start(settings: PipelineSettings) -> None:
    global _engine  # noqa: PLW0603 - a process of a pool has no other place that outlives a task
    start_log(settings.batch.log)
    _engine = load_engine(settings)


def _read(file: Path) -> Json:
    if _engine is None:
        raise RuntimeError("the process was not started by read_files")
    return read_file(file, _engine)
