"""One form over all readings of its fax: which document counts now, and which ones came before it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from store.tables import Document
from store.triage.tables import CarriedCorrection, Succession, SupersededDocument

KEYS_IN_ONE_QUESTION = 500


@dataclass(frozen=True)
class Stretch:
    """The time during which one reading's document stood for a form.

    Attributes:
        since: when its fax was read again; none for the first reading.
        until: when a later reading took its place; none while it counts.
    """

    document_id: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Carried:
    """Where a correction comes from that was carried over from an earlier reading."""

    document_id: str
    number: int


def still_counts() -> ColumnElement[bool]:
    """A condition on ``Document``: no later reading took its place."""
    return (
        ~select(SupersededDocument.document_id).where(SupersededDocument.document_id == Document.id).exists()
    )


def is_superseded(session: Session, document_id: str) -> bool:
    """Whether a later reading took the document's place."""
    return session.get(SupersededDocument, document_id) is not None


def root_of(session: Session, document_id: str) -> str:
    """The document as which the form was first read: the registers know it by this."""
    row = session.get(Succession, document_id)
    return document_id if row is None else row.root_id


def lineage_of(session: Session, document_id: str) -> tuple[Stretch, ...]:
    """Every reading of one form, the oldest first; between two the fax may have had no such form."""
    root = root_of(session, document_id)
    later = session.execute(
        select(Succession).where(Succession.root_id == root).order_by(Succession.since)
    ).scalars()
    begins: dict[str, datetime | None] = {root: None}
    begins |= {row.document_id: row.since for row in later}
    ends: dict[str, datetime] = dict(
        session.execute(
            select(SupersededDocument.document_id, SupersededDocument.superseded_at).where(
                SupersededDocument.document_id.in_(begins)
            )
        )
        .tuples()
        .all()
    )
    return tuple(Stretch(document, since, ends.get(document)) for document, since in begins.items())


def roots_of(session: Session, document_ids: Collection[str]) -> dict[str, str]:
    """For each document the one as which its form was first read."""
    roots = {document: document for document in document_ids}
    for keys in _blocks(sorted(roots)):
        rows = session.execute(
            select(Succession.document_id, Succession.root_id).where(Succession.document_id.in_(keys))
        )
        roots |= dict(rows.tuples().all())
    return roots


def newest_of(session: Session, document_ids: Collection[str]) -> dict[str, str | None]:
    """For each document the one that counts now in its place; none where the form is gone."""
    roots = roots_of(session, document_ids)
    found: dict[str, str | None] = {}
    for keys in _blocks(sorted(set(roots.values()))):
        last = dict.fromkeys(keys, "") | {key: key for key in keys}
        rows = session.execute(
            select(Succession.root_id, Succession.document_id)
            .where(Succession.root_id.in_(keys))
            .order_by(Succession.since)
        )
        last |= dict(rows.tuples().all())
        gone = set(
            session.execute(
                select(SupersededDocument.document_id).where(
                    SupersededDocument.document_id.in_(set(last.values()))
                )
            ).scalars()
        )
        found |= {root: None if document in gone else document for root, document in last.items()}
    return {document: found[root] for document, root in roots.items()}


def carried_corrections(session: Session, document_id: str) -> dict[tuple[str, int], Carried]:
    """Which of a document's corrections were carried over, and from where: by field and number."""
    rows = session.execute(
        select(CarriedCorrection).where(CarriedCorrection.document_id == document_id)
    ).scalars()
    return {(row.name, row.number): Carried(row.from_document_id, row.from_number) for row in rows}


def _blocks(keys: list[str]) -> Iterable[list[str]]:
    return (keys[at : at + KEYS_IN_ONE_QUESTION] for at in range(0, len(keys), KEYS_IN_ONE_QUESTION))
