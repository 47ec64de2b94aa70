"""``remsfax templates``: the form catalog."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The form catalog: list, show, draw, check.", no_args_is_help=True)

FORM = typer.Argument(help="Code of the form, such as patient_status.", metavar="FORM")
VERSION = typer.Option(help="Revision month, YYYY-MM. Default: the latest.")
JSON_OPTION = typer.Option("--json", help="Print JSON.")


@app.command("list")
def list_templates(as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """List every form and version."""
    from form_templates.catalog import load_catalog
    from form_templates.show import catalog_json

    catalog = load_catalog()
    if as_json:
        sys.stdout.write(json.dumps(catalog_json(catalog), ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("form", "version", "title", "pages", "fields")
    for template in catalog.templates:
        sizes = (str(len(template.pages)), str(len(template.fields)))
        table.add_row(template.form, template.version, template.title, *sizes)
    Console().print(table)


@app.command("show")
def show(
    form: Annotated[str, FORM],
    version: Annotated[str | None, VERSION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Show every field of a form with its page and box (points, from the page's top left)."""
    from form_templates.catalog import load_catalog
    from form_templates.show import template_json

    template = load_catalog().get(form, version)
    if as_json:
        sys.stdout.write(json.dumps(template_json(template), ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "field", "kind", "page", "box", "required", "label", title=f"{template.title} {template.version}"
    )
    for field in template.fields:
        box = (
            ", ".join(f"{number:g}" for number in field.box) if field.box else f"{len(field.options)} options"
        )
        table.add_row(field.name, field.kind, str(field.page), box, field.required, field.label)
    Console().print(table)


@app.command("draw")
def draw(
    form: Annotated[str, FORM],
    out: Annotated[Path, typer.Option(help="PDF file to write.", metavar="BLANK.pdf")],
    version: Annotated[str | None, VERSION] = None,
) -> None:
    """Draw a blank form from its template."""
    from form_templates.catalog import load_catalog
    from form_templates.draw import draw_blank
    from remsfax.failures import CannotWrite

    pdf = draw_blank(load_catalog().get(form, version))
    try:
        out.write_bytes(pdf)
    except OSError as error:
        raise CannotWrite(f"{out} cannot be written ({error.strerror}); name another file.") from None


@app.command("check")
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder of templates, FORM/VERSION/template.yaml. Default: the catalog."),
    ] = None,
) -> None:
    """Check templates: boxes, kinds, conditions, names, blanks. Ends with 1 on faults."""
    from form_templates.catalog import PACKAGED
    from form_templates.check import check_tree

    found = check_tree(folder or PACKAGED)
    sys.stdout.writelines(f"{name}: {fault}\n" for name, faults in found.items() for fault in faults)
    faulty = sum(bool(faults) for faults in found.values())
    sys.stdout.write(f"{len(found)} templates, {faulty or 'none'} with faults.\n")
    raise typer.Exit(1 if faulty else 0)
