"""Reading processes: one a core, one thread each, replaced when they die, hang, or have read their share.

Each process has a pool of its own and is handed one fax at a time, which costs a millisecond. When the
kernel kills one for its memory, a shared pool would break as a whole and nobody would know which fax did it.
"""

import atexit
import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, TypeVar

from pipelines.errors import WorkersFailed
from pipelines.failures import sentence_of
from pipelines.logs import note, note_failure, start_log
from pipelines.settings import PipelineSettings
from pipelines.threads import give_way, one_thread_each
from pipelines.transmission_model import FaxSummary
from store.inbox import Claimed

if TYPE_CHECKING:
    from pipelines.desk import Desk


STRIKES = 2
"""A fax whose process is lost so often is given up: once may have been another's memory."""

LOST_SENTENCES = {
    "worker_killed": "Reading this fax ended its process twice, maybe for want of memory; look at it.",
    "too_slow": "Reading this fax took too long twice; look at it, or raise batch.fax_timeout_seconds.",
}

Job = TypeVar("Job")
Done = TypeVar("Done")


class MachineFault(Exception):
    """Database, archive, disk or an outside program is gone, and the fax stays in the queue."""


class WorkerLost(Exception):
    """The process died or was stopped in the midst of a fax; ``code`` is worker_killed or too_slow."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_desk: "Desk | None" = None


def start_worker(settings: PipelineSettings) -> None:
    """First thing in a new process: load everything once, and end when the batch ends, however it ends."""
    global _desk  # noqa: PLW0603 - a process of a pool has no other place that outlives a task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the batch decides what Ctrl-C means
    _end_with_parent()
    give_way()
    # Nothing is left to do once the interpreter ends, and tidying models and lists of names takes a second.
    atexit.register(os._exit, 0)
    start_log(settings.batch.log)
    from pipelines.desk import open_desk  # noqa: PLC0415 - models and OpenCV are for this process, not for the batch

    try:
        _desk = open_desk(settings)
    except Exception:
        note_failure("a reading process could not start")
        raise


def worker_pid() -> int:
    """The process number, once the process is ready."""
    return os.getpid()


def this_desk() -> "Desk":
    """What this process has at hand.

    Raises:
        WorkersFailed: it was not started as a reading process.
    """
    if _desk is None:
        raise WorkersFailed("This process was not started as a reading process; call start_worker first.")
    return _desk


def work(claimed: Claimed) -> FaxSummary:
    """Process one fax.

    Raises:
        MachineFault: it could not be processed now, through no fault of its own.
    """
    desk = this_desk()
    from pipelines.transmission import process_transmission  # noqa: PLC0415 - as above

    try:
        return process_transmission(claimed, desk)
    except Exception as error:
        note_failure("the machine cannot go on", fax=claimed.transmission_id)
        # Exceptions of libraries may not survive the way to another process; one line does.
        raise MachineFault(sentence_of(error)) from None


def _end_with_parent() -> None:
    # A pool's process holds both ends of its queue and never notices that the batch was killed with -9.
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="end with parent", daemon=True).start()


class Worker:
    """One reading process, started anew when need be. Used by one thread at a time."""

    def __init__(self, settings: PipelineSettings) -> None:
        self._settings = settings
        self._faxes = 0
        self._running: tuple[ProcessPoolExecutor, Future[int]] | None = None

    def start(self) -> tuple[ProcessPoolExecutor, Future[int]]:
        """Let the process load, unless it has; a batch that finds nothing to do never starts one.

        Returns:
            The process's pool, and its number, which comes once it is ready.
        """
        if self._running is None:
            pool = self._new_pool()
            self._running, self._faxes = (pool, pool.submit(worker_pid)), 0
        return self._running

    def _new_pool(self) -> ProcessPoolExecutor:
        one_thread_each()
        return ProcessPoolExecutor(
            max_workers=1,
            # forked children of a process with threads may inherit a lock that nobody will ever release
            mp_context=multiprocessing.get_context("spawn"),
            initializer=start_worker,
            initargs=(self._settings,),
        )

    def run(
        self,
        do: Callable[[Job], Done],
        claimed: Job,
        while_waiting: Callable[[], None],
        every_seconds: float,
    ) -> Done:
        """Have something done with a fax.

        Args:
            do: called in the process with the fax; may raise ``MachineFault``.
            claimed: the fax.
            while_waiting: called now and then, to prolong the claim.
            every_seconds: how often.

        Raises:
            WorkerLost: the process died or took too long; another has been started.
            MachineFault: the machine cannot go on.
            WorkersFailed: no process can be started.
        """
        if self._faxes >= self._settings.batch.recycle_faxes:
            self.close()
        pool, ready = self.start()
        try:
            pid = ready.result()
        except BrokenProcessPool:
            raise WorkersFailed(
                f"The reading process cannot start; the last lines of {self._settings.batch.log} say why."
            ) from None
        self._faxes += 1
        future = pool.submit(do, claimed)
        give_up_at = time.monotonic() + self._settings.batch.fax_timeout_seconds
        while True:
            left_seconds = give_up_at - time.monotonic()
            try:
                return future.result(timeout=max(0.0, min(every_seconds, left_seconds)))
            except TimeoutError:
                if left_seconds <= 0:
                    self._kill(pid)
                    raise WorkerLost("too_slow") from None
                while_waiting()
            except BrokenProcessPool:
                note("a reading process died", pid=pid)
                self._restart()
                raise WorkerLost("worker_killed") from None

    def _kill(self, pid: int) -> None:
        note("a reading process took too long", pid=pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._restart()

    def _restart(self) -> None:
        self.close()
        self.start()

    def close(self) -> None:
        """End the process and wait for it, so that its processor time is counted."""
        if self._running is not None:
            self._running[0].shutdown(wait=True, cancel_futures=True)
            self._running = None
