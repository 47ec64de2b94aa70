"""``remsfax run`` and ``remsfax serve``."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.batch import BatchResult


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("serve")(serve)


def run(
    source: Annotated[
        str | None,
        typer.Argument(help="A folder, or s3://BUCKET/PREFIX. Default: intake.source of the settings."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Reading processes. Default: batch.workers, one a core.")
    ] = None,
) -> None:
    """Process one batch: every fax of the source, and what an earlier batch left undone.

    Ends with 0 when all is done, 1 when some faxes were set aside, 2 when the batch could not run or finish.
    """
    from pipelines.running import run_and_report
    from remsfax.progress import batch_progress
    from remsfax.settings import load_settings

    settings = load_settings(**({"batch": {"workers": workers}} if workers else {})).pipeline()
    with batch_progress() as progress:
        result = run_and_report(source or settings.intake.source, settings, progress=progress)
    if as_json:
        sys.stdout.write(json.dumps(result.as_json()) + "\n")
    else:
        _print_table(result)
    _print_remarks(result)
    raise typer.Exit(result.exit_code)


def serve() -> None:
    """Stay, and process a batch every night, as a Prefect deployment (schedule.cron of the settings)."""
    from remsfax.serving import serve as serve_until_stopped
    from remsfax.settings import load_settings

    serve_until_stopped(load_settings().pipeline())


def _print_table(result: "BatchResult") -> None:
    from rich.console import Console
    from rich.table import Table

    counts = result.as_json()
    columns = {
        "faxes": counts["faxes"],
        "forms": counts["documents"],
        "recorded": counts["recorded"],
        "in review": counts["in_review"],
        "set aside": counts["set_aside"],
        "known already": counts["duplicates"],
        "to act on": result.warnings,
        "seconds": counts["seconds"],
    }
    table = Table(*columns)
    table.add_row(*map(str, columns.values()))
    console = Console()
    console.print(table)
    if result.report:
        console.print(f"Report: {result.report}", soft_wrap=True, highlight=False, markup=False)


def _print_remarks(result: "BatchResult") -> None:
    """What somebody has to know beside the table, a line each, on the terminal's other channel."""
    for line in result.remarks():
        sys.stderr.write(f"remsfax: {line}\n")
