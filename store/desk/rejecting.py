"""A form is rejected by a person, never by the machine; and that can be taken back."""

from datetime import UTC, datetime
from typing import cast
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store import trail
from store.database import writing
from store.desk.entitled import EVENT, of_unit
from store.desk.errors import RoleRefused, UnknownTask, VerdictRefused
from store.desk.model import Person, RecordState
from store.desk.queue import hold_fax
from store.desk.rules import Rules
from store.desk.settings import ReviewSettings
from store.desk.settling import recheck_form
from store.desk.tables import Rejection
from store.model import Json
from store.registers.waiting import wait_to_register
from store.tables import Document, Record, ReviewTask

WHY_CHARS = 2_000


def reject_form(
    engine: Engine, settings: ReviewSettings, rules: Rules, person: Person, document_id: str, *, why: str
) -> RecordState:
    """Reject a form: its tasks are closed, but for the flag of a possible adverse event.

    A form that is rejected already stays as it is.

    Raises:
        RoleRefused: the person's role may not.
        VerdictRefused: no reason is given, or it is too long.
        UnknownTask: there is no such form.
    """
    with writing(engine) as session:
        record = _held(session, settings, person, document_id, why)
        if record.state == "rejected":
            return "rejected"
        document = session.get_one(Document, document_id)
        now = datetime.now(UTC)
        closed = session.execute(
            update(ReviewTask)
            .where(
                *of_unit(document.transmission_id, document_id),
                ReviewTask.status == "open",
                ReviewTask.kind != EVENT,
            )
            .values(
                status="done",
                done_by=person.account,
                done_at=now,
                claimed_by=None,
                claimed_until=None,
                version=ReviewTask.version + 1,
            )
            .returning(ReviewTask.id)
            .execution_options(synchronize_session=False)
        )
        row = _row(document_id, person, why, sorted(closed.scalars()), rejected=True)
        session.add(row)
        record.state = "rejected"
        _note(session, document, row)
        recheck_form(session, rules, document_id, cause=f"form {document_id} rejected", by=person.account)
        return cast("RecordState", record.state)


def accept_again(
    engine: Engine, settings: ReviewSettings, rules: Rules, person: Person, document_id: str, *, why: str
) -> RecordState:
    """Take a rejection back: the tasks that it closed are open again. Raises as ``reject_form``."""
    with writing(engine) as session:
        record = _held(session, settings, person, document_id, why)
        if record.state != "rejected":
            return cast("RecordState", record.state)
        document = session.get_one(Document, document_id)
        last = session.scalars(
            select(Rejection)
            .where(Rejection.document_id == document_id)
            .order_by(Rejection.at.desc())
            .limit(1)
        ).first()
        tasks = [] if last is None else last.tasks
        session.execute(
            update(ReviewTask)
            .where(ReviewTask.id.in_(tasks), ReviewTask.status == "done")
            .values(status="open", done_by=None, done_at=None, version=ReviewTask.version + 1)
            .execution_options(synchronize_session=False)
        )
        row = _row(document_id, person, why, tasks, rejected=False)
        session.add(row)
        record.state = "in_review"
        _note(session, document, row)
        recheck_form(
            session, rules, document_id, cause=f"form {document_id} accepted again", by=person.account
        )
        return cast("RecordState", record.state)


def _held(session: Session, settings: ReviewSettings, person: Person, document_id: str, why: str) -> Record:
    if person.role not in settings.reject_roles:
        raise RoleRefused(f"Only {' or '.join(settings.reject_roles)} may reject a form, or take that back.")
    if not 0 < len(why.strip()) <= WHY_CHARS:
        raise VerdictRefused(f"Say why, in 1 to {WHY_CHARS} characters.")
    document = session.get(Document, document_id)
    if document is None:
        raise UnknownTask("There is no such form; look the fax up again.")
    hold_fax(session, document.transmission_id)
    record = session.get(Record, document_id, populate_existing=True)
    if record is None:
        raise UnknownTask("This form has no record: it was set aside, or a later reading took its place.")
    return record


def _row(document_id: str, person: Person, why: str, tasks: list[str], *, rejected: bool) -> Rejection:
    return Rejection(
        id=str(uuid4()),
        document_id=document_id,
        rejected=rejected,
        account=person.account,
        at=datetime.now(UTC),
        why=why.strip(),
        tasks=tasks,
    )


def _note(session: Session, document: Document, row: Rejection) -> None:
    wait_to_register(session, (document.id,))
    session.flush()
    details: dict[str, Json] = {"rejected": row.rejected, "rejection": row.id}
    event = trail.Event(document.transmission_id, trail.FORM_REJECTED, document.id, row.account, details)
    trail.append(session, event)
