"""Where faxes come from: a folder or an S3 prefix, looked at once, each file taken when it has settled.

Nothing in a source is ever changed, moved or removed.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipelines.errors import SourceMissing
from pipelines.settings import IntakeSettings


@dataclass(frozen=True)
class Entry:
    """A file as one look at the source showed it.

    Attributes:
        name: for people, relative to the source.
        address: path or ``s3://`` address; names the delivery.
        changed_at: when anything about the file last changed, aware.
        received_at: when its contents were last written, aware.
        locator: how the source finds the file again.
        version: whatever else tells one state of the file from the next.
    """

    name: str
    address: str
    size_bytes: int
    changed_at: datetime
    received_at: datetime
    locator: str
    version: str = ""

    @property
    def state(self) -> tuple[int, datetime, str]:
        """What must stay the same while a file settles."""
        return self.size_bytes, self.changed_at, self.version


@dataclass(frozen=True)
class Arrival:
    """A settled file, its bytes, and what lay beside it."""

    entry: Entry
    data: bytes
    sidecar: bytes | None


@dataclass(frozen=True)
class NotTaken:
    """A file set aside without its bytes, which cannot or must not be read; it stays where it is."""

    name: str
    address: str
    code: str
    message: str


@dataclass(frozen=True)
class StillChanging:
    """A file left for the next run."""

    name: str
    address: str


@dataclass(frozen=True)
class Listing:
    """One look at a source.

    Attributes:
        entries: the faxes, in order of their names.
        not_taken: what bears a fax's name and will not be read.
        passed_over: how many other files there are.
    """

    entries: tuple[Entry, ...]
    not_taken: tuple[NotTaken, ...] = ()
    passed_over: int = 0


class Source(Protocol):
    """A place that faxes arrive in."""

    def look(self) -> Listing:
        """All there is. Raises ``SourceMissing`` or ``SourceUnreachable``."""

    def look_again(self, entry: Entry) -> Entry | None:
        """The same file now; none when it has gone."""

    def read(self, entry: Entry) -> bytes | NotTaken:
        """The bytes. Raises ``SourceUnreachable``."""

    def sidecar(self, entry: Entry) -> bytes | None:
        """The bytes of the ``.json`` that the fax server laid beside the file, if it did."""


def open_source(address: str, settings: IntakeSettings) -> Source:
    """The source behind a folder's path or an ``s3://`` address."""
    if address.startswith("s3://"):
        # boto3 takes half a second to load, which a folder need not wait for.
        from pipelines.s3_source import S3Source  # noqa: PLC0415

        return S3Source(address, settings)
    if "://" in address:
        raise SourceMissing(f"{address} is neither a folder nor s3://BUCKET/PREFIX; give one of these.")
    from pipelines.folder_source import FolderSource  # noqa: PLC0415

    return FolderSource(address, settings)


def take_all(
    source: Source,
    listing: Listing,
    settings: IntakeSettings,
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Arrival | NotTaken | StillChanging]:
    """Take every settled file of a listing; those that changed lately come last, after a second look.

    A file is never taken on the strength of one look at it while it is young: copying tools write for
    minutes, and network shares send no word of it.
    """
    yield from listing.not_taken
    looked_at = now()
    young: list[Entry] = []
    for entry in listing.entries:
        if looked_at - entry.changed_at.timestamp() < settings.settle_seconds:
            young.append(entry)
        else:
            yield _take(source, entry, settings)
    if young:
        sleep(max(0.0, looked_at + settings.settle_seconds - now()))
        yield from _take_settled(source, young, settings)


def _take_settled(
    source: Source, young: Iterable[Entry], settings: IntakeSettings
) -> Iterator[Arrival | NotTaken | StillChanging]:
    for entry in young:
        again = source.look_again(entry)
        if again is None or again.state != entry.state:
            yield StillChanging(entry.name, entry.address)
        else:
            yield _take(source, entry, settings)


def _take(source: Source, entry: Entry, settings: IntakeSettings) -> Arrival | NotTaken | StillChanging:
    if entry.size_bytes > settings.max_file_mb * 1e6:
        return NotTaken(
            entry.name,
            entry.address,
            "file_too_large",
            f"The file is larger than {settings.max_file_mb:g} MB; "
            "split it, or raise intake.max_file_mb, and run again.",
        )
    data = source.read(entry)
    if isinstance(data, NotTaken):
        return data
    again = source.look_again(entry)
    if again is None or again.state != entry.state or len(data) != entry.size_bytes:
        return StillChanging(entry.name, entry.address)
    return Arrival(entry, data, source.sidecar(entry))
