"""From a source into the archive and the store, in this order, file by file."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.engine import Engine

from pipelines.errors import PipelineError
from pipelines.failures import sentence_of
from pipelines.intake import Arrival, NotTaken, Source, StillChanging, take_all
from pipelines.logs import note, note_failure
from pipelines.settings import PipelineSettings
from pipelines.sidecar import facts_of
from store.archive import Archive
from store.errors import StoreError
from store.inbox import note_unreadable, receive
from store.model import SetAside


@dataclass
class Taken:
    """What intake did, filled while it runs.

    Attributes:
        listed: files that bear a fax's name.
        names: by hash, the names of the files whose bytes are these.
        known: hashes that had their outcome before this batch.
        still_changing: names of files left for the next run.
        not_taken: files set aside without their bytes.
        passed_over: how many files are no faxes by their names.
        stopped: one line, when intake could not go on; the rest waits for the next run.
    """

    listed: int = 0
    names: dict[str, list[str]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    still_changing: list[str] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    passed_over: int = 0
    stopped: str | None = None
    left: int = 0

    @property
    def files(self) -> int:
        """Files whose bytes are kept."""
        return sum(len(names) for names in self.names.values())


class Intake:
    """Takes all files of a source, in a thread of its own, while the first of them are being read."""

    def __init__(
        self, source: Source, settings: PipelineSettings, database: Engine, archive: Archive
    ) -> None:
        self._source, self._settings = source, settings
        self._database, self._archive = database, archive
        self._listing = source.look()
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self.taken = Taken(listed=len(self._listing.entries), passed_over=self._listing.passed_over)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Take no further file, and wait for the one in hand."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait until something has come, the end has, or the time is up."""
        with self._changed:
            if self.running:
                self._changed.wait(seconds)

    def _run(self) -> None:
        try:
            for arrival in take_all(self._source, self._listing, self._settings.intake, sleep=self._sleep):
                self._take(arrival)
                with self._changed:
                    self._changed.notify_all()
                if self._stopping.is_set():
                    break
        except (PipelineError, StoreError) as error:
            note_failure("intake stopped")
            self.taken.stopped = sentence_of(error)
        except Exception:
            note_failure("intake stopped by a fault of the program")
            self.taken.stopped = (
                "A fault of the program stopped the intake; report it with the last entry of the log."
            )
        finally:
            done = self.taken.files + len(self.taken.still_changing)
            refused = len(self.taken.not_taken) - len(self._listing.not_taken)
            self.taken.left = max(0, self.taken.listed - done - max(0, refused))
            with self._changed:
                self._changed.notify_all()

    def _sleep(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def _take(self, arrival: Arrival | NotTaken | StillChanging) -> None:
        taken = self.taken
        if isinstance(arrival, StillChanging):
            taken.still_changing.append(arrival.name)
        elif isinstance(arrival, NotTaken):
            note_unreadable(self._database, arrival.address, SetAside(arrival.code, arrival.message))
            taken.not_taken.append(arrival)
            note("file not taken", code=arrival.code)
        else:
            facts = facts_of(arrival, self._settings.intake.timezone)
            self._archive.put(arrival.data)
            received = receive(self._database, facts)
            if received.status != "received" and facts.sha256 not in taken.names:
                taken.known.add(facts.sha256)
            taken.names.setdefault(facts.sha256, []).append(arrival.entry.name)
            note("fax received", fax=facts.sha256, bytes=facts.size_bytes, new=received.new)


Progress = Callable[[int, int], None]
"""Called with how many faxes are done and how many are known of."""
