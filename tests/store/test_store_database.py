import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from servers import free_port
from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, InternalError
from store_samples import facts, in_processes

from store import database
from store.database import asking, open_database, reading, writing
from store.errors import DiskFull, StoreBusy, StoreOutdated, StoreUnreachable
from store.inbox import receive
from store.schema import upgrade
from store.tables import Base, Delivery, Transmission

Opener = Callable[..., Engine]


def _upgrade(url: str) -> bool:
    return upgrade(open_database(url))


def test_upgrade_makes_the_tables_once(database_url: str, opened: Opener) -> None:
    engine = opened(database_url)
    assert upgrade(engine)
    assert not upgrade(engine)
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_two_starts_at_once_make_the_tables_once(database_url: str) -> None:
    with in_processes(2) as pool:
        assert sorted(pool.map(_upgrade, [database_url] * 2, chunksize=1)) == [False, True]


def test_a_store_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreOutdated, match="install that version"):
        upgrade(engine)


def test_a_store_without_tables_says_to_upgrade(database_url: str, opened: Opener) -> None:
    with pytest.raises(StoreOutdated, match="upgrade"):
        receive(opened(database_url), facts(1))


def test_a_failed_transaction_leaves_nothing(engine: Engine) -> None:
    receive(engine, facts(1))
    with pytest.raises(RuntimeError), writing(engine) as session:
        session.execute(text("UPDATE transmissions SET priority = 0"))
        raise RuntimeError
    with reading(engine) as session:
        assert [row.priority for row in session.query(Transmission)] == [9]


def test_references_are_enforced(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as session:
        session.add(
            Delivery(
                id="x", transmission_id="0" * 64, source="", received_at=facts(1).received_at, more={},
                noticed_at=facts(1).received_at,
            )
        )  # fmt: skip


def test_a_reader_cannot_hold_up_a_writer_nor_see_half_of_its_work(engine: Engine) -> None:
    receive(engine, facts(1))
    with reading(engine) as session:
        before = session.query(Transmission).count()
        receive(engine, facts(2))
        assert session.query(Transmission).count() == before == 1
    with reading(engine) as session:
        assert session.query(Transmission).count() == 2


def test_a_second_writer_on_sqlite_gives_up_with_a_name(tmp_path: Path, opened: Opener) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine, hasty = opened(url), opened(url, busy_seconds=0.05)
    upgrade(engine)
    with writing(engine) as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(StoreBusy, match="wait"):
            receive(hasty, facts(1))


def test_a_second_writer_on_postgres_gives_up_with_a_name(postgres_url: str, opened: Opener) -> None:
    engine, hasty = opened(postgres_url), opened(postgres_url, busy_seconds=0.05)
    upgrade(engine)
    receive(engine, facts(1))
    with writing(engine) as session:
        session.execute(text("SELECT 1 FROM audit_head FOR UPDATE"))
        with pytest.raises(StoreBusy):
            receive(hasty, facts(2))


def test_a_full_database_has_a_name_and_keeps_what_it_had(tmp_path: Path, opened: Opener) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(engine)
    receive(engine, facts(1))
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        connection.rollback()
    with pytest.raises(DiskFull, match="free some space"):
        for number in range(2, 500):
            receive(engine, facts(number, source="/inbox/" + "x" * 2000 + str(number)))
    with reading(opened(f"sqlite:///{tmp_path / 'store.db'}")) as session:
        assert session.get(Transmission, facts(1).sha256) is not None


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("nonsense", "write sqlite"),
        ("mysql://host/name", "cannot use mysql"),
        ("sqlite://", "write sqlite:///FILE"),
        ("sqlite:////proc/none/store.db", "another place"),
    ],
)
def test_a_url_that_is_none_says_what_to_write(url: str, remedy: str) -> None:
    with pytest.raises(StoreUnreachable, match=remedy):
        open_database(url)


def test_a_file_that_is_no_database_says_so(tmp_path: Path, opened: Opener) -> None:
    (tmp_path / "store.db").write_bytes(b"no database at all " * 100)
    with pytest.raises(StoreUnreachable, match="no SQLite database"):
        upgrade(opened(f"sqlite:///{tmp_path / 'store.db'}"))


def test_a_postgres_that_does_not_answer_says_so(opened: Opener) -> None:
    with pytest.raises(StoreUnreachable, match="does not answer"):
        upgrade(opened(f"postgresql://remsfax@127.0.0.1:{free_port()}/none"))


def test_a_postgres_without_that_database_says_so(postgres_server: str, opened: Opener) -> None:
    with pytest.raises(StoreUnreachable, match="check its URL"):
        upgrade(opened(f"{postgres_server}/no_such_database"))


def test_sqlite_is_set_up_for_several_processes(tmp_path: Path, opened: Opener) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'deep' / 'store.db'}")
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    with sqlite3.connect(tmp_path / "deep" / "store.db") as plain:
        assert plain.execute("SELECT rows FROM audit_head").fetchall() == [(0,)]
    assert stat.S_IMODE((tmp_path / "deep" / "store.db").stat().st_mode) & 0o077 == 0


def _end_all_others(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_a_connection_that_the_server_ended_is_replaced(postgres_url: str, opened: Opener) -> None:
    engine, other = opened(postgres_url), opened(postgres_url)
    upgrade(engine)
    for use in (reading, asking, writing):
        with use(engine) as session:
            session.execute(text("SELECT 1"))
        _end_all_others(other)
        with use(engine) as session:
            assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_a_connection_long_unused_is_asked_for(
    postgres_url: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, clock, asked = opened(postgres_url), [0.0], list[object]()
    monkeypatch.setattr(database, "monotonic", lambda: clock[0])
    monkeypatch.setattr(engine.dialect, "do_ping", asked.append)
    for idle_seconds, times in ((1.0, 0), (database.ASK_AFTER_IDLE_SECONDS + 1, 1)):
        for later in (0.0, idle_seconds):
            clock[0] += later
            with reading(engine) as session:
                session.execute(text("SELECT 1"))
        assert len(asked) == times


def test_a_view_cannot_write(postgres_url: str, opened: Opener) -> None:
    engine = opened(postgres_url)
    upgrade(engine)
    with pytest.raises(InternalError, match="read-only"), reading(engine) as session:
        session.execute(text("UPDATE transmissions SET priority = 0"))
    receive(engine, facts(1))


def test_a_question_sees_the_store_of_its_own_moment(engine: Engine) -> None:
    receive(engine, facts(1))
    with asking(engine) as session:
        assert session.query(Transmission).count() == 1
