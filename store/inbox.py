"""The queue of faxes: received once, claimed by one worker at a time, given back when that worker dies.

``status`` says what is left to do (``received``), and the lease who is at it. A lease is no lock: whoever
records first has recorded, and a second recording of the same fax changes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult, Engine
from sqlalchemy.orm import Session

from store import trail
from store.database import reading, writing
from store.keys import arrival_key, delivery_key
from store.model import SetAside, Status, TransmissionFacts
from store.owners import host_name, is_gone
from store.registers.waiting import wait_to_register
from store.tables import Base, Delivery, Document, Transmission, UnreadableArrival

LEAST_URGENT = 9


@dataclass(frozen=True)
class Received:
    """What became of an arrival.

    Attributes:
        new: these bytes had never been seen.
        resend: the bytes were known, this delivery of them was not: linked, not to be processed.
        status: of the transmission.
    """

    transmission_id: str
    new: bool
    resend: bool
    status: Status


@dataclass(frozen=True)
class Claimed:
    """A fax to be processed.

    Attributes:
        attempts: how often it was claimed, this time included; a fax that kills its worker shows here.
        facts: of its earliest delivery.
    """

    transmission_id: str
    attempts: int
    facts: TransmissionFacts


def receive(engine: Engine, facts: TransmissionFacts) -> Received:
    """Note a delivery whose bytes are in the archive. Safe to repeat: the same delivery changes nothing.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: nothing was noted.
    """
    with writing(engine) as session:
        now = datetime.now(UTC)
        new = insert_if_new(
            session,
            Transmission,
            id=facts.sha256,
            status="received",
            received_at=facts.received_at,
            size_bytes=facts.size_bytes,
            priority=LEAST_URGENT,
            attempts=0,
            audit_count=0,
        )
        fax = session.execute(
            select(Transmission).where(Transmission.id == facts.sha256).with_for_update()
        ).scalar_one()
        key = delivery_key(facts.sha256, facts.source, facts.received_at)
        delivered = insert_if_new(
            session,
            Delivery,
            id=key,
            transmission_id=facts.sha256,
            source=facts.source,
            received_at=facts.received_at,
            sender=facts.sender,
            sent_at=facts.sent_at,
            called_number=facts.called_number,
            announced_pages=facts.announced_pages,
            more=dict(facts.more),
            noticed_at=now,
        )
        if delivered:
            if facts.received_at < fax.received_at:
                fax.received_at = facts.received_at
                mine = select(Document.id).where(
                    Document.transmission_id == fax.id, Document.outcome != "set_aside"
                )
                wait_to_register(session, session.execute(mine).scalars().all())
            session.execute(
                update(UnreadableArrival)
                .where(UnreadableArrival.id == arrival_key(facts.source))
                .values(resolved=True)
            )
            session.flush()
            trail.append(session, trail.Event(facts.sha256, trail.DELIVERED, key))
        return Received(facts.sha256, new, delivered and not new, cast("Status", fax.status))


def note_unreadable(engine: Engine, source: str, reason: SetAside) -> None:
    """Keep in sight what lies in the inbox and cannot be had; ``receive`` of the same source settles it."""
    with writing(engine) as session:
        key = arrival_key(source)
        insert_if_new(
            session,
            UnreadableArrival,
            id=key,
            source=source,
            code=reason.code,
            message=reason.message,
            resolved=False,
            noticed_at=datetime.now(UTC),
        )
        session.execute(
            update(UnreadableArrival)
            .where(UnreadableArrival.id == key)
            .values(code=reason.code, message=reason.message, resolved=False)
        )


def claim(
    engine: Engine, owner: str, lease_seconds: float, limit: int, *, among: Collection[str] | None = None
) -> tuple[Claimed, ...]:
    """Take up to ``limit`` faxes that are left to do and that nobody holds, the oldest first.

    ``owner`` is from ``owner_name()``; for ``lease_seconds`` nobody else takes them, see ``renew``. With
    ``among``, only these transmissions are taken.
    """
    now = datetime.now(UTC)
    free = and_(
        Transmission.status == "received",
        or_(Transmission.claimed_until.is_(None), Transmission.claimed_until < now),
    )
    if among is not None:
        free = and_(free, Transmission.id.in_(among))
    # In a WITH of its own Postgres runs the locking part exactly once; inside IN (...) it may run it per row.
    picked = (
        select(Transmission.id)
        .where(free)
        .order_by(Transmission.received_at, Transmission.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    with writing(engine) as session:
        taken = session.execute(
            update(Transmission)
            .where(Transmission.id.in_(select(picked.c.id)))
            .values(
                claimed_by=owner,
                claimed_until=now + timedelta(seconds=lease_seconds),
                attempts=Transmission.attempts + 1,
            )
            .returning(Transmission.id, Transmission.attempts, Transmission.size_bytes)
            .execution_options(synchronize_session=False)
        ).all()
        facts = earliest_facts(session, {fax: size for fax, _, size in taken})
        claimed = [Claimed(fax, attempts, facts[fax]) for fax, attempts, _ in taken]
    return tuple(sorted(claimed, key=lambda item: (item.facts.received_at, item.transmission_id)))


def renew(
    engine: Engine, owner: str, lease_seconds: float, transmission_ids: Collection[str]
) -> frozenset[str]:
    """Prolong the owner's claims; gives those that it still holds and nobody took over meanwhile."""
    with writing(engine) as session:
        held = session.execute(
            update(Transmission)
            .where(
                Transmission.id.in_(transmission_ids),
                Transmission.status == "received",
                Transmission.claimed_by == owner,
            )
            .values(claimed_until=datetime.now(UTC) + timedelta(seconds=lease_seconds))
            .returning(Transmission.id)
            .execution_options(synchronize_session=False)
        )
        return frozenset(held.scalars())


def release(engine: Engine, owner: str, transmission_ids: Collection[str] | None = None) -> int:
    """Give claims back, all of the owner's or the named ones; gives how many."""
    condition = Transmission.claimed_by == owner
    if transmission_ids is not None:
        condition = and_(condition, Transmission.id.in_(transmission_ids))
    with writing(engine) as session:
        return _free(session, condition)


def reclaim_dead(engine: Engine) -> int:
    """Give back the claims of processes of this host that have ended, without waiting for their leases.

    Returns:
        How many faxes were given back.
    """
    with reading(engine) as session:
        owners = session.execute(
            select(Transmission.claimed_by)
            .where(Transmission.status == "received", Transmission.claimed_by.startswith(f"{host_name()}:"))
            .distinct()
        ).scalars()
        dead = [owner for owner in owners if owner is not None and is_gone(owner)]
    if not dead:
        return 0
    with writing(engine) as session:
        return _free(session, and_(Transmission.status == "received", Transmission.claimed_by.in_(dead)))


def insert_if_new(session: Session, kind: type[Base], **values: Any) -> bool:
    """Insert a row unless its key is there already; says whether it was inserted."""
    table = cast("Table", kind.__table__)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    (key, *_) = table.primary_key.columns
    # Not rowcount, which drivers leave at -1 for an INSERT.
    result = session.execute(insert(table).values(**values).on_conflict_do_nothing().returning(key))
    return result.first() is not None


def _free(session: Session, condition: Any) -> int:
    result = session.execute(
        update(Transmission)
        .where(condition)
        .values(claimed_by=None, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", result).rowcount


def earliest_facts(session: Session, sizes: dict[str, int]) -> dict[str, TransmissionFacts]:
    """What the fax server said of the earliest delivery of each fax; ``sizes`` are in bytes, by fax."""
    rows = session.execute(
        select(Delivery)
        .where(Delivery.transmission_id.in_(sizes))
        .order_by(Delivery.received_at.desc(), Delivery.source.desc())
    ).scalars()
    return {
        row.transmission_id: TransmissionFacts(
            sha256=row.transmission_id,
            source=row.source,
            received_at=row.received_at,
            size_bytes=sizes[row.transmission_id],
            sender=row.sender,
            sent_at=row.sent_at,
            called_number=row.called_number,
            announced_pages=row.announced_pages,
            more=row.more,
        )
        for row in rows
    }
