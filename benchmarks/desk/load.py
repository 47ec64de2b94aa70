"""Fifty reviewers at once on a long history, while a batch records: how long the next field takes."""

import asyncio
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy.engine import Engine

from benchmarks.desk.batches import reading_batch, recording_batch
from benchmarks.desk.crowd import TRUTH, Crowd, fill, record_pictured, true_values
from benchmarks.desk.people import Reviewer, Took, hire, work
from benchmarks.desk.reviewer import Tally, browser, clear, sign_in
from benchmarks.desk.running import RunningDesk, add_account, running_desk
from benchmarks.desk.truth import Truths
from benchmarks.postgres import new_database, running_postgres
from benchmarks.program_store import percentile
from benchmarks.table import Mode, Row, at_most, reported
from form_templates.catalog import load_catalog
from pipelines.settings import available_cores
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

_SEEN = "next field with its picture on screen after Enter"
_MANY = f"{REVIEWERS} reviewers, {THINK_SECONDS} s a field, a batch recording"


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
    people = hire(engine, REVIEWERS)
    add_account(house, LOOKER, "reviewer", REMSFAX_STORE__DATABASE=url)
    record_pictured(engine, open_archive(str(house / "var" / "archive")), PICTURED[mode], LOOKER)
    truths = Truths(engine, load_catalog(), (), else_as=TRUTH)

    def at_work(batch: AbstractContextManager[Callable[[], int]]) -> Shift:
        workers = str(available_cores())
        desk = running_desk(house, REMSFAX_STORE__DATABASE=url, REMSFAX_DESK__WORKERS=workers)
        with desk as running, batch as recorded:
            return _shift(people, running, truths, recorded, SECONDS[mode])

    say(f"{REVIEWERS} reviewers and a browser for {SECONDS[mode]:.0f} s while a batch records")
    yield from _figures(at_work(recording_batch(url)), size)
    if mode == "full":
        say("the same, while another batch reads")
        with recording_batch(url):
            yield from _figures_beside_reading(at_work(reading_batch(house / "night")), size)


@dataclass(frozen=True)
class Shift:
    """What came of some time at work.

    Attributes:
        people: with what each was told.
        tally: of the one in the browser.
        desk_seconds: processor time of the desk.
        faxes_a_second: that the batch recorded.
    """

    people: list[Reviewer]
    tally: Tally
    desk_seconds: float
    faxes_a_second: float

    @property
    def answers(self) -> list[Took]:
        """Of the fifty, each in time."""
        return [one for person in self.people for one in person.spent]

    @property
    def forms(self) -> list[Took]:
        """Those that the fifty were given, each in time."""
        return [one for person in self.people for one in person.waited]


def _shift(
    people: list[Reviewer], desk: RunningDesk, truths: Truths, recorded: Callable[[], int], seconds: float
) -> Shift:
    tally = Tally()
    with _with_what_is_left(), _elsewhere() as there, browser() as chromium:
        page = chromium.new_context(viewport={"width": 1280, "height": 720}).new_page()
        sign_in(page, desk.address, LOOKER)
        there.submit(_work, [], desk.address, 0.0).result()  # loads what it needs before it counts
        began, before, faxes_before = time.monotonic(), cpu_seconds(desk.process.pid), recorded()
        working = there.submit(_work, people, desk.address, seconds)
        clear(page, truths, tally, seconds=seconds, look_seconds=LOOK_SECONDS)
        told = working.result()
        spent = cpu_seconds(desk.process.pid) - before
        return Shift(told, tally, spent, (recorded() - faxes_before) / (time.monotonic() - began))


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of those that it started and that still run."""
    whole = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in (whole, *whole.children(recursive=True)))


def _figures(shift: Shift, size: str) -> Iterator[Row]:
    answer, form = "next field after an answer", "next form (the browser fetches it ahead)"
    yield at_most(
        f"{_SEEN}, p95 of {len(shift.tally.waits_ms)}, in the browser ({size}; meanwhile {_MANY})",
        percentile(shift.tally.waits_ms, 95), 100, "ms",
    )  # fmt: skip
    yield at_most(
        f"{answer}, server, p95 ({size}; {_MANY})", _p95(one.server_ms for one in shift.answers), 30, "ms"
    )
    yield reported(
        f"{answer}, server, median", statistics.median(one.server_ms for one in shift.answers), "ms"
    )
    for name, took in ((answer, shift.answers), (form, shift.forms)):
        if name == form:
            yield reported(f"{name}, server, p95", _p95(one.server_ms for one in took), "ms")
        yield reported(
            f"{name}, as the fifty see it from the same cores, p95", _p95(one.all_ms for one in took), "ms"
        )
    yield reported("answers of the fifty stored meanwhile", len(shift.answers), "answers")
    yield reported("faxes recorded meanwhile", shift.faxes_a_second, "faxes/s")
    answers = len(shift.answers) + len(shift.tally.waits_ms)
    yield reported("processor time of the desk per answer, its part of the next form with it",
                   1000 * shift.desk_seconds / max(1, answers), "ms")  # fmt: skip


def _figures_beside_reading(shift: Shift, size: str) -> Iterator[Row]:
    answer, beside = "next field after an answer, server", "while another batch reads, with one worker"
    yield reported(
        f"{_SEEN}, p95, in the browser, {beside} ({size})", percentile(shift.tally.waits_ms, 95), "ms"
    )
    spent = [one.server_ms for one in shift.answers]
    yield reported(f"{answer}, median, {beside}", statistics.median(spent), "ms")
    yield reported(f"{answer}, p95, {beside}", _p95(spent), "ms")
    yield reported("faxes read and recorded meanwhile", shift.faxes_a_second, "faxes/s")


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


def _work(people: list[Reviewer], address: str, seconds: float) -> list[Reviewer]:
    """All of them at work; returns them with what they were told."""

    async def at_work() -> None:
        values, until = true_values(), time.monotonic() + seconds
        await asyncio.gather(
            *(work(person, address, values, until=until, think_seconds=THINK_SECONDS) for person in people)
        )

    asyncio.run(at_work())
    return people


def _elsewhere() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


@contextmanager
def _with_what_is_left() -> Iterator[None]:
    """What starts in the block has what desk, database and batch leave: people have machines of their own."""
    policy = os.sched_getscheduler(0)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, os.sched_param(0))
