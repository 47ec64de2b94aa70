"""Sessions of browsers, kept by the server, and the attempts to sign in that were made."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.engine import CursorResult, Engine
from sqlalchemy.orm import Session

from store.database import asking, writing
from store.desk.accounts import account_of, find_account
from store.desk.errors import UnknownAccount
from store.desk.model import Account, NewSession, SignedIn
from store.desk.tables import AccountRow, LoginRow, SessionRow

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)
"""A session is written to at most so often: a request must not cost a write."""

KEEP_LOGINS = timedelta(days=90)

SIGNED_IN = (
    select(SessionRow, AccountRow)
    .join(AccountRow, AccountRow.account == SessionRow.account)
    .where(SessionRow.id == bindparam("key"), AccountRow.disabled.is_(False))
)


def open_session(engine: Engine, account: str, *, idle_seconds: float, lifetime_seconds: float) -> NewSession:
    """Sign an account in; its token goes to the browser and is kept nowhere.

    Raises:
        UnknownAccount: there is no such account, or it is disabled.
    """
    token, now = secrets.token_urlsafe(TOKEN_BYTES), datetime.now(UTC)
    with writing(engine) as session:
        person = find_account(session, account)
        if person is None or person.disabled:
            raise UnknownAccount("There is no such account, or it is disabled; ask a lead.")
        row = SessionRow(
            id=_key(token),
            account=account,
            csrf=secrets.token_urlsafe(TOKEN_BYTES),
            opened_at=now,
            seen_at=now,
            expires_at=now + timedelta(seconds=lifetime_seconds),
        )
        session.add(row)
        return NewSession(token, _signed_in(row, person, idle_seconds))


def session_of(engine: Engine, token: str, *, idle_seconds: float) -> SignedIn | None:
    """Who a browser's token stands for; none when it holds no more.

    Args:
        engine: of the store.
        token: from the cookie.
        idle_seconds: a session unused for so long has ended.
    """
    now, key = datetime.now(UTC), _key(token)
    with asking(engine) as session:
        found = session.execute(SIGNED_IN, {"key": key}).first()
        if found is None:
            return None
        row, person = found[0], account_of(found[1])
        if now >= row.expires_at or now - row.seen_at >= timedelta(seconds=idle_seconds):
            return None
        signed_in, seen_at = _signed_in(row, person, idle_seconds), row.seen_at
    if now - seen_at >= min(SEEN_EVERY, timedelta(seconds=idle_seconds / 4)):
        with writing(engine) as session:
            session.execute(update(SessionRow).where(SessionRow.id == key).values(seen_at=now))
    return signed_in


def close_session(engine: Engine, token: str) -> None:
    """Sign a browser out; nothing happens where it was not signed in."""
    with writing(engine) as session:
        session.execute(delete(SessionRow).where(SessionRow.id == _key(token)))


def end_expired(session: Session, now: datetime) -> int:
    """Drop sessions that are over, and attempts too old to matter; returns how many sessions."""
    session.execute(delete(LoginRow).where(LoginRow.at < now - KEEP_LOGINS))
    ended = session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    return cast("CursorResult[Any]", ended).rowcount


def note_login(engine: Engine, account: str, address: str, *, succeeded: bool) -> None:
    """Keep an attempt to sign in; the name typed is kept as a hash, since people type passwords there."""
    with writing(engine) as session:
        session.add(
            LoginRow(
                id=str(uuid4()),
                account=_key(account),
                address=address,
                at=datetime.now(UTC),
                succeeded=succeeded,
            )
        )


def failed_logins(session: Session, *, account: str, address: str, since: datetime) -> int:
    """How often signing in failed for an account since its last success, or from an address: the larger."""
    mine = LoginRow.account == _key(account)
    success = select(func.max(LoginRow.at)).where(mine, LoginRow.succeeded.is_(True))
    last = session.execute(success).scalar_one_or_none()
    failed = select(func.count()).where(LoginRow.succeeded.is_(False))
    begin = max(since, last) if last is not None else since
    of_account = session.execute(failed.where(mine, LoginRow.at > begin)).scalar_one()
    of_address = session.execute(failed.where(LoginRow.address == address, LoginRow.at > since)).scalar_one()
    return max(of_account, of_address)


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _signed_in(row: SessionRow, person: Account, idle_seconds: float) -> SignedIn:
    until = min(row.expires_at, row.seen_at + timedelta(seconds=idle_seconds))
    return SignedIn(person, row.id, row.csrf, row.opened_at, until)
