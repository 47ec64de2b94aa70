"""The database by its URL: SQLite with one writer at a time, or Postgres; one code for both."""

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import POLLIN, poll
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    InvalidatePoolError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from store.errors import DiskFull, StoreBusy, StoreError, StoreOutdated, StoreUnreachable

READ_ONLY = "remsfax_read_only"
PG_VIEW = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
PG_ONE_QUESTION = {"isolation_level": "AUTOCOMMIT"}

ASK_AFTER_IDLE_SECONDS = 20.0
"""A connection unused for so long may have been dropped on its way without a word; the server is asked."""

CONNECTIONS = 15
"""Of one process to Postgres, at most. They stay open: to open one takes longer than to store an answer."""

LAST_USED = "remsfax_last_used"

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
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        json_serializer=_json,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,
        connect_args={"connect_timeout": 10, "options": f"-c lock_timeout={int(busy_seconds * 1000)}"},
    )
    _replace_lost_connections(engine)
    return engine


def _replace_lost_connections(engine: Engine) -> None:
    """Notice a server that was restarted, without a question to it each time a connection is taken.

    A server that ends says so on every connection, which can then be read from although nothing was asked.
    """

    @event.listens_for(engine, "checkin")
    def _note(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[LAST_USED] = monotonic()

    @event.listens_for(engine, "checkout")
    def _check(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        try:
            idle_seconds = monotonic() - entry.info.get(LAST_USED, monotonic())
            if idle_seconds > ASK_AFTER_IDLE_SECONDS or _has_something_to_say(connection):
                engine.dialect.do_ping(connection)
        except psycopg.Error:
            raise InvalidatePoolError from None


def _has_something_to_say(connection: psycopg.Connection) -> bool:
    line = poll()
    line.register(connection.fileno(), POLLIN)
    return bool(line.poll(0))


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
    with _named_errors(engine), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One unchanging view of the store, which waits for no writer and holds none up.

    Raises:
        StoreUnreachable, StoreBusy, StoreOutdated: what the database refused, by its remedy.
    """
    with _reading(engine, PG_VIEW) as session:
        yield session


@contextmanager
def asking(engine: Engine) -> Iterator[Session]:
    """Like ``reading``, for a single question: each sees the store of its own moment, and costs one way.

    Raises:
        StoreUnreachable, StoreBusy, StoreOutdated: what the database refused, by its remedy.
    """
    with _reading(engine, PG_ONE_QUESTION) as session:
        yield session


@contextmanager
def _reading(engine: Engine, postgres_options: dict[str, Any]) -> Iterator[Session]:
    options = postgres_options if engine.dialect.name == "postgresql" else {READ_ONLY: True}
    with _named_errors(engine), Session(engine, expire_on_commit=False) as session, session.begin():
        session.connection(execution_options=options)
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
