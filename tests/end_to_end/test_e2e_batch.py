"""Batches that are killed, doubled, cut off, and short of room: nothing lost, nothing twice."""

import csv
import html
import io
import json
import os
import resource
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from office import Office, Ran, open_office

FAXES = 3


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, blank_cache: Path) -> dict[str, bytes]:
    """What the store holds after a batch that nothing disturbed, sources apart."""
    office = open_office(tmp_path_factory.mktemp("undisturbed"), blank_cache)
    office.put_samples(FAXES)
    ran = office.command("run", "inbox", "--json")
    assert ran.code in {0, 1}, ran.errors
    assert ran.json["faxes"] == FAXES
    return comparable(office)


def comparable(office: Office) -> dict[str, bytes]:
    """The exported tables without the folder that the faxes lay in, which differs between offices."""
    tables = office.export()
    for name in ("deliveries.csv", "audit.csv"):
        rows = tables.pop(name).decode().splitlines()
        tables[f"rows of {name}"] = str(len(rows)).encode()
    return tables


def recorded(office: Office) -> int:
    """How many faxes the log says are done."""
    log = office.folder / "var/log/remsfax.jsonl"
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()] if log.exists() else []
    return sum(event in {"fax recorded", "fax set aside"} for event in events)


def wait_until_recorded(office: Office, count: int, process: "subprocess.Popen[str]") -> None:
    give_up_at = time.monotonic() + 120
    while recorded(office) < count and process.poll() is None and time.monotonic() < give_up_at:
        time.sleep(0.02)


def gone(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)


@pytest.mark.parametrize("after", [0, 2])
def test_a_killed_batch_run_again_leaves_what_an_undisturbed_one_does(
    office: Office, undisturbed: dict[str, bytes], after: int
) -> None:
    office.put_samples(FAXES)
    batch = office.start("run", "inbox", "--json")
    wait_until_recorded(office, after, batch)
    if after == 0:
        time.sleep(4.0)
    children = [child.pid for child in psutil.Process(batch.pid).children(recursive=True)]
    os.kill(batch.pid, signal.SIGKILL)
    batch.communicate()
    give_up_at = time.monotonic() + 20
    while not gone(children) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    assert gone(children), "reading processes outlived the batch"
    again = office.command("run", "inbox", "--json")
    assert again.code in {0, 1}, again.errors
    counts = again.json
    assert counts["faxes"] == FAXES
    assert counts["faxes"] == sum(counts[key] for key in ("recorded", "in_review", "set_aside", "duplicates"))
    assert comparable(office) == undisturbed
    assert office.command("verify-audit").code == 0
    third = office.command("run", "inbox", "--json").json
    assert (third["duplicates"], third["recorded"] + third["in_review"] + third["set_aside"]) == (FAXES, 0)


def test_a_killed_reading_process_costs_no_fax(office: Office, undisturbed: dict[str, bytes]) -> None:
    office.put_samples(FAXES)
    batch = office.start("run", "inbox", "--json")
    wait_until_recorded(office, 1, batch)
    for child in psutil.Process(batch.pid).children():
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()
    out, errors = batch.communicate(timeout=240)
    assert batch.returncode in {0, 1}, errors
    assert json.loads(out)["faxes"] == FAXES
    assert comparable(office) == undisturbed
    assert "a reading process died" in (office.folder / "var/log/remsfax.jsonl").read_text()


def test_two_batches_at_once_process_each_fax_once(office: Office, undisturbed: dict[str, bytes]) -> None:
    office.put_samples(FAXES)
    both = [office.start("run", "inbox", "--json") for _ in range(2)]
    outs = [json.loads(batch.communicate(timeout=280)[0]) for batch in both]
    done = [out["recorded"] + out["in_review"] + out["set_aside"] for out in outs]
    assert sum(done) == FAXES
    assert comparable(office) == undisturbed
    assert office.command("verify-audit").code == 0


def test_postgres_holds_the_same_as_sqlite(
    office: Office, undisturbed: dict[str, bytes], postgres_url: str
) -> None:
    office.put_samples(FAXES)
    office.environment["REMSFAX_STORE__DATABASE"] = postgres_url
    assert office.command("run", "inbox", "--json").code in {0, 1}
    assert comparable(office) == undisturbed
    assert office.command("verify-audit").code == 0


@dataclass
class Evening:
    """A batch as a person starts it: two faxes, of one of which the sender announced nine pages."""

    office: Office
    faxes: list[Path]
    ran: Ran


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory, blank_cache: Path) -> Evening:
    office = open_office(tmp_path_factory.mktemp("evening"), blank_cache)
    faxes = office.put_samples(2)
    sidecar = office.inbox / faxes[0].with_suffix(".json").name
    known = json.loads(sidecar.read_text())
    sidecar.write_text(json.dumps({**known, "fax": {**known["fax"], "announced_pages": 9}}))
    return Evening(office, faxes, office.command("run", "inbox"))


def test_a_warning_is_in_the_report_and_counted_on_the_terminal(evening: Evening) -> None:
    findings = list(csv.DictReader(io.StringIO(evening.office.export()["findings.csv"].decode())))
    warnings = {
        (row["rule"], row["message"])
        for row in findings
        if row["severity"] == "warning" and not row["rule"].startswith("AE-")
    }
    assert "COM-08" in {rule for rule, _ in warnings}
    (report,) = (evening.office.folder / "var/reports").glob("*.html")
    shown = html.unescape(report.read_text())
    for rule, message in warnings:
        assert message in shown
        assert f"rule {rule}" in shown
    assert "remsfax: to act on: " in evening.ran.errors


def test_nothing_that_was_written_on_a_form_gets_into_log_terminal_or_file_names(evening: Evening) -> None:
    office, faxes, ran = evening.office, evening.faxes, evening.ran
    told = ran.out + ran.errors + (office.folder / "var/log/remsfax.jsonl").read_text()
    told += "\n".join(str(path) for path in office.folder.rglob("*"))
    secrets: set[str] = set()
    for fax in faxes:
        for document in json.loads(fax.with_suffix(".json").read_text())["documents"]:
            values = [field["value"] for field in document["fields"].values()]
            # Names of options (lower case) are words of the form; a day can be in the file's own name.
            written = {value for value in values if isinstance(value, str) and not value.islower()}
            secrets |= {value for value in written if len(value) > 5 and value not in fax.name}
    assert len(secrets) > 20
    assert [value for value in secrets if value in told] == []


class Line:
    """A line to a server that can be cut: forwards what comes until it has carried so many requests."""

    def __init__(self, port: int, requests: int) -> None:
        self._target, self._left = port, requests
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, server]
            threading.Thread(target=self._carry, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, client, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        try:
            while data := source.recv(65536):
                if counts and data.startswith((b"GET ", b"PUT ", b"HEAD ")):
                    self._left -= 1
                    if self._left < 0:
                        self.cut()
                        return
                target.sendall(data)
        except OSError:
            self.cut_pair(source, target)

    @staticmethod
    def cut_pair(*pair: socket.socket) -> None:
        for end in pair:
            end.close()

    def cut(self) -> None:
        """From now on nobody answers."""
        self._server.close()
        for end in self._open:
            end.close()


def s3_office(office: Office, server: Any, endpoint: str) -> str:
    """Put samples into a bucket and have the office archive into it; gives the source's address."""
    bucket = server.new_bucket()
    for fax in office.put_samples(FAXES):
        for path in (fax, fax.with_suffix(".json")):
            server.client().put_object(Bucket=bucket, Key=f"in/{path.name}", Body=path.read_bytes())
    office.environment |= server.environment
    office.environment |= {
        "AWS_ENDPOINT_URL_S3": endpoint,
        "REMSFAX_STORE__ARCHIVE": f"s3://{bucket}/archive",
        "AWS_MAX_ATTEMPTS": "2",
    }
    return f"s3://{bucket}/in"


def test_s3_is_a_source_and_an_archive(office: Office, undisturbed: dict[str, bytes], s3_server: Any) -> None:
    source = s3_office(office, s3_server, s3_server.endpoint_url)
    ran = office.command("run", source, "--json")
    assert ran.code in {0, 1}, ran.errors
    assert ran.json["faxes"] == FAXES
    tables = comparable(office)
    assert tables["transmissions.csv"] == undisturbed["transmissions.csv"]
    assert tables["fields.csv"] == undisturbed["fields.csv"]
    bucket = source.split("/")[2]
    kept = s3_server.client().list_objects_v2(Bucket=bucket, Prefix="archive/")
    assert kept["KeyCount"] == FAXES
    assert office.command("run", source, "--json").json["duplicates"] == FAXES


def test_s3_that_goes_away_half_way_is_told_and_made_good_by_the_next_run(
    office: Office, undisturbed: dict[str, bytes], s3_server: Any
) -> None:
    line = Line(int(s3_server.endpoint_url.rpartition(":")[2]), requests=9)
    source = s3_office(office, s3_server, f"http://127.0.0.1:{line.port}")
    cut = office.command("run", source, "--json")
    line.cut()
    assert cut.code == 2
    assert 0 <= cut.json["faxes"] < FAXES or cut.json["in_review"] + cut.json["recorded"] < FAXES
    (why,) = [line for line in cut.errors.splitlines() if "run again" in line or "next run" in line]
    assert "Traceback" not in cut.errors
    assert why
    office.environment["AWS_ENDPOINT_URL_S3"] = s3_server.endpoint_url
    again = office.command("run", source, "--json")
    assert again.code in {0, 1}, again.errors
    assert comparable(office)["fields.csv"] == undisturbed["fields.csv"]
    assert office.command("verify-audit").code == 0


def test_a_full_disk_is_told_and_nothing_is_lost(office: Office, undisturbed: dict[str, bytes]) -> None:
    faxes = office.put_samples(FAXES)
    archive = office.folder / "archive"
    archive.mkdir()
    office.environment["REMSFAX_STORE__ARCHIVE"] = str(archive)
    room = sorted(fax.stat().st_size for fax in faxes)[0] + 20_000
    mounted = os.geteuid() == 0 and (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={room // 4096 * 4096}", "none", archive],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )
    try:
        if mounted:
            full = office.command("run", "inbox", "--json")
        else:
            largest = max(fax.stat().st_size for fax in faxes)
            limit = largest - 1
            full = office.command(
                "run",
                "inbox",
                "--json",
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
            )
    finally:
        if mounted:
            subprocess.run(["umount", archive], check=True)
    assert full.code == 2
    assert "free some space and run again" in full.errors
    assert "Traceback" not in full.errors
    if mounted:
        # The bytes in the archive went with the disk; the program says so of what it had taken, and goes on.
        office.environment["REMSFAX_STORE__DATABASE"] = f"sqlite:///{office.folder}/new.db"
    again = office.command("run", "inbox", "--json")
    assert again.code in {0, 1}, again.errors
    assert comparable(office) == undisturbed
