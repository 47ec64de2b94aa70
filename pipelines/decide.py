"""What becomes of a fax: recorded, or before a person, and with which questions.

Nothing unsure enters a record: a form is recorded only when every field was accepted or surely empty, every
page came whole and was laid over its form without doubt, and no rule failed.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from extractors.cut_off import CUT_OFF
from extractors.model import DocumentReading, FieldReading
from pipelines.checking import Checked
from pipelines.transmission_model import ReadFax
from store.model import Outcome, TaskKind, TaskRecord
from validators.adverse_events import is_adverse_event
from validators.model import Finding

MISSING_PAGE = "missing_page"
"""Reason of a field whose page did not come: that is one finding, not a doubt about each field."""

PAGE_CUT = "page_cut"
"""Reason of the one task about a page cut short, whether the file says so or the form on it."""


@dataclass(frozen=True)
class Decided:
    """The outcome of the fax and of each form, and what people are asked."""

    outcome: Outcome
    documents: tuple[Outcome, ...]
    tasks: tuple[TaskRecord, ...]


def decide(
    read: ReadFax, checked: Checked, *, sure_identity: float, answered: Set[TaskRecord] = frozenset()
) -> Decided:
    """Decide on a fax that was read and checked.

    Args:
        read: the fax and the notes on its pages.
        checked: its findings.
        sure_identity: a page or split less sure than this is shown to a person.
        answered: questions that a person has answered already.
    """
    tasks: list[TaskRecord] = []
    for index, document in enumerate(read.reading.documents):
        urgency = int(checked.by_document_priority[index])
        tasks.extend(_document_tasks(index, document, read, urgency, sure_identity))
        tasks.extend(_finding_tasks(checked.by_document[index], urgency, index))
    told = {task.page for task in tasks if task.reason == PAGE_CUT}
    tasks.extend(
        task
        for task in _fax_tasks(read, int(checked.priority))
        if task.reason != PAGE_CUT or task.page not in told
    )
    tasks.extend(_finding_tasks(checked.transmission, int(checked.priority), None))
    kept = tuple(task for task in dict.fromkeys(tasks) if task not in answered)
    asked = {task.document for task in kept}
    # A doubt about the fax as a whole (a page announced but not received, an unknown page) may concern any
    # form.
    documents: tuple[Outcome, ...] = tuple(
        "in_review" if index in asked else "recorded" for index in range(len(read.reading.documents))
    )
    return Decided("in_review" if kept else "recorded", documents, kept)


def _document_tasks(
    index: int, document: DocumentReading, read: ReadFax, urgency: int, sure_identity: float
) -> Iterator[TaskRecord]:
    received = set(document.pages.pages.values())
    doubtful = {page.number for page in read.pages if page.doubtful and page.number in received}
    for number in sorted(doubtful):
        yield TaskRecord("page", "registration", urgency, document=index, page=number)
    cut = {problem.page for problem in document.problems if problem.code == CUT_OFF} - doubtful
    for number in sorted(page for page in cut if page is not None):
        yield TaskRecord("page", PAGE_CUT, urgency, document=index, page=number)
    for field in document.fields:
        if field.decision == "review" and field.page not in doubtful and not _is_told(field, cut):
            yield TaskRecord(
                "field", _reason(field), urgency, document=index, page=field.page, field=field.name
            )
    if document.pages.identified < sure_identity or read.unsure & received:
        yield TaskRecord("document", "unsure_split", urgency, document=index)
    for number in document.pages.doubled_pages:
        yield TaskRecord("page", "doubled", urgency, document=index, page=number)
    for problem in document.problems:
        if problem.page not in doubtful and problem.code != CUT_OFF:
            yield TaskRecord("document", problem.code, urgency, document=index, page=problem.page)


def _is_told(field: FieldReading, cut: Set[int | None]) -> bool:
    """Whether what is wrong with the field is asked once for its page."""
    return MISSING_PAGE in field.reasons or (CUT_OFF in field.reasons and field.page in cut)


def _reason(field: FieldReading) -> str:
    return field.reasons[0] if field.reasons else "unsure"


def _finding_tasks(findings: Sequence[Finding], urgency: int, document: int | None) -> Iterator[TaskRecord]:
    for finding in findings:
        page = finding.pages[0] if finding.pages else None
        field = finding.fields[0] if finding.fields else None
        if is_adverse_event(finding):
            yield TaskRecord("adverse_event", finding.rule, 0, document=document, page=page, field=field)
        elif finding.severity == "error":
            yield TaskRecord("document", finding.rule, urgency, document=document, page=page, field=field)


def _fax_tasks(read: ReadFax, urgency: int) -> Iterator[TaskRecord]:
    for other in read.reading.other_pages:
        if other.kind in ("unknown", "form") and other.page not in read.settled:
            yield TaskRecord("page", "unknown_page", urgency, page=other.page)
    for problem in read.reading.problems:
        kind: TaskKind = "document" if problem.page is None else "page"
        yield TaskRecord(kind, problem.code, urgency, page=problem.page)
    if not read.reading.documents:
        yield TaskRecord("document", "no_form", urgency)
