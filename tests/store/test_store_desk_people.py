from datetime import UTC, datetime, timedelta

import pytest
from desk_samples import ANA, SURNAME, care_transfer, put
from sqlalchemy import text, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from store_samples import sha

from store.audit import verify_audit
from store.database import reading, writing
from store.desk.accounts import (
    account_of_subject,
    account_trail,
    add_account,
    any_account,
    check_password,
    find_account,
    keep_preferences,
    link_subject,
    list_accounts,
    revoke_sessions,
    set_disabled,
    set_password,
    set_role,
)
from store.desk.errors import AccountExists, AccountRefused, UnknownAccount
from store.desk.looks import happenings, look_breaks, note_look, seal_looks
from store.desk.sessions import (
    close_session,
    failed_logins,
    note_login,
    open_session,
    session_of,
)
from store.desk.tables import LookRow, SessionRow
from store.errors import UnknownTransmission

PASSWORD = "a sentence to sign in with"


def test_an_account_signs_in_by_its_password_alone(engine: Engine) -> None:
    with reading(engine) as session:
        assert not any_account(session)
    made = add_account(engine, "ana", " Ana Lund ", "reviewer", password=PASSWORD, by="root")
    assert (made.full_name, made.role, made.has_password) == ("Ana Lund", "reviewer", True)
    assert check_password(engine, "ana", PASSWORD) == made
    assert check_password(engine, "ana", PASSWORD + "!") is None
    assert check_password(engine, "nobody", PASSWORD) is None
    assert check_password(engine, "ana", "x" * 1_000_000) is None
    set_disabled(engine, "ana", True, by="root")
    assert check_password(engine, "ana", PASSWORD) is None
    with reading(engine) as session:
        assert any_account(session)
        assert [change.action for change in account_trail(session)] == ["disabled", "added"]


@pytest.mark.parametrize(
    ("account", "role", "password"),
    [("Ana", "reviewer", PASSWORD), ("", "lead", PASSWORD), ("system", "lead", PASSWORD),
     ("ana", "boss", PASSWORD), ("ana", "lead", "too short"), ("a b", "lead", PASSWORD)],
)  # fmt: skip
def test_what_no_account_can_have_is_refused(engine: Engine, account: str, role: str, password: str) -> None:
    with pytest.raises(AccountRefused):
        add_account(engine, account, "Ana", role, password=password, by="root")  # type: ignore[arg-type]
    with reading(engine) as session:
        assert list_accounts(session) == ()


def test_names_and_subjects_are_of_one_account(engine: Engine) -> None:
    add_account(engine, "ana", "Ana", "reviewer", oidc_subject="subject 1", by="root")
    add_account(engine, "ben", "Ben", "lead", by="root")
    with pytest.raises(AccountExists):
        add_account(engine, "ana", "Another", "lead", by="root")
    with pytest.raises(AccountExists):
        link_subject(engine, "ben", "subject 1", by="root")
    with pytest.raises(UnknownAccount):
        set_password(engine, "eva", PASSWORD, by="root")
    with reading(engine) as session:
        found = account_of_subject(session, "subject 1")
        assert found is not None
        assert found.account == "ana"


def test_preferences_are_merged_and_bounded(engine: Engine) -> None:
    add_account(engine, "ana", "Ana", "reviewer", by="root")
    keep_preferences(engine, "ana", {"theme": "dark", "keys": "{}"})
    keep_preferences(engine, "ana", {"keys": ""})
    with pytest.raises(AccountRefused):
        keep_preferences(engine, "ana", {"keys": "x" * 20_000})
    with reading(engine) as session:
        found = find_account(session, "ana")
        assert found is not None
        assert found.preferences == {"theme": "dark"}


def test_a_session_ends_by_time_by_hand_and_with_its_account(engine: Engine) -> None:
    add_account(engine, "ana", "Ana", "reviewer", by="root")

    def opened() -> str:
        return open_session(engine, "ana", idle_seconds=600, lifetime_seconds=3600).token

    token = opened()
    signed_in = session_of(engine, token, idle_seconds=600)
    assert signed_in is not None
    assert (signed_in.account.account, len(signed_in.csrf) > 20) == ("ana", True)
    assert session_of(engine, token + "x", idle_seconds=600) is None
    with reading(engine) as session:
        assert token not in str(session.execute(text("SELECT * FROM sessions")).all())
    close_session(engine, token)
    assert session_of(engine, token, idle_seconds=600) is None
    idle, old = opened(), opened()
    now = datetime.now(UTC)
    with writing(engine) as session:
        session.execute(update(SessionRow).values(seen_at=now - timedelta(seconds=601)))
    assert session_of(engine, idle, idle_seconds=600) is None
    with writing(engine) as session:
        session.execute(update(SessionRow).values(seen_at=now, expires_at=now))
    assert session_of(engine, old, idle_seconds=600) is None
    for end in (
        lambda: revoke_sessions(engine, "ana", by="lea"),
        lambda: set_role(engine, "ana", "lead", by="root"),
        lambda: set_disabled(engine, "ana", True, by="root"),
    ):
        token = opened()
        end()
        assert session_of(engine, token, idle_seconds=600) is None
    with pytest.raises(UnknownAccount):
        opened()


def test_failed_sign_ins_are_counted_by_account_and_by_address(engine: Engine) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        note_login(engine, "ana", address, succeeded=False)

    def failed(account: str, address: str) -> int:
        with reading(engine) as session:
            return failed_logins(session, account=account, address=address, since=since)

    assert (failed("ana", "10.0.0.9"), failed("ben", "10.0.0.1"), failed("ben", "x")) == (3, 2, 0)
    note_login(engine, "ana", "10.0.0.3", succeeded=True)
    assert failed("ana", "10.0.0.9") == 0


def test_every_look_is_in_the_trail_and_cannot_be_changed(engine: Engine) -> None:
    put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    note_look(engine, ANA, sha(1), 1, "review")
    note_look(engine, ANA, sha(1), None, "fax")
    assert seal_looks(engine) == 2
    assert seal_looks(engine) == 0
    note_look(engine, ANA, sha(1), 1, "page")
    with reading(engine) as session:
        assert [row.purpose for row in session.query(LookRow).order_by(LookRow.at)] == [
            "review",
            "fax",
            "page",
        ]
        assert [one.action for one in happenings(session, sha(1))] == ["delivered", "recorded", "looked"]
        assert verify_audit(session).whole
    with pytest.raises(UnknownTransmission):
        note_look(engine, ANA, "0" * 64, 1, "page")
    for change in ("UPDATE looks SET account = 'x' WHERE seal IS NOT NULL", "DELETE FROM looks"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(change))


def test_a_look_slipped_in_under_a_seal_shows(engine: Engine) -> None:
    put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    note_look(engine, ANA, sha(1), 1, "review")
    seal_looks(engine)
    note_look(engine, ANA, sha(1), 1, "review")
    with writing(engine) as session:
        seal = session.query(LookRow).filter(LookRow.seal.is_not(None)).one().seal
        session.execute(update(LookRow).where(LookRow.seal.is_(None)).values(seal=seal))
    with reading(engine) as session:
        assert any("were changed or removed" in sentence for sentence in look_breaks(session))
