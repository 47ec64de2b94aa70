"""Insert-or-update on either database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.tables import Base

Row = Mapping[str, Any]


def add_new(session: Session, kind: type[Base], rows: Sequence[Row]) -> None:
    """Insert the rows whose keys are not there yet; the others are left as they are."""
    if rows:
        session.execute(_insert(session, kind).on_conflict_do_nothing(), list(rows))


def put(session: Session, kind: type[Base], row: Row) -> None:
    """Insert a row, or write its values into the row of the same key."""
    table = inspect(kind).local_table
    keys = [column.name for column in table.primary_key.columns]
    rest = {name: value for name, value in row.items() if name not in keys}
    statement = _insert(session, kind).values(**row)
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))


def _insert(session: Session, kind: type[Base]) -> Any:
    table: Table = inspect(kind).local_table  # type: ignore[assignment]
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
