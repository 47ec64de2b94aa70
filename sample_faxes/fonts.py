"""The typefaces of the samples: fetched from npm and Debian when samples are made, never committed.

``fonts.json`` names every file by package, version and SHA-256, so that the same seed draws the same pixels
anywhere. Handwriting is in two groups that share no family: ``train`` (the committed samples, and whatever
is fitted to writing) and ``held_out`` (measurement only).
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

Group = Literal["train", "held_out", "signature", "typed"]

LOCK_FILE = Path(__file__).with_name("fonts.json")
DEFAULT_FOLDER = Path(__file__).resolve().parent.parent / "var" / "fonts"
FETCH_TIMEOUT_S = 300


class FontsMissing(Exception):
    """The font files are not in the cache, could not be fetched, or are not those of the lock file."""


@dataclass(frozen=True)
class Face:
    """One typeface: ``file`` is its name in the cache folder."""

    name: str
    group: Group
    registry: Literal["npm", "debian"]
    package: str
    version: str
    member: str
    sha256: str

    @property
    def file(self) -> str:
        """The file's name in the cache."""
        return self.name + Path(self.member).suffix


@dataclass(frozen=True)
class FontShelf:
    """The faces of the lock file, as files in one folder."""

    folder: Path
    faces: tuple[Face, ...]

    def group(self, group: Group) -> tuple[Face, ...]:
        """The faces of a group, in the order of the lock file."""
        return tuple(face for face in self.faces if face.group == group)

    def face(self, name: str) -> Face:
        """The face of a name; raises ``KeyError`` for one that the lock file does not have."""
        for face in self.faces:
            if face.name == name:
                return face
        raise KeyError(name)

    def sized(self, face: Face, size_px: int) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels."""
        return _sized(self.folder / face.file, size_px)

    @property
    def missing(self) -> tuple[Face, ...]:
        """Faces whose file is not in the folder."""
        return tuple(face for face in self.faces if not (self.folder / face.file).is_file())


@lru_cache(maxsize=512)
def _sized(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_px)


def locked_faces() -> tuple[Face, ...]:
    """Every face that ``fonts.json`` names."""
    return tuple(Face(**entry) for entry in json.loads(LOCK_FILE.read_text(encoding="utf-8")))


def open_shelf(folder: Path = DEFAULT_FOLDER) -> FontShelf:
    """The fonts in a folder.

    Raises:
        FontsMissing: a file is not there.
    """
    shelf = FontShelf(folder, locked_faces())
    if shelf.missing:
        raise FontsMissing(
            f"{len(shelf.missing)} font files are missing in {folder}: run python -m sample_faxes.fonts"
        )
    return shelf


def fetch_fonts(folder: Path = DEFAULT_FOLDER) -> FontShelf:
    """Fetch what the folder lacks; needs npm, apt-get and dpkg-deb, and the two registries.

    Raises:
        FontsMissing: a registry did not answer, or served another file than the lock file says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = FontShelf(folder, locked_faces()).missing
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        _fetch_npm([face for face in wanted if face.registry == "npm"], scratch, folder)
        _fetch_debian([face for face in wanted if face.registry == "debian"], scratch, folder)
    return open_shelf(folder)


def _run(command: list[str], cwd: Path) -> None:
    try:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=FETCH_TIMEOUT_S)
    except FileNotFoundError as error:
        raise FontsMissing(f"{command[0]} is not installed, and it fetches the fonts: install it") from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise FontsMissing(
            f"{command[0]} could not fetch the fonts: check the network and try again"
        ) from error


def _keep(face: Face, data: bytes, folder: Path) -> None:
    if hashlib.sha256(data).hexdigest() != face.sha256:
        raise FontsMissing(
            f"{face.package} {face.version} serves another {face.member} than fonts.json says: "
            "renew the lock file"
        )
    scratch = folder / (face.file + ".tmp")
    scratch.write_bytes(data)
    scratch.replace(folder / face.file)


def _fetch_npm(faces: Iterable[Face], scratch: Path, folder: Path) -> None:
    packages = sorted({f"{face.package}@{face.version}" for face in faces})
    if not packages:
        return
    _run(["npm", "pack", "--silent", *packages], scratch)
    for face in faces:
        archive = scratch / f"{face.package.removeprefix('@').replace('/', '-')}-{face.version}.tgz"
        with tarfile.open(archive) as tar:
            member = tar.extractfile(face.member)
            if member is None:
                raise FontsMissing(f"{face.package} has no file {face.member}: renew fonts.json")
            _keep(face, member.read(), folder)


def _fetch_debian(faces: Iterable[Face], scratch: Path, folder: Path) -> None:
    for package in sorted({face.package for face in faces}):
        place = scratch / package
        place.mkdir()
        # The sandbox user of apt cannot write here; the download itself needs no rights.
        _run(["apt-get", "download", "-o", "APT::Sandbox::User=root", package], place)
        for archive in place.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(archive), str(place)], place)
        for face in faces:
            if face.package == package:
                _keep(face, (place / face.member).read_bytes(), folder)
        shutil.rmtree(place)


if __name__ == "__main__":
    try:
        shelf = fetch_fonts(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER)
    except FontsMissing as error:
        sys.exit(f"fonts: {error}")
    sys.stdout.write(f"{len(shelf.faces)} fonts in {shelf.folder}\n")
