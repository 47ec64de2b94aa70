"""Who looked at which page: one insert a look, sealed into the audit trail soon after.

A look must cost next to nothing, and the trail has one end that everybody waits for. So looks are written
aside, and a row of the trail then vouches for all new looks at one fax by their hash; from then on the
database refuses to change them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import rfc8785
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store import trail
from store.database import writing
from store.desk.model import Happening, Person
from store.desk.tables import LookRow
from store.errors import UnknownTransmission
from store.tables import AuditRow, Transmission

LOOKED = "looked"
PURPOSE_CHARS = 16
SEALED_AT_ONCE = 200
"""Faxes whose looks are sealed in one round."""


def note_look(engine: Engine, person: Person, transmission_id: str, page: int | None, purpose: str) -> None:
    """Keep that a person saw a page of a fax, or its list of pages where ``page`` is none.

    Raises:
        UnknownTransmission: there is no such fax.
    """
    with writing(engine) as session:
        if session.execute(select(Transmission.id).where(Transmission.id == transmission_id)).first() is None:
            raise UnknownTransmission(
                f"Transmission {transmission_id} is not in the store; look at the inbox again."
            )
        add_looks(session, person, transmission_id, (page,), purpose)


def add_looks(
    session: Session, person: Person, transmission_id: str, pages: Iterable[int | None], purpose: str
) -> None:
    """Keep looks at pages of a fax that the store knows, within the transaction that shows them."""
    look = {"transmission_id": transmission_id, "account": person.account, "purpose": purpose[:PURPOSE_CHARS]}
    rows = [{**look, "id": str(uuid4()), "page": page, "at": datetime.now(UTC)} for page in pages]
    if rows:
        session.execute(insert(LookRow), rows)


def happenings(session: Session, transmission_id: str) -> tuple[Happening, ...]:
    """A fax's audit trail, the earliest first."""
    rows = session.scalars(
        select(AuditRow).where(AuditRow.transmission_id == transmission_id).order_by(AuditRow.number)
    )
    return tuple(
        Happening(row.at, row.actor, row.action, row.reference, json.loads(row.details)) for row in rows
    )


def seal_looks(engine: Engine) -> int:
    """Have the trail vouch for the looks that it does not know yet; returns how many.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: the rest waits for the next round.
    """
    with writing(engine) as session:
        faxes = session.scalars(
            select(LookRow.transmission_id).where(LookRow.seal.is_(None)).distinct().limit(SEALED_AT_ONCE)
        ).all()
    sealed = 0
    for fax in sorted(faxes):
        with writing(engine) as session:
            sealed += _seal(session, fax)
    return sealed


def look_breaks(session: Session) -> Iterator[str]:
    """Sentences about looks that are not as the trail says, for ``verify_audit``."""
    promised = session.execute(
        select(AuditRow.reference, AuditRow.transmission_id, AuditRow.details).where(
            AuditRow.action == LOOKED
        )
    ).all()
    for seal, fax, details in promised:
        rows = session.scalars(_in_order().where(LookRow.seal == seal)).all()
        if json.loads(details).get("hash") != _hash(rows):
            yield f"The looks at transmission {fax} under seal {seal} were changed or removed."
    known = {seal for seal, _, _ in promised}
    stored = session.scalars(select(LookRow.seal).where(LookRow.seal.is_not(None)).distinct())
    for seal in sorted({one for one in stored if one is not None} - known):
        yield f"Looks bear seal {seal}, of which the trail knows nothing."


def _seal(session: Session, fax: str) -> int:
    seal = str(uuid4())
    # Marked before they are read: a look written meanwhile is not among them and waits for the next round.
    session.execute(
        update(LookRow)
        .where(LookRow.transmission_id == fax, LookRow.seal.is_(None))
        .values(seal=seal)
        .execution_options(synchronize_session=False)
    )
    rows = session.scalars(_in_order().where(LookRow.seal == seal)).all()
    if rows:
        details: dict[str, Any] = {"looks": len(rows), "hash": _hash(rows)}
        trail.append(session, trail.Event(fax, LOOKED, seal, details=details))
    return len(rows)


def _in_order() -> Any:
    return select(LookRow).order_by(LookRow.at, LookRow.id)


def _hash(rows: Any) -> str:
    digest = hashlib.sha256()
    for row in rows:
        at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
        digest.update(
            rfc8785.dumps([row.id, row.transmission_id, row.page, row.account, row.purpose, at]) + b"\n"
        )
    return digest.hexdigest()
