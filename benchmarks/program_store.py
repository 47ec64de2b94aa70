"""The registers at scale on Postgres: match, verify, status, the due list, and what a new form costs."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine

from benchmarks.postgres import new_database, processor_seconds, running_postgres, unflushed
from benchmarks.program_copy import copy_crowd
from benchmarks.program_crowd import PROGRAM, Crowd, place
from benchmarks.program_stamps import LONG_BEFORE
from benchmarks.table import Row, at_most, reported
from store.database import open_database, reading
from store.queries import forms_of
from store.registers.asking import due, patient, verify
from store.registers.folding import fold_stale
from store.registers.opening import open_ledger
from store.registers.tables import FormRevision
from store.schema import upgrade
from validators.program.events import RecordedForm
from validators.program.mentions import mentions_of
from validators.program.registry import party_id

T = TypeVar("T")
PATIENTS_VARIABLE = "REMSFAX_BENCH_PATIENTS"
FULL, QUICK = 1_000_000, 1_000
"""Patients by default; a million takes about 45 GB of disk."""

FORMS_BY_TURNS = 8
"""Two newcomers' forms: taken in by one store, then by the other."""

TURNS_TO_WARM = 10
"""Not counted: statements are planned anew at first, and the pages that all forms touch are in no cache."""

OPTIONS = (
    "shared_buffers=1GB", "work_mem=32MB", "maintenance_work_mem=1GB", "max_wal_size=8GB", "jit=off",
    "wal_level=minimal", "max_wal_senders=0",
)  # fmt: skip


def store_rows(full: bool, say: Callable[[str], None]) -> Iterator[Row]:
    """Every figure of a large store.

    Args:
        full: not the short run.
        say: told what is being done.
    """
    crowd = Crowd(int(os.environ.get(PATIENTS_VARIABLE, FULL if full else QUICK)))
    with running_postgres(*OPTIONS) as server:
        url = new_database(server, "full")
        engine = open_database(url)
        upgrade(engine)
        say(f"{crowd.patients:,} patients into Postgres")
        began = time.perf_counter()
        with unflushed(server):
            copy_crowd(url, crowd, say)
        say(f"made in {time.perf_counter() - began:.0f} s")
        yield from measured(server, engine, crowd, full, say)
        engine.dispose()


def measured(
    server: str, engine: Engine, crowd: Crowd, full: bool, say: Callable[[str], None]
) -> Iterator[Row]:
    """The figures of a store that holds a crowd, against an empty one on the same server."""
    with reading(engine) as session:
        forms = session.execute(select(func.count()).select_from(FormRevision)).scalar_one()
    size = f"{crowd.patients:,} patients, {forms:,} forms"
    # Asked first of all, as on the morning after a night without a batch: the crowd is as of midnight by
    # universal time, and what changed by itself since waits to be folded.
    yield _due(engine, f"due list of a month, first ask of a day, {{lines:,}} lines ({size})")
    say("the states that changed by themselves since the crowd's moment")
    clock = _Clock(engine)
    began, worked = time.perf_counter(), clock.seconds()
    changed = fold_stale(engine, PROGRAM)
    if changed:
        spent = 1000 * (time.perf_counter() - began) / changed
        yield reported(f"folding a party whose state changed by itself ({changed:,} of them)", spent, "ms")
        work = 1000 * (clock.seconds() - worked) / changed
        yield reported("processor time of it, client and server", work, "ms")
    yield from _questions(engine, crowd, 300 if full else 60, size)
    yield _due(engine, f"due list of a month, again, {{lines:,}} lines ({size})")
    empty = open_database(new_database(server, "empty"))
    upgrade(empty)
    yield from _ingest(engine, empty, crowd, 400 if full else 80, say)
    empty.dispose()


def _questions(engine: Engine, crowd: Crowd, repeats: int, size: str) -> Iterator[Row]:
    rng = random.Random(7)
    chosen = [crowd.asked(rng) for _ in range(repeats + 10)]

    def ask_status(number: int) -> None:
        answer = patient(engine, PROGRAM, crowd.rems_id(number))
        with reading(engine) as session:
            forms = forms_of(session, answer.documents)
        if len(forms) < 4:
            message = "A patient has fewer forms than were written."
            raise AssertionError(message)

    questions: tuple[tuple[str, Callable[[int], object]], ...] = (
        ("match of a form's people", lambda number: _match(engine, crowd, number)),
        ("verify of a patient", lambda number: verify(engine, PROGRAM, "patient", crowd.rems_id(number))),
        ("status of a patient", ask_status),
    )
    clock = _Clock(engine)
    for name, ask in questions:
        for touch in ("first touch", "again"):
            begun = clock.seconds()
            spent = [_milliseconds(ask, number) for number in chosen][10:]
            work = 1000 * (clock.seconds() - begun) / len(chosen)
            yield at_most(f"{name}, p95, {touch} ({size})", percentile(spent, 95), 50, "ms")
            yield reported("processor time of it, client and server, mean", work, "ms")


def _due(engine: Engine, name: str) -> Row:
    since = date.today().replace(day=1)
    began = time.perf_counter()
    listed = due(engine, PROGRAM, since=since, until=since + timedelta(days=30))
    return at_most(name.format(lines=len(listed.lines)), time.perf_counter() - began, 2, "s")


def _match(engine: Engine, crowd: Crowd, number: int) -> None:
    """Find everybody whom a form without a REMS ID mentions, and be right about the patient."""
    story = crowd.story(number)
    form = story.order()
    with reading(engine) as session:
        opened = open_ledger(session, PROGRAM)
        found = opened.ledger.registry.matches(mentions_of(form), form.order)
        if found["patient"].party != party_id("patient", story.id("pat")):
            message = "A form was matched to another patient, or to nobody."
            raise AssertionError(message)


def _ingest(
    full: Engine, empty: Engine, crowd: Crowd, count: int, say: Callable[[str], None]
) -> Iterator[Row]:
    """The same new forms into both stores, some at a time by turns, so that both meet the same machine.

    A form costs what it takes to match it, to keep it, and to fold the states that it touches. The full store
    has just been written to disk: each of its pages is logged whole when it is next touched, as after every
    checkpoint, and a form of a large store touches mostly other pages than the one before. What that logs is
    told, not taken away.
    """
    say("new forms into the full store and into an empty one")
    long_known = replace(crowd.story(crowd.patients), start=LONG_BEFORE)
    others = (*long_known.certification(), *long_known.sites())
    forms: list[RecordedForm] = []
    warming = TURNS_TO_WARM * FORMS_BY_TURNS
    for number in range(crowd.patients, crowd.patients + (warming + count) // 4):
        story = crowd.story(number)
        forms += [story.enrollment(), story.order(), story.authorization(), story.checklist()]
    for engine in (full, empty):
        for form in others:
            place(engine, form)
        fold_stale(engine, PROGRAM)
    spent: dict[str, list[float]] = {"full": [], "empty": []}
    work, logged = {"full": 0.0, "empty": 0.0}, {"full": 0.0, "empty": 0.0}
    clocks = {"full": _Clock(full), "empty": _Clock(empty)}
    for begin in range(0, len(forms), FORMS_BY_TURNS):
        some = forms[begin : begin + FORMS_BY_TURNS]
        for name, engine in (("full", full), ("empty", empty)):
            begun, wal = clocks[name].seconds(), _logged_bytes(engine)
            milliseconds = _milliseconds(lambda own: _take_in(*own), (engine, some)) / len(some)
            if begin < warming:
                continue
            spent[name].append(milliseconds)
            work[name] += 1000 * (clocks[name].seconds() - begun) / count
            logged[name] += (_logged_bytes(engine) - wal) / 1024 / count
    middle = {name: percentile(own, 50) for name, own in spent.items()}
    for name in ("empty", "full"):
        yield reported(f"a new form into the {name} store, median", middle[name], "ms")
        yield reported("processor time of it, client and server, mean", work[name], "ms")
        yield reported("written to the log of the database for it, mean", logged[name], "KiB")
    yield at_most("full over empty store, per form", 100 * (middle["full"] / middle["empty"] - 1), 20, "%")
    yield reported("the same, by processor time", 100 * (work["full"] / work["empty"] - 1), "%")


def _take_in(engine: Engine, forms: Sequence[RecordedForm]) -> None:
    for form in forms:
        place(engine, form)
    fold_stale(engine, PROGRAM)


def _logged_bytes(engine: Engine) -> int:
    """How long the server's write-ahead log is."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_current_wal_insert_lsn() - '0/0'")).scalar_one())


class _Clock:
    """The processor time of this process and of the one that serves an engine's only connection."""

    def __init__(self, engine: Engine) -> None:
        with engine.connect() as connection:
            self._pid = connection.execute(select(func.pg_backend_pid())).scalar_one()

    def seconds(self) -> float:
        """Spent so far."""
        return time.process_time() + processor_seconds(self._pid)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def _milliseconds(work: Callable[[T], object], given: T) -> float:
    began = time.perf_counter()
    work(given)
    return (time.perf_counter() - began) * 1000
