"""What people change in fields: a row more each time, with the value before; the reading itself stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store import trail
from store.columns import plain
from store.contents import correction_hash
from store.database import writing
from store.errors import UnknownField
from store.model import Value
from store.projection import people_keys
from store.registers.waiting import wait_to_register
from store.tables import Correction, Document, Field, Record, ReviewTask, Transmission
from store.triage.lineage import is_superseded

REGISTER = "register"
"""Who gave a field a value that the registers know and the reading offered: no person."""


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
        UnknownField: there is no such field, or its fax was read again since.
        StoreUnreachable, StoreBusy, DiskFull: nothing was noted.
    """
    with writing(engine) as session:
        document = session.get(Document, document_id)
        if document is not None:
            # Held until the end: two corrections of one fax follow each other, and know the value before.
            session.execute(
                select(Transmission.id).where(Transmission.id == document.transmission_id).with_for_update()
            )
        row = correct_in_session(session, document_id, name, value, by=by, why=why)
        note_correction(session, row)
        return row.number


@dataclass(frozen=True)
class Correctable:
    """A field, and what was said of it so far.

    Attributes:
        record: of its form, none where there is none.
        earlier: its corrections, in the order of their numbers.
    """

    field: Field
    record: Record | None
    earlier: Sequence[Correction]


def correctable(session: Session, document_id: str, name: str) -> Correctable:
    """Look a field up, within the transaction of a caller that holds the row of the fax.

    Raises:
        UnknownField: there is no such field, or its fax was read again since.
    """
    field = session.get(Field, (document_id, name))
    if field is None:
        raise UnknownField(f"Document {document_id} has no field {name}; look the document up again.")
    if is_superseded(session, document_id):
        raise UnknownField(f"Document {document_id} was read again since; look the fax up again.")
    earlier = session.scalars(
        select(Correction)
        .where(Correction.document_id == document_id, Correction.name == name)
        .order_by(Correction.number)
    ).all()
    return Correctable(field, session.get(Record, document_id), earlier)


def correct_in_session(
    session: Session,
    document_id: str,
    name: str,
    value: Value,
    *,
    by: str,
    why: str,
    at: datetime | None = None,
) -> Correction:
    """Like ``correct_field``, within the transaction of a caller that holds the row of the fax.

    The trail is left to ``note_correction``. ``at`` is for what no person said: the moment from which it was
    known.
    """
    row = correct(session, correctable(session, document_id, name), value, by=by, why=why, at=at)
    session.execute(
        update(ReviewTask)
        .where(
            ReviewTask.document_id == document_id,
            ReviewTask.field == name,
            ReviewTask.kind == "field",
            ReviewTask.status == "open",
        )
        .values(
            status="done",
            done_by=by,
            done_at=row.corrected_at,
            claimed_by=None,
            claimed_until=None,
            version=ReviewTask.version + 1,
        )
    )
    return row


def correct(
    session: Session, asked: Correctable, value: Value, *, by: str, why: str, at: datetime | None = None
) -> Correction:
    """Write another value of a field; its tasks and the trail are left to the caller."""
    row = _new(asked, by, why)
    row.corrected_at = at or row.corrected_at
    row.value = plain(value)
    _write(session, asked, row)
    return row


def withdraw(session: Session, asked: Correctable, *, by: str, why: str) -> Correction:
    """Take back the last correction of a field that stands, as ``correct`` writes one.

    That is a row more, too. The field is then as it was before: what an earlier correction said, or what was
    read, in doubt if it was in doubt.

    Raises:
        UnknownField: nothing of it is there to take back.
    """
    field = asked.field
    standing = not_taken_back(asked.earlier)
    if not standing:
        raise UnknownField(
            f"Field {field.name} of document {field.document_id} has no correction to take back."
        )
    *earlier, _ = standing
    row = _new(asked, by, why)
    row.value, row.withdrawn = earlier[-1].value if earlier else field.value, True
    _write(session, asked, row, doubtful=not earlier and field.decision == "review")
    return row


def note_correction(session: Session, row: Correction) -> None:
    """Have the trail vouch for a correction that was written in this transaction."""
    document = session.get_one(Document, row.document_id)
    trail.append(
        session,
        trail.Event(
            document.transmission_id,
            trail.CORRECTED,
            f"{row.document_id}/{row.name}/{row.number}",
            actor=row.corrected_by,
            details={"correction": correction_hash(row)},
        ),
    )


def standing_corrections(rows: Iterable[Correction]) -> tuple[Correction, ...]:
    """The correction of each field that holds, none of a field whose corrections were all taken back.

    Args:
        rows: of one document, those of one field in the order of their numbers.
    """
    by_name: dict[str, list[Correction]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    stacks = (not_taken_back(own) for own in by_name.values())
    return tuple(stack[-1] for stack in stacks if stack)


def not_taken_back(rows: Iterable[Correction]) -> list[Correction]:
    """The corrections of one field, in the order of their numbers, without those that were taken back."""
    stack: list[Correction] = []
    for row in rows:
        if row.withdrawn:
            stack.pop()
        else:
            stack.append(row)
    return stack


def _new(asked: Correctable, by: str, why: str) -> Correction:
    """The next row about a field, but for its value."""
    field, standing = asked.field, not_taken_back(asked.earlier)
    return Correction(
        document_id=field.document_id,
        name=field.name,
        number=len(asked.earlier) + 1,
        value_before=standing[-1].value if standing else field.value,
        corrected_by=by,
        corrected_at=datetime.now(UTC),
        why=why,
        withdrawn=False,
    )


def _write(session: Session, asked: Correctable, row: Correction, *, doubtful: bool = False) -> None:
    session.add(row)
    if asked.record is not None:
        _project(asked.record, row, doubtful=doubtful)
    wait_to_register(session, (row.document_id,))


def _project(record: Record, row: Correction, *, doubtful: bool) -> None:
    """Let the record of the form follow; a value in doubt is not in it."""
    rest = {name: value for name, value in record.content.items() if name != row.name}
    record.content = rest if doubtful else {**rest, row.name: row.value}
    for column, key in people_keys(record.form, record.content).items():
        setattr(record, column, key)
