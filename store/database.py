"""The database by its URL: SQLite with one writer at a time, or Postgres; one code for both."""

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from store.errors import DiskFull, StoreBusy, StoreError, StoreOutdated, StoreUnreachable

READ_ONLY = "remsfax_read_only"
PG_DISK_FULL = "53100"
PG_HELD_BY_ANOTHER = frozenset({"55P03", "40P01", "40001"})
PG_UNDEFINED = frozenset({"42P01", "42703"})
PG_NO_CONNECTION = ("08", "28", "57P", "3D")
"""Classes of SQLSTATE: connection, authorization, shut-down, no such database."""

SQLITE_REMEDIES: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (
        DiskFull,
        "The disk of the database {place} is full; free some space and run again.",
    ),
    sqlite3.SQLITE_BUSY: (StoreBusy, "Another process holds the database {place}; wait and run again."),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "Another process holds the database {place}; wait and run again."),
    sqlite3.SQLITE_READONLY: (
        StoreUnreachable,
        "The database {place} is read only; give it write permission.",
    ),
    sqlite3.SQLITE_PERM: (StoreUnreachable, "The database {place} lets nobody in; give it write permission."),
    sqlite3.SQLITE_CORRUPT: (
        StoreUnreachable,
        "The database {place} is damaged; restore it from its backup.",
    ),
    sqlite3.SQLITE_NOTADB: (StoreUnreachable, "{place} is no SQLite database; name another file."),
    sqlite3.SQLITE_CANTOPEN: (
        StoreUnreachable,
        "Cannot open the database {place}; check its folder and rights.",
    ),
    sqlite3.SQLITE_IOERR: (StoreUnreachable, "Cannot read or write the database {place}; check its disk."),
}


def open_database(url: str, *, busy_seconds: float = 30.0) -> Engine:
    """An engine for the database; the folder of a SQLite file is made.

    Args:
        url: SQLAlchemy URL, ``sqlite:///FILE`` or ``postgresql://...`` (always by psycopg 3).
        busy_seconds: how long a writer waits for another.

    Raises:
        StoreUnreachable: the URL names no database that the store can use, or its folder cannot be made.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, busy_seconds)
    # Statements by name would outlive a pooler's connection; the store gains nothing by them.
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        json_serializer=_json,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "options": f"-c lock_timeout={int(busy_seconds * 1000)}"},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise StoreUnreachable(
            "The database setting is no URL; write sqlite:///FILE or postgresql://USER@HOST/NAME."
        ) from None
    if backend not in {"sqlite", "postgresql"}:
        raise StoreUnreachable(
            f"The store cannot use {backend}; set the database to a sqlite or postgresql URL."
        )
    return parsed


def _sqlite(url: URL, busy_seconds: float) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreUnreachable(
            "The store needs a file that several processes can open; write sqlite:///FILE."
        )
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # SQLite would make it readable by everyone; the files that it lays beside it follow this one's mode.
        Path(url.database).touch(mode=0o600)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(f"No room to make {folder}; free some space and run again.") from None
        raise StoreUnreachable(
            f"Cannot make {folder} ({error.strerror}); set database to another place."
        ) from None
    engine = create_engine(url, json_serializer=_json, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _: Any) -> None:
        # The driver's own idea of when to begin would start a write as a read, and dead-lock two writers.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(READ_ONLY)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that may write: all of it or nothing.

    Raises:
        StoreUnreachable, StoreBusy, StoreOutdated, DiskFull: what the database refused, by its remedy.
    """
    with _named_errors(engine), Session(engine) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One unchanging view of the store, which waits for no writer and holds none up.

    Raises:
        StoreUnreachable, StoreBusy, StoreOutdated: what the database refused, by its remedy.
    """
    view = engine.execution_options(**{READ_ONLY: True})
    with _named_errors(engine), Session(view) as session, session.begin():
        yield session


@contextmanager
def _named_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        named = named_error(error, engine.url)
        if named is None:
            raise
        raise named from error


def named_error(error: DBAPIError, url: URL) -> StoreError | None:
    """What someone can do about a database error, or none where it is a fault of the program."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_error(error, str(url.database))
    return _postgres_error(error, f"{url.host or 'localhost'}/{url.database}")


def _sqlite_error(error: DBAPIError, place: str) -> StoreError | None:
    # Extended codes carry the primary one in their low byte.
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_ERROR and "no such" in str(error.orig):
        return StoreOutdated(f"The database {place} lacks this version's tables; upgrade it before use.")
    kind, sentence = SQLITE_REMEDIES.get(code, (None, ""))
    return None if kind is None else kind(sentence.format(place=place))


def _postgres_error(error: DBAPIError, place: str) -> StoreError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state == PG_DISK_FULL:
        return DiskFull(f"The disk of the database {place} is full; free some space and run again.")
    if state in PG_HELD_BY_ANOTHER:
        return StoreBusy(
            f"Another process holds the database {place}; wait until it has ended and run again."
        )
    if state in PG_UNDEFINED:
        return StoreOutdated(f"The database {place} lacks this version's tables; upgrade it before use.")
    # A connection that fails or breaks has no SQLSTATE of its own.
    broken = isinstance(error, OperationalError | InterfaceError) and not state
    if broken or error.connection_invalidated or state.startswith(PG_NO_CONNECTION):
        return StoreUnreachable(f"The database {place} does not answer or lets nobody in; check its URL.")
    return None
