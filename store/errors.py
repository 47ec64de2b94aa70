"""What can go wrong with the store, one class for each thing that someone can act on.

Every message is one line, names the remedy, and holds no patient data.
"""


class StoreError(Exception):
    """Anything that the store refuses or cannot do."""


class StoreUnreachable(StoreError):
    """The database does not answer, or lets nobody in."""


class StoreBusy(StoreError):
    """Another process held the database for longer than the busy time-out."""


class StoreOutdated(StoreError):
    """The database was made by another version of the program."""


class DiskFull(StoreError):
    """No room is left where the archive or the database lies."""


class ArchiveUnreachable(StoreError):
    """The archive does not answer, or lets nobody in."""


class ArchiveMissing(StoreError):
    """The archive does not hold the bytes asked for."""


class ArchiveMismatch(StoreError):
    """The bytes in the archive are not those that were put there."""


class UnknownTransmission(StoreError):
    """The store knows no fax of this hash."""


class UnknownField(StoreError):
    """The store knows no such field of this document."""


class RecordRefused(StoreError):
    """What was handed in to be recorded contradicts itself or the store."""


class ExportFailed(StoreError):
    """The tables could not be written where they were wanted."""
