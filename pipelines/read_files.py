"""Reading files without a store: what ``remsfax read`` and ``remsfax score`` do."""

import hashlib
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extractors.errors import UnreadableFax
from pipelines.checking import check, program_state
from pipelines.contract import reading_json, refusal_json
from pipelines.engine import ReadingEngine, load_engine
from pipelines.errors import PipelineError, WorkersFailed
from pipelines.failures import place_of, sentence_of
from pipelines.intake import Arrival, Entry
from pipelines.logs import note_failure, start_log
from pipelines.reading import read_transmission
from pipelines.settings import PipelineSettings
from pipelines.sidecar import facts_of
from pipelines.threads import one_thread_each
from pipelines.transmission import MACHINE_FAULTS

Json = dict[str, Any]

FEW = 3
"""Files that one process reads sooner than a second has loaded its models."""

_engine: ReadingEngine | None = None


class NoSuchFile(PipelineError):
    """A file that is not there or may not be read."""


class ReadingStopped(PipelineError):
    """The machine, not the file, kept a file from being read."""


def read_files(files: Sequence[Path], settings: PipelineSettings) -> Iterator[tuple[Path, Json]]:
    """Read files, in their order, on as many cores as the settings allow.

    Raises:
        NoSuchFile: a file is not there or may not be read.
        ReadingStopped: the machine cannot go on.
        WorkersFailed: a reading process cannot start, or died.
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
        readings = pool.map(_read, files)
        for file in files:
            try:
                yield file, next(readings)
            except BrokenProcessPool:
                raise WorkersFailed(
                    f"A reading process failed to start, or died at {file.name} or one of the next; "
                    f"the last lines of {settings.batch.log} say why."
                ) from None


def read_file(file: Path, engine: ReadingEngine) -> Json:
    """One file as the reading contract says; where it cannot be opened, ``set_aside`` says why.

    Raises:
        NoSuchFile: it may not be read.
        ReadingStopped: the machine cannot go on.
    """
    try:
        data = file.read_bytes()
        seen = file.stat()
    except OSError as error:
        raise NoSuchFile(f"{file} cannot be read ({error.strerror}); allow it.") from None
    changed = datetime.fromtimestamp(seen.st_mtime, UTC)
    entry = Entry(file.name, str(file), len(data), changed, changed, str(file))
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        facts = facts_of(Arrival(entry, data, _beside(file)), engine.settings.intake.timezone)
        read = read_transmission(data, file.name, facts, engine)
        state = program_state(facts.received_at, engine.settings.intake.timezone)
        return reading_json(read.reading, check(read.reading, facts.received_at, state, engine))
    except MACHINE_FAULTS as error:
        note_failure("the machine cannot go on", fax=sha256)
        # Exceptions of libraries may not survive the way to another process; one line does.
        raise ReadingStopped(f"{file.name}: {sentence_of(error)}") from None
    except UnreadableFax as refusal:
        return refusal_json(sha256, refusal.code, str(refusal))
    except Exception as error:
        note_failure("fault of the program", fax=sha256)
        return refusal_json(sha256, "internal", _fault(error, engine.settings.batch.log))


def _fault(error: Exception, log: str) -> str:
    what = " at ".join(filter(None, (type(error).__name__, place_of(error))))
    return f"A fault of the program stopped the reading ({what}); report it with its entry in {log}."


def _beside(file: Path) -> bytes | None:
    for beside in (file.with_suffix(".json"), file.with_name(file.name + ".json")):
        if beside.is_file():
            return beside.read_bytes()
    return None


def _start(settings: PipelineSettings) -> None:
    global _engine  # noqa: PLW0603 - a process of a pool has no other place that outlives a task
    start_log(settings.batch.log)
    try:
        _engine = load_engine(settings)
    except Exception:
        note_failure("a reading process could not start")
        raise


def _read(file: Path) -> Json:
    if _engine is None:
        raise RuntimeError("the process was not started by read_files")
    return read_file(file, _engine)
