"""Fifty reviewers at once on a long history, while a batch records: how long the next field takes."""

import asyncio
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy.engine import Engine

from benchmarks.desk.crowd import TRUTH, Crowd, fill, record_fax, record_pictured, true_values
from benchmarks.desk.people import Reviewer, hire, work
from benchmarks.desk.reviewer import Tally, browser, clear, sign_in
from benchmarks.desk.running import add_account, running_desk
from benchmarks.desk.truth import Truths
from benchmarks.postgres import new_database, running_postgres
from benchmarks.program_store import percentile
from benchmarks.table import Mode, Row, at_most, reported
from form_templates.catalog import load_catalog
from pipelines.settings import available_cores
from pipelines.threads import give_way
from store.archive import open_archive
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
SECONDS = {"full": 60.0, "quick": 20.0}
THINK_SECONDS = 2.5
"""Between two answers, on average: what a practiced reviewer needs for a field (``figures.pace_by_kind``)."""

LOOKER = "looker"
PICTURED = {"full": 120, "quick": 40}
"""Forms of the one who works in a real browser."""

LOOK_SECONDS = 0.5
"""How long that one looks at each field: a field in about 0.6 s, as fast as four others."""

_MANY = f"{REVIEWERS} reviewers, {THINK_SECONDS} s a field, a batch recording"

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
        yield from _at_once(engine, url, Path(folder), size=size, mode=mode, say=say)
        engine.dispose()


def _at_once(
    engine: Engine, url: str, house: Path, *, size: str, mode: Mode, say: Callable[[str], None]
) -> Iterator[Row]:
    """Fifty reviewers, a browser and a batch, all at the same time."""
    people, tally = hire(engine, REVIEWERS), Tally()
    add_account(house, LOOKER, "reviewer", REMSFAX_STORE__DATABASE=url)
    record_pictured(engine, open_archive(str(house / "var" / "archive")), PICTURED[mode], LOOKER)
    truths = Truths(engine, load_catalog(), (), else_as=TRUTH)
    seconds = SECONDS[mode]
    say(f"{REVIEWERS} reviewers and a browser for {seconds:.0f} s while a batch records")
    desk_of_many = running_desk(
        house, REMSFAX_STORE__DATABASE=url, REMSFAX_DESK__WORKERS=str(available_cores())
    )
    with desk_of_many as desk, _batch(url) as recorded, _elsewhere() as there, browser() as chromium:
        page = chromium.new_context(viewport={"width": 1280, "height": 720}).new_page()
        sign_in(page, desk.address, LOOKER)
        there.submit(_shift, [], desk.address, 0.0).result()  # loads what it needs before it counts
        began, before, faxes_before = time.monotonic(), cpu_seconds(desk.process.pid), recorded()
        working = there.submit(_shift, people, desk.address, seconds)
        clear(page, truths, tally, seconds=seconds, look_seconds=LOOK_SECONDS)
        people = working.result()
        spent = cpu_seconds(desk.process.pid) - before
        faxes_a_second = (recorded() - faxes_before) / (time.monotonic() - began)
    yield at_most(
        f"next field with its picture on screen after Enter, p95 of {len(tally.waits_ms)}, in the browser "
        f"({size}; meanwhile {_MANY})",
        percentile(tally.waits_ms, 95), 100, "ms",
    )  # fmt: skip
    yield from _figures(people, size)
    yield reported("faxes recorded meanwhile", faxes_a_second, "faxes/s")
    answers = sum(len(person.spent) for person in people) + len(tally.waits_ms)
    yield reported("processor time of the desk per answer, its part of the next form with it",
                   1000 * spent / max(1, answers), "ms")  # fmt: skip


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of those that it started and that still run."""
    whole = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in (whole, *whole.children(recursive=True)))


def _figures(people: list[Reviewer], size: str) -> Iterator[Row]:
    answers = [one for person in people for one in person.spent]
    forms = [one for person in people for one in person.waited]
    answer, form = "next field after an answer", "next form (the browser fetches it ahead)"
    yield at_most(
        f"{answer}, server, p95 ({size}; {_MANY})", _p95(one.server_ms for one in answers), 30, "ms"
    )
    yield reported(f"{answer}, server, median", statistics.median(one.server_ms for one in answers), "ms")
    yield reported(
        f"{answer}, as the fifty see it from the same cores, p95", _p95(one.all_ms for one in answers), "ms"
    )
    yield reported(f"{form}, server, p95", _p95(one.server_ms for one in forms), "ms")
    yield reported(
        f"{form}, as the fifty see it from the same cores, p95", _p95(one.all_ms for one in forms), "ms"
    )
    yield reported("answers of the fifty stored meanwhile", len(answers), "answers")


def _p95(figures: Iterable[float]) -> float:
    return percentile(list(figures), 95)


def _lists(engine: Engine, size: str, repeats: int) -> Iterator[Row]:
    """What one person waits for when nobody else is there."""
    person, settings = Person("alone", "reviewer"), ReviewSettings()

    def claim() -> None:
        next_work(engine, settings, person)

    def give_back() -> None:
        release(engine, person)

    def listed(wanted: InboxFilter) -> Callable[[], None]:
        def ask() -> None:
            with reading(engine) as session:
                inbox(session, wanted)

        return ask

    questions = (
        ("claim of the next form", claim, give_back, 10.0),
        ("page of the inbox, most urgent first", listed(InboxFilter()), None, 100.0),
        ("search by name", listed(InboxFilter(patient="becerra 12")), None, 100.0),
        ("search by REMS ID", listed(InboxFilter(rems_id="P-0000012A")), None, 100.0),
        ("search by sender", listed(InboxFilter(sender="555 010 0012")), None, 100.0),
    )
    for name, ask, afterwards, bar in questions:
        spent = []
        for _ in range(repeats):
            began = time.perf_counter()
            ask()
            spent.append(1000 * (time.perf_counter() - began))
            if afterwards is not None:
                afterwards()
        yield at_most(f"{name}, median, nobody else there ({size})", statistics.median(spent), bar, "ms")


def _shift(people: list[Reviewer], address: str, seconds: float) -> list[Reviewer]:
    """All of them at work; returns them with what they were told."""

    async def at_work() -> None:
        values, until = true_values(), time.monotonic() + seconds
        await asyncio.gather(
            *(work(person, address, values, until=until, think_seconds=THINK_SECONDS) for person in people)
        )

    asyncio.run(at_work())
    return people


def _elsewhere() -> ProcessPoolExecutor:
    """A process that has what the desk leaves: people have machines of their own."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_take_what_is_left)


def _take_what_is_left() -> None:
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


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
    """Receive and record faxes at the pace of a batch and as nicely, each with one whole form."""
    give_way()
    engine, number = open_database(url), 0
    while not stop.is_set():
        began = time.monotonic()
        record_fax(engine, f"night {number}")
        number += 1
        count.value = number
        stop.wait(max(0.0, 1 / FAXES_A_SECOND - (time.monotonic() - began)))
    engine.dispose()
