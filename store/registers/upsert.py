"""Insert-or-update on either database, which say it alike.

As text, since SQLAlchemy compiles its own ON CONFLICT statements anew each time, and a form takes a dozen.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause, bindparam, inspect, text
from sqlalchemy.orm import Session

from store.tables import Base

Row = Mapping[str, Any]


def add_new(session: Session, kind: type[Base], rows: Sequence[Row]) -> None:
    """Insert the rows, all with the same columns; those whose keys are there already are left as they are."""
    if rows:
        session.execute(_statement(kind, tuple(rows[0]), update=False), [dict(row) for row in rows])


def put(session: Session, kind: type[Base], rows: Sequence[Row]) -> None:
    """Insert the rows, all with the same columns, or write their values into the rows of the same keys."""
    if rows:
        session.execute(_statement(kind, tuple(rows[0]), update=True), [dict(row) for row in rows])


@cache
def _statement(kind: type[Base], names: tuple[str, ...], *, update: bool) -> TextClause:
    table = inspect(kind).local_table
    keys = [column.name for column in inspect(kind).primary_key]
    columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(f":{name}" for name in names)
    rest = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in keys)
    conflict = ", ".join(f'"{key}"' for key in keys)
    action = f"({conflict}) DO UPDATE SET {rest}" if update else "DO NOTHING"
    statement = text(f"INSERT INTO {kind.__tablename__} ({columns}) VALUES ({values}) ON CONFLICT {action}")  # noqa: S608 - names of our own tables
    return statement.bindparams(*(bindparam(name, type_=table.c[name].type) for name in names))
