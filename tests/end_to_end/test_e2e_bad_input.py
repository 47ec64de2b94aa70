"""Bad input: each file is read, or set aside with one clear line; its bytes are kept; the batch finishes."""

import csv
import hashlib
import io
import os
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import bad_faxes
import pytest
from office import Office, Ran, open_office

ODD_NAME = 'Dr. O\'Neil "fax" \N{FACE WITH THERMOMETER} 1.tif'


@dataclass
class Morning:
    """One batch over all the bad files."""

    office: Office
    ran: Ran
    tables: dict[str, list[dict[str, str]]]

    def fax(self, name: str) -> dict[str, str]:
        """The store's row of the file's bytes."""
        sha256 = hashlib.sha256((self.office.inbox / name).read_bytes()).hexdigest()
        (row,) = [row for row in self.tables["transmissions.csv"] if row["id"] == sha256]
        assert (self.office.folder / "var/archive" / sha256[:2] / sha256[2:4] / sha256).read_bytes() == (
            self.office.inbox / name
        ).read_bytes()
        return row

    def forms(self, name: str) -> list[dict[str, str]]:
        """The forms found in the file."""
        fax = self.fax(name)["id"]
        return [row for row in self.tables["documents.csv"] if row["transmission_id"] == fax]

    def line(self, name: str) -> str:
        """What the terminal says of the file: exactly one line."""
        (line,) = [line for line in self.ran.errors.splitlines() if f": {name}: " in line]
        return line


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory, blank_cache: Path) -> Morning:
    office = open_office(tmp_path_factory.mktemp("bad"), blank_cache)
    scratch = tmp_path_factory.mktemp("drawn")
    fine, standard = bad_faxes.form_page(scratch), bad_faxes.form_page(scratch, fine=False)
    whole = bad_faxes.tiff([fine, fine, fine], [(204, 196)] * 3)
    one = bad_faxes.tiff([fine], [(204, 196)])
    files = {
        "empty.tif": b"",
        "truncated.tif": whole[: int(len(whole) * 0.6)],
        "text.tif": b"This is no fax at all.\n" * 40,
        "encrypted.pdf": bad_faxes.encrypted_pdf(),
        "no pages.pdf": bad_faxes.pdf_without_pages(),
        "3000 pages.tif": bad_faxes.many_pages(3000),
        "huge.tif": bad_faxes.huge_declared(),
        "inverted.tif": bad_faxes.with_tag(one, 262, 0),
        "fill order.tif": bad_faxes.wrong_fill_order(fine),
        "no resolution.tif": bad_faxes.tiff([standard], [None]),
        "two resolutions.tif": bad_faxes.tiff([fine, standard], [(204, 196), (204, 98)]),
        "photo.jpg": bad_faxes.phone_photo(fine),
        ODD_NAME: one,
    }
    for name, data in files.items():
        (office.inbox / name).write_bytes(data)
    (office.inbox / "link.tif").symlink_to(office.inbox / "truncated.tif")
    os.mkfifo(office.inbox / "pipe.tif")
    stop = threading.Event()

    def keep_writing() -> None:
        with (office.inbox / "growing.tif").open("wb") as file:
            while not stop.is_set():
                file.write(b"II*\0")
                file.flush()
                time.sleep(0.05)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        ran = office.command("run", "inbox", "--json")
    finally:
        stop.set()
        writer.join()
    tables = {
        name: list(csv.DictReader(io.StringIO(data.decode()))) for name, data in office.export().items()
    }
    return Morning(office, ran, tables)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty.tif", "empty_file"),
        ("text.tif", "not_a_fax"),
        ("encrypted.pdf", "encrypted_pdf"),
        ("no pages.pdf", "damaged"),
        ("3000 pages.tif", "too_many_pages"),
        ("huge.tif", "image_too_large"),
    ],
)
def test_what_cannot_be_opened_is_set_aside_with_its_reason(morning: Morning, name: str, code: str) -> None:
    fax = morning.fax(name)
    assert (fax["status"], fax["set_aside_code"]) == ("set_aside", code)
    assert fax["set_aside_message"] in morning.line(name)


def test_the_pages_before_a_cut_are_read(morning: Morning) -> None:
    fax = morning.fax("truncated.tif")
    assert fax["status"] == "in_review"
    assert fax["page_count"] in {"1", "2"}
    assert morning.forms("truncated.tif")[0]["form"] == "prescription_order"


@pytest.mark.parametrize("name", ["inverted.tif", "fill order.tif", "no resolution.tif", ODD_NAME])
def test_tags_that_lie_or_lack_and_odd_names_change_nothing(morning: Morning, name: str) -> None:
    assert morning.fax(name)["status"] == "in_review"
    assert [form["form"] for form in morning.forms(name)] == ["prescription_order"]


def test_each_page_has_its_own_resolution(morning: Morning) -> None:
    fax = morning.fax("two resolutions.tif")["id"]
    pages = [row for row in morning.tables["pages.csv"] if row["transmission_id"] == fax]
    assert [page["form"] for page in pages] == ["prescription_order"] * 2
    assert [round(float(page["y_dpi"])) for page in pages] == [196, 98]


def test_a_color_photo_is_read_or_put_before_a_person(morning: Morning) -> None:
    assert morning.fax("photo.jpg")["status"] == "in_review"


@pytest.mark.parametrize("name", ["link.tif", "pipe.tif"])
def test_what_is_no_plain_file_is_never_followed(morning: Morning, name: str) -> None:
    assert "set aside" in morning.line(name)
    sources = [row["source"] for row in morning.tables["unreadable_arrivals.csv"]]
    assert sum(source.endswith(name) for source in sources) == 1


def test_a_file_still_being_written_waits(morning: Morning) -> None:
    assert "left for the next run" in morning.line("growing.tif")
    assert not any(row["source"].endswith("growing.tif") for row in morning.tables["deliveries.csv"])


def test_the_batch_tells_the_truth(morning: Morning) -> None:
    counts = morning.ran.json
    assert list(counts) == [
        "faxes", "pages", "documents", "recorded", "in_review", "set_aside", "duplicates", "report",
        "seconds", "cpu_seconds",
    ]  # fmt: skip
    assert morning.ran.code == 1
    assert counts["set_aside"] == 8
    assert counts["faxes"] == 15
    assert (
        counts["faxes"]
        == counts["recorded"] + counts["in_review"] + counts["set_aside"] + counts["duplicates"]
    )
    report = (morning.office.folder / counts["report"]).read_text()
    assert "Set aside" in report
    assert "3000 pages.tif" in report
    assert "&#34;fax&#34;" in report
    assert "http" not in report


def test_the_growing_file_is_taken_when_it_has_settled_and_nothing_else_again(morning: Morning) -> None:
    ran = morning.office.command("run", "inbox", "--json")
    assert ran.code == 1
    assert ran.json["faxes"] == 16
    assert ran.json["duplicates"] == 13
    assert ran.json["set_aside"] == 3
    assert morning.office.command("verify-audit").code == 0


def test_a_file_without_permission_is_set_aside(blank_cache: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="remsfax-closed-") as name:
        office = open_office(Path(name), blank_cache)
        closed = office.inbox / "closed.tif"
        closed.write_bytes(b"II*\0")
        closed.chmod(0)
        as_other: dict[str, int] = {}
        if os.geteuid() == 0:
            as_other = {"user": 65534, "group": 65534}
            for path in (office.folder, office.inbox):
                os.chown(path, 65534, 65534)
        try:
            ran = office.command("run", "inbox", "--json", **as_other)
        except PermissionError:
            pytest.skip("the interpreter is not open to another user, and root may read every file")
        if "Permission denied" in ran.errors or "ModuleNotFoundError" in ran.errors:
            pytest.skip("the program is not open to another user, and root may read every file")
        assert ran.code == 1
        assert (ran.json["faxes"], ran.json["set_aside"]) == (1, 1)
        assert "set aside: closed.tif: The file may not be read" in ran.errors
