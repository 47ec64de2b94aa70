"""``remsfax reread``."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import signal
import sys
import threading
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reread")(reread)


def reread(
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and read again whatever is asked for, until stopped.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON list of what became of each fax.")
    ] = False,
) -> None:
    """Read those faxes again that people asked for, by what they said of the pages.

    Ends with 0 when all were read, 1 when some could not be, 2 when it could not run.
    """
    from pipelines.rereading_queue import reread_and_register, reread_remarks, watch_requests
    from remsfax.settings import load_settings

    settings = load_settings().pipeline()
    if watch:
        watch_requests(settings, stop=_stop_at_signals().is_set)
        return
    done = reread_and_register(settings)
    if as_json:
        lines = [
            {
                "fax": fax.transmission_id,
                "outcome": fax.outcome,
                "failure": None
                if fax.failure is None
                else {"code": fax.failure.code, "message": fax.failure.message},
            }
            for fax in done
        ]
        sys.stdout.write(json.dumps(lines) + "\n")
    for line in reread_remarks(done):
        sys.stderr.write(f"remsfax: {line}\n")
    raise typer.Exit(1 if any(fax.failure for fax in done) else 0)


def _stop_at_signals() -> threading.Event:
    """Set when someone asks the process to end; it finishes the fax at hand first."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
