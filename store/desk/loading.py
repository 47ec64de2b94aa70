"""Putting together what a person sees of the tasks that it holds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from store.desk.at_hand import FaxAtHand
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
from store.desk.rules import plain_value
from store.desk.tables import AnswerRow, CommentRow
from store.model import BoxPx, TaskKind, Value
from store.tables import Field, Page, ReviewTask

KIND_ORDER = {"page": 0, "field": 1, "document": 2, "adverse_event": 3, "set_aside": 4}
"""A page that was laid over its form wrongly goes before its fields; a rule may hold once they are right."""

COMMENTS = (
    select(CommentRow.task_id, func.count())
    .where(CommentRow.task_id.in_(bindparam("tasks", expanding=True)))
    .group_by(CommentRow.task_id)
)
FIELDS = select(Field).where(
    Field.document_id.in_(bindparam("documents", expanding=True)),
    Field.name.in_(bindparam("names", expanding=True)),
)


def load_work(
    hand: FaxAtHand, document_id: str | None, claimed: Sequence[ReviewTask], held_until: datetime
) -> Work:
    """The work that these tasks of one form (or fax) are, as the store has it now."""
    form = None if document_id is None else hand.forms[document_id]
    document, record = (form.document, form.record) if form is not None else (None, None)
    findings = hand.findings.get(document_id, ())
    tasks = load_tasks(hand.session, claimed, findings)
    numbers = {task.page for task in tasks if task.page is not None}
    if document is not None:
        numbers |= set(document.pages)
    state = None if record is None else cast("RecordState", record.state)
    sampled = any(task.blind and task.kind == "field" for task in tasks)
    return Work(
        transmission_id=hand.fax.id,
        document_id=document_id,
        form=document.form if document is not None else None,
        version=document.version if document is not None else None,
        received_at=hand.fax.received_at,
        sender=hand.fax.sender,
        pages=pages_of(hand.session, hand.fax.id, numbers),
        tasks=tasks,
        findings=findings,
        # A form that is on record has no work but samples, and who enters them must not see that.
        state="in_review" if sampled and state == "recorded" else state,
        held_until=held_until,
    )


def load_tasks(
    session: Session, rows: Sequence[ReviewTask], findings: Sequence[Standing]
) -> tuple[Task, ...]:
    """These tasks as a person sees them, in reading order."""
    fields = _fields(session, rows)
    said = _entries(session, [row.id for row in rows if row.stage == "lead"])
    comments = dict(session.execute(COMMENTS, {"tasks": [row.id for row in rows]}).tuples().all())
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
    found = session.scalars(FIELDS, {"documents": list(documents), "names": list(names)})
    return {(field.document_id, field.name): field for field in found}


def _entries(session: Session, task_ids: Sequence[str]) -> dict[str, tuple[Entry, ...]]:
    if not task_ids:
        return {}
    answers: dict[str, list[AnswerRow]] = defaultdict(list)
    for row in session.scalars(select(AnswerRow).where(AnswerRow.task_id.in_(task_ids))):
        answers[row.task_id].append(row)
    return {task: tuple(entry for _, entry in entries_of(rows)) for task, rows in answers.items()}


def pages_of(session: Session, fax: str, numbers: Collection[int] = ()) -> tuple[WorkPage, ...]:
    """Pages of a fax in their order; all of them where no numbers are given."""
    mine = [Page.transmission_id == fax, *([Page.number.in_(numbers)] if numbers else [])]
    rows = session.execute(
        select(
            Page.number, Page.form_page, Page.width_px, Page.height_px, Page.x_dpi, Page.y_dpi,
            Page.quarter_turns,
        )
        .where(*mine)
        .order_by(Page.number)
    )  # fmt: skip
    return tuple(WorkPage(*row) for row in rows.tuples())
