"""What can go wrong with the store, one class for each thing that someone can act on.

Every message is one line, names the remedy, and holds no patient data.
"""


class StoreError(Exception):
    """Anything that the store refuses or cannot do."""


class StoreUnreachable(StoreError):  # noqa: N818 - named for what is wrong
    """The database does not answer, or lets nobody in."""


class StoreBusy(StoreError):  # noqa: N818 - named for what is wrong
    """Another process held the database for longer than the busy time-out."""


class StoreOutdated(StoreError):  # noqa: N818 - named for what is wrong
    """The database was made by another version of the program."""


class DiskFull(StoreError):  # noqa: N818 - named for what is wrong
    """No room is left where the archive or the database lies."""


class ArchiveUnreachable(StoreError):  # noqa: N818 - named for what is wrong
    """The archive does not answer, or lets nobody in."""


class ArchiveMissing(StoreError):  # noqa: N818 - named for what is wrong
    """The archive does not hold the bytes asked for."""


class ArchiveMismatch(StoreError):  # noqa: N818 - named for what is wrong
    """The bytes in the archive are not those that were put there."""


class UnknownTransmission(StoreError):  # noqa: N818 - named for what is wrong
    """The store knows no fax of this hash."""


class UnknownField(StoreError):  # noqa: N818 - named for what is wrong
    """The store knows no such field of this document."""


class RecordRefused(StoreError):  # noqa: N818 - named for what is wrong
    """What was handed in to be recorded contradicts itself or the store."""


class ExportFailed(StoreError):  # noqa: N818 - named for what is wrong
    """The tables could not be written where they were wanted."""
