"""``remsfax verify-audit``, ``export``, ``settings`` and ``rules``."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

JSON_OPTION = typer.Option("--json", help="Print JSON.")


class Format(StrEnum):
    """What ``export`` writes."""

    CSV = "csv"
    PARQUET = "parquet"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("verify-audit")(verify_audit)
    app.command("export")(export)
    app.command("settings")(settings)
    app.command("rules")(rules)


def verify_audit(as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Prove that no row of the audit trail was changed, removed or reordered. Ends with 1 when one was."""
    from store.audit import verify_audit as verify
    from store.database import reading

    with reading(_database()) as session:
        report = verify(session)
    if as_json:
        breaks = [{"sequence": found.sequence, "message": found.message} for found in report.breaks]
        whole = {
            "whole": report.whole,
            "rows": report.head.rows,
            "head": report.head.hash,
            "transmissions": report.transmissions,
            "breaks": breaks,
        }
        sys.stdout.write(json.dumps(whole) + "\n")
    else:
        for found in report.breaks:
            sys.stdout.write(f"{found.message}\n")
        verdict = "The audit trail is whole" if report.whole else "The audit trail is BROKEN"
        rows = f"{report.head.rows} rows about {report.transmissions} faxes"
        sys.stdout.write(f"{verdict}: {rows}, head {report.head.hash}\n")
    raise typer.Exit(0 if report.whole else 1)


def export(
    out: Annotated[Path, typer.Option(help="Folder to write into; it is made.")],
    format: Annotated[Format, typer.Option(help="File format.")] = Format.CSV,  # noqa: A002 - the option's name
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Write the store's tables as files, one a table; they hold patient data."""
    from store.export import export as write

    rows = write(_database(), out, format.value)
    if as_json:
        sys.stdout.write(json.dumps({"out": str(out), "rows": rows}) + "\n")
    else:
        sys.stdout.writelines(
            f"{out / table}.{format.value}: {count} rows\n" for table, count in rows.items()
        )


def settings(as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Print every setting, its value, where that came from, and what it means."""
    from remsfax.settings import load_settings, shown_settings

    shown = list(shown_settings(load_settings()))
    if as_json:
        objects = [
            {"name": one.name, "value": one.value, "origin": one.origin, "description": one.description}
            for one in shown
        ]
        sys.stdout.write(json.dumps(objects, ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("setting", "value", "from", "meaning")
    for one in shown:
        table.add_row(one.name, one.value, one.origin, one.description)
    Console().print(table)


def rules(as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """List every rule: those that forms are checked by, and those of the program's gates and clocks."""
    from validators.catalog import RULES
    from validators.program.rules import ALL_VERSIONS, PROGRAM_RULES

    # An identifier in both is one rule of the program, told of a state and of a form.
    every = {**PROGRAM_RULES, **RULES}
    ordered = [every[rule] for rule in sorted(every)]
    if as_json:
        objects = [
            {
                "rule": rule.rule,
                "severity": rule.severity,
                "title": rule.title,
                "message": rule.message,
                "source": rule.source,
                "forms": list(rule.forms),
                "versions": program.versions if (program := PROGRAM_RULES.get(rule.rule)) else ALL_VERSIONS,
                "settings": list(program.settings) if program else [],
            }
            for rule in ordered
        ]
        sys.stdout.write(json.dumps(objects, ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("rule", "severity", "title", "source")
    for rule in ordered:
        table.add_row(rule.rule, rule.severity, rule.title, rule.source)
    Console().print(table)


def _database() -> "Engine":
    from pipelines.stores import store_database
    from remsfax.settings import load_settings
    from store.schema import upgrade

    database = store_database(load_settings().store)
    upgrade(database)
    return database
