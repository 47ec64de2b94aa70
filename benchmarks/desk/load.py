"""Fifty reviewers at once on a long history, while a batch records: how long the next field takes."""

import asyncio
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy.engine import Engine

from benchmarks.desk.crowd import Crowd, fill, record_fax, true_values
from benchmarks.desk.people import Reviewer, hire, work
from benchmarks.desk.running import running_desk
from benchmarks.postgres import new_database, running_postgres
from benchmarks.program_store import percentile
from benchmarks.table import Mode, Row, at_most, reported
from pipelines.settings import available_cores
from store.database import open_database, reading
from store.desk.inbox import inbox
from store.desk.model import InboxFilter, Person
from store.desk.queue import next_work, release
from store.desk.settings import ReviewSettings
from store.schema import upgrade

OPTIONS = ("shared_buffers=1GB", "work_mem=16MB", "maintenance_work_mem=512MB", "max_wal_size=4GB", "jit=off")
DOCUMENTS = {"full": 1_000_000, "quick": 20_000}
DOCUMENTS_VARIABLE = "REMSFAX_BENCH_DOCUMENTS"
REVIEWERS = 50
THINK_SECONDS = 2.5
"""Between two answers, on average: what a practiced reviewer needs for a field (``figures.pace_by_kind``)."""

FAXES_A_SECOND = 2.0
"""That a batch on two cores reads and records."""


def rows(mode: Mode, say: Callable[[str], None]) -> Iterable[Row]:
    """The rows of many people at once.

    Args:
        mode: ``quick`` on a small store.
        say: told what is being done.
    """
    documents = int(os.environ.get(DOCUMENTS_VARIABLE, DOCUMENTS[mode]))
    crowd = Crowd(documents, documents // 10)
    with running_postgres(*OPTIONS) as server, TemporaryDirectory() as folder:
        url = new_database(server, "desk")
        engine = open_database(url)
        upgrade(engine)
        say(f"{crowd.documents:,} documents and {crowd.tasks:,} open tasks into Postgres")
        fill(url, crowd)
        size = f"{crowd.documents:,} documents, {crowd.tasks:,} open tasks"
        yield from _lists(engine, size, 20 if mode == "quick" else 40)
        people = hire(engine, REVIEWERS)
        seconds = 20.0 if mode == "quick" else 60.0
        say(f"{REVIEWERS} reviewers for {seconds:.0f} s while a batch records")
        desk_of_many = running_desk(
            Path(folder), REMSFAX_STORE__DATABASE=url, REMSFAX_DESK__WORKERS=str(available_cores())
        )
        with desk_of_many as desk, _batch(url) as recorded:
            before = cpu_seconds(desk.process.pid)
            asyncio.run(_shift(people, desk.address, seconds))
            spent, faxes = cpu_seconds(desk.process.pid) - before, recorded()
        engine.dispose()
        yield from _figures(people, size, faxes / seconds)
        answers = sum(len(person.spent) for person in people)
        yield reported("processor time of the desk per answer, its part of the next form with it",
                       1000 * spent / max(1, answers), "ms")  # fmt: skip


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of those that it started and that still run."""
    whole = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in (whole, *whole.children(recursive=True)))


def _figures(people: list[Reviewer], size: str, faxes_a_second: float) -> Iterator[Row]:
    spent = [1000 * one for person in people for one in person.spent]
    waited = [1000 * one for person in people for one in person.waited]
    answers = len(spent)
    yield at_most(
        f"next field after an answer, server, p95 ({size}; {REVIEWERS} reviewers, {THINK_SECONDS} s a field, "
        "a batch recording)",
        percentile(spent, 95), 30, "ms",
    )  # fmt: skip
    yield reported("next field after an answer, server, median", statistics.median(spent), "ms")
    yield reported("next form, server, p95 (the browser fetches it ahead)", percentile(waited, 95), "ms")
    yield reported("answers stored meanwhile", answers, "answers")
    yield reported("faxes recorded meanwhile", faxes_a_second, "faxes/s")


def _lists(engine: Engine, size: str, repeats: int) -> Iterator[Row]:
    """What one person waits for when nobody else is there."""
    person, settings = Person("alone", "reviewer"), ReviewSettings()

    def claim() -> None:
        next_work(engine, settings, person)
        release(engine, person)

    def listed(wanted: InboxFilter) -> Callable[[], None]:
        def ask() -> None:
            with reading(engine) as session:
                inbox(session, wanted)

        return ask

    questions = (
        ("claim of the next form", claim, 10.0),
        ("page of the inbox, most urgent first", listed(InboxFilter()), 100.0),
        ("search by name", listed(InboxFilter(patient="becerra 12")), 100.0),
        ("search by REMS ID", listed(InboxFilter(rems_id="P-0000012A")), 100.0),
        ("search by sender", listed(InboxFilter(sender="555 010 0012")), 100.0),
    )
    for name, ask, bar in questions:
        spent = []
        for _ in range(repeats):
            began = time.perf_counter()
            ask()
            spent.append(1000 * (time.perf_counter() - began))
        yield at_most(f"{name}, median, nobody else there ({size})", statistics.median(spent), bar, "ms")


async def _shift(people: list[Reviewer], address: str, seconds: float) -> None:
    values, until = true_values(), time.monotonic() + seconds
    await asyncio.gather(
        *(work(person, address, values, until=until, think_seconds=THINK_SECONDS) for person in people)
    )


class _batch:  # noqa: N801 - reads as a block
    """A batch that records in a process of its own; gives a function that counts what it recorded."""

    def __init__(self, url: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop, self._count = context.Event(), context.Value("i", 0)
        self._process = context.Process(target=record_for_ever, args=(url, self._stop, self._count))

    def __enter__(self) -> Callable[[], int]:
        self._process.start()
        return lambda: int(self._count.value)

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._process.join(timeout=60)


def record_for_ever(url: str, stop: Event, count: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    """Receive and record faxes at the pace of a batch, each with one whole form."""
    engine, number = open_database(url), 0
    while not stop.is_set():
        began = time.monotonic()
        record_fax(engine, f"night {number}")
        number += 1
        count.value = number
        stop.wait(max(0.0, 1 / FAXES_A_SECOND - (time.monotonic() - began)))
    engine.dispose()
