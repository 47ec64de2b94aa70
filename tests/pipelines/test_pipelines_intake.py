"""Where faxes come from: what is taken, when, and what never is."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import SourceMissing
from pipelines.folder_source import FolderSource, printable
from pipelines.intake import Arrival, NotTaken, StillChanging, open_source, take_all
from pipelines.settings import IntakeSettings

SETTINGS = IntakeSettings(settle_seconds=5.0)


def take(
    folder: Path, *, age_seconds: float = 60.0, meanwhile: Callable[[], object] = lambda: None
) -> list[Arrival | NotTaken | StillChanging]:
    """All of a folder, seen so long after it was written; ``meanwhile`` happens while intake waits."""
    source = FolderSource(str(folder), SETTINGS)
    return list(
        take_all(
            source,
            source.look(),
            SETTINGS,
            now=lambda: time.time() + age_seconds,
            sleep=lambda _: bool(meanwhile()) and None,
        )
    )


def names(found: list[Arrival | NotTaken | StillChanging]) -> list[str]:
    return [one.entry.name if isinstance(one, Arrival) else one.name for one in found]


def test_settled_files_are_taken_in_the_order_of_their_names_with_their_sidecars(tmp_path: Path) -> None:
    (tmp_path / "b.tif").write_bytes(b"two")
    (tmp_path / "a.TIFF").write_bytes(b"one")
    (tmp_path / "a.json").write_bytes(b"{}")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.pdf").write_bytes(b"three")
    (tmp_path / "sub" / "c.pdf.json").write_bytes(b"[]")
    (tmp_path / "README.md").write_bytes(b"words")
    found = take(tmp_path)
    assert names(found) == ["a.TIFF", "b.tif", "sub/c.pdf"]
    assert [(one.data, one.sidecar) for one in found if isinstance(one, Arrival)] == [
        (b"one", b"{}"),
        (b"two", None),
        (b"three", b"[]"),
    ]
    assert FolderSource(str(tmp_path), SETTINGS).look().passed_over == 1


def test_a_young_file_that_stays_the_same_is_taken_after_a_second_look(tmp_path: Path) -> None:
    (tmp_path / "young.tif").write_bytes(b"whole")
    waited: list[bool] = []
    (only,) = take(tmp_path, age_seconds=0.0, meanwhile=lambda: waited.append(True))
    assert isinstance(only, Arrival)
    assert waited == [True]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"first half, second half"),
        lambda path: os.utime(path, (1, 1)),
        lambda path: path.unlink(),
    ],
    ids=["grows", "its times are set back", "goes"],
)
def test_a_file_that_changes_while_intake_waits_is_left(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    path = tmp_path / "growing.tif"
    path.write_bytes(b"first half")
    assert take(tmp_path, age_seconds=0.0, meanwhile=lambda: change(path)) == [
        StillChanging("growing.tif", str(path))
    ]


def test_a_copy_that_keeps_old_times_is_young_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "copied.tif"
    path.write_bytes(b"first half")
    os.utime(path, (1_000_000, 1_000_000))
    found = take(tmp_path, age_seconds=0.0, meanwhile=lambda: path.write_bytes(b"first half, second"))
    assert isinstance(found[0], StillChanging)


def test_links_pipes_and_linked_folders_are_refused_and_never_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.tif").write_bytes(b"not ours")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link.tif").symlink_to(outside / "secret.tif")
    (inbox / "folder").symlink_to(outside)
    os.mkfifo(inbox / "pipe.tif")
    found = take(inbox)
    assert sorted((one.name, one.code) for one in found if isinstance(one, NotTaken)) == [
        ("folder", "symbolic_link"),
        ("link.tif", "symbolic_link"),
        ("pipe.tif", "not_a_file"),
    ]
    assert len(found) == 3


def test_a_file_replaced_by_a_link_after_the_look_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.tif"
    outside.write_bytes(b"not ours!")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.tif").write_bytes(b"harmless!")
    source = FolderSource(str(inbox), SETTINGS)
    (entry,) = source.look().entries
    (inbox / "a.tif").unlink()
    (inbox / "a.tif").symlink_to(outside)
    assert isinstance(source.read(entry), NotTaken)


def test_a_file_that_may_not_be_read_is_refused() -> None:
    with tempfile.TemporaryDirectory(prefix="remsfax-intake-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "closed.tif").write_bytes(b"x")
        (folder / "closed.tif").chmod(0)
        source = FolderSource(name, SETTINGS)
        (entry,) = source.look().entries
        as_root = os.geteuid() == 0
        if as_root:
            os.seteuid(65534)
        try:
            refused = source.read(entry)
        finally:
            if as_root:
                os.seteuid(0)
    assert isinstance(refused, NotTaken)
    assert refused.code == "no_permission"


@pytest.mark.parametrize("name", ["with space.tif", 'quote\'s "q".tif', "\N{BANANA}.tif", "line\nbreak.tif"])
def test_odd_names_are_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"data")
    (only,) = take(tmp_path)
    assert isinstance(only, Arrival)
    assert only.entry.name == name


def test_a_name_that_is_no_utf_8_is_taken_and_can_be_printed(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.tif"
    with open(path, "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write(b"data")
    (only,) = take(tmp_path)
    assert isinstance(only, Arrival)
    assert only.entry.name == "caf\\xe9.tif"
    assert printable(only.entry.address).encode()


def test_a_file_larger_than_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "large.tif").open("wb") as file:
        file.truncate(int(SETTINGS.max_file_mb * 1e6) + 1)
    (only,) = take(tmp_path)
    assert isinstance(only, NotTaken)
    assert only.code == "file_too_large"


@pytest.mark.parametrize("address", ["/nowhere/at/all", "ftp://host/folder", "s3://"])
def test_a_source_that_is_not_there_is_named(address: str) -> None:
    with pytest.raises(SourceMissing, match="; "):
        open_source(address, SETTINGS).look()
