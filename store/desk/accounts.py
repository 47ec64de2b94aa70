"""Accounts of the desk: who may sign in, in which role, and what proves it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import cast, get_args
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.database import reading, writing
from store.desk.errors import AccountExists, AccountRefused, UnknownAccount
from store.desk.model import Account, Role
from store.desk.tables import AccountEvent, AccountRow, SessionRow

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
RESERVED = frozenset({"system", "register"})
"""Actors of the trail that are no person."""

PASSWORD_CHARS = range(12, 201)
"""NIST SP 800-63B asks for at least 8; a phrase is easier to keep in mind than a short riddle."""

PREFERENCES_BYTES = 16_384
HASHER = PasswordHasher()


@dataclass(frozen=True)
class AccountChange:
    """What was done to an account: added, password, role, disabled, enabled, subject, signed_out."""

    account: str
    action: str
    detail: str
    by: str
    at: datetime


def add_account(
    engine: Engine,
    account: str,
    full_name: str,
    role: Role,
    *,
    password: str | None = None,
    oidc_subject: str | None = None,
    by: str,
) -> Account:
    """Make an account; without a password it can only sign in through the house's own service.

    Raises:
        AccountExists: the name or the subject is taken.
        AccountRefused: a name, role or password that no account can have.
    """
    if not NAME.fullmatch(account) or account in RESERVED:
        raise AccountRefused(
            "An account's name has 1 to 64 lower-case letters, digits, dots, dashes or underscores; "
            "choose another."
        )
    if not full_name.strip():
        raise AccountRefused("An account needs the person's full name.")
    row = AccountRow(
        account=account,
        full_name=full_name.strip(),
        role=_checked_role(role),
        disabled=False,
        password_hash=None if password is None else _hash(password),
        oidc_subject=oidc_subject or None,
        created_at=datetime.now(UTC),
        preferences={},
    )
    try:
        with writing(engine) as session:
            session.add(row)
            session.flush()
            _note(session, account, "added", role, by)
            return account_of(row)
    except IntegrityError:
        raise AccountExists(
            "An account of this name, or for this sign-in subject, is there already; choose another name."
        ) from None


def list_accounts(session: Session) -> tuple[Account, ...]:
    """All accounts, by name."""
    return tuple(account_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.account)))


def any_account(session: Session) -> bool:
    """Whether anybody can sign in at all."""
    return session.scalars(select(AccountRow.account).limit(1)).first() is not None


def find_account(session: Session, account: str) -> Account | None:
    """One account; none where there is no such name."""
    row = session.get(AccountRow, account)
    return None if row is None else account_of(row)


def account_of_subject(session: Session, oidc_subject: str) -> Account | None:
    """The account that a subject of the sign-in service stands for."""
    row = session.scalars(select(AccountRow).where(AccountRow.oidc_subject == oidc_subject)).first()
    return None if row is None else account_of(row)


def set_password(engine: Engine, account: str, password: str, *, by: str) -> None:
    """Give an account another password, and end its sessions.

    Raises:
        UnknownAccount, AccountRefused: nothing was changed.
    """
    hashed = _hash(password)
    with writing(engine) as session:
        _held(session, account).password_hash = hashed
        _end_sessions(session, account)
        _note(session, account, "password", "", by)


def set_role(engine: Engine, account: str, role: Role, *, by: str) -> None:
    """Give an account another role, and end its sessions.

    Raises:
        UnknownAccount, AccountRefused: nothing was changed.
    """
    with writing(engine) as session:
        _held(session, account).role = _checked_role(role)
        _end_sessions(session, account)
        _note(session, account, "role", role, by)


def set_disabled(engine: Engine, account: str, disabled: bool, *, by: str) -> None:
    """Shut an account out, which ends its sessions, or let it in again.

    Raises:
        UnknownAccount: nothing was changed.
    """
    with writing(engine) as session:
        _held(session, account).disabled = disabled
        _end_sessions(session, account)
        _note(session, account, "disabled" if disabled else "enabled", "", by)


def link_subject(engine: Engine, account: str, oidc_subject: str | None, *, by: str) -> None:
    """Say which subject of the house's sign-in service an account is, and end its sessions.

    Raises:
        UnknownAccount, AccountExists: nothing was changed.
    """
    try:
        with writing(engine) as session:
            _held(session, account).oidc_subject = oidc_subject or None
            _end_sessions(session, account)
            _note(session, account, "subject", "", by)
    except IntegrityError:
        raise AccountExists(
            "Another account has this sign-in subject already; take it away there first."
        ) from None


def check_password(engine: Engine, account: str, password: str) -> Account | None:
    """The account, if the password is right and it may sign in; none otherwise, after the same work."""
    with reading(engine) as session:
        row = session.get(AccountRow, account) if NAME.fullmatch(account) else None
        known = None if row is None else (account_of(row), row.password_hash)
    hashed = known[1] if known and known[1] else _nobody()
    right = len(password) <= PASSWORD_CHARS.stop and _verified(hashed, password)
    if known is None or not known[1] or not right or known[0].disabled:
        return None
    if HASHER.check_needs_rehash(hashed):
        with writing(engine) as session:
            _held(session, account).password_hash = HASHER.hash(password)
    return known[0]


def keep_preferences(engine: Engine, account: str, preferences: Mapping[str, str]) -> None:
    """Add to a person's own choices; an empty text takes one away.

    Raises:
        UnknownAccount, AccountRefused: nothing was changed.
    """
    with writing(engine) as session:
        row = _held(session, account)
        merged = {name: text for name, text in {**row.preferences, **preferences}.items() if text}
        if sum(len(f"{name}{text}".encode()) for name, text in merged.items()) > PREFERENCES_BYTES:
            raise AccountRefused("These preferences are too large to keep; set some of them back first.")
        row.preferences = merged


def revoke_sessions(engine: Engine, account: str, *, by: str) -> None:
    """Sign an account out everywhere.

    Raises:
        UnknownAccount: there is none of this name.
    """
    with writing(engine) as session:
        _held(session, account)
        _end_sessions(session, account)
        _note(session, account, "signed_out", "everywhere", by)


def account_trail(session: Session, limit: int = 200) -> tuple[AccountChange, ...]:
    """What was done to accounts, the latest first."""
    rows = session.scalars(select(AccountEvent).order_by(AccountEvent.at.desc()).limit(limit))
    return tuple(AccountChange(row.account, row.action, row.detail, row.by, row.at) for row in rows)


def _held(session: Session, account: str) -> AccountRow:
    row = session.get(AccountRow, account, with_for_update=True)
    if row is None:
        raise UnknownAccount("There is no account of this name; list the accounts and look again.")
    return row


def _end_sessions(session: Session, account: str) -> None:
    session.execute(delete(SessionRow).where(SessionRow.account == account))


def _note(session: Session, account: str, action: str, detail: str, by: str) -> None:
    at = datetime.now(UTC)
    session.add(AccountEvent(id=str(uuid4()), account=account, action=action, detail=detail, by=by, at=at))


def _checked_role(role: Role) -> Role:
    if role not in get_args(Role):
        raise AccountRefused(f"A role is one of {', '.join(get_args(Role))}.")
    return role


def _hash(password: str) -> str:
    if len(password) not in PASSWORD_CHARS:
        raise AccountRefused(
            f"A password has {PASSWORD_CHARS.start} to {PASSWORD_CHARS.stop - 1} characters; "
            "a sentence is easy to keep in mind."
        )
    return HASHER.hash(password)


def _verified(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that no password fits, so that an unknown name costs what a known one does."""
    return HASHER.hash(uuid4().hex)


def account_of(row: AccountRow) -> Account:
    """The account of a row, without its secrets."""
    return Account(
        account=row.account,
        full_name=row.full_name,
        role=cast("Role", row.role),
        disabled=row.disabled,
        has_password=row.password_hash is not None,
        oidc_subject=row.oidc_subject,
        created_at=row.created_at,
        preferences=dict(row.preferences),
    )
