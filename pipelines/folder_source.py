"""Faxes in a folder and the folders below it."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from pipelines.errors import SourceMissing, SourceUnreachable
from pipelines.intake import Entry, Listing, NotTaken
from pipelines.settings import IntakeSettings


class FolderSource:
    """A folder on this machine or on a share. Symbolic links are never followed: they may lead anywhere."""

    def __init__(self, folder: str, settings: IntakeSettings) -> None:
        self._folder, self._named = Path(folder), printable(folder)
        self._suffixes = settings.suffixes

    def look(self) -> Listing:
        """Every file in the order of names."""
        if not self._folder.is_dir():
            raise SourceMissing(
                f"There is no folder {self._named}; make it, or name another: remsfax run FOLDER."
            )
        if not os.access(self._folder, os.R_OK | os.X_OK):
            raise SourceUnreachable(
                f"The folder {self._named} may not be read; give this user the right to read it."
            )
        entries: list[Entry] = []
        not_taken: list[NotTaken] = []
        passed_over = 0

        def closed(error: OSError) -> None:
            path = Path(error.filename)
            not_taken.append(self._refusal(path, "no_permission", "This folder may not be read; allow it."))

        for folder, folders, files in os.walk(self._folder, followlinks=False, onerror=closed):
            links = [name for name in folders if Path(folder, name).is_symlink()]
            not_taken.extend(self._link(Path(folder, name)) for name in links)
            folders[:] = sorted(name for name in folders if name not in links and not name.startswith("."))
            for name in sorted(files):
                path = Path(folder, name)
                if name.startswith(".") or path.suffix.lower() not in self._suffixes:
                    passed_over += not _is_sidecar(path, files, self._suffixes)
                    continue
                seen = self._see(path)
                if isinstance(seen, Entry):
                    entries.append(seen)
                elif seen is not None:
                    not_taken.append(seen)
        return Listing(tuple(entries), tuple(not_taken), passed_over)

    def look_again(self, entry: Entry) -> Entry | None:
        """The file's state now."""
        seen = self._see(self._path(entry))
        return seen if isinstance(seen, Entry) else None

    def read(self, entry: Entry) -> bytes | NotTaken:
        """The file's bytes."""
        path = self._path(entry)
        try:
            return _bytes(path)
        except PermissionError:
            return self._refusal(
                path,
                "no_permission",
                "The file may not be read; give this user the right to read it, and run again.",
            )
        except OSError as error:
            return self._refusal(
                path,
                "unreadable_file",
                f"The file cannot be read ({os.strerror(error.errno or 0)}); send it again.",
            )

    def sidecar(self, entry: Entry) -> bytes | None:
        """The ``.json`` beside the file: NAME.json or NAME.tif.json."""
        path = self._path(entry)
        for beside in (path.with_suffix(".json"), path.with_name(path.name + ".json")):
            try:
                return _bytes(beside)
            except OSError:
                continue
        return None

    def _path(self, entry: Entry) -> Path:
        return Path(os.fsdecode(bytes.fromhex(entry.locator)))

    def _see(self, path: Path) -> Entry | NotTaken | None:
        try:
            facts = path.lstat()
        except FileNotFoundError:
            return None
        except OSError:
            return self._refusal(path, "no_permission", "This folder may not be entered; allow it.")
        if stat.S_ISLNK(facts.st_mode):
            return self._link(path)
        if not stat.S_ISREG(facts.st_mode):
            return self._refusal(
                path, "not_a_file", "This is no plain file; put the fax itself into the folder."
            )
        # Tools that copy times along set an old time of change on a file they still write; its ctime moves
        # on.
        changed = max(facts.st_mtime, facts.st_ctime)
        return Entry(
            name=self._shown(path),
            address=printable(str(path.absolute())),
            size_bytes=facts.st_size,
            changed_at=datetime.fromtimestamp(changed, UTC),
            received_at=datetime.fromtimestamp(facts.st_mtime, UTC),
            locator=os.fsencode(path).hex(),
        )

    def _link(self, path: Path) -> NotTaken:
        return self._refusal(
            path,
            "symbolic_link",
            "This is a symbolic link, which is never followed; put the file itself here.",
        )

    def _refusal(self, path: Path, code: str, message: str) -> NotTaken:
        return NotTaken(self._shown(path), printable(str(path.absolute())), code, message)

    def _shown(self, path: Path) -> str:
        return printable(str(PurePosixPath(path.relative_to(self._folder))))


def _bytes(path: Path) -> bytes:
    # The file may have been replaced by a link, or by a pipe that never ends, since it was listed.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return file.read()


def printable(text: str) -> str:
    """The text with bytes that are no UTF-8 written out, so that it can be shown and stored anywhere."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_sidecar(path: Path, files: list[str], suffixes: tuple[str, ...]) -> bool:
    if path.suffix.lower() != ".json":
        return False
    stems = {Path(name).stem for name in files if Path(name).suffix.lower() in suffixes}
    return path.stem in stems or path.stem in files
