"""Writing down everything about one fax, in one transaction, once."""

from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store import trail
from store.contents import contents_hash
from store.database import writing
from store.errors import RecordRefused, UnknownTransmission
from store.model import PageRecord, SetAside, TaskRecord, TransmissionRecord
from store.rows import rows_of
from store.suspects import link_suspects
from store.tables import Transmission


def record(engine: Engine, fax: TransmissionRecord, *, suspect_distance_bits: int = 6) -> bool:
    """Write all about one fax with its status and its rows of the audit trail: all of it or nothing.

    Safe to repeat: a fax that has its outcome already is left as it is.

    Args:
        engine: of the store.
        fax: everything about it.
        suspect_distance_bits: content hashes at most so far apart are linked as suspected resends.

    Returns:
        Whether it was written; false when it had been before.

    Raises:
        UnknownTransmission: it was never received.
        RecordRefused: the record contradicts itself.
        StoreUnreachable, StoreBusy, DiskFull: nothing was written; run again.
    """
    check_record(fax)
    with writing(engine) as session:
        row = session.execute(
            select(Transmission).where(Transmission.id == fax.sha256).with_for_update()
        ).scalar_one_or_none()
        if row is None:
            raise UnknownTransmission(
                f"Transmission {fax.sha256} was never received; run intake on its source again."
            )
        if row.status != "received":
            return False
        conclude(row, fax)
        session.flush()
        for kind, rows in rows_of(fax, row.received_at):
            if rows:
                session.execute(insert(kind), rows)
        # From here on other recorders wait; what they wrote is seen below, so no pair of pages is missed.
        trail.lock_trail(session)
        link_suspects(session, fax.sha256, suspect_distance_bits)
        trail.append(session, _event(session, fax))
    return True


def set_aside(engine: Engine, transmission_id: str, reason: SetAside, *, priority: int = 5) -> bool:
    """Conclude that a fax cannot be read and put it before a person; returns and raises as ``record``."""
    fax = TransmissionRecord(
        sha256=transmission_id,
        outcome="set_aside",
        format=None,
        pages=(),
        tasks=(TaskRecord(kind="set_aside", reason=reason.code, priority=priority),),
        priority=priority,
        set_aside=reason,
    )
    return record(engine, fax)


def check_record(fax: TransmissionRecord) -> None:
    """Refuse a record that contradicts itself.

    Raises:
        RecordRefused: it does.
    """
    numbers = [page.number for page in fax.pages]
    if len(set(numbers)) != len(numbers):
        raise RecordRefused(
            f"Transmission {fax.sha256}: a page number comes twice; number pages as received, from 1."
        )
    named: list[PageRecord | TaskRecord] = [*fax.pages, *fax.tasks]
    for item in named:
        if item.document is not None and not 0 <= item.document < len(fax.documents):
            raise RecordRefused(
                f"Transmission {fax.sha256}: there is no document {item.document}; indices start at 0."
            )
    for document in fax.documents:
        names = [field.name for field in document.fields]
        if len(set(names)) != len(names):
            raise RecordRefused(
                f"Transmission {fax.sha256}: a field of {document.form} comes twice; hand in one reading."
            )


def conclude(row: Transmission, fax: TransmissionRecord) -> None:
    """Write what the reading says of the fax into the fax's own row."""
    row.status = fax.outcome
    row.format = fax.format
    row.page_count = len(fax.pages)
    row.priority, row.read_priority = fax.priority, None
    row.sender = fax.sender
    row.sent_at = fax.sent_at
    row.announced_pages = fax.announced_pages
    row.set_aside_code = fax.set_aside.code if fax.set_aside else None
    row.set_aside_message = fax.set_aside.message if fax.set_aside else None
    row.software_version = fax.software_version
    row.seconds = dict(fax.seconds)
    row.claimed_by = row.claimed_until = None
    row.recorded_at = datetime.now(UTC)


def _event(session: Session, fax: TransmissionRecord) -> trail.Event:
    return trail.Event(
        fax.sha256,
        trail.SET_ASIDE if fax.outcome == "set_aside" else trail.RECORDED,
        fax.sha256,
        details={
            "outcome": fax.outcome,
            "documents": len(fax.documents),
            "tasks": len(fax.tasks),
            "contents": contents_hash(session, fax.sha256),
        },
    )
