# ruff: noqa: S608 - the statements are those of a forger who has the run of the database
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import new_database
from sqlalchemy import select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from store_samples import facts, fax, sha

from store.audit import AuditReport, verify_audit
from store.corrections import correct_field
from store.database import open_database, reading, writing
from store.inbox import receive
from store.keys import document_key
from store.recording import record
from store.schema import upgrade
from store.tables import AuditRow
from store.trail import BEGINNING, Anchor, head, row_hash

FAXES = 4
KEY = document_key(sha(1), 0)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def trail(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A store with some history: 4 deliveries, 4 recordings, 2 corrections. The tests leave it as it is."""
    with ExitStack() as stack:
        if request.param == "postgres":
            url = stack.enter_context(new_database(request.getfixturevalue("postgres_server")))
        else:
            url = f"sqlite:///{tmp_path_factory.mktemp('trail') / 'store.db'}"
        engine = open_database(url)
        stack.callback(engine.dispose)
        upgrade(engine)
        for number in range(FAXES):
            receive(engine, facts(number))
            record(engine, fax(number))
        correct_field(engine, KEY, "signature_date", "2026-11-07", by="ana", why="misread")
        correct_field(engine, KEY, "patient_last_name", "Lund", by="ben", why="misread")
        yield engine


def prove(engine: Engine, anchor: Anchor | None = None) -> AuditReport:
    with reading(engine) as session:
        return verify_audit(session, anchor)


def tampered(engine: Engine, *statements: str, anchor: Anchor | None = None) -> AuditReport:
    """The proof after what somebody did who has the run of the database and takes the guards away first."""
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
            for table in ("audit", "corrections"):
                session.execute(text(f"DROP TRIGGER {table}_no_update"))
                session.execute(text(f"DROP TRIGGER {table}_no_delete"))
        for statement in statements:
            assert session.execute(text(statement)).rowcount > 0, f"changed nothing: {statement}"
        report = verify_audit(session, anchor)
        session.rollback()
    return report


def test_a_trail_as_it_was_written_is_whole(trail: Engine) -> None:
    report = prove(trail)
    assert report.breaks == ()
    assert report.whole
    assert (report.head.rows, report.transmissions) == (2 * FAXES + 2, FAXES)


def test_an_empty_store_is_whole(engine: Engine) -> None:
    assert prove(engine).whole
    assert prove(engine).head == Anchor(0, BEGINNING)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'someone else' WHERE sequence = 3",
        "DELETE FROM audit WHERE sequence = 3",
        "UPDATE corrections SET why = 'other'",
        "DELETE FROM corrections",
    ],
)
def test_the_database_itself_refuses_changes(trail: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), writing(trail) as session:
        session.execute(text(statement))
    assert prove(trail).whole


@pytest.mark.parametrize("sequence", [1, 4, 2 * FAXES + 2])
@pytest.mark.parametrize(
    "change",
    [
        "actor = 'someone else'",
        "action = 'other'",
        "reference = 'other'",
        "details = 'x'",
        "number = 77",
        "transmission_id = '" + "0" * 64 + "'",
        "previous_hash = '" + "1" * 64 + "'",
        "hash = '" + "1" * 64 + "'",
        "sequence = 99",
    ],
)
def test_a_changed_row_is_found(trail: Engine, sequence: int, change: str) -> None:
    assert not tampered(trail, f"UPDATE audit SET {change} WHERE sequence = {sequence}").whole


def test_a_changed_time_is_found(trail: Engine) -> None:
    report = tampered(
        trail, "UPDATE audit SET at = (SELECT at FROM audit WHERE sequence = 5) WHERE sequence = 2"
    )
    assert [item.sequence for item in report.breaks] == [2]


@pytest.mark.parametrize("sequence", range(1, 2 * FAXES + 3))
def test_a_removed_row_is_found(trail: Engine, sequence: int) -> None:
    assert not tampered(trail, f"DELETE FROM audit WHERE sequence = {sequence}").whole


def test_an_end_cut_off_with_its_head_is_found(trail: Engine) -> None:
    last = 2 * FAXES
    report = tampered(
        trail,
        f"DELETE FROM audit WHERE sequence > {last}",
        f"UPDATE audit_head SET rows = {last}, hash = (SELECT hash FROM audit WHERE sequence = {last})",
    )
    assert not report.whole


def test_a_trail_wiped_out_is_found(trail: Engine) -> None:
    assert not tampered(
        trail, "DELETE FROM audit", f"UPDATE audit_head SET rows = 0, hash = '{BEGINNING}'"
    ).whole


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 7), (9, 10)])
def test_two_rows_that_changed_places_are_found(trail: Engine, one: int, other: int) -> None:
    report = tampered(
        trail,
        f"UPDATE audit SET sequence = 99 WHERE sequence = {one}",
        f"UPDATE audit SET sequence = {one} WHERE sequence = {other}",
        f"UPDATE audit SET sequence = {other} WHERE sequence = 99",
    )
    found = {item.sequence for item in report.breaks}
    assert {one, other} <= found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fields SET raw = 'other' WHERE name = 'patient_last_name'",
        "DELETE FROM fields WHERE name = 'comments'",
        "UPDATE findings SET severity = 'info'",
        "UPDATE pages SET doubtful = NOT doubtful",
        "UPDATE documents SET version = '2019-10'",
        "UPDATE page_texts SET text = 'nothing happened'",
        "UPDATE transmissions SET priority = 9",
        "UPDATE corrections SET corrected_by = 'cleo' WHERE name = 'signature_date'",
        "DELETE FROM corrections WHERE name = 'signature_date'",
    ],
)
def test_a_change_to_what_was_recorded_is_found(trail: Engine, statement: str) -> None:
    assert not tampered(trail, statement).whole


def test_a_whole_fax_taken_out_is_found(trail: Engine) -> None:
    fax_id = sha(2)
    own = ("pages", "page_texts", "findings", "review_tasks", "deliveries")
    report = tampered(
        trail,
        f"DELETE FROM suspects WHERE '{fax_id}' IN (transmission_id, other_transmission_id)",
        f"DELETE FROM records WHERE document_id = '{document_key(fax_id, 0)}'",
        f"DELETE FROM fields WHERE document_id = '{document_key(fax_id, 0)}'",
        *(f"DELETE FROM {table} WHERE transmission_id = '{fax_id}'" for table in own),
        f"DELETE FROM documents WHERE transmission_id = '{fax_id}'",
        f"DELETE FROM transmissions WHERE id = '{fax_id}'",
    )
    assert [item.message for item in report.breaks] == [
        f"Transmission {fax_id} is in the trail, but was removed from the store."
    ]


def test_a_trail_written_anew_is_found_by_an_anchor_kept_elsewhere(trail: Engine) -> None:
    with reading(trail) as session:
        rows = session.execute(select(AuditRow).order_by(AuditRow.sequence)).scalars().all()
        anchors = [Anchor(row.sequence, row.hash) for row in rows]
        forgery = _forgery(rows)
        assert head(session) == anchors[-1]
    assert all(prove(trail, anchor).whole for anchor in anchors)
    assert tampered(trail, *forgery).whole, "the forger did a thorough job"
    for anchor in anchors:
        assert [item.sequence for item in tampered(trail, *forgery, anchor=anchor).breaks] == [anchor.rows]


def _forgery(rows: Sequence[AuditRow]) -> list[str]:
    """Give another actor to the first row, and mend every hash after it."""
    previous, statements = BEGINNING, []
    for row in rows:
        actor = "forger" if row.sequence == 1 else row.actor
        new = row_hash(
            previous,
            sequence=row.sequence,
            transmission_id=row.transmission_id,
            number=row.number,
            action=row.action,
            reference=row.reference,
            actor=actor,
            details=row.details,
            at=row.at,
        )
        statements.append(
            f"UPDATE audit SET actor = '{actor}', previous_hash = '{previous}', hash = '{new}' "
            f"WHERE sequence = {row.sequence}"
        )
        previous = new
    return [*statements, f"UPDATE audit_head SET hash = '{previous}'"]


def test_the_trail_holds_no_patient_data(trail: Engine) -> None:
    with reading(trail) as session:
        everything = json.dumps([list(map(str, row)) for row in session.execute(text("SELECT * FROM audit"))])
    for value in ("Ferreira", "Lund", "P-1234567A", "1980-02-29", "2026-11-07"):
        assert value not in everything


ROW = {
    "sequence": st.integers(1, 2**53 - 1),
    "transmission_id": st.text(max_size=20),
    "number": st.integers(1, 10**6),
    "action": st.text(max_size=10),
    "reference": st.text(max_size=20),
    "actor": st.text(max_size=10),
    "details": st.text(max_size=30),
    "at": st.datetimes(timezones=st.just(UTC)),
}


@given(st.fixed_dictionaries(ROW), st.data())
def test_any_change_to_a_row_changes_its_hash(row: dict[str, object], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(ROW)))
    other = data.draw(ROW[name].filter(lambda value: value != row[name]))
    before = row_hash(BEGINNING, **row)  # type: ignore[arg-type]
    assert row_hash(BEGINNING, **(row | {name: other})) != before  # type: ignore[arg-type]
    assert row_hash("1" * 64, **row) != before  # type: ignore[arg-type]


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)), st.integers(-12, 12))
def test_the_hash_knows_moments_not_time_zones(naive: datetime, hours: int) -> None:
    at = naive.replace(tzinfo=UTC)
    elsewhere = at.astimezone(timezone(timedelta(hours=hours)))
    same = dict.fromkeys(("transmission_id", "action", "reference", "actor", "details"), "x")
    one = row_hash(BEGINNING, sequence=1, number=1, at=at, **same)
    assert row_hash(BEGINNING, sequence=1, number=1, at=elsewhere, **same) == one
