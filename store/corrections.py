"""What people change in fields: a row more each time, with the value before; the reading itself stays."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store import trail
from store.contents import correction_hash
from store.database import writing
from store.errors import UnknownField
from store.model import Value
from store.projection import people_keys
from store.registers.waiting import wait_to_register
from store.tables import Correction, Document, Field, Record, ReviewTask, Transmission


def correct_field(engine: Engine, document_id: str, name: str, value: Value, *, by: str, why: str) -> int:
    """Note that a person gave a field another value, or confirmed the one it had; its open tasks are done.

    The record of the form takes the value. Its state stays: the rules have to run again first. The form waits
    for the registers, whose states follow with ``registers.registering.register_waiting``.

    Args:
        engine: of the store.
        document_id: key of the document.
        name: of the field.
        value: normal value, none for empty.
        by: account of the person.
        why: reason, in the person's words or a code.

    Returns:
        The number of this correction of the field, from 1.

    Raises:
        UnknownField: there is no such field.
        StoreUnreachable, StoreBusy, DiskFull: nothing was noted.
    """
    now = datetime.now(UTC)
    with writing(engine) as session:
        document = session.get(Document, document_id)
        field = session.get(Field, (document_id, name))
        if document is None or field is None:
            raise UnknownField(f"Document {document_id} has no field {name}; look the document up again.")
        # Held until the end: two corrections of one fax follow each other, and each knows the value before.
        session.execute(
            select(Transmission.id).where(Transmission.id == document.transmission_id).with_for_update()
        )
        before, number = _latest(session, field)
        row = Correction(
            document_id=document_id,
            name=name,
            number=number + 1,
            value_before=before,
            value=list(value) if isinstance(value, tuple) else value,
            corrected_by=by,
            corrected_at=now,
            why=why,
        )
        session.add(row)
        session.flush()
        session.refresh(row)
        _project(session, document, name, row.value)
        wait_to_register(session, (document_id,))
        session.execute(
            update(ReviewTask)
            .where(
                ReviewTask.document_id == document_id, ReviewTask.field == name, ReviewTask.status == "open"
            )
            .values(status="done", done_by=by, done_at=now)
        )
        trail.append(
            session,
            trail.Event(
                document.transmission_id,
                trail.CORRECTED,
                f"{document_id}/{name}/{row.number}",
                actor=by,
                details={"correction": correction_hash(row)},
            ),
        )
        return row.number


def _latest(session: Session, field: Field) -> tuple[Any, int]:
    mine = (Correction.document_id == field.document_id, Correction.name == field.name)
    number = session.execute(select(func.coalesce(func.max(Correction.number), 0)).where(*mine)).scalar_one()
    if number == 0:
        return field.value, 0
    value = session.execute(select(Correction.value).where(*mine, Correction.number == number)).scalar_one()
    return value, number


def _project(session: Session, document: Document, name: str, value: Any) -> None:
    record = session.get(Record, document.id)
    if record is None:
        return
    record.content = {**record.content, name: value}
    for column, key in people_keys(record.form, record.content).items():
        setattr(record, column, key)
