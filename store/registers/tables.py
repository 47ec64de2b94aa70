"""The tables of the registers.

Whom each form means, every version of a form as the program takes it, and what people decided: these are
facts. What a party's state is follows from them and is folded when it is asked; ``party_states`` and
``slots`` keep what lists need, and can be made again from the facts at any time.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import VOLATILE, Hash, Id
from store.tables import Base

PARTY_CHARS = 64
"""Of a party's id: its kind, a colon, and the id of the form that founded it."""


def Party() -> String:  # noqa: N802 - reads as a type in the tables
    """The id of a prescriber, patient, facility or pharmacy."""
    return String(PARTY_CHARS)


class FormToRegister(Base):
    """A form whose newest values the registers have not taken in yet.

    Written in the transaction that recorded or corrected the form, removed in the one that registers it: a
    process killed between the two leaves its work to the next.
    """

    __tablename__ = "forms_to_register"
    __table_args__ = {"info": VOLATILE}  # noqa: RUF012 - read by SQLAlchemy

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), primary_key=True)


class CaseToOpen(Base):
    """A form that lacks something, until all that came with it is known."""

    __tablename__ = "cases_to_open"
    __table_args__ = {"info": VOLATILE}  # noqa: RUF012 - read by SQLAlchemy

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), primary_key=True)


class FormRevision(Base):
    """One version of a form as the program takes it; a correction adds the next. Append-only."""

    __tablename__ = "form_revisions"

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    form: Mapped[str]
    version: Mapped[str]
    values: Mapped[dict[str, Any]]
    """Sure values alone; what is empty or waits for a person is not there."""
    unsure: Mapped[list[Any]]
    missing_pages: Mapped[list[Any]]
    complete: Mapped[bool]
    known_at: Mapped[datetime | None]
    """When a person made it so; none for the first, which was known when the fax came."""
    case_number: Mapped[str | None] = mapped_column(index=True)
    returned_print: Mapped[bool]
    by_name: Mapped[str]
    by_role: Mapped[str]


class ParticularSet(Base):
    """What a form says of one person or site, once however many forms say the same."""

    __tablename__ = "particulars"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    data: Mapped[dict[str, Any]]


class ParticularKey(Base):
    """The blocking keys of a set of particulars: two mentions of one party share at least one."""

    __tablename__ = "particular_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    particulars_id: Mapped[str] = mapped_column(String(32), ForeignKey("particulars.id"), primary_key=True)


class MentionRow(Base):
    """A form mentions somebody in a role, and whom that means."""

    __tablename__ = "mentions"
    __table_args__ = (
        Index(None, "party", "teaches"),
        Index(None, "particulars_id", "teaches"),
        Index(
            "ix_mentions_unresolved",
            "document_id",
            "role",
            sqlite_where=text("party IS NULL"),
            postgresql_where=text("party IS NULL"),
        ),
    )

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    particulars_id: Mapped[str] = mapped_column(String(32), ForeignKey("particulars.id"))
    received_at: Mapped[datetime]
    founding: Mapped[bool]
    linked: Mapped[bool]
    teaches: Mapped[bool]
    """Founding or linked: others may go by its particulars."""
    party: Mapped[str | None] = mapped_column(Party())
    match: Mapped[dict[str, Any]]
    """Outcome, candidates and evidence of the match."""


class DecisionRow(Base):
    """What a person, or for REMS IDs the machine, decided about parties and forms. Append-only."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "document_id", "role"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]
    by_name: Mapped[str]
    by_role: Mapped[str]
    reason: Mapped[str]
    party: Mapped[str | None] = mapped_column(Party(), index=True)
    """Whom it is about; of a merge, the party that is kept."""
    other_party: Mapped[str | None] = mapped_column(Party(), index=True)
    """Of a merge, the party that is gone."""
    document_id: Mapped[str | None] = mapped_column(Id())
    role: Mapped[str | None] = mapped_column(String(16))
    earlier_id: Mapped[str | None] = mapped_column(Id())
    rems_id: Mapped[str | None] = mapped_column(String(32), index=True)
    merge_id: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[str | None]
    """How a form relates to an earlier one, or the kind of non-compliance."""


class PartyState(Base):
    """A party as it was last folded, for lists; ``stale`` until it is folded again after a change."""

    __tablename__ = "party_states"
    __table_args__ = (
        Index(
            "ix_party_states_stale",
            "party",
            sqlite_where=text("stale"),
            postgresql_where=text("stale"),
        ),
        Index(None, "kind", "state"),
        Index(None, "changes_at"),
        Index(
            "ix_party_states_care_changes_at",
            "care_changes_at",
            sqlite_where=text("care_changes_at IS NOT NULL"),
            postgresql_where=text("care_changes_at IS NOT NULL"),
        ),
        {"info": VOLATILE},
    )

    party: Mapped[str] = mapped_column(Party(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    stale: Mapped[bool]
    state: Mapped[str] = mapped_column(String(16))
    """Stage of a patient, standing of the others, when it was folded."""
    rems_id: Mapped[str | None] = mapped_column(String(32), index=True)
    prescriber: Mapped[str | None] = mapped_column(Party())
    """Who cares for the patient."""
    orphaned: Mapped[bool]
    folded_at: Mapped[datetime | None]
    changes_at: Mapped[datetime | None]
    """When the state changes by itself, if nothing comes: a lapse, an expiry, the end of follow-up."""
    care_changes_at: Mapped[datetime | None]
    """When ``prescriber`` or ``orphaned`` does: lists that look at nothing else need no earlier fold."""


class SlotRow(Base):
    """A status form that is due of a patient and has not come, as far as it does not depend on the day."""

    __tablename__ = "slots"
    __table_args__ = (
        CheckConstraint("due_on < missed_on", name="order"),
        Index(None, "due_on", "party"),
        Index(None, "prescriber", "due_on"),
        {"info": VOLATILE},
    )

    party: Mapped[str] = mapped_column(Party(), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    due_on: Mapped[date]
    missed_on: Mapped[date]
    """From this day on the next one is due."""
    prescriber: Mapped[str | None] = mapped_column(Party())
    """Who cares for the patient on that day."""


class PartyFinding(Base):
    """What the program's rules asked about a party when it was folded: the open questions, for lists."""

    __tablename__ = "party_findings"
    __table_args__ = (Index(None, "document_id"), Index(None, "rule"), {"info": VOLATILE})

    party: Mapped[str] = mapped_column(Party(), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(8))
    message: Mapped[str]
    document_id: Mapped[str | None] = mapped_column(Id())
    fields: Mapped[list[Any]]


class NonComplianceRow(Base):
    """An event of non-compliance that a patient's forms show; a missed status form is a slot instead."""

    __tablename__ = "non_compliance"
    __table_args__ = (Index(None, "party", "on"), {"info": VOLATILE})

    patient: Mapped[str] = mapped_column(Party(), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    party: Mapped[str] = mapped_column(Party())
    """The prescriber or site whose event it is."""
    on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(24))
    document_id: Mapped[str | None] = mapped_column(Id())


class Recheck(Base):
    """The rules ran again over a fax, after a person changed something. Append-only."""

    __tablename__ = "rechecks"

    transmission_id: Mapped[str] = mapped_column(Hash(), ForeignKey("transmissions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    checked_at: Mapped[datetime] = mapped_column(info=VOLATILE)
    checked_for: Mapped[str]
    """Account of the person whose change it follows."""
    cause: Mapped[str]
    """What was changed: a document and field with the number of the correction, or a task."""


class RecheckFinding(Base):
    """What a rule found when it ran again; the last round of a fax is what holds. Append-only."""

    __tablename__ = "recheck_findings"
    __table_args__ = (
        ForeignKeyConstraint(["transmission_id", "number"], ["rechecks.transmission_id", "rechecks.number"]),
    )

    transmission_id: Mapped[str] = mapped_column(Hash(), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[str | None] = mapped_column(Id(), ForeignKey("documents.id"))
    rule: Mapped[str]
    severity: Mapped[str] = mapped_column(String(8))
    message: Mapped[str]
    fields: Mapped[list[Any]]
    pages: Mapped[list[Any]]
