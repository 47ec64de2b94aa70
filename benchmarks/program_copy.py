"""Writing a crowd into Postgres by COPY, as fast as the disk takes it.

Keys and indexes are taken away before and made again after; new rows are held to all of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import psycopg
from psycopg import sql

from benchmarks.program_crowd import TABLES, Crowd, Stamper

PATIENTS_AT_ONCE = 2_000


def copy_crowd(url: str, crowd: Crowd, say: Callable[[str], None]) -> None:
    """Everybody of a crowd, into empty tables.

    Args:
        url: of the database; its server should run with ``wal_level=minimal``.
        crowd: whom to write.
        say: told what is being done.
    """
    with psycopg.connect(url) as connection:
        # The tables are emptied in the transaction that fills them: nothing is logged, and rows come frozen.
        connection.execute("SET session_replication_role = replica")
        names = sql.SQL(", ").join(sql.Identifier(table) for table in TABLES)
        keys, indexes = _keys(connection), _indexes(connection)
        for table, name, _ in sorted(keys, key=lambda key: key[2].startswith("PRIMARY")):
            connection.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {} CASCADE").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
        stamper = Stamper(crowd)
        _copy(connection, stamper, stamper.others())
        for begin in range(0, crowd.patients, PATIENTS_AT_ONCE):
            numbers = range(begin, min(begin + PATIENTS_AT_ONCE, crowd.patients))
            _copy(connection, stamper, _patients(stamper, numbers))
            if begin % 100_000 == 0 and begin:
                say(f"{begin:,} patients copied")
        connection.commit()
        connection.autocommit = True
        say("keys and indexes")
        for table, name, definition in sorted(keys, key=lambda key: not key[2].startswith("PRIMARY")):
            connection.execute(
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    sql.Identifier(table),
                    sql.Identifier(name),
                    sql.SQL(_held_from_now(definition)),
                )
            )
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("ANALYZE")


def _held_from_now(definition: str) -> str:
    """Foreign keys hold for new rows; nobody reads forty gigabytes to see that the stamps fit together."""
    foreign = definition.startswith("FOREIGN") and "NOT VALID" not in definition
    return f"{definition} NOT VALID" if foreign else definition


def _patients(stamper: Stamper, numbers: Iterable[int]) -> Iterator[tuple[str, str]]:
    for number in numbers:
        yield from stamper.patient(number)


def _copy(
    connection: psycopg.Connection[tuple[object, ...]], stamper: Stamper, texts: Iterable[tuple[str, str]]
) -> None:
    by_table: dict[str, list[str]] = defaultdict(list)
    for table, text in texts:
        by_table[table].append(text)
    for table, own in by_table.items():
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in stamper.columns[table])
        statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FREEZE)").format(sql.Identifier(table), columns)
        with connection.cursor().copy(statement) as copy:
            copy.write("".join(own))


def _keys(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[str, str, str]]:
    """Primary, unique and foreign keys that name one of the tables: table, name, definition."""
    rows = connection.execute(
        "SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c "
        "LEFT JOIN pg_class r ON r.oid = c.confrelid JOIN pg_class t ON t.oid = c.conrelid "
        "WHERE c.contype IN ('p', 'u', 'f') AND c.connamespace = 'public'::regnamespace "
        "AND (t.relname = ANY(%s) OR r.relname = ANY(%s))",
        [list(TABLES), list(TABLES)],
    ).fetchall()
    return [(str(table), str(name), str(definition)) for table, name, definition in rows]


def _indexes(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[str, str]]:
    """The other indexes of the tables: name and definition."""
    rows = connection.execute(
        "SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
        "JOIN pg_class t ON t.oid = x.indrelid WHERE t.relname = ANY(%s) "
        "AND t.relnamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid)",
        [list(TABLES)],
    ).fetchall()
    return [(str(name), str(definition)) for name, definition in rows]
