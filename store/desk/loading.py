"""Putting together what a person sees of the tasks that it holds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.desk.double_entry import BLIND_STAGES, entries_of
from store.desk.model import (
    Candidate,
    Entry,
    RecordState,
    Stage,
    Standing,
    Task,
    Work,
    WorkPage,
)
from store.desk.rules import findings_now, plain_value
from store.desk.tables import AnswerRow, CommentRow
from store.model import BoxPx, TaskKind, Value
from store.tables import Document, Field, Page, Record, ReviewTask, Transmission

KIND_ORDER = {"page": 0, "field": 1, "document": 2, "adverse_event": 3, "set_aside": 4}
"""A page that was laid over its form wrongly goes before its fields; a rule may hold once they are right."""


def load_work(
    session: Session, unit: tuple[str, str | None], task_ids: Collection[str], held_until: datetime
) -> Work:
    """The work that these tasks of one form (or fax) are, as the store has it now."""
    fax, document_id = unit
    transmission = session.get_one(Transmission, fax)
    document = None if document_id is None else session.get_one(Document, document_id)
    record = None if document_id is None else session.get(Record, document_id, populate_existing=True)
    findings = findings_now(session, fax, document_id)
    tasks = load_tasks(session, task_ids, findings)
    numbers = set(document.pages) if document is not None else {task.page for task in tasks}
    state = None if record is None else cast("RecordState", record.state)
    sampled = any(task.blind and task.kind == "field" for task in tasks)
    return Work(
        transmission_id=fax,
        document_id=document_id,
        form=document.form if document is not None else None,
        version=document.version if document is not None else None,
        received_at=transmission.received_at,
        sender=transmission.sender,
        pages=_pages(session, fax, numbers),
        tasks=tasks,
        findings=findings,
        # A form that is on record has no work but samples, and who enters them must not see that.
        state="in_review" if sampled and state == "recorded" else state,
        held_until=held_until,
    )


def load_tasks(session: Session, task_ids: Collection[str], findings: Sequence[Standing]) -> tuple[Task, ...]:
    """These tasks as a person sees them, in reading order."""
    rows = session.scalars(
        select(ReviewTask).where(ReviewTask.id.in_(task_ids)).execution_options(populate_existing=True)
    ).all()
    fields = _fields(session, rows)
    said = _entries(session, [row.id for row in rows if row.stage == "lead"])
    comments = dict(
        session.execute(
            select(CommentRow.task_id, func.count())
            .where(CommentRow.task_id.in_(task_ids))
            .group_by(CommentRow.task_id)
        )
        .tuples()
        .all()
    )
    messages = {finding.rule: finding.message for finding in findings}
    tasks = []
    for row in rows:
        field = fields.get((row.document_id, row.field))
        tasks.append(
            _task(row, field, said.get(row.id, ()), comments.get(row.id, 0), messages.get(row.reason, ""))
        )
    return tuple(sorted(tasks, key=_place))


def is_blind(row: ReviewTask) -> bool:
    """Whether who enters the field must not see what the machine or anybody else took it for."""
    return row.kind == "field" and (
        row.stage in BLIND_STAGES or (row.status == "sample" and row.stage == "first")
    )


def _task(
    row: ReviewTask, field: Field | None, entries: tuple[Entry, ...], comments: int, message: str
) -> Task:
    blind = is_blind(row)
    # A sample looks like a second entry: who knew it for a sample would take more care with it.
    stage = "second" if blind else row.stage
    of_field = row.kind == "field" and field is not None
    shown = field if of_field and not blind else None
    if row.status == "sample" and row.stage == "lead" and field is not None:
        entries = (Entry(*_said(plain_value(field.value))), *entries)
    return Task(
        id=row.id,
        version=row.version,
        kind=cast("TaskKind", row.kind),
        stage=cast("Stage", stage),
        reason="" if blind else row.reason,
        priority=row.priority,
        blind=blind,
        message=message,
        page=row.page if field is None or field.page is None else field.page,
        field=row.field,
        field_kind=field.kind if field is not None else None,
        box_px=cast("BoxPx", tuple(field.box_px)) if field is not None and field.box_px else None,
        value=None if shown is None else plain_value(shown.value),
        raw="" if shown is None else shown.raw,
        confidence=None if shown is None else shown.confidence,
        candidates=() if shown is None else tuple(_candidates(shown.candidates)),
        reasons=() if shown is None else tuple(shown.reasons),
        entries=entries if row.stage == "lead" else (),
        comments=comments,
    )


def _said(value: Value) -> tuple[Any, Value]:
    return ("empty", None) if value is None else ("value", value)


def _candidates(given: Iterable[Any]) -> Iterable[Candidate]:
    return (Candidate(plain_value(one["value"]), one["probability"], one["reader"]) for one in given)


def _place(task: Task) -> tuple[Any, ...]:
    box = task.box_px or (0, 0, 0, 0)
    return KIND_ORDER[task.kind], task.page or 0, box[1], box[0], task.id


def _fields(session: Session, rows: Sequence[ReviewTask]) -> dict[tuple[str | None, str | None], Field]:
    documents = {row.document_id for row in rows if row.document_id and row.field}
    names = {row.field for row in rows if row.field}
    if not documents:
        return {}
    found = session.scalars(select(Field).where(Field.document_id.in_(documents), Field.name.in_(names)))
    return {(field.document_id, field.name): field for field in found}


def _entries(session: Session, task_ids: Sequence[str]) -> dict[str, tuple[Entry, ...]]:
    if not task_ids:
        return {}
    answers: dict[str, list[AnswerRow]] = defaultdict(list)
    for row in session.scalars(select(AnswerRow).where(AnswerRow.task_id.in_(task_ids))):
        answers[row.task_id].append(row)
    return {task: tuple(entry for _, entry in entries_of(rows)) for task, rows in answers.items()}


def _pages(session: Session, fax: str, numbers: Collection[int | None]) -> tuple[WorkPage, ...]:
    wanted = {number for number in numbers if number is not None}
    mine = [Page.transmission_id == fax, *([Page.number.in_(wanted)] if wanted else [])]
    rows = session.scalars(select(Page).where(*mine).order_by(Page.number))
    return tuple(
        WorkPage(
            row.number, row.form_page, row.width_px, row.height_px, row.x_dpi, row.y_dpi, row.quarter_turns
        )
        for row in rows
    )
