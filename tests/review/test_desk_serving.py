"""``remsfax desk`` and ``remsfax users`` as an operator types them, and the server over real sockets."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import free_port

from review.serving import NoCertificate, NotSafe, check_reach, is_loopback
from review.settings import DeskSettings

COULD_NOT_RUN = 2
STOPPED_WITHIN_SECONDS = 20


def remsfax(*words: str, cwd: Path, text: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "remsfax", *words],
        cwd=cwd,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_only_this_machine_is_let_in_without_encryption() -> None:
    check_reach(DeskSettings())
    check_reach(DeskSettings(host="0.0.0.0", https="proxy"))  # noqa: S104
    for host in ("0.0.0.0", "10.0.0.5", "::", "desk.example"):  # noqa: S104
        with pytest.raises(NotSafe, match=r"desk\.https"):
            check_reach(DeskSettings(host=host))


def test_own_encryption_needs_its_files(tmp_path: Path) -> None:
    with pytest.raises(NoCertificate, match=r"desk\.certificate "):
        check_reach(DeskSettings(https="own", certificate=str(tmp_path / "missing.pem")))


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("10.0.0.1", False)],
)
def test_what_counts_as_this_machine(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_another_address_is_refused_with_the_remedy(tmp_path: Path) -> None:
    done = remsfax("desk", "--host", "0.0.0.0", cwd=tmp_path)  # noqa: S104
    assert done.returncode == COULD_NOT_RUN
    assert done.stderr.startswith("remsfax: The desk would listen on 0.0.0.0 without encryption; ")
    assert "set desk.https" in done.stderr


def test_accounts_are_added_listed_and_closed(tmp_path: Path) -> None:
    words = ("users", "add", "ana", "--role", "lead", "--full-name", "Ana Lund", "--password-stdin")
    added = remsfax(*words, cwd=tmp_path, text="a sentence to sign in with\n")
    assert added.stdout == "ana may sign in as lead\n", added.stderr
    assert remsfax(*words, cwd=tmp_path, text="a sentence to sign in with\n").returncode == COULD_NOT_RUN
    assert remsfax("users", "disable", "ana", cwd=tmp_path).stdout == "ana is disabled\n"
    assert '"disabled": true' in remsfax("users", "list", "--json", cwd=tmp_path).stdout
    assert remsfax("users", "disable", "ana", "--enable", cwd=tmp_path).stdout == "ana is enabled\n"
    assert "enabled" in remsfax("users", "list", cwd=tmp_path).stdout
    assert remsfax("users", "disable", "nobody", cwd=tmp_path).returncode == COULD_NOT_RUN


def test_without_a_terminal_the_password_has_to_be_piped_in(tmp_path: Path) -> None:
    done = remsfax("users", "add", "ana", "--role", "lead", "--full-name", "Ana Lund", cwd=tmp_path)
    assert done.returncode == COULD_NOT_RUN
    assert "--password-stdin" in done.stderr


@pytest.fixture(params=[(), ("--workers", "2")], ids=["one process", "two processes"])
def running(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A desk without accounts, served by the command; its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "remsfax", "desk", "--port", str(port), *request.param],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "REMSFAX_DESK__REQUEST_KB": "64"},
    )
    address = f"http://127.0.0.1:{port}"
    give_up_at = time.monotonic() + 90
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            httpx.get(f"{address}/health", timeout=2)
            break
        except httpx.HTTPError:
            time.sleep(0.3)
    yield address, process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_the_first_start_says_how_to_add_an_account_and_serves(
    running: "tuple[str, subprocess.Popen[str]]",
) -> None:
    address, process = running
    assert httpx.get(f"{address}/health").json() == {"ok": True}
    page = httpx.get(f"{address}/inbox", follow_redirects=True)
    assert page.url.path == "/login"
    large = httpx.post(
        f"{address}/login", content=b"x" * 5_000_000, headers={"Content-Type": "application/json"}
    )
    assert large.status_code == 413
    assert all(httpx.get(f"{address}/health").json() == {"ok": True} for _ in range(8))
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=STOPPED_WITHIN_SECONDS)
    assert f"The desk answers at {address}/" in told
    assert "remsfax users add NAME" in told
    assert "Traceback" not in told
