"""The archive of bytes received: by hash, written once, never changed, checked whenever they are read."""

import errno
import hashlib
import os
import time
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from store.errors import ArchiveMismatch, ArchiveMissing, ArchiveUnreachable, DiskFull, StoreError

PARTIAL = ".partial"
"""Folder of files being written; only whole ones leave it."""

STALE_SECONDS = 3600
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Archive(Protocol):
    """Where the bytes received are kept."""

    def put(self, data: bytes) -> str:
        """Keep the bytes for good, safely on disk when this returns; the same bytes again change nothing.

        Returns:
            Their SHA-256, lower-case hex, by which ``get`` finds them.

        Raises:
            DiskFull, ArchiveUnreachable: they are not kept.
            ArchiveMismatch: other bytes lie where these belong.
        """

    def get(self, sha256: str) -> bytes:
        """The bytes of this hash, checked.

        Raises:
            ArchiveMissing: they were never put here.
            ArchiveMismatch: they were changed since.
            ArchiveUnreachable: the archive does not answer.
        """

    def has(self, sha256: str) -> bool:
        """Whether something is kept under this hash.

        Raises:
            ArchiveUnreachable: the archive does not answer.
        """


def archive_path(sha256: str) -> str:
    """``aa/bb/sha256``: where bytes of this hash lie, in a folder or under a prefix."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def checked(data: bytes, sha256: str, place: str) -> bytes:
    """The data, if they are what the hash says.

    Raises:
        ArchiveMismatch: they are not.
    """
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ArchiveMismatch(
            f"The archive's {place} is not what was received; restore that file from the backup."
        )
    return data


def open_archive(url: str, *, endpoint_url: str | None = None) -> Archive:
    """The archive at a folder (a path or ``file://``) or at ``s3://BUCKET/PREFIX``.

    Args:
        url: of the archive.
        endpoint_url: address of an S3 service other than Amazon's; credentials come from the AWS settings.

    Raises:
        ArchiveUnreachable: the folder cannot be made, or the address means nothing here.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3":
        # boto3 takes half a second to load, which a folder need not wait for.
        from store.archive_s3 import S3Archive  # noqa: PLC0415

        return S3Archive(parts.netloc, parts.path, endpoint_url=endpoint_url)
    if parts.scheme == "file":
        return FolderArchive(Path(unquote(parts.path)))
    if "://" in url:
        raise ArchiveUnreachable(
            f"The archive cannot be at {parts.scheme}://; write a folder or s3://BUCKET/PREFIX."
        )
    return FolderArchive(Path(url))


class FolderArchive:
    """An archive in a folder of a local disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            (folder / PARTIAL).mkdir(parents=True, exist_ok=True)
            self._sweep()
        except OSError as error:
            raise _named(error, folder) from None

    def put(self, data: bytes) -> str:
        """See ``Archive.put``: written aside, synced, then linked into place: there whole, or not at all."""
        sha256 = hashlib.sha256(data).hexdigest()
        place = self.folder / archive_path(sha256)
        partial = self.folder / PARTIAL / f"{sha256}.{os.getpid()}"
        try:
            if place.exists():
                checked(place.read_bytes(), sha256, archive_path(sha256))
                return sha256
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                _write_synced(partial, data)
                # A link refuses to replace what is there, which a rename would do without a word.
                os.link(partial, place)
            except FileExistsError:
                checked(place.read_bytes(), sha256, archive_path(sha256))
            finally:
                partial.unlink(missing_ok=True)
            _sync_folders(place.parent, self.folder)
        except OSError as error:
            raise _named(error, self.folder) from None
        return sha256

    def get(self, sha256: str) -> bytes:
        """See ``Archive.get``."""
        try:
            data = (self.folder / archive_path(sha256)).read_bytes()
        except FileNotFoundError:
            raise ArchiveMissing(
                f"The archive has no {sha256}; restore it from the backup, or have it resent."
            ) from None
        except OSError as error:
            raise _named(error, self.folder) from None
        return checked(data, sha256, archive_path(sha256))

    def has(self, sha256: str) -> bool:
        """See ``Archive.has``."""
        try:
            return (self.folder / archive_path(sha256)).exists()
        except OSError as error:
            raise _named(error, self.folder) from None

    def _sweep(self) -> None:
        """Take away what writers that were killed left unfinished."""
        for partial in (self.folder / PARTIAL).iterdir():
            try:
                if time.time() - partial.stat().st_mtime > STALE_SECONDS:
                    partial.unlink(missing_ok=True)
            except FileNotFoundError:
                continue


def _write_synced(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o440), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folders(lowest: Path, highest: Path) -> None:
    """A new name survives a power cut only when its folder, and a new folder's folder, are synced too."""
    for folder in (lowest, *lowest.parents):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if folder == highest:
            return


def _named(error: OSError, folder: Path) -> StoreError:
    if error.errno in NO_ROOM:
        return DiskFull(f"No room is left in the archive {folder}; free some space and run again.")
    return ArchiveUnreachable(
        f"Cannot use the archive {folder} ({error.strerror}); check that folder and its rights."
    )
