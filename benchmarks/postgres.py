"""A Postgres of its own for a benchmark, as it is installed by default: it flushes every commit to disk."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psycopg

BINARIES = Path("/usr/lib/postgresql")
START_SECONDS = 60


class PostgresMissing(Exception):
    """No Postgres is installed, or it does not start."""


@contextmanager
def running_postgres(*options: str) -> Iterator[str]:
    """The address of a server that ends with the block.

    Args:
        options: as on the command line of ``postgres``, such as ``shared_buffers=1GB``.

    Raises:
        PostgresMissing: install the package postgresql.
    """
    folders = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not folders:
        raise PostgresMissing("Postgres is not installed; install the package postgresql.")
    binaries = folders[-1].parent
    user = "postgres" if os.geteuid() == 0 and _is_known("postgres") else None
    with tempfile.TemporaryDirectory(prefix="remsfax-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data, port = folder / "data", _free_port()
        init: list[str | Path] = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "remsfax",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(
            [*init, "--locale=C.UTF-8", "-N"],
            check=True, capture_output=True, timeout=START_SECONDS, cwd=folder, user=user,
        )  # fmt: skip
        command: list[str | Path] = [binaries / "postgres", "-D", data, "-p", str(port)]
        for option in ("listen_addresses=127.0.0.1", "unix_socket_directories=", *options):
            command += ["-c", option]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder, user=user)
        try:
            address = f"postgresql://remsfax@127.0.0.1:{port}"
            _wait(server, address)
            yield address
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=START_SECONDS)


def new_database(server: str, name: str) -> str:
    """The URL of an empty database on the server."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


@contextmanager
def unflushed(server: str) -> Iterator[None]:
    """No commit waits for the disk within the block; after it what was written is on disk.

    For making a store that is thrown away if the machine dies.
    """
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        _flush(connection, "off")
        yield
        _flush(connection, "on")
        connection.execute("CHECKPOINT")
        os.sync()


def _flush(connection: "psycopg.Connection[tuple[object, ...]]", state: Literal["on", "off"]) -> None:
    connection.execute(f"ALTER SYSTEM SET fsync = {state}")
    connection.execute("SELECT pg_reload_conf()")


def processor_seconds(pid: int) -> float:
    """What a process of the server has spent so far, of its own and in the kernel; Linux alone tells."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(server: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(f"{address}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise PostgresMissing("Postgres did not start; try `postgres --version` and look at its log.")


def _is_known(user: str) -> bool:
    return any(entry.pw_name == user for entry in pwd.getpwall())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
