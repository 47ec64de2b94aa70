"""``remsfax serve``: a Prefect server where none is configured, and the nightly deployment on it."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from pipelines.settings import PipelineSettings

API_VARIABLE = "PREFECT_API_URL"
START_SECONDS = 120
"""A fresh database takes 25 s; a busy machine longer."""

QUIET = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(START_SECONDS),
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}


class ServerDidNotStart(Exception):
    """Prefect's own server could not be started."""


def serve(settings: PipelineSettings) -> None:
    """Serve the nightly deployment until stopped.

    Raises:
        ServerDidNotStart: no server is configured, and none could be started.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with contextlib.ExitStack() as stack:
        if not os.environ.get(API_VARIABLE):
            os.environ[API_VARIABLE] = stack.enter_context(_own_server(settings.schedule.server_port))
        # Prefect reads the address of its server when it is imported.
        from remsfax.nightly import serve_nightly  # noqa: PLC0415

        serve_nightly(settings)


@contextlib.contextmanager
def _own_server(port: int) -> Iterator[str]:
    # The server that Prefect starts by itself within a process has no scheduler: no cron makes a run.
    address = f"http://127.0.0.1:{port}/api"
    where = ["--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "prefect", "server", "start", *where]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(server, address)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(server: "subprocess.Popen[bytes]", address: str) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):  # noqa: S310
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.5)
    raise ServerDidNotStart(
        f"A Prefect server did not start at {address}; free its port, set schedule.server_port to another, "
        f"or name a server in {API_VARIABLE}."
    )
