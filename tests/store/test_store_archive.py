import errno
import hashlib
import os
import stat
import time
from pathlib import Path

import pytest
from servers import S3Server, free_port

from store.archive import PARTIAL, Archive, FolderArchive, archive_path, open_archive
from store.errors import ArchiveMismatch, ArchiveMissing, ArchiveUnreachable, DiskFull

DATA = b"II*\x00 a fax"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["folder", "s3"])
def archive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    if request.param == "folder":
        return open_archive(str(tmp_path / "archive"))
    server: S3Server = request.getfixturevalue("s3_server")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return open_archive(f"s3://{server.new_bucket()}/faxes", endpoint_url=server.endpoint_url)


def test_what_was_put_is_found_by_its_hash(archive: Archive) -> None:
    assert not archive.has(SHA256)
    assert archive.put(DATA) == SHA256
    assert archive.put(DATA) == SHA256
    assert archive.has(SHA256)
    assert archive.get(SHA256) == DATA


def test_an_empty_fax_is_kept_too(archive: Archive) -> None:
    assert archive.get(archive.put(b"")) == b""


def test_what_was_never_put_is_missing(archive: Archive) -> None:
    with pytest.raises(ArchiveMissing, match="resent"):
        archive.get("0" * 64)


def test_a_folder_holds_the_faxes_and_nothing_else(tmp_path: Path) -> None:
    FolderArchive(tmp_path).put(DATA)
    files = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]
    assert stat.S_IMODE((tmp_path / files[0]).stat().st_mode) & 0o222 == 0


def test_changed_bytes_are_found_on_reading_and_never_written_over(tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path)
    archive.put(DATA)
    place = tmp_path / archive_path(SHA256)
    place.chmod(0o600)
    place.write_bytes(b"something else")
    with pytest.raises(ArchiveMismatch, match="backup"):
        archive.get(SHA256)
    with pytest.raises(ArchiveMismatch):
        archive.put(DATA)
    assert place.read_bytes() == b"something else"


def test_changed_bytes_on_s3_are_found_and_never_written_over(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    bucket = s3_server.new_bucket()
    s3_server.client().put_object(Bucket=bucket, Key=archive_path(SHA256), Body=b"something else")
    archive = open_archive(f"s3://{bucket}", endpoint_url=s3_server.endpoint_url)
    with pytest.raises(ArchiveMismatch):
        archive.put(DATA)
    assert (
        s3_server.client().get_object(Bucket=bucket, Key=archive_path(SHA256))["Body"].read()
        == b"something else"
    )


def test_a_full_disk_has_a_name_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    archive = FolderArchive(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        with pytest.raises(DiskFull, match="free some space"):
            archive.put(DATA)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert archive.put(DATA) == SHA256


def test_what_a_killed_writer_left_is_swept_once_it_is_old(tmp_path: Path) -> None:
    FolderArchive(tmp_path)
    old, new = tmp_path / PARTIAL / "old.1", tmp_path / PARTIAL / "new.2"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    FolderArchive(tmp_path)
    assert not old.exists()
    assert new.exists()


def test_a_folder_that_cannot_be_made_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ArchiveUnreachable, match="check that folder"):
        open_archive(str(tmp_path / "file" / "archive"))


def test_an_address_that_is_no_archive_says_what_to_write() -> None:
    with pytest.raises(ArchiveUnreachable, match="s3://BUCKET/PREFIX"):
        open_archive("ftp://host/archive")


def test_an_s3_that_does_not_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    archive = open_archive("s3://bucket/faxes", endpoint_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ArchiveUnreachable, match="does not answer"):
        archive.put(DATA)


def test_an_s3_that_refuses_says_so(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    absent = open_archive("s3://no-such-bucket-here", endpoint_url=s3_server.endpoint_url)
    with pytest.raises(ArchiveUnreachable, match="NoSuchBucket"):
        absent.get(SHA256)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    refused = open_archive(f"s3://{s3_server.new_bucket()}", endpoint_url=s3_server.endpoint_url)
    with pytest.raises(ArchiveUnreachable, match="credentials"):
        refused.put(DATA)
