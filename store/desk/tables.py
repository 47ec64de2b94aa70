"""The tables of the desk: people and their sessions, what they said of tasks, what they saw, and figures.

What people said (``answers``, ``comments``, ``looks``) is append-only. ``measurements`` and
``reading_counts`` are made from the rest, so that figures cost little.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import VOLATILE, Hash, Id
from store.tables import Base

ACCOUNT_CHARS = 64


def Name() -> String:  # noqa: N802 - reads as a type in the tables
    """The name of an account."""
    return String(ACCOUNT_CHARS)


class AccountRow(Base):
    """Somebody who may sign in. Never deleted: the trail names accounts."""

    __tablename__ = "accounts"
    __table_args__ = {"info": VOLATILE}  # noqa: RUF012 - read by SQLAlchemy

    account: Mapped[str] = mapped_column(Name(), primary_key=True)
    full_name: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    disabled: Mapped[bool]
    password_hash: Mapped[str | None]
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    preferences: Mapped[dict[str, Any]]


class AccountEvent(Base):
    """What was done to an account, by whom. Append-only."""

    __tablename__ = "account_events"
    __table_args__ = (Index(None, "at"), {"info": VOLATILE})

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    account: Mapped[str] = mapped_column(Name())
    action: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class SessionRow(Base):
    """A session of a browser; ``id`` is the hash of the token in its cookie."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "expires_at"), {"info": VOLATILE})

    id: Mapped[str] = mapped_column(Hash(), primary_key=True)
    account: Mapped[str] = mapped_column(Name(), ForeignKey("accounts.account"), index=True)
    csrf: Mapped[str]
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginRow(Base):
    """One attempt to sign in; ``account`` is what was typed, as a hash, since people type passwords there."""

    __tablename__ = "logins"
    __table_args__ = (Index(None, "account", "at"), Index(None, "address", "at"), {"info": VOLATILE})

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    account: Mapped[str] = mapped_column(Hash())
    address: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class AnswerRow(Base):
    """What a person said of a task, or that an answer was taken back. Append-only.

    ``id`` is made by the browser when the person decides, so that a repeated save is the same row.
    """

    __tablename__ = "answers"
    __table_args__ = (Index(None, "account", "at"), Index(None, "at"))

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    task_id: Mapped[str] = mapped_column(Id(), ForeignKey("review_tasks.id"), index=True)
    account: Mapped[str] = mapped_column(Name())
    at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(16))
    """One of ``store.desk.model.Verdict``, or ``undo``."""
    value: Mapped[Any | None]
    why: Mapped[str]
    happened: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(8))
    """Of the task before."""
    sample: Mapped[bool]
    on_wall: Mapped[bool]
    version: Mapped[int]
    """Of the task after it."""
    seconds: Mapped[float | None]
    undoes: Mapped[str | None] = mapped_column(Id(), index=True)
    form: Mapped[str | None]
    field: Mapped[str | None]
    field_kind: Mapped[str | None] = mapped_column(String(16))


class CommentRow(Base):
    """A remark on a task. Append-only."""

    __tablename__ = "comments"

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    task_id: Mapped[str] = mapped_column(Id(), ForeignKey("review_tasks.id"), index=True)
    account: Mapped[str] = mapped_column(Name())
    at: Mapped[datetime]
    text: Mapped[str]


class Rejection(Base):
    """A person rejected a form, or took that back. Append-only; the last one holds."""

    __tablename__ = "rejections"
    __table_args__ = (Index(None, "document_id", "at"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"))
    rejected: Mapped[bool]
    account: Mapped[str] = mapped_column(Name())
    at: Mapped[datetime]
    why: Mapped[str]
    tasks: Mapped[list[Any]]
    """The tasks that it closed, to open them again."""


class LookRow(Base):
    """A person saw a page. Sealed into the audit trail soon after; from then on it cannot be changed."""

    __tablename__ = "looks"
    __table_args__ = (
        Index(None, "transmission_id", "at"),
        Index(
            "ix_looks_unsealed",
            "transmission_id",
            sqlite_where=text("seal IS NULL"),
            postgresql_where=text("seal IS NULL"),
        ),
        Index(None, "seal"),
    )

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"))
    page: Mapped[int | None]
    account: Mapped[str] = mapped_column(Name())
    purpose: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    seal: Mapped[str | None] = mapped_column(Id(), info=VOLATILE)
    """Reference of the row in the audit trail that vouches for it."""


class Measurement(Base):
    """Whether the machine was right about a field whose truth people have settled."""

    __tablename__ = "measurements"
    __table_args__ = (
        Index(None, "field_kind", "sample"),
        Index(None, "settled_at"),
        {"info": VOLATILE},
    )

    task_id: Mapped[str] = mapped_column(Id(), ForeignKey("review_tasks.id"), primary_key=True)
    field_kind: Mapped[str] = mapped_column(String(16))
    sample: Mapped[bool]
    """An accepted field of the sample; else one that went to people because it was doubtful."""
    weight: Mapped[float]
    """How many fields of its sort it stands for: one over the share that was sampled."""
    confidence: Mapped[float]
    was_right: Mapped[bool]
    settled_at: Mapped[datetime]
    line_kind: Mapped[str] = mapped_column(String(16), server_default="")
    """Which line it speaks for: that of the field's kind, or ``empty`` for writing that was not there."""
    place: Mapped[str] = mapped_column(String(8), server_default="odd")
    """One of ``store.desk.model.Place``: where the field lay when it was read."""


class AcceptanceLineRow(Base):
    """From where on fields of one sort pass unseen; the last row of a sort holds. Append-only."""

    __tablename__ = "acceptance_lines"
    __table_args__ = (
        Index(None, "line_kind", "number", unique=True),
        {"info": VOLATILE},
    )

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    line_kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    """Counts the rows of one sort, from 1."""
    least: Mapped[float | None]
    """The least confidence that passes, more than 1 where nothing does; none where the gate alone decides."""
    confirmed: Mapped[bool]
    """A lead lets it stand in the gate's place."""
    why: Mapped[str] = mapped_column(String(16))
    """One of ``store.desk.model.LineWhy``."""
    moved_by: Mapped[str]
    moved_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any]]
    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"))
    """The fax that the evidence ends with; the trail vouches for the row in its rows about that fax."""


class ReadingCount(Base):
    """Fields read of faxes received on one day (UTC), by kind and by what was decided."""

    __tablename__ = "reading_counts"
    __table_args__ = {"info": VOLATILE}  # noqa: RUF012 - read by SQLAlchemy

    day: Mapped[date] = mapped_column(primary_key=True)
    field_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    accepted: Mapped[int]
    reviewed: Mapped[int]
    empty: Mapped[int]
