"""Batches that run beside a desk: one that records, at the pace of two cores, and one that reads."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.desk.crowd import record_fax
from benchmarks.main_job.command import command_line, environment, sample_faxes
from store.database import asking, open_database
from store.schema import upgrade
from store.tables import Transmission

FAXES_A_SECOND = 2.0
"""That a batch on two cores reads and records."""

PATIENCE_SECONDS = 120.0
"""For a batch to record its first fax, and to end."""


class BatchStuck(Exception):
    """The batch records nothing."""


def send_in(house: Path, faxes: Sequence[Path]) -> Path:
    """Copies of sample faxes and of what their senders said; the folder in which they lie."""
    inbox = house / "inbox"
    inbox.mkdir(parents=True)
    for fax in faxes:
        for file in (fax, fax.with_suffix(".json")):
            shutil.copy(file, inbox / file.name)
    return inbox


@contextmanager
def recording_batch(url: str) -> Iterator[Callable[[], int]]:
    """A process that records as a batch does, and reads nothing; gives what counts the faxes it recorded."""
    context = multiprocessing.get_context("spawn")
    stop, count = context.Event(), context.Value("i", 0)
    process = context.Process(target=_record_for_ever, args=(url, stop, count))
    process.start()
    try:
        yield lambda: int(count.value)
    finally:
        stop.set()
        process.join(timeout=PATIENCE_SECONDS)


def _record_for_ever(url: str, stop: Event, count: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    """Receive and record faxes at the pace of a batch, each with one whole form."""
    engine, number = open_database(url), 0
    while not stop.is_set():
        began = time.monotonic()
        record_fax(engine, f"night {number}")
        number += 1
        count.value = number
        stop.wait(max(0.0, 1 / FAXES_A_SECOND - (time.monotonic() - began)))
    engine.dispose()


@contextmanager
def reading_batch(house: Path) -> Iterator[Callable[[], int]]:
    """The real command with one worker over all sample faxes, from its first recorded fax on.

    It has a store of its own, so that nothing but its reading tells; gives what counts the faxes it recorded.

    Args:
        house: its folder; what it says lands in ``batch.log`` there.

    Raises:
        BatchStuck: two minutes went by and it had recorded nothing.
    """
    inbox = send_in(house, sample_faxes())
    engine = open_database(f"sqlite:///{house / 'var' / 'remsfax.db'}")
    upgrade(engine)
    recorded = select(func.count()).where(Transmission.recorded_at.is_not(None))

    def count() -> int:
        with asking(engine) as session:
            return session.execute(recorded).scalar_one()

    with (house / "batch.log").open("ab") as log:
        batch = subprocess.Popen(
            command_line("run", str(inbox)),
            cwd=house,
            env=environment(house, REMSFAX_BATCH__WORKERS="1"),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not count():
            if batch.poll() is not None or time.monotonic() > until:
                raise BatchStuck(f"The batch recorded nothing: {(house / 'batch.log').read_text()[-500:]}")
            time.sleep(0.2)
        yield count
    finally:
        if batch.poll() is None:
            os.killpg(batch.pid, signal.SIGTERM)
        batch.wait(timeout=PATIENCE_SECONDS)
        engine.dispose()
