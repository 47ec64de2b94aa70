"""The nightly deployment: its schedule makes a run, and the run is a batch."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from office import Office
from servers import free_port

WAIT_SECONDS = 240


def ask(address: str, question: str, **body: Any) -> Any:
    request = urllib.request.Request(  # noqa: S310 - a loopback address made here
        f"{address}/{question}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)


def scheduled_runs(address: str) -> list[dict[str, Any]]:
    try:
        return list(ask(address, "flow_runs/filter", sort="EXPECTED_START_TIME_ASC"))
    except (urllib.error.URLError, OSError):
        return []


@pytest.mark.slow
def test_the_schedule_creates_a_run_that_processes_the_inbox(office: Office) -> None:
    (office.inbox / "empty.tif").write_bytes(b"")
    port = free_port()
    office.environment |= {
        "REMSFAX_INTAKE__SOURCE": str(office.inbox),
        "REMSFAX_SCHEDULE__CRON": "* * * * *",
        "REMSFAX_SCHEDULE__TIMEZONE": "America/New_York",
        "REMSFAX_SCHEDULE__SERVER_PORT": str(port),
        "PREFECT_HOME": str(office.folder / "prefect"),
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
    }
    address = f"http://127.0.0.1:{port}/api"
    serving = office.start("serve")
    try:
        give_up_at = time.monotonic() + WAIT_SECONDS
        ended: list[dict[str, Any]] = []
        runs: list[dict[str, Any]] = []
        while not ended and time.monotonic() < give_up_at:
            assert serving.poll() is None, serving.communicate()[1]
            runs = scheduled_runs(address)
            ended = [run for run in runs if run["state_type"] in {"COMPLETED", "FAILED", "CRASHED"}]
            time.sleep(1)
        assert runs, "the schedule created no run"
        assert all(run["auto_scheduled"] for run in runs)
        assert [(run["state_type"], run["state_name"]) for run in ended[:1]] == [
            ("COMPLETED", "SomeSetAside")
        ]
        (deployment,) = ask(address, "deployments/filter")
        (schedule,) = deployment["schedules"]
        assert schedule["schedule"]["timezone"] == "America/New_York"
        assert "1 faxes: 0 recorded, 0 in review, 1 set aside" in ended[0]["state"]["message"]
    finally:
        os.killpg(serving.pid, signal.SIGTERM)
        try:
            serving.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(serving.pid, signal.SIGKILL)
            serving.communicate()
    assert list((office.folder / "var/reports").glob("*.html"))
