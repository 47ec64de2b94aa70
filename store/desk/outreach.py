"""What senders have to be asked, and tasks that come back from there."""

from typing import cast

from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.database import writing
from store.desk.answer_rows import REOPENED, bare_answer, check_decision_id, repeated_answer, taken, vouch
from store.desk.errors import VerdictRefused
from store.desk.model import OutreachLine, Person, Verdict
from store.desk.queue import held_task, refuse_stale
from store.desk.tables import AnswerRow
from store.tables import Document, ReviewTask, Transmission


def outreach(session: Session, *, limit: int = 200) -> tuple[OutreachLine, ...]:
    """What senders have to be asked, the most urgent first."""
    tasks = session.execute(
        select(ReviewTask, Transmission.sender, Document.form)
        .join(Transmission, Transmission.id == ReviewTask.transmission_id)
        .outerjoin(Document, Document.id == ReviewTask.document_id)
        .where(ReviewTask.status == "open", ReviewTask.stage == "outreach")
        .order_by(ReviewTask.priority, ReviewTask.received_at, ReviewTask.id)
        .limit(limit)
    ).all()
    latest: dict[str, AnswerRow] = {}
    for row in session.scalars(
        select(AnswerRow)
        .where(
            AnswerRow.task_id.in_([task.id for task, _, _ in tasks]),
            AnswerRow.happened == "waits_for_sender",
        )
        .order_by(AnswerRow.version)
    ):
        latest[row.task_id] = row
    return tuple(
        OutreachLine(
            task_id=task.id,
            version=task.version,
            transmission_id=task.transmission_id,
            document_id=task.document_id,
            form=form,
            field=task.field,
            page=task.page,
            asked_by=latest[task.id].account,
            asked_at=latest[task.id].at,
            verdict=cast("Verdict", latest[task.id].verdict),
            asks=latest[task.id].why,
            sender=sender,
            priority=task.priority,
        )
        for task, sender, form in tasks
        if task.id in latest
    )


def back_to_queue(engine: Engine, person: Person, decision_id: str, task_id: str, version: int) -> int:
    """Give a task that waits for its sender back to the reviewers, as if nobody had looked; its new version.

    Raises:
        UnknownTask, StaleSave, VerdictRefused, DecisionTaken: nothing was changed.
    """
    check_decision_id(decision_id)
    try:
        with writing(engine) as session:
            task = held_task(session, task_id)
            repeated = repeated_answer(session, person, decision_id, task)
            if repeated is not None:
                return repeated.version
            refuse_stale(task, version)
            if task.stage != "outreach":
                raise VerdictRefused("This task does not wait for its sender; look at it again.")
            row = bare_answer(person, task, decision_id, REOPENED)
            task.stage, task.first_by, task.second_by = "first", None, None
            task.version = row.version
            session.add(row)
            vouch(session, task, row)
            return row.version
    except IntegrityError:
        raise taken() from None
