"""A desk over a store of its own, served by the real command."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.main_job.command import command_line, environment

PASSWORD = "keys alone and no mouse"  # noqa: S105 - of accounts that live as long as a benchmark
START_SECONDS = 90.0


@dataclass(frozen=True)
class RunningDesk:
    """A desk that answers at an address."""

    address: str
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End it without a warning, as a machine that loses its power does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


class DeskStuck(Exception):
    """The desk did not start."""


def add_account(house: Path, account: str, role: str, **settings: str) -> None:
    """An account with ``PASSWORD``."""
    name = f"{account.capitalize()} of the benchmark"
    subprocess.run(
        command_line("users", "add", account, "--role", role, "--full-name", name, "--password-stdin"),
        cwd=house,
        env=environment(house, **settings),
        input=f"{PASSWORD}\n",
        text=True,
        check=True,
        capture_output=True,
    )


@contextmanager
def running_desk(house: Path, port: int | None = None, **settings: str) -> Iterator[RunningDesk]:
    """A desk that ends with the block.

    Args:
        house: folder whose ``var`` holds store and archive.
        port: to listen on; a free one where none is named.
        settings: as environment variables.

    Raises:
        DeskStuck: it does not answer; its log is ``desk.log`` in the folder.
    """
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    with (house / "desk.log").open("ab") as log:
        desk = subprocess.Popen(
            command_line("desk", "--port", str(port)),
            cwd=house,
            env=environment(house, **settings),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await(address, desk)
        yield RunningDesk(address, desk)
    finally:
        if desk.poll() is None:
            os.killpg(desk.pid, signal.SIGTERM)
        desk.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(address: str, desk: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if desk.poll() is not None:
            raise DeskStuck(f"The desk ended with {desk.returncode}; read desk.log.")
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.2)
    raise DeskStuck(f"The desk did not answer in {START_SECONDS:.0f} seconds; read desk.log.")
