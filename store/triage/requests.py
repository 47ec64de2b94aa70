"""The queue of faxes to be read again: asked for by people, claimed by one process at a time.

The reading that stands goes on standing until the new one is recorded; a request is gone in the same
transaction. A claim is a lease, as in ``store.inbox``: whoever records first has recorded.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from store.database import reading, writing
from store.errors import UnknownTransmission
from store.inbox import earliest_facts
from store.model import SetAside, Status, TransmissionFacts
from store.owners import host_name, is_gone
from store.tables import Transmission
from store.triage.steps import StepRefused
from store.triage.tables import RereadRequest

State = Literal["waiting", "reading", "failed"]


@dataclass(frozen=True)
class RequestState:
    """Where a request stands.

    Attributes:
        failure: why the fax could not be read again; the earlier reading stands.
    """

    state: State
    asked_by: str
    asked_at: datetime
    failure: SetAside | None = None


@dataclass(frozen=True)
class ClaimedRequest:
    """A fax to be read again.

    Attributes:
        asks: how often it had been asked for; recording names it, and a later ask has it read once more.
        attempts: how often it was claimed since it was last asked for, this time included.
        status: of the fax as it stands.
    """

    transmission_id: str
    asks: int
    attempts: int
    status: Status
    facts: TransmissionFacts


def ask_to_reread(engine: Engine, transmission_id: str, *, by: str) -> bool:
    """Have a fax read again by what people decided about it; safe to repeat.

    Returns:
        Whether nobody had asked before.

    Raises:
        UnknownTransmission: the store knows no such fax.
        StepRefused: it was not read a first time yet.
        StoreUnreachable, StoreBusy, DiskFull: nothing was noted.
    """
    with writing(engine) as session:
        return ask(session, held_fax(session, transmission_id), by=by)


def held_fax(session: Session, transmission_id: str) -> Transmission:
    """The row of a fax that has its outcome, held until the transaction ends; raises as ``ask_to_reread``."""
    fax = session.execute(
        select(Transmission)
        .where(Transmission.id == transmission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if fax is None:
        raise UnknownTransmission(f"The store knows no fax {transmission_id}; look it up again.")
    if fax.status == "received":
        raise StepRefused(f"Fax {transmission_id} was not read yet; wait for the batch.")
    return fax


def ask(session: Session, fax: Transmission, *, by: str) -> bool:
    """``ask_to_reread`` within the caller's transaction, which holds the fax."""
    row = session.get(RereadRequest, fax.id, populate_existing=True)
    now = datetime.now(UTC)
    if row is None:
        session.add(RereadRequest(transmission_id=fax.id, asked_by=by, asked_at=now, asks=1, attempts=0))
        session.flush()
        return True
    row.asks += 1
    row.attempts = 0
    row.asked_by = by
    row.failed_code = row.failed_message = None
    session.flush()
    return False


def withdraw_request(engine: Engine, transmission_id: str) -> bool:
    """Take a request back while nobody is at it; returns whether there was one to take back."""
    with writing(engine) as session:
        return withdraw(session, transmission_id)


def withdraw(session: Session, transmission_id: str) -> bool:
    """``withdraw_request`` within the caller's transaction."""
    gone = session.execute(
        delete(RereadRequest)
        .where(RereadRequest.transmission_id == transmission_id, _is_free(datetime.now(UTC)))
        .returning(RereadRequest.transmission_id)
    )
    return gone.first() is not None


def request_states(session: Session, transmission_ids: Collection[str]) -> dict[str, RequestState]:
    """Where the requests of these faxes stand; faxes without one are left out."""
    now = datetime.now(UTC)
    rows = session.execute(
        select(RereadRequest).where(RereadRequest.transmission_id.in_(transmission_ids))
    ).scalars()
    return {row.transmission_id: _state(row, now) for row in rows}


def requests_waiting(session: Session) -> int:
    """How many faxes are still to be read again, those being read included."""
    waiting = select(func.count()).select_from(RereadRequest).where(RereadRequest.failed_code.is_(None))
    return session.execute(waiting).scalar_one()


def claim_request(engine: Engine, owner: str, lease_seconds: float) -> ClaimedRequest | None:
    """Take the fax that was asked for first and that nobody is at; none where none is left.

    Args:
        engine: of the store.
        owner: from ``owner_name()``.
        lease_seconds: so long nobody else takes it.
    """
    with reading(engine) as session:
        if not requests_waiting(session):
            return None
    _free_dead(engine)
    now = datetime.now(UTC)
    picked = (
        select(RereadRequest.transmission_id)
        .where(RereadRequest.failed_code.is_(None), _is_free(now))
        .order_by(RereadRequest.asked_at, RereadRequest.transmission_id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    with writing(engine) as session:
        taken = session.execute(
            update(RereadRequest)
            .where(RereadRequest.transmission_id.in_(select(picked.c.transmission_id)))
            .values(
                claimed_by=owner,
                claimed_until=now + timedelta(seconds=lease_seconds),
                attempts=RereadRequest.attempts + 1,
            )
            .returning(RereadRequest.transmission_id, RereadRequest.asks, RereadRequest.attempts)
            .execution_options(synchronize_session=False)
        ).first()
        if taken is None:
            return None
        fax = session.get_one(Transmission, taken.transmission_id)
        facts = earliest_facts(session, {fax.id: fax.size_bytes})[fax.id]
        return ClaimedRequest(fax.id, taken.asks, taken.attempts, cast("Status", fax.status), facts)


def fail_request(engine: Engine, claimed: ClaimedRequest, reason: SetAside) -> None:
    """Note that the fax cannot be read again, and leave it so until someone asks anew."""
    with writing(engine) as session:
        session.execute(
            update(RereadRequest)
            .where(
                RereadRequest.transmission_id == claimed.transmission_id, RereadRequest.asks == claimed.asks
            )
            .values(
                failed_code=reason.code,
                failed_message=reason.message,
                claimed_by=None,
                claimed_until=None,
            )
        )


def renew_request(engine: Engine, owner: str, lease_seconds: float, transmission_id: str) -> None:
    """Prolong the owner's claim, as far as it still holds it."""
    until = datetime.now(UTC) + timedelta(seconds=lease_seconds)
    mine = RereadRequest.transmission_id == transmission_id, RereadRequest.claimed_by == owner
    with writing(engine) as session:
        session.execute(update(RereadRequest).where(*mine).values(claimed_until=until))


def release_requests(engine: Engine, owner: str) -> None:
    """Give the owner's claims back; whoever can do that was not killed by what it had claimed."""
    with reading(engine) as session:
        if not session.execute(select(func.count()).where(RereadRequest.claimed_by == owner)).scalar_one():
            return
    with writing(engine) as session:
        session.execute(
            update(RereadRequest)
            .where(RereadRequest.claimed_by == owner)
            .values(claimed_by=None, claimed_until=None, attempts=0)
        )


def conclude_request(session: Session, transmission_id: str, asks: int) -> None:
    """Within the transaction that recorded the reading: the request is done, unless someone asked since."""
    session.execute(
        delete(RereadRequest).where(
            RereadRequest.transmission_id == transmission_id, RereadRequest.asks == asks
        )
    )
    session.execute(
        update(RereadRequest)
        .where(RereadRequest.transmission_id == transmission_id)
        .values(claimed_by=None, claimed_until=None)
    )


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(RereadRequest.claimed_until.is_(None), RereadRequest.claimed_until < now)


def _state(row: RereadRequest, now: datetime) -> RequestState:
    if row.failed_code is not None:
        failure = SetAside(row.failed_code, row.failed_message or "")
        return RequestState("failed", row.asked_by, row.asked_at, failure)
    held = row.claimed_until is not None and row.claimed_until >= now
    return RequestState("reading" if held else "waiting", row.asked_by, row.asked_at)


def _free_dead(engine: Engine) -> None:
    with reading(engine) as session:
        owners = session.execute(
            select(RereadRequest.claimed_by)
            .where(RereadRequest.claimed_by.startswith(f"{host_name()}:"))
            .distinct()
        ).scalars()
        dead = [owner for owner in owners if owner is not None and is_gone(owner)]
    if dead:
        with writing(engine) as session:
            _free(session, dead)


def _free(session: Session, owners: Collection[str]) -> None:
    session.execute(
        update(RereadRequest)
        .where(RereadRequest.claimed_by.in_(owners))
        .values(claimed_by=None, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
