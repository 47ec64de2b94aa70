"""Checks templates: what would make a form unreadable, unanswerable or ambiguous is refused, in sentences."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from form_templates.catalog import BLANK_FILE, TEMPLATE_FILE, load_template
from form_templates.check_conditions import condition_faults
from form_templates.check_layout import layout_faults
from form_templates.draw import draw_blank
from form_templates.errors import BadTemplate
from form_templates.model import MARKED_KINDS, FormField, Template


def check_template(template: Template) -> tuple[str, ...]:
    """What is wrong with a template: one sentence a fault, none where all is well."""
    return tuple(
        dict.fromkeys(
            (
                *_double_names(template),
                *(fault for field in template.fields for fault in _faults_of_answer(field)),
                *_faults_of_key(template),
                *layout_faults(template),
                *condition_faults(template),
            )
        )
    )


def check_folder(folder: Path) -> tuple[str, ...]:
    """What is wrong with ``<form>/<version>``: the template's own faults, its place, and its blank PDF.

    A template that cannot be loaded, for a kind that is not known say, is a sentence too, not an error.
    """
    try:
        template = load_template(folder / TEMPLATE_FILE)
    except BadTemplate as error:
        return (str(error),)
    faults = list(check_template(template))
    if (folder.parent.name, folder.name) != (template.form, template.version):
        faults.append(f"The template belongs into {template.form}/{template.version}.")
    blank = folder / BLANK_FILE
    if not blank.exists():
        faults.append(f"There is no {BLANK_FILE}; draw it with `remsfax templates draw`.")
    elif not faults and blank.read_bytes() != draw_blank(template):
        faults.append(f"{BLANK_FILE} is not the one drawn from this template; draw it again.")
    return tuple(faults)


def check_tree(root: Path) -> dict[str, tuple[str, ...]]:
    """The faults of every template below a folder, by ``form/version``; an empty tuple where all is well."""
    folders = sorted(file.parent for file in root.glob(f"*/*/{TEMPLATE_FILE}"))
    return {f"{folder.parent.name}/{folder.name}": check_folder(folder) for folder in folders}


def _double_names(template: Template) -> Iterator[str]:
    for name, number in Counter(field.name for field in template.fields).items():
        if number > 1:
            yield f"{name}: {number} fields bear this name."


def _faults_of_answer(field: FormField) -> Iterator[str]:
    values = [option.value for option in field.options]
    if field.kind in MARKED_KINDS - {"check"}:
        if not values:
            yield f"{field.name}: a {field.kind} field has options, each with its box."
        if field.box is not None:
            yield f"{field.name}: a {field.kind} field has no box of its own, its options have."
        if field.kind == "yes_no" and values != ["yes", "no"]:
            yield f"{field.name}: the options of yes_no are yes and no, in this order."
    else:
        if field.box is None:
            yield f"{field.name}: a {field.kind} field has a box."
        if values:
            yield f"{field.name}: a {field.kind} field has no options."
    if len(set(values)) < len(values):
        yield f"{field.name}: two options have one value."
    yield from _faults_of_details(field, values)


def _faults_of_details(field: FormField, values: list[str]) -> Iterator[str]:
    if field.kind in MARKED_KINDS and (field.comb or field.lines):
        yield f"{field.name}: comb and lines belong to written fields, not to {field.kind}."
    if field.kind in ("signature", "free_text") and field.comb:
        yield f"{field.name}: a {field.kind} field has no comb."
    if field.kind == "free_text" and not field.lines:
        yield f"{field.name}: a free_text field says how many lines it has."
    if (field.kind == "rems_id") != (field.pattern is not None):
        yield f"{field.name}: a rems_id field has a pattern, and no other field has."
    elif field.pattern is not None and not _is_expression(field.pattern):
        yield f"{field.name}: its pattern is no regular expression."
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield f"{field.name}: its minimum is above its maximum."
    if field.future and field.kind != "date":
        yield f"{field.name}: only a date may lie in the future."
    answers = set(values) | ({"true"} if field.kind == "check" else set())
    wanted = answers if field.kind in MARKED_KINDS else {"filled"}
    for answer in field.adverse_event:
        if answer not in wanted:
            yield f"{field.name}: its adverse_event names {answer}, which is no answer of it."


def _is_expression(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _faults_of_key(template: Template) -> Iterator[str]:
    for name, answer in template.key.items():
        if not template.has_field(name):
            yield f"The key names {name}, which is no field of the form."
        elif answer not in {option.value for option in template.field(name).options}:
            yield f"The key's answer to {name} is no option of it."
