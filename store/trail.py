"""Writing the audit trail: append-only, each row chained to the one before by its hash.

A row holds references and hashes, never patient data. ``store.audit`` proves that the trail is whole.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import rfc8785
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from store.errors import StoreOutdated
from store.model import Json
from store.tables import AuditHead, AuditRow, Transmission

BEGINNING = "0" * 64
"""The hash before the first row."""

SYSTEM = "system"
"""The actor of everything that no person did."""

HELD = "trail"
"""Under which a session keeps the head of the trail while it holds it."""

TO_WRITE = "trail to write"
"""Under which a session keeps what its transaction will write at its end."""

FAXES = cast("Table", Transmission.__table__)
HEAD_TO_HOLD = select(AuditHead).with_for_update().execution_options(populate_existing=True)
MORE_ROWS = (
    update(FAXES)
    .where(FAXES.c.id == bindparam("fax"))
    .values(audit_count=FAXES.c.audit_count + bindparam("more"))
    .returning(FAXES.c.audit_count)
)

DELIVERED = "delivered"
RECORDED = "recorded"
SET_ASIDE = "set_aside"
CORRECTED = "corrected"
FORM_REJECTED = "form_rejected"
DECIDED = "decided"


@dataclass(frozen=True)
class Event:
    """Something that happened to a fax.

    Attributes:
        action: delivered, recorded, set_aside, corrected, decided (in the registers), and those of the desk.
        reference: key of the row it was done to.
        details: JSON values; hashes and codes, never a value of a field.
    """

    transmission_id: str
    action: str
    reference: str
    actor: str = SYSTEM
    details: Mapping[str, Json] | None = None


@dataclass(frozen=True)
class Anchor:
    """The end of the trail at some moment."""

    rows: int
    hash: str


def row_hash(
    previous_hash: str,
    *,
    sequence: int,
    transmission_id: str,
    number: int,
    action: str,
    reference: str,
    actor: str,
    details: str,
    at: datetime,
) -> str:
    """SHA-256 over the hash before and the row's canonical JSON (RFC 8785), lower-case hex."""
    row: dict[str, Json] = {
        "sequence": sequence,
        "transmission_id": transmission_id,
        "number": number,
        "action": action,
        "reference": reference,
        "actor": actor,
        "details": details,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return hashlib.sha256(previous_hash.encode("ascii") + rfc8785.dumps(row)).hexdigest()


def lock_trail(session: Session) -> AuditHead:
    """The head of the trail, held until the transaction ends: only one process appends at a time.

    Raises:
        StoreOutdated: the store has no head row, so it was not made by ``upgrade``.
    """
    head = session.execute(HEAD_TO_HOLD).scalar_one_or_none()
    if head is None:
        raise StoreOutdated("The audit trail has no head; the store is damaged: restore it from its backup.")
    session.info[HELD] = session.get_transaction(), head
    return head


def _held(session: Session) -> AuditHead | None:
    """The head of the trail, where this very transaction holds it already."""
    transaction, head = session.info.get(HELD, (None, None))
    return head if transaction is session.get_transaction() else None


def append(session: Session, event: Event) -> None:
    """Add one row to the trail when the caller's transaction ends; the store must know the fax.

    Everybody waits for the trail's end, so the rows of one transaction are written together, last of all.
    """
    transaction, events = session.info.get(TO_WRITE, (None, []))
    if transaction is not session.get_transaction():
        if transaction is None:
            listen(session, "before_commit", _write)
        events = []
        session.info[TO_WRITE] = session.get_transaction(), events
    events.append(event)


def _write(session: Session) -> None:
    transaction, events = session.info[TO_WRITE]
    if transaction is not session.get_transaction() or not events:
        return
    session.flush()
    # Faxes before the trail, as by everybody, so that no two transactions wait for each other.
    counted = Counter(event.transmission_id for event in events)
    numbers = {fax: _count(session, fax, counted[fax]) for fax in sorted(counted)}
    head = _held(session) or lock_trail(session)
    for event in events:
        numbers[event.transmission_id] += 1
        row = AuditRow(
            sequence=head.rows + 1,
            transmission_id=event.transmission_id,
            number=numbers[event.transmission_id],
            action=event.action,
            reference=event.reference,
            actor=event.actor,
            details=rfc8785.dumps(dict(event.details or {})).decode("utf-8"),
            at=datetime.now(UTC),
            previous_hash=head.hash,
        )
        row.hash = hash_of(row, head.hash)
        session.add(row)
        head.rows, head.hash = row.sequence, row.hash
    events.clear()


def _count(session: Session, transmission_id: str, more: int) -> int:
    """Count rows about a fax; how many there were before."""
    count: int = session.execute(MORE_ROWS, {"fax": transmission_id, "more": more}).scalar_one()
    return count - more


def head(session: Session) -> Anchor:
    """The end of the trail now: keep it elsewhere, and hand it to ``verify_audit`` another day."""
    row = session.execute(select(AuditHead)).scalar_one_or_none()
    return Anchor(0, BEGINNING) if row is None else Anchor(row.rows, row.hash)


def hash_of(row: AuditRow, previous_hash: str) -> str:
    """The hash that a row must have after ``previous_hash``."""
    return row_hash(
        previous_hash,
        sequence=row.sequence,
        transmission_id=row.transmission_id,
        number=row.number,
        action=row.action,
        reference=row.reference,
        actor=row.actor,
        details=row.details,
        at=row.at,
    )
