"""``remsfax read``."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("read")(read)


def read(
    faxes: Annotated[
        list[Path], typer.Argument(help="Files to read: TIFF, PDF, PNG or JPEG.", metavar="FAX...")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the reading contract, one object a line.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Reading processes. Default: batch.workers, one a core.")
    ] = None,
) -> None:
    """Read faxes and print what stands in them. Touches no store.

    Ends with 1 when a file could not be opened; its object says why.
    """
    from pipelines.read_files import read_files
    from remsfax.settings import load_settings

    settings = load_settings(**({"batch": {"workers": workers}} if workers else {})).pipeline()
    refused = False
    for file, reading in read_files(faxes, settings):
        refused |= "set_aside" in reading
        if as_json:
            sys.stdout.write(json.dumps(reading, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            _print_reading(file, reading)
    raise typer.Exit(1 if refused else 0)


def _print_reading(file: Path, reading: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    if "set_aside" in reading:
        console.print(f"[bold]{escape(file.name)}[/]: {escape(reading['set_aside']['message'])}")
        return
    fax = reading["fax"]
    console.print(
        f"[bold]{escape(file.name)}[/]: {fax['pages']} pages, {escape(fax['sender'] or 'sender unknown')}"
    )
    for other in reading["other_pages"]:
        console.print(f"page {other['page']}: {other['kind'].replace('_', ' ')}")
    for document in reading["documents"]:
        pages = ", ".join(str(page) for page in document["pages"])
        table = Table(
            "field",
            "value",
            "sure",
            "decision",
            title=f"{document['form']} {document['version']}, pages {pages}",
        )
        for name, field in document["fields"].items():
            value = "" if field["value"] is None else str(field["value"])
            table.add_row(name, escape(value), f"{field['confidence']:.3f}", field["decision"])
        console.print(table)
        for finding in document["findings"]:
            console.print(f"{finding['severity']} {finding['rule']}: {escape(finding['message'])}")
    for finding in reading["findings"]:
        console.print(f"{finding['severity']} {finding['rule']}: {escape(finding['message'])}")
