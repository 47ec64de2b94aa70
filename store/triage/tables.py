"""The tables of triage: decisions, requests to read again, and what became of earlier readings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import VOLATILE, Hash, Id
from store.tables import Base


class TriageDecision(Base):
    """What a person decided about the pages of a fax, or about the fax. Append-only."""

    __tablename__ = "triage_decisions"

    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counts the decisions about one fax, from 1."""
    id: Mapped[str] = mapped_column(Id(), unique=True)
    """Made by whoever asks, so that a request repeated is no second decision."""
    step: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    """How the page, or the fax, stood until then."""
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    why: Mapped[str]


class RereadRequest(Base):
    """A fax that is to be read again; gone when it was."""

    __tablename__ = "reread_requests"
    __table_args__ = (Index(None, "asked_at", "transmission_id"), {"info": VOLATILE})

    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), primary_key=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    asks: Mapped[int]
    """How often it was asked for: who asks while it is being read has it read once more."""
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]
    failed_code: Mapped[str | None]
    failed_message: Mapped[str | None]


class Rereading(Base):
    """A fax was read again: by which plan, and what the reading before had said. Append-only."""

    __tablename__ = "rereadings"

    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), primary_key=True)
    reading: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """2 for the first re-reading."""
    through: Mapped[int]
    """The last decision that the plan knew."""
    plan: Mapped[dict[str, Any]]
    replaced: Mapped[dict[str, Any]]
    """The rows of the reading before, by table, that the new ones took the place of."""
    read_at: Mapped[datetime] = mapped_column(info=VOLATILE)


class SupersededDocument(Base):
    """A form as an earlier reading had it. Append-only; the form itself stays in ``documents``."""

    __tablename__ = "superseded_documents"

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), primary_key=True)
    reading: Mapped[int]
    """The reading that took its place."""
    superseded_at: Mapped[datetime] = mapped_column(info=VOLATILE)


class Succession(Base):
    """A form goes on in a later reading: the same sheets, or most of them, are the same form. Append-only."""

    __tablename__ = "successions"

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), primary_key=True)
    predecessor_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), unique=True)
    root_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), index=True)
    """The form as it was first read: the registers know it by this."""
    since: Mapped[datetime] = mapped_column(info=VOLATILE)


class CarriedCorrection(Base):
    """A correction that was made on an earlier reading and holds on the later one. Append-only."""

    __tablename__ = "carried_corrections"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_id", "name", "number"],
            ["corrections.document_id", "corrections.name", "corrections.number"],
        ),
        ForeignKeyConstraint(
            ["from_document_id", "name", "from_number"],
            ["corrections.document_id", "corrections.name", "corrections.number"],
        ),
    )

    document_id: Mapped[str] = mapped_column(Id(), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_document_id: Mapped[str] = mapped_column(Id())
    from_number: Mapped[int]
