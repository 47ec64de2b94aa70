"""Working off the faxes that people want read again, one at a time, each in a reading process.

This side of the work loads no models: it claims, waits, and gives up on a fax that kills its process.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from pipelines.failures import sentence_of
from pipelines.forms import forms
from pipelines.logs import note, note_failure, start_log
from pipelines.settings import PipelineSettings
from pipelines.stores import store_database
from pipelines.workers import LOST_SENTENCES, STRIKES, MachineFault, Worker, WorkerLost, this_desk
from store.database import reading
from store.errors import StoreError
from store.model import Outcome, SetAside
from store.owners import owner_name
from store.queries import inbox_counts
from store.schema import upgrade
from store.triage.requests import (
    ClaimedRequest,
    claim_request,
    fail_request,
    release_requests,
    renew_request,
)

MOST_CLAIMS = 4
"""A fax that was claimed so often without an end takes more with it than its process."""

WATCH_SECONDS = 1.0
PAUSE_SECONDS = 15.0
"""After the machine failed, before it is tried again."""


@dataclass(frozen=True)
class Reread:
    """What became of a request.

    Attributes:
        outcome: of the new reading; none where the earlier one stands.
        failure: why the fax could not be read again, or was set aside again.
    """

    transmission_id: str
    outcome: Outcome | None = None
    failure: SetAside | None = None


def reread_waiting(
    settings: PipelineSettings,
    database: Engine,
    worker: Worker,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Reread, ...]:
    """Read every fax again that somebody asked for; returns what became of each.

    Args:
        settings: of the flow.
        database: of the store.
        worker: the process that reads; started only where there is something to read.
        stop: asked before each fax.

    Raises:
        MachineFault, WorkersFailed, StoreError: the machine cannot go on; what is left stays in the queue.
    """
    owner, done = owner_name(), []
    try:
        while not stop():
            claimed = claim_request(database, owner, settings.store.lease_seconds)
            if claimed is None:
                break
            done.append(_reread(settings, database, worker, owner, claimed))
    finally:
        _release(database, owner)
    return tuple(done)


def reread_and_register(
    settings: PipelineSettings, *, stop: Callable[[], bool] = lambda: False
) -> tuple[Reread, ...]:
    """Read every waiting fax again, and let the registers follow; raises as ``reread_waiting``."""
    start_log(settings.batch.log)
    database, worker = store_database(settings.store), Worker(settings)
    upgrade(database)
    try:
        return _round(settings, database, worker, stop)
    finally:
        worker.close()
        database.dispose()


def watch_requests(settings: PipelineSettings, *, stop: Callable[[], bool]) -> None:
    """Stay, and read again whatever is asked for, until stopped or until the process that started this ends.

    What the machine cannot do now it tries again later; nothing is lost by it.

    Args:
        settings: of the flow.
        stop: asked once a second.

    Raises:
        StoreError: the store cannot be opened at all.
    """
    start_log(settings.batch.log)
    database, worker, parent = store_database(settings.store), Worker(settings), os.getppid()
    upgrade(database)

    def ended() -> bool:
        return stop() or os.getppid() != parent

    try:
        while not ended():
            try:
                _round(settings, database, worker, ended)
                _sleep(WATCH_SECONDS, ended)
            except Exception:
                note_failure("re-reading stopped for a while")
                worker.close()
                _sleep(PAUSE_SECONDS, ended)
    finally:
        worker.close()
        database.dispose()


def reread_remarks(done: Iterable[Reread]) -> Iterator[str]:
    """A line for the faxes that were read again, and one for each that could not be."""
    every = list(done)
    read = sum(fax.outcome is not None and fax.failure is None for fax in every)
    if read:
        yield f"read again: {read} {'fax' if read == 1 else 'faxes'}, as people had asked"
    for fax in every:
        if fax.failure is not None:
            yield f"not read again: {fax.transmission_id}: {fax.failure.message}"


def reread_here(claimed: ClaimedRequest) -> Reread:
    """Read one fax again, in a reading process.

    Raises:
        MachineFault: it could not be read now, through no fault of its own.
    """
    desk = this_desk()
    from pipelines.rereading import reread  # noqa: PLC0415 - models and OpenCV are for this process alone

    try:
        outcome, failure = reread(claimed, desk)
    except Exception as error:
        note_failure("the machine cannot go on", fax=claimed.transmission_id)
        # Exceptions of libraries may not survive the way to another process; one line does.
        raise MachineFault(sentence_of(error)) from None
    return Reread(claimed.transmission_id, outcome, failure)


def _round(
    settings: PipelineSettings, database: Engine, worker: Worker, stop: Callable[[], bool]
) -> tuple[Reread, ...]:
    done = reread_waiting(settings, database, worker, stop=stop)
    if any(fax.outcome is not None for fax in done):
        from pipelines.registering import register  # noqa: PLC0415 - the checks take a second to load

        with reading(database) as session:
            all_came = inbox_counts(session).received == 0
        register(database, forms(), settings, all_came=all_came)
    return done


def _reread(
    settings: PipelineSettings, database: Engine, worker: Worker, owner: str, claimed: ClaimedRequest
) -> Reread:
    if claimed.attempts > MOST_CLAIMS:
        return _give_up(database, claimed, "worker_killed")
    lease_seconds = settings.store.lease_seconds

    def renew() -> None:
        renew_request(database, owner, lease_seconds, claimed.transmission_id)

    code = "worker_killed"
    for _ in range(STRIKES):
        try:
            return worker.run(reread_here, claimed, renew, lease_seconds / 3)
        except WorkerLost as lost:
            code = lost.code
    return _give_up(database, claimed, code)


def _give_up(database: Engine, claimed: ClaimedRequest, code: str) -> Reread:
    reason = SetAside(code, LOST_SENTENCES[code])
    fail_request(database, claimed, reason)
    note("fax not read again", fax=claimed.transmission_id, code=code)
    return Reread(claimed.transmission_id, failure=reason)


def _release(database: Engine, owner: str) -> None:
    try:
        release_requests(database, owner)
    except StoreError:
        note_failure("claims not released; their leases will run out")


def _sleep(seconds: float, ended: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not ended():
        time.sleep(min(0.2, seconds))
