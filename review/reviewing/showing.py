"""From the work that the store hands out to what the screen shows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from form_templates.catalog import Catalog
from form_templates.errors import UnknownForm
from form_templates.model import FormField, Template
from review.pictures import PageShape, Placed, placed_in_snippet, placed_on_page
from review.reviewing.model import ShownChoice, ShownFinding, ShownPage, ShownPlace, ShownTask, ShownWork
from review.reviewing.values import CHOSEN_KINDS, choices_of, chosen_of, named, text_of
from review.reviewing.words import TITLES, why
from review.web.words import form_title
from store.desk.model import Standing, Task, Work, WorkPage
from store.model import Value
from validators.catalog import RULES

DIGIT_KINDS = frozenset(
    {"date", "time", "phone", "npi", "ncpdp", "zip", "number", "text", "free_text", "office_use"}
)
"""Kinds whose value may begin with a digit, so that a digit is typed and chooses no candidate."""
MOST_CANDIDATES = 5
_LONG_TEXT = 60


def shown_work(work: Work, catalog: Catalog, *, may_reject: bool) -> ShownWork:
    """A form as the screen shows it.

    Args:
        work: what the person holds.
        catalog: of the forms.
        may_reject: the person's role may reject a form.
    """
    template, shapes = template_of(catalog, work.form, work.version), shapes_of(work.pages)
    return ShownWork(
        transmission_id=work.transmission_id,
        document_id=work.document_id,
        title=form_title(work.form) if work.form else "The fax as a whole",
        version=work.version,
        received_at=work.received_at,
        sender=work.sender,
        pages=tuple(
            ShownPage(
                number=page.number,
                picture=page_address(work.transmission_id, page.number),
                aspect=_aspect(shapes.get(page.number)),
            )
            for page in work.pages
        ),
        tasks=tuple(shown_task(task, template, shapes) for task in work.tasks),
        findings=shown_findings(work.findings, template, ""),
        state=work.state,
        held_until=work.held_until,
        may_reject=may_reject and work.document_id is not None,
    )


def shapes_of(pages: Iterable[WorkPage]) -> dict[int, PageShape]:
    """The rasters of the pages that could be read, by number."""
    return {
        page.number: PageShape(page.width_px, page.height_px, page.x_dpi, page.y_dpi, page.quarter_turns)
        for page in pages
        if page.width_px and page.height_px and page.x_dpi and page.y_dpi
    }


def template_of(catalog: Catalog, form: str | None, version: str | None) -> Template | None:
    """The template of a form; none where it was taken out of the catalog since."""
    try:
        return catalog.get(form, version) if form and version else None
    except UnknownForm:
        return None


def shown_task(task: Task, template: Template | None, shapes: Mapping[int, PageShape]) -> ShownTask:
    """One task as the screen shows it."""
    field = template.field(task.field) if template and task.field and template.has_field(task.field) else None
    shape = shapes.get(task.page) if task.page is not None else None
    answered = field if task.kind == "field" else None
    return ShownTask(
        id=task.id,
        version=task.version,
        kind=task.kind,
        stage=task.stage,
        blind=task.blind,
        title=field.label if field else TITLES[task.kind],
        section=_section(template, field),
        why=why(task),
        field=task.field,
        page=task.page,
        snippet=f"/review/tasks/{task.id}/snippet.png" if shape and task.box_px else None,
        in_snippet=_place(placed_in_snippet(shape, task.box_px)) if shape and task.box_px else None,
        on_page=_place(placed_on_page(shape, task.box_px)) if shape and task.box_px else None,
        comments=task.comments,
        **(
            _field_answer(task, answered) if answered else {"answer": "verdict", "choices": verdicts_of(task)}
        ),
    )


def shown_findings(
    findings: Iterable[Standing], template: Template | None, field: str | None
) -> tuple[ShownFinding, ...]:
    """Findings with the labels of their fields; those that concern the field first."""

    def labels(names: Collection[str]) -> tuple[str, ...]:
        return tuple(
            template.field(name).label if template and template.has_field(name) else name.replace("_", " ")
            for name in names
        )

    shown = [
        ShownFinding(
            rule=one.rule,
            severity=one.severity,
            message=one.message,
            labels=labels(one.fields),
            here=field in one.fields,
        )
        for one in findings
    ]
    return tuple(sorted(shown, key=lambda one: not one.here))


def verdicts_of(task: Task) -> tuple[ShownChoice, ...]:
    """What a person may say of a page, a form or a possible adverse event."""
    if task.kind == "adverse_event":
        return (
            ShownChoice(value="confirmed", label="It is one, and it was forwarded to drug safety"),
            ShownChoice(value="dismissed", label="It is none; say why"),
        )
    ask = ShownChoice(value="ask_sender", label="The sender has to be asked; say what")
    if task.reason in RULES:
        # A rule stands until the form changes: nobody can wave it through.
        return (ask,)
    return ShownChoice(value="confirmed", label="Looked at, go on with what came"), ask


def page_address(transmission_id: str, number: int) -> str:
    """Where the picture of a page is."""
    return f"/review/faxes/{transmission_id}/pages/{number}.png"


def _field_answer(task: Task, field: FormField) -> dict[str, Any]:
    if field.kind in CHOSEN_KINDS:
        return {
            "answer": "several" if field.kind == "choices" else "one",
            "choices": tuple(ShownChoice(value=one.value, label=one.label) for one in choices_of(field)),
            "chosen": chosen_of(task.value),
            "candidates": _entries(task, field),
        }
    text = text_of(field, task.value)
    return {
        "answer": "type",
        "long": field.kind == "free_text" or (field.lines or 1) > 1 or len(text) > _LONG_TEXT,
        "digits": field.kind in DIGIT_KINDS,
        "hint": field.hint or "",
        "text": text,
        "raw": task.raw,
        "candidates": _entries(task, field) or _candidates(task, field),
    }


def _entries(task: Task, field: FormField) -> tuple[ShownChoice, ...]:
    return tuple(
        ShownChoice(
            value=_canonical(field, entry.value),
            label="Cannot be read" if entry.verdict == "unreadable" else named(field, entry.value),
            reads=f"entry {number}",
        )
        for number, entry in enumerate(task.entries, 1)
    )


def _candidates(task: Task, field: FormField) -> tuple[ShownChoice, ...]:
    others: dict[str, ShownChoice] = {}
    for one in sorted(task.candidates, key=lambda candidate: -candidate.probability):
        text = text_of(field, one.value)
        if text and text.casefold() != text_of(field, task.value).casefold():
            others.setdefault(text, ShownChoice(value=text, label=text))
    return tuple(others.values())[:MOST_CANDIDATES]


def _canonical(field: FormField, value: Value) -> str:
    return text_of(field, value) if field.kind not in CHOSEN_KINDS else "\n".join(chosen_of(value))


def _section(template: Template | None, field: FormField | None) -> str:
    if template is None or field is None:
        return ""
    return next((one.title for one in template.sections if one.name == field.section), "")


def _aspect(shape: PageShape | None) -> float | None:
    if shape is None:
        return None
    return placed_on_page(shape, (0, 0, shape.width_px, shape.height_px)).aspect


def _place(placed: Placed) -> ShownPlace:
    return ShownPlace(**asdict(placed))
