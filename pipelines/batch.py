"""One batch: everything in the source, and what an earlier batch left undone, until nothing is left to do.

What is left to do is known by the store alone. A batch killed at any moment has lost nothing: what it had not
recorded is still in the queue, and what it had recorded is recorded once.
"""

import os
import queue
import resource
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy.engine import Engine

from pipelines.acceptance import let_lines_follow
from pipelines.failures import sentence_of
from pipelines.forms import forms
from pipelines.handing_out import HandOut
from pipelines.intake import open_source
from pipelines.logs import note, note_failure, start_log
from pipelines.planning import ChunkPlanner
from pipelines.receiving import Intake, Progress, Taken
from pipelines.rereading_queue import Reread, reread_remarks, reread_waiting
from pipelines.settings import PipelineSettings
from pipelines.stores import store_archive, store_database
from pipelines.transmission_model import SET_ASIDE_PRIORITY, FaxSummary
from pipelines.workers import LOST_SENTENCES, STRIKES, MachineFault, Worker, WorkerLost, work
from store.errors import StoreError
from store.inbox import Claimed, claim, reclaim_dead, release, renew
from store.model import SetAside
from store.owners import owner_name
from store.recording import set_aside
from store.schema import upgrade

Chunk = Callable[[], list[str]]
"""The work of one chunk: gives the hashes of the faxes done, never anything that was read in them."""


class Dispatch(Protocol):
    """Runs chunks, several at once; Prefect's ``task.submit`` is one, a thread pool's ``submit`` another."""

    def __call__(self, chunk: Chunk, /) -> Any:
        """Start a chunk."""


@dataclass(frozen=True)
class BatchResult:
    """What a batch did.

    Attributes:
        batch_id: names the report.
        taken: what intake did.
        faxes_done: of this batch, those left by an earlier one included.
        stopped: one line, when the batch could not finish; what is missing stays in the queue.
        reread: faxes of earlier batches that people had read again.
        cpu_seconds: of all processes together.
    """

    batch_id: str
    source: str
    began_at: datetime
    taken: Taken
    faxes_done: tuple[FaxSummary, ...]
    seconds: float
    cpu_seconds: float
    stopped: str | None = None
    report: str | None = None
    reread: tuple[Reread, ...] = ()

    @property
    def faxes(self) -> int:
        """Files taken or refused, and faxes that an earlier batch had taken and not finished."""
        leftovers = sum(fax.sha256 not in self.taken.names for fax in self.faxes_done)
        return self.taken.files + len(self.taken.not_taken) + leftovers

    @property
    def duplicates(self) -> int:
        """Files whose bytes were known: resends, and files of an earlier batch still in the source."""
        done_here = sum(fax.sha256 in self.taken.names for fax in self.faxes_done)
        return self.taken.files - done_here - self.unfinished

    @property
    def unfinished(self) -> int:
        """Faxes taken by this batch that have no outcome yet."""
        done = {fax.sha256 for fax in self.faxes_done}
        return sum(sha256 not in done and sha256 not in self.taken.known for sha256 in self.taken.names)

    def count(self, outcome: str) -> int:
        """How many faxes came to this outcome."""
        count = sum(fax.outcome == outcome for fax in self.faxes_done)
        return count + (len(self.taken.not_taken) if outcome == "set_aside" else 0)

    @property
    def exit_code(self) -> int:
        """0 all done, 1 some faxes were set aside or not read again, 2 the batch could not finish."""
        if self.stopped is not None:
            return 2
        return 1 if self.count("set_aside") or any(fax.failure for fax in self.reread) else 0

    @property
    def stopped_sentence(self) -> str:
        """Why the batch could not finish, and how many faxes wait; empty where it did."""
        waiting = self.taken.left + self.unfinished
        if self.stopped is None or not waiting:
            return self.stopped or ""
        return f"{self.stopped} {waiting} {'fax waits' if waiting == 1 else 'faxes wait'} for the next run."

    @property
    def warnings(self) -> int:
        """Sentences that ask someone to act and hold nothing up."""
        return sum(fax.warnings for fax in self.faxes_done)

    def remarks(self) -> Iterator[str]:
        """A line for whatever did not end as a record or in review, and for the warnings together."""
        for fax in self.faxes_done:
            if fax.set_aside is not None:
                names = ", ".join(self.taken.names.get(fax.sha256, [fax.sha256]))
                yield f"set aside: {names}: {fax.set_aside.message}"
        yield from reread_remarks(self.reread)
        for file in self.taken.not_taken:
            yield f"set aside: {file.name}: {file.message}"
        for name in self.taken.still_changing:
            yield f"left for the next run: {name}: it is still being written"
        if self.taken.passed_over:
            yield f"passed over: {self.taken.passed_over} other files, which bear no fax's name"
        if self.warnings:
            warned = sum(fax.warnings > 0 for fax in self.faxes_done)
            yield f"to act on: {_many(self.warnings, 'warning')} in {_many(warned, 'fax')}; see the report"
        if self.stopped is not None:
            yield self.stopped_sentence

    def as_json(self) -> dict[str, Any]:
        """The object of ``remsfax run --json``."""
        return {
            "faxes": self.faxes,
            "pages": sum(fax.page_count for fax in self.faxes_done),
            "documents": sum(fax.document_count for fax in self.faxes_done),
            "recorded": self.count("recorded"),
            "in_review": self.count("in_review"),
            "set_aside": self.count("set_aside"),
            "duplicates": self.duplicates,
            "report": self.report,
            "seconds": round(self.seconds, 2),
            "cpu_seconds": round(self.cpu_seconds, 2),
        }


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}{'es' if noun.endswith('x') else 's'}"


@dataclass
class _State:
    """What the threads of a batch share."""

    settings: PipelineSettings
    database: Engine
    planner: ChunkPlanner
    owner: str = field(default_factory=owner_name)
    all_workers: list[Worker] = field(default_factory=list)
    workers: "queue.Queue[Worker]" = field(default_factory=queue.Queue)
    done: list[FaxSummary] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: str | None = None
    pictures: int = 0
    reread: tuple[Reread, ...] = ()

    @cached_property
    def hand_out(self) -> HandOut:
        """Says which faxes come next."""
        lease_seconds = self.settings.store.lease_seconds
        return HandOut(lambda most: claim(self.database, self.owner, lease_seconds, most), self.planner)

    def add(self, fax: FaxSummary) -> None:
        """Keep a fax for the report, its pictures only while there is room for some."""
        with self.lock:
            room = self.settings.batch.report_pictures - self.pictures
            self.done.append(replace(fax, pictures=fax.pictures[: max(0, room)]))
            self.pictures += len(self.done[-1].pictures)

    def stop(self, why: str) -> None:
        with self.lock:
            self.stopped = self.stopped or why


def run_batch(
    source: str,
    settings: PipelineSettings,
    *,
    dispatch: Dispatch | None = None,
    progress: Progress | None = None,
) -> BatchResult:
    """Take everything in the source, and process the queue until nothing is left to do.

    Args:
        source: a folder, or ``s3://BUCKET/PREFIX``.
        settings: of the flow.
        dispatch: runs chunks; by default a thread each.
        progress: told of each step.

    Raises:
        PipelineError, StoreError: the batch could not begin. What stops it later is told by ``stopped``.
    """
    start_log(settings.batch.log)
    began, began_at, cpu_before = time.perf_counter(), datetime.now(UTC), _cpu_seconds()
    batch_id = f"{began_at:%Y%m%dT%H%M%S}-{os.getpid()}"
    database, archive = store_database(settings.store), store_archive(settings.store)
    upgrade(database)
    let_lines_follow(database, settings.reading)
    intake = Intake(open_source(source, settings.intake), settings, database, archive)
    reclaim_dead(database)
    state = _State(settings, database, ChunkPlanner(settings.batch.workers, settings.batch.chunk_seconds))
    note("batch began", batch=batch_id, files=intake.taken.listed, workers=settings.batch.workers)
    try:
        with _workers(state), ThreadPoolExecutor(settings.batch.workers) as threads:
            intake.start()
            try:
                state.reread = reread_waiting(settings, database, state.all_workers[0])
                _process_queue(state, intake, dispatch or threads.submit, progress)
            except Exception as error:
                note_failure("batch stopped")
                state.stop(sentence_of(error))
            except KeyboardInterrupt:
                state.stop("Stopped by the operator; run again to go on.")
    finally:
        intake.stop()
        _release(state)
    _register(state, all_came=state.stopped is None and intake.taken.stopped is None)
    result = BatchResult(
        batch_id=batch_id,
        source=source,
        began_at=began_at,
        taken=intake.taken,
        faxes_done=tuple(sorted(state.done, key=lambda fax: (fax.priority, fax.sha256))),
        seconds=time.perf_counter() - began,
        cpu_seconds=_cpu_seconds() - cpu_before,
        stopped=state.stopped or intake.taken.stopped,
        reread=state.reread,
    )
    note(
        "batch ended",
        batch=batch_id,
        **{key: value for key, value in result.as_json().items() if key != "report"},
    )
    return result


def _process_queue(state: _State, intake: Intake, dispatch: Dispatch, progress: Progress | None) -> None:
    """Hand out chunks as processes become free, until intake has ended and the queue is empty."""
    handed_out, running = 0, []
    while state.stopped is None:
        worker = _free_worker(state, lambda: _tell(progress, state, intake))
        more_may_come = intake.running
        left = max(1, intake.taken.listed - len(intake.taken.known) - handed_out)
        claims = state.hand_out.next(left)
        if claims:
            begins = not handed_out
            for each in state.all_workers if begins else ():
                each.start()
            handed_out += len(claims)
            running.append(dispatch(_chunk(state, worker, claims)))
            if begins:
                _load_meanwhile()
            continue
        state.workers.put(worker)
        if not more_may_come:
            break
        intake.wait(0.2)
        _tell(progress, state, intake)
    for chunk in running:
        while not _ended(chunk):
            _tell(progress, state, intake)
    _tell(progress, state, intake)


def _load_meanwhile() -> None:
    """What the batch itself needs at its end, loaded while the reading processes load: it takes a second."""
    forms()
    import pipelines.report  # noqa: F401, PLC0415


def _free_worker(state: _State, meanwhile: Callable[[], None]) -> Worker:
    while True:
        try:
            return state.workers.get(timeout=0.5)
        except queue.Empty:
            meanwhile()


def _ended(chunk: Any) -> bool:
    """Wait a moment for a chunk; chunks raise nothing, so ``result`` only says whether it is there."""
    if isinstance(chunk, Future):
        try:
            chunk.result(timeout=0.5)
        except TimeoutError:
            return False
        return True
    chunk.wait(timeout=0.5)
    return bool(chunk.state.is_final())


def _tell(progress: Progress | None, state: _State, intake: Intake) -> None:
    if progress is not None:
        progress(len(state.done), max(len(state.done), intake.taken.listed - len(intake.taken.known)))


def _chunk(state: _State, worker: Worker, claims: Sequence[Claimed]) -> Chunk:
    """The work of one chunk: no exception leaves it, and its process is free again at its end."""

    def run() -> list[str]:
        try:
            return _run_chunk(state, worker, claims)
        except Exception as error:
            note_failure("a chunk stopped")
            state.stop(sentence_of(error))
            return []
        finally:
            state.workers.put(worker)

    return run


def _run_chunk(state: _State, worker: Worker, claims: Sequence[Claimed]) -> list[str]:
    waiting, strikes, done = deque(claims), Counter[str](), []
    while waiting and state.stopped is None:
        claimed = waiting.popleft()
        began = time.perf_counter()
        try:
            every_seconds = state.settings.store.lease_seconds / 3
            fax = worker.run(work, claimed, lambda: _renew(state, claims), every_seconds)
        except WorkerLost as lost:
            strikes[claimed.transmission_id] += 1
            if strikes[claimed.transmission_id] < STRIKES:
                waiting.append(claimed)
                continue
            fax = _give_up(state, claimed, lost)
        except MachineFault as fault:
            state.stop(sentence_of(fault))
            break
        state.planner.measured(1, time.perf_counter() - began)
        state.add(fax)
        done.append(fax.sha256)
    return done


def _renew(state: _State, claims: Sequence[Claimed]) -> None:
    renew(
        state.database,
        state.owner,
        state.settings.store.lease_seconds,
        [claimed.transmission_id for claimed in (*claims, *state.hand_out.held)],
    )


def _give_up(state: _State, claimed: Claimed, lost: WorkerLost) -> FaxSummary:
    reason = SetAside(lost.code, LOST_SENTENCES[lost.code])
    set_aside(state.database, claimed.transmission_id, reason, priority=SET_ASIDE_PRIORITY)
    note("fax set aside", fax=claimed.transmission_id, code=lost.code)
    return FaxSummary(claimed.transmission_id, "set_aside", SET_ASIDE_PRIORITY, set_aside=reason)


def _register(state: _State, *, all_came: bool) -> None:
    """Take what was recorded into the registers, whatever else went wrong; what fails waits for the next."""
    from pipelines.registering import register  # noqa: PLC0415 - see _load_meanwhile

    try:
        register(state.database, forms(), state.settings, all_came=all_came)
    except Exception as error:
        note_failure("registers stopped")
        state.stop(sentence_of(error))


def _release(state: _State) -> None:
    try:
        release(state.database, state.owner)
    except StoreError:
        note_failure("claims not released; their leases will run out")


@contextmanager
def _workers(state: _State) -> Iterator[None]:
    """The reading processes, ended whatever happens."""
    state.all_workers.extend(Worker(state.settings) for _ in range(state.settings.batch.workers))
    for worker in state.all_workers:
        state.workers.put(worker)
    try:
        yield
    finally:
        # A process takes a moment to end: all at once.
        with ThreadPoolExecutor(len(state.all_workers)) as closing:
            list(closing.map(Worker.close, state.all_workers))


def _cpu_seconds() -> float:
    """Of this process and of every process it has waited for, and theirs."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
