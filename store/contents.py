"""The hash of what was written about one fax, from the rows themselves: what the audit trail vouches for."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any, cast

import rfc8785
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from store.columns import plain
from store.tables import Correction, Document, Field, Finding, Page, PageText, Transmission

READING_FACTS = (
    "format",
    "page_count",
    "priority",
    "set_aside_code",
    "set_aside_message",
    "announced_pages",
    "sender",
)
"""What a reading adds to the fax's own row."""


def contents_hash(session: Session, transmission_id: str) -> str:
    """SHA-256 over the canonical JSON of all that a reading wrote and nobody may change afterwards.

    That is pages, texts, documents, fields and findings, and what the reading said of the fax. Not in it:
    tasks and records, which change as people work, and corrections, which have their own rows in the trail.
    """
    digest = hashlib.sha256()
    fax = session.get_one(Transmission, transmission_id, populate_existing=True)
    read = {"priority": fax.priority if fax.read_priority is None else fax.read_priority}
    facts = [read.get(name, getattr(fax, name)) for name in READING_FACTS]
    digest.update(rfc8785.dumps([_scalar(one) for one in facts]))
    for kind in (Document, Page, PageText, Finding):
        table = cast("Table", kind.__table__)
        _add(digest, session, table, table.c.transmission_id == transmission_id)
    documents = select(Document.id).where(Document.transmission_id == transmission_id)
    _add(digest, session, cast("Table", Field.__table__), Field.document_id.in_(documents))
    return digest.hexdigest()


def correction_hash(row: Correction) -> str:
    """SHA-256 over the canonical JSON of a correction, by which the trail vouches for its values."""
    return hashlib.sha256(
        rfc8785.dumps([_scalar(getattr(row, column.key)) for column in Correction.__table__.columns])
    ).hexdigest()


def _add(digest: "hashlib._Hash", session: Session, table: Table, condition: Any) -> None:
    rows = session.execute(select(table).where(condition)).mappings()
    lines = sorted(
        rfc8785.dumps([table.name, *(_scalar(row[column.key]) for column in table.columns)]) for row in rows
    )
    for line in lines:
        digest.update(line + b"\n")


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return plain(value)
