"""``remsfax score``."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from form_templates.model import Kind
    from remsfax.scoring import FieldScore, Scores, Share


class NothingToScore(Exception):
    """The folder holds no fax with its truth."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("score")(score)


def score(
    truth_folder: Annotated[
        Path, typer.Argument(help="Folder of faxes, each with its truth: NAME.tif, NAME.json.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure as one object.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Reading processes. Default: batch.workers, one a core.")
    ] = None,
    wrong: Annotated[
        bool, typer.Option("--wrong", help="Also list the fields that were read wrong.")
    ] = False,
) -> None:
    """Read every fax of a folder and score it against the truth beside it.

    Ends with 1 when a file could not be opened; a line on standard error says why.
    """
    from form_templates.catalog import load_catalog
    from pipelines.read_files import read_files
    from remsfax.progress import batch_progress
    from remsfax.scoring import Scores, score_fax
    from remsfax.settings import load_settings

    settings = load_settings(**({"batch": {"workers": workers}} if workers else {})).pipeline()
    truths = load_truths(truth_folder, settings.intake.suffixes)
    kinds: dict[tuple[str, str], Mapping[str, Kind]] = {
        (template.form, template.version): {field.name: field.kind for field in template.fields}
        for template in load_catalog().templates
    }
    scored, refused = {}, dict[Path, str]()
    with batch_progress() as progress:
        for file, reading in read_files(list(truths), settings):
            scored[file] = score_fax(reading, truths[file], kinds)
            if "set_aside" in reading:
                refused[file] = reading["set_aside"]["message"]
            progress(len(scored), len(truths))
    scores = Scores(tuple(scored.values()))
    if as_json:
        sys.stdout.write(json.dumps(scores.as_json()) + "\n")
    else:
        _print(scores)
    if wrong:
        for file, fax in scored.items():
            for field in fax.fields:
                if not field.right:
                    sys.stderr.write(f"{file.name} {_told(field)}\n")
    for file, message in refused.items():
        sys.stderr.write(f"remsfax: set aside: {file.name}: {message}\n")
    raise typer.Exit(1 if refused else 0)


def load_truths(folder: Path, suffixes: tuple[str, ...]) -> dict[Path, dict[str, Any]]:
    """Every fax of a folder that has its truth beside it, by its path.

    Raises:
        NothingToScore: there is none.
    """
    truths = {}
    for file in sorted(folder.rglob("*")):
        beside = file.with_suffix(".json")
        if file.suffix.lower() in suffixes and beside.is_file():
            truth = json.loads(beside.read_text(encoding="utf-8"))
            if "documents" in truth:
                truths[file] = truth
    if not truths:
        raise NothingToScore(
            f"{folder} holds no fax with a truth beside it (NAME.tif, NAME.json); name another folder."
        )
    return truths


def _told(field: "FieldScore") -> str:
    hand = "hand" if field.hand else "typed"
    state = "not found" if field.unread else "accepted" if field.accepted else "for review"
    return f"{field.form} {field.name} ({field.kind}, {hand}, {field.line}): {state}, {field.confidence:.3f}"


def _print(scores: "Scores") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    figures = Table("figure", "right", "of", "percent", title=f"{len(scores.faxes)} faxes")
    rows: list[tuple[str, Share]] = [
        ("form, version and page of each page", scores.pages),
        ("splits", scores.splits),
        ("typed fields, fine", scores.typed("fine")),
        ("typed fields, standard", scores.typed("standard")),
        ("handwritten fields", scores.handwritten),
        ("ticks", scores.ticks),
        ("signatures", scores.signatures),
        ("fields that pass unseen", scores.accepted),
        ("possible adverse events seen", scores.adverse_events),
        ("possible adverse events imagined", scores.adverse_events_imagined),
    ]
    for label, found in rows:
        figures.add_row(label, str(found.right), str(found.of), _percent(found))
    console.print(figures)
    empty = scores.emptiness
    console.print(
        f"{scores.forms_on_others} forms claimed on pages that are none; of {empty['filled']} filled fields "
        f"{empty['overlooked']} were overlooked, of {empty['empty']} empty ones {empty['imagined']} imagined."
    )
    kinds = Table("kind", "by", "line", "right", "of", "percent", title="Filled fields by kind")
    for (kind, hand, line), found in scores.by_kind().items():
        kinds.add_row(
            kind, "hand" if hand else "type", line, str(found.right), str(found.of), _percent(found)
        )
    console.print(kinds)


def _percent(found: "Share") -> str:
    return "" if found.percent is None else f"{found.percent:.2f}"
