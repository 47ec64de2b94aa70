"""The proof that the audit trail is whole, and that what was recorded under it still stands.

Four things must agree, so that a change, a removal (at the end, too) or a new order shows: each row's hash
over its own content and the hash before it; the one row of ``audit_head``; the count that each transmission
keeps of its own rows; and, for faxes recorded and values corrected, the hash of what was written to the other
tables. Whoever can rewrite all of them at once is caught by an anchor: the head of an earlier day, kept
elsewhere.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.contents import contents_hash, correction_hash
from store.desk.proof import desk_breaks
from store.registers.proof import decision_breaks
from store.tables import AuditRow, Correction, Transmission
from store.trail import BEGINNING, CORRECTED, RECORDED, SET_ASIDE, Anchor, hash_of, head
from store.triage.proof import triage_breaks

READ_IN_ONE_GO = 2000


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
        *(Break(None, sentence) for sentence in triage_breaks(session)),
        *(Break(None, sentence) for sentence in desk_breaks(session)),
        *(Break(None, sentence) for sentence in decision_breaks(session)),
    ]
    faxes = session.execute(select(func.count()).select_from(Transmission)).scalar_one()
    return AuditReport(head=head(session), transmissions=faxes, breaks=tuple(breaks))


def _chain(session: Session, anchor: Anchor | None) -> Iterator[Break]:
    expected, previous, anchored = 1, BEGINNING, anchor is None or anchor.rows == 0
    rows = session.execute(
        select(AuditRow).order_by(AuditRow.sequence).execution_options(yield_per=READ_IN_ONE_GO)
    ).scalars()
    for row in rows:
        if row.sequence != expected:
            yield Break(
                row.sequence,
                f"Row {row.sequence} stands where row {expected} should: rows are gone or moved.",
            )
        if row.previous_hash != previous:
            yield Break(
                row.sequence, f"Row {row.sequence} does not follow from the one before: removed or moved."
            )
        if row.hash != hash_of(row, row.previous_hash):
            yield Break(row.sequence, f"Row {row.sequence} was changed after it was written.")
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
            f"Row {anchor.rows} is not what the anchor says: the trail was rewritten.",
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
