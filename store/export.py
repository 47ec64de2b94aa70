"""The tables as files: the same contents give the same bytes, whatever the order in which they came.

Volatile columns are left out, rows are sorted by key in the order of their bytes (not of some language), and
structured values are JSON with sorted keys and no spaces. The files hold patient data.
"""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
from sqlalchemy import Table, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.schema import Column
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import BigInteger, Boolean, Date, Float, Integer, String, Text

import store.desk.tables
import store.registers.tables
import store.triage.tables  # noqa: F401 - the tables of triage are exported too
from store.archive import NO_ROOM
from store.columns import EXPORT_ORDER, Data, Moment, Words, plain
from store.database import reading
from store.errors import DiskFull, ExportFailed
from store.tables import Base

ExportFormat = Literal["csv", "parquet"]
ROWS_AT_ONCE = 10_000
"""Rows in one block of a file: part of the format, since the bytes follow from it."""


class _Writer(Protocol):
    def write_batch(self, batch: Any) -> None: ...

    def close(self) -> None: ...


def exported_tables() -> tuple[Table, ...]:
    """The tables that are exported, by name."""
    return tuple(
        table for name, table in sorted(Base.metadata.tables.items()) if not table.info.get("volatile")
    )


def exported_columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns of a table that two runs over the same faxes must agree upon."""
    return tuple(column for column in table.columns if not column.info.get("volatile"))


def export(engine: Engine, out: Path, format: ExportFormat = "csv") -> dict[str, int]:  # noqa: A002
    """Write one file a table into a folder, all of one moment, replacing what an earlier export left there.

    Args:
        engine: of the store.
        out: the folder; it is made.
        format: ``csv`` (texts in quotes, nothing at all for none) or ``parquet``.

    Returns:
        Rows by name of table.

    Raises:
        DiskFull, ExportFailed: a file could not be written; those written before it are whole.
        StoreUnreachable, StoreBusy, StoreOutdated: the store could not be read.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with reading(engine) as session:
            return {table.name: _export(session, table, out, format) for table in exported_tables()}
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(f"No room is left in {out}; free some space and export again.") from None
        raise ExportFailed(f"Cannot write into {out} ({error.strerror}); name another folder.") from None


def _export(session: Session, table: Table, out: Path, format: ExportFormat) -> int:  # noqa: A002
    schema = pa.schema([(column.name, _arrow_type(column)) for column in exported_columns(table)])
    target, partial = out / f"{table.name}.{format}", out / f".{table.name}.{format}.{os.getpid()}"
    count = 0
    try:
        with partial.open("wb") as file:
            writer = _open_writer(file, schema, format)
            for rows in _blocks(session, table):
                writer.write_batch(_batch(rows, schema))
                count += len(rows)
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _open_writer(file: Any, schema: Any, format: ExportFormat) -> _Writer:  # noqa: A002
    writer: _Writer
    if format == "parquet":
        writer = pa_parquet.ParquetWriter(file, schema, compression="zstd")
    else:
        writer = pa_csv.CSVWriter(file, schema, write_options=pa_csv.WriteOptions(quoting_style="all_valid"))
    return writer


def _blocks(session: Session, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    columns = exported_columns(table)
    order = [_in_order_of_bytes(session, table.columns[name]) for name in _order(table)]
    write = [_writer_of(column) for column in columns]
    result = iter(
        session.execute(select(*columns).order_by(*order).execution_options(yield_per=ROWS_AT_ONCE))
    )
    while block := list(islice(result, ROWS_AT_ONCE)):
        yield [tuple(put(value) for put, value in zip(write, row, strict=True)) for row in block]


def _order(table: Table) -> tuple[str, ...]:
    stated = table.info.get(EXPORT_ORDER)
    return tuple(stated) if stated else tuple(column.name for column in table.primary_key.columns)


def _in_order_of_bytes(session: Session, column: Column[Any]) -> ColumnElement[Any]:
    text = isinstance(column.type, String | Text)
    return column.collate("C") if text and session.get_bind().dialect.name == "postgresql" else column


def _batch(rows: list[tuple[Any, ...]], schema: Any) -> Any:
    arrays = [
        pa.array(values, type=field.type)
        for values, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return pa.record_batch(arrays, schema=schema)


def _writer_of(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, Data):
        return lambda value: None if value is None else _canonical(value)
    if isinstance(column.type, Moment):
        return lambda value: None if value is None else _moment(value)
    if isinstance(column.type, Date):
        return lambda value: None if value is None else _day(value)
    return lambda value: value


def _canonical(value: Any) -> str:
    # Not RFC 8785, which has no integers above 2^53, and a fax server may number its calls beyond them.
    return json.dumps(
        plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds" if value.microsecond == 0 else "microseconds")


def _day(value: date) -> str:
    return value.isoformat()


def _arrow_type(column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, BigInteger | Integer):
        return pa.int64()
    if isinstance(kind, Float):
        return pa.float64()
    if isinstance(kind, String | Text | Words | Moment | Data | Date):
        return pa.string()
    raise TypeError(f"no exported type for {column}")
