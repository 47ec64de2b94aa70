"""The audit trail: append-only, each row chained to the one before by hash, and the proof that it is whole.

A row holds references and hashes, never patient data. Four things must agree, so that a change, a removal
(at the end, too) or a new order shows: each row's hash over its own content and the hash before it; the one
row of ``audit_head``; the count that each transmission keeps of its own rows; and, for faxes recorded and
values corrected, the hash of what was written to the other tables. Whoever can rewrite all of them at once is
caught by an anchor: the head of an earlier day, kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import rfc8785
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from store.contents import contents_hash, correction_hash
from store.errors import StoreOutdated
from store.model import Json
from store.tables import AuditHead, AuditRow, Correction, Transmission

BEGINNING = "0" * 64
"""The hash before the first row."""

SYSTEM = "system"
"""The actor of everything that no person did."""

RECORDED = "recorded"
SET_ASIDE = "set_aside"
CORRECTED = "corrected"
READ_IN_ONE_GO = 2000


@dataclass(frozen=True)
class Event:
    """Something that happened to a fax.

    Attributes:
        action: delivered, recorded, set_aside, put_back, corrected.
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


@dataclass(frozen=True)
class Break:
    """Something that is not as it was written; ``sequence`` is the row where it shows, if one."""

    sequence: int | None
    message: str


@dataclass(frozen=True)
class AuditReport:
    """What the proof found; the trail is whole when there is no break."""

    head: Anchor
    transmissions: int
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Nothing was changed, removed or put in another order."""
        return not self.breaks


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
    head = session.execute(
        select(AuditHead).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if head is None:
        raise StoreOutdated("The audit trail has no head; the store is damaged: restore it from its backup.")
    return head


def append(session: Session, event: Event) -> None:
    """Add one row to the trail within the caller's transaction; the store must know the fax."""
    head = lock_trail(session)
    number = session.execute(
        update(Transmission)
        .where(Transmission.id == event.transmission_id)
        .values(audit_count=Transmission.audit_count + 1)
        .returning(Transmission.audit_count)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    row = AuditRow(
        sequence=head.rows + 1,
        transmission_id=event.transmission_id,
        number=number,
        action=event.action,
        reference=event.reference,
        actor=event.actor,
        details=rfc8785.dumps(dict(event.details or {})).decode("utf-8"),
        at=datetime.now(UTC),
        previous_hash=head.hash,
    )
    row.hash = _hash_of(row, head.hash)
    session.add(row)
    head.rows, head.hash = row.sequence, row.hash
    session.flush()


def head(session: Session) -> Anchor:
    """The end of the trail now: keep it elsewhere, and hand it to ``verify_audit`` another day."""
    row = session.execute(select(AuditHead)).scalar_one_or_none()
    return Anchor(0, BEGINNING) if row is None else Anchor(row.rows, row.hash)


def verify_audit(session: Session, anchor: Anchor | None = None) -> AuditReport:
    """Prove that the trail is whole, and that what was recorded under it still stands.

    Args:
        session: of ``reading``, so that the whole proof sees one moment.
        anchor: the head of an earlier moment; the trail must still run through it.
    """
    breaks = [
        *_chain(session, anchor),
        *_counts(session),
        *_recorded_contents(session),
        *_corrections(session),
    ]
    faxes = session.execute(select(func.count()).select_from(Transmission)).scalar_one()
    return AuditReport(head=head(session), transmissions=faxes, breaks=tuple(breaks))


def _hash_of(row: AuditRow, previous_hash: str) -> str:
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


def _chain(session: Session, anchor: Anchor | None) -> Iterator[Break]:
    expected, previous, anchored = 1, BEGINNING, anchor is None or anchor.rows == 0
    rows = session.execute(
        select(AuditRow).order_by(AuditRow.sequence).execution_options(yield_per=READ_IN_ONE_GO)
    ).scalars()
    for row in rows:
        if row.sequence != expected:
            yield Break(row.sequence, f"Rows {expected} to {row.sequence - 1} are gone.")
        if row.previous_hash != previous:
            yield Break(row.sequence, "Does not follow from the row before it: removed, inserted or moved.")
        if row.hash != _hash_of(row, row.previous_hash):
            yield Break(row.sequence, "Was changed after it was written.")
        if anchor is not None and row.sequence == anchor.rows:
            anchored = row.hash == anchor.hash
        expected, previous = row.sequence + 1, row.hash
    end = head(session)
    if (end.rows, end.hash) != (expected - 1, previous):
        yield Break(
            None,
            f"The trail ends at row {expected - 1}, its head says row {end.rows}: cut or changed.",
        )
    if anchor is not None and not anchored:
        yield Break(
            anchor.rows,
            "Is not the row that was the head when the anchor was taken: the trail was rewritten.",
        )


def _counts(session: Session) -> Iterator[Break]:
    counted = (
        select(AuditRow.transmission_id, func.count().label("rows"), func.max(AuditRow.number).label("last"))
        .group_by(AuditRow.transmission_id)
        .subquery()
    )
    wrong = session.execute(
        select(Transmission.id)
        .outerjoin(counted, counted.c.transmission_id == Transmission.id)
        .where(
            (func.coalesce(counted.c.rows, 0) != Transmission.audit_count)
            | (func.coalesce(counted.c.last, 0) != Transmission.audit_count)
        )
        .order_by(Transmission.id)
    ).scalars()
    for fax in wrong:
        yield Break(None, f"Rows about transmission {fax} were removed or added.")
    unknown = session.execute(
        select(AuditRow.transmission_id)
        .where(~select(Transmission.id).where(Transmission.id == AuditRow.transmission_id).exists())
        .distinct()
        .order_by(AuditRow.transmission_id)
    ).scalars()
    for fax in unknown:
        yield Break(None, f"Transmission {fax} is in the trail, but was removed from the store.")


def _recorded_contents(session: Session) -> Iterator[Break]:
    """What the trail says was written about each fax, against the tables: the last recording counts."""
    said: dict[str, tuple[int, str | None]] = {}
    rows = session.execute(
        select(AuditRow.sequence, AuditRow.transmission_id, AuditRow.details)
        .where(AuditRow.action.in_((RECORDED, SET_ASIDE)))
        .order_by(AuditRow.sequence)
    )
    for sequence, fax, details in rows:
        said[fax] = (sequence, _entry(details, "contents"))
    done = session.execute(select(Transmission.id).where(Transmission.status != "received")).scalars().all()
    for fax in sorted(done):
        sequence, promised = said.get(fax, (None, None))
        if promised != contents_hash(session, fax):
            yield Break(sequence, f"What the tables hold about transmission {fax} is not what was recorded.")


def _corrections(session: Session) -> Iterator[Break]:
    rows = session.execute(select(AuditRow.details).where(AuditRow.action == CORRECTED)).scalars()
    promised = {_entry(details, "correction") for details in rows}
    stored = 0
    for row in session.execute(select(Correction).execution_options(yield_per=READ_IN_ONE_GO)).scalars():
        stored += 1
        if correction_hash(row) not in promised:
            yield Break(
                None, f"Correction {row.number} of {row.name} of document {row.document_id} was changed."
            )
    if stored != len(promised):
        yield Break(None, f"The trail knows {len(promised)} corrections, the store holds {stored}.")


def _entry(details: str, name: str) -> str | None:
    try:
        found = json.loads(details).get(name)
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None
