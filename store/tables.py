"""The tables of the store.

Keys are made of content (hash of the fax, place in it), so that a batch killed and run again writes the same
rows. Columns marked ``VOLATILE`` may differ between two such runs; see ``store.columns``.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from store.columns import EXPORT_ORDER, VOLATILE, Data, Hash, Id, Moment, Words

OPEN_WORK = "status <> 'done' AND stage IN ('first', 'second') AND kind IN ('field', 'page', 'document')"
"""What the review queue deals out."""

MOST_URGENT_FIRST = ("priority", "received_at", "id")


def partial_index(name: str, condition: str, *columns: str, of: str = "review_tasks") -> Index:
    """An index over the rows for which a condition holds, on either database."""
    return Index(f"ix_{of}_{name}", *columns, sqlite_where=text(condition), postgresql_where=text(condition))


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can speak of them on either database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy, which does not take a ClassVar here
        str: Words(),
        datetime: Moment(),
        dict[str, Any]: Data(),
        list[Any]: Data(),
        Any: Data(),
    }


class Transmission(Base):
    """One fax, named by the SHA-256 of its bytes, and where it stands in the queue."""

    __tablename__ = "transmissions"
    __table_args__ = (
        CheckConstraint("status IN ('received', 'recorded', 'in_review', 'set_aside')", name="status"),
        Index(None, "status", "received_at", "id"),
        Index(None, "status", "priority", "received_at", "id"),
        Index(None, "received_at", "id"),
        Index("ix_transmissions_sender", "sender", postgresql_ops={"sender": "text_pattern_ops"}),
        partial_index(
            "assigned_to", "assigned_to IS NOT NULL", "assigned_to", "received_at", of="transmissions"
        ),
        partial_index("unsampled", "NOT sampled", "received_at", of="transmissions"),
    )

    id: Mapped[str] = mapped_column(Hash(), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime]
    """Of its earliest delivery."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    format: Mapped[str | None]
    page_count: Mapped[int | None]
    priority: Mapped[int]
    read_priority: Mapped[int | None]
    """As it was read, where people found something more urgent since."""
    sender: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    announced_pages: Mapped[int | None]
    set_aside_code: Mapped[str | None]
    set_aside_message: Mapped[str | None]
    software_version: Mapped[str | None] = mapped_column(info=VOLATILE)
    seconds: Mapped[dict[str, Any] | None] = mapped_column(info=VOLATILE)
    claimed_by: Mapped[str | None] = mapped_column(info=VOLATILE)
    claimed_until: Mapped[datetime | None] = mapped_column(info=VOLATILE)
    attempts: Mapped[int] = mapped_column(info=VOLATILE)
    audit_count: Mapped[int] = mapped_column(info=VOLATILE)
    """Rows of the audit trail about this fax: a trail cut short at its end shows here."""
    recorded_at: Mapped[datetime | None] = mapped_column(info=VOLATILE)
    assigned_to: Mapped[str | None] = mapped_column(String(64))
    """The person who is to see to it; its review tasks go to nobody else."""
    sampled: Mapped[bool] = mapped_column(default=False, server_default=false(), info=VOLATILE)
    """Whether its accepted fields were drawn from, and counted; see ``store.desk.tending``."""


class Delivery(Base):
    """One arrival of a fax's bytes; the second of the same bytes is a resend, linked and never processed."""

    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), index=True)
    source: Mapped[str]
    received_at: Mapped[datetime]
    sender: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    called_number: Mapped[str | None]
    announced_pages: Mapped[int | None]
    more: Mapped[dict[str, Any]]
    noticed_at: Mapped[datetime] = mapped_column(info=VOLATILE)


class UnreadableArrival(Base):
    """Something in the inbox whose bytes could not be had at all: a link, a file without permission."""

    __tablename__ = "unreadable_arrivals"

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    source: Mapped[str]
    code: Mapped[str]
    message: Mapped[str]
    resolved: Mapped[bool]
    """Its bytes could be had later."""
    noticed_at: Mapped[datetime] = mapped_column(info=VOLATILE)


class Document(Base):
    """One form of a transmission."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("outcome IN ('recorded', 'in_review', 'set_aside')", name="outcome"),
        Index(None, "transmission_id", "ordinal", unique=True),
        Index("ix_documents_form", "form", "transmission_id"),
    )

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"))
    ordinal: Mapped[int]
    form: Mapped[str]
    version: Mapped[str]
    pages: Mapped[list[Any]]
    missing_pages: Mapped[list[Any]]
    doubled_pages: Mapped[list[Any]]
    identified: Mapped[float]
    outcome: Mapped[str] = mapped_column(String(16))


class Page(Base):
    """One page as received, what it was taken for and how well it fitted."""

    __tablename__ = "pages"
    __table_args__ = tuple(Index(None, f"content_band_{band}") for band in range(4))

    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[str | None] = mapped_column(Id(), ForeignKey("documents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    form: Mapped[str | None]
    version: Mapped[str | None]
    form_page: Mapped[int | None]
    probability: Mapped[float]
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    x_dpi: Mapped[float | None]
    y_dpi: Mapped[float | None]
    quarter_turns: Mapped[int]
    skew_degrees: Mapped[float]
    residual_px: Mapped[float | None]
    matched: Mapped[float | None]
    doubtful: Mapped[bool]
    bad_rows: Mapped[int | None]
    content_hash: Mapped[str | None] = mapped_column(String(16))
    content_band_0: Mapped[str | None] = mapped_column(String(4))
    content_band_1: Mapped[str | None] = mapped_column(String(4))
    content_band_2: Mapped[str | None] = mapped_column(String(4))
    content_band_3: Mapped[str | None] = mapped_column(String(4))


class PageText(Base):
    """Words found outside the fields of a page."""

    __tablename__ = "page_texts"

    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    page: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    text: Mapped[str]
    box_px: Mapped[list[Any] | None]
    confidence: Mapped[float]
    handwritten: Mapped[bool]


class Field(Base):
    """One field as it was read. Never changed: what a person says about it is a ``Correction``."""

    __tablename__ = "fields"

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[Any | None]
    raw: Mapped[str]
    confidence: Mapped[float]
    decision: Mapped[str] = mapped_column(String(8))
    reader: Mapped[str]
    model_version: Mapped[str]
    template_version: Mapped[str]
    page: Mapped[int | None]
    box_px: Mapped[list[Any] | None]
    candidates: Mapped[list[Any]]
    reasons: Mapped[list[Any]]
    handwritten: Mapped[bool]


class Correction(Base):
    """What a person changed in a field: who, when, why, and the value before. Append-only."""

    __tablename__ = "corrections"
    __table_args__ = (ForeignKeyConstraint(["document_id", "name"], ["fields.document_id", "fields.name"]),)

    document_id: Mapped[str] = mapped_column(Id(), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value_before: Mapped[Any | None]
    value: Mapped[Any | None]
    corrected_by: Mapped[str]
    corrected_at: Mapped[datetime]
    why: Mapped[str]
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It takes the one before it back: see ``store.corrections.standing_corrections``."""


class Finding(Base):
    """A rule that did not hold on a form, or on the transmission as a whole."""

    __tablename__ = "findings"
    __table_args__ = (Index(None, "rule"),)

    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[str | None] = mapped_column(Id(), ForeignKey("documents.id"), index=True)
    rule: Mapped[str]
    severity: Mapped[str] = mapped_column(String(8))
    message: Mapped[str]
    fields: Mapped[list[Any]]
    pages: Mapped[list[Any]]


class Record(Base):
    """One form as the program takes it: only values that are sure, and the keys to find its people by.

    A projection of ``fields`` and ``corrections``; the history of each value lies there.
    """

    __tablename__ = "records"
    __table_args__ = (
        CheckConstraint("state IN ('recorded', 'in_review', 'rejected')", name="state"),
        Index(None, "form", "state"),
        Index(None, "patient_last_name", "date_of_birth"),
        Index(
            "ix_records_patient_last_name",
            "patient_last_name",
            postgresql_ops={"patient_last_name": "text_pattern_ops"},
        ),
    )

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), primary_key=True)
    form: Mapped[str]
    version: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    patient_rems_id: Mapped[str | None] = mapped_column(index=True)
    patient_last_name: Mapped[str | None]
    date_of_birth: Mapped[date | None]
    patient_zip: Mapped[str | None]
    prescriber_rems_id: Mapped[str | None] = mapped_column(index=True)
    prescriber_npi: Mapped[str | None] = mapped_column(index=True)
    facility_rems_id: Mapped[str | None] = mapped_column(index=True)
    pharmacy_rems_id: Mapped[str | None] = mapped_column(index=True)


class ReviewTask(Base):
    """Something that a person has to look at; priority 0 is the most urgent."""

    __tablename__ = "review_tasks"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'sample', 'done')", name="status"),
        Index(None, "status", "priority", "received_at", "id"),
        partial_index("work", OPEN_WORK, *MOST_URGENT_FIRST),
        partial_index("lead", "status <> 'done' AND stage = 'lead'", *MOST_URGENT_FIRST),
        partial_index("events", "status = 'open' AND kind = 'adverse_event'", *MOST_URGENT_FIRST),
        partial_index("outreach", "status = 'open' AND stage = 'outreach'", *MOST_URGENT_FIRST),
        partial_index("claimed_by", "claimed_by IS NOT NULL", "claimed_by"),
        partial_index(
            "wall",
            "status = 'open' AND stage = 'first' AND wall_key IS NOT NULL",
            "field_kind",
            "wall_key",
            "priority",
            "received_at",
        ),
        partial_index("unkeyed", "status = 'open' AND kind = 'field' AND field_kind IS NULL", "id"),
    )

    id: Mapped[str] = mapped_column(Id(), primary_key=True)
    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), index=True)
    document_id: Mapped[str | None] = mapped_column(Id(), ForeignKey("documents.id"), index=True)
    page: Mapped[int | None]
    field: Mapped[str | None]
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    priority: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(info=VOLATILE)
    """Of the transmission when it was recorded: the oldest goes first within one priority."""
    status: Mapped[str] = mapped_column(String(8))
    """``open``, ``done``, or ``sample``: an accepted field entered again to measure the machine, which holds
    no form up."""
    done_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(String(8), default="first", server_default="first")
    """Who has to look next: anybody (``first``), somebody else (``second``), a ``lead``, the sender
    (``outreach``)."""
    first_by: Mapped[str | None] = mapped_column(String(64))
    second_by: Mapped[str | None] = mapped_column(String(64))
    """Who entered a value already, and may not confirm it."""
    version: Mapped[int] = mapped_column(default=0, server_default="0", info=VOLATILE)
    """Rises with every change that a person has to know of: a save names the one it saw."""
    claimed_by: Mapped[str | None] = mapped_column(String(64), info=VOLATILE)
    claimed_until: Mapped[datetime | None] = mapped_column(info=VOLATILE)
    postponed_until: Mapped[datetime | None] = mapped_column(info=VOLATILE)
    assigned_to: Mapped[str | None] = mapped_column(String(64))
    """Of its fax."""
    field_kind: Mapped[str | None] = mapped_column(String(16), info=VOLATILE)
    wall_key: Mapped[str | None] = mapped_column(String(32), info=VOLATILE)
    """What was read, in short, where it may stand on a wall of alike ones; filled in soon after the task."""


class Suspect(Base):
    """Two pages of two faxes that may be the same paper sent twice. A suspicion, for a person to settle."""

    __tablename__ = "suspects"
    __table_args__ = (
        ForeignKeyConstraint(["transmission_id", "page"], ["pages.transmission_id", "pages.number"]),
        ForeignKeyConstraint(
            ["other_transmission_id", "other_page"], ["pages.transmission_id", "pages.number"]
        ),
        Index(None, "other_transmission_id"),
        CheckConstraint("transmission_id < other_transmission_id", name="order"),
    )

    transmission_id: Mapped[str] = mapped_column(Hash(), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    other_transmission_id: Mapped[str] = mapped_column(Hash(), primary_key=True)
    other_page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    distance_bits: Mapped[int]


class AuditRow(Base):
    """One row of the trail: append-only, each chained to the one before by its hash."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "transmission_id", "number", unique=True),
        {"info": {EXPORT_ORDER: ("transmission_id", "action", "reference", "actor", "details")}},
    )

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, info=VOLATILE)
    transmission_id: Mapped[str] = mapped_column(Hash())
    number: Mapped[int] = mapped_column(info=VOLATILE)
    """Counts the rows about one transmission, from 1."""
    action: Mapped[str]
    reference: Mapped[str]
    actor: Mapped[str]
    details: Mapped[str] = mapped_column(Text)
    """Canonical JSON: references and hashes, no patient data."""
    at: Mapped[datetime] = mapped_column(info=VOLATILE)
    previous_hash: Mapped[str] = mapped_column(Hash(), info=VOLATILE)
    hash: Mapped[str] = mapped_column(Hash(), info=VOLATILE)


class AuditHead(Base):
    """The end of the trail, in one row: how many rows there are, and the hash of the last."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"), {"info": VOLATILE})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rows: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Hash())
