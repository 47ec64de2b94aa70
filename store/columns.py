"""Column types that mean the same on SQLite and Postgres, and the two marks that tables carry.

``VOLATILE`` marks what differs between two runs over the same faxes (when a row was written, who held a
claim): such columns are left out of exports and comparisons. A table whose key is volatile names the columns
that order its export under ``EXPORT_ORDER``.
"""

import math
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

VOLATILE = {"volatile": True}
EXPORT_ORDER = "export_order"
NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with what no database takes (NUL, halves of surrogate pairs) replaced by U+FFFD."""
    return NOT_STORABLE.sub("�", text)


class Words(TypeDecorator[str]):
    """Text of any length, as it came from outside."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Keep out what no database takes."""
        return None if value is None else storable(value)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite has no time zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite gets it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time in the store must say its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Data(TypeDecorator[Any]):
    """A JSON value; none is NULL. Texts in it are cleaned as ``Words`` are."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Tuples become lists, texts become storable."""
        return plain(value)


def plain(value: Any) -> Any:
    """A JSON value of lists, dicts and storable texts; infinity and not-a-number are none."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def Hash() -> String:  # noqa: N802 - reads as a type in the tables
    """A SHA-256 in lower-case hex."""
    return String(64)


def Id() -> String:  # noqa: N802 - reads as a type in the tables
    """A name-based UUID in its usual form."""
    return String(36)
