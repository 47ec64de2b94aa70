"""Completeness: required, conditional, unsigned, undated, two boxes ticked, pages that did not arrive."""

from collections.abc import Iterator

from form_templates.model import FormField
from validators.case import Case, is_empty
from validators.catalog import finding
from validators.date_text import is_impossible_date
from validators.model import Finding, Receipt, Severity
from validators.settings import RuleSettings


def check_completeness(case: Case) -> Iterator[Finding]:
    """Findings about answers that are missing, doubled or marked as not applicable."""
    if _nothing_filled_in(case):
        yield finding("COM-11")
        return
    waiting: list[str] = []
    for field in case.fields:
        answer = case.answer(field.name)
        due = case.due(field)
        if "two_marked" in answer.reasons and is_empty(answer.value):
            yield case.find("COM-05", field.name)
        elif "not_applicable" in answer.reasons and due:
            yield case.find("COM-06", field.name)
        elif field.kind == "date" and is_impossible_date(answer):
            continue
        elif not answer.sure:
            if due is not False:
                waiting.append(field.name)
        elif is_empty(answer.value):
            yield from _missing(case, field, due)
    if waiting:
        yield finding("COM-09", fields=tuple(waiting), count=len(waiting))


def check_form_pages(case: Case) -> Iterator[Finding]:
    """A finding when pages of the form itself did not arrive."""
    missing = case.form.missing_pages
    if missing:
        yield finding("COM-07", total=len(case.template.pages), count=len(missing))


def check_announced_pages(receipt: Receipt, settings: RuleSettings) -> Iterator[Finding]:
    """A finding when the pages announced and the pages received differ.

    A fax sender may report success although its last page was lost, so the sender's word is compared.
    """
    announced, received = receipt.announced_pages, receipt.received_pages
    if announced is None or announced == received:
        return
    if received > announced:
        yield finding("COM-10", announced=announced, received=received)
    else:
        severity: Severity | None = "error" if settings.announced_pages_strict else None
        yield finding("COM-08", severity=severity, announced=announced, received=received)


def signature_of(case: Case, date_name: str) -> str | None:
    """The signature field that a date field belongs to, none when it is no date of a signature."""
    name = date_name.removesuffix("_date")
    if name == date_name or not case.has(name) or case.answer(name).kind != "signature":
        return None
    return name


def _missing(case: Case, field: FormField, due: bool | None) -> Iterator[Finding]:
    signature = signature_of(case, field.name)
    if field.kind == "signature":
        if due:
            yield case.find("COM-03", field.name)
    elif signature is not None:
        # An unsigned form is asked for again as a whole: its missing date would only repeat that.
        if case.value(signature):
            yield case.find("COM-04", field.name, signature)
    elif due:
        yield case.find("COM-01" if field.required == "yes" else "COM-02", field.name)


def _nothing_filled_in(case: Case) -> bool:
    answers = [case.answer(field.name) for field in case.fields]
    return bool(answers) and all(
        answer.sure and is_empty(answer.value) and not answer.reasons for answer in answers
    )
