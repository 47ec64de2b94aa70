"""Whether the machine was right about fields whose truth people have settled."""

from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from store.desk.double_entry import as_entry, same
from store.desk.model import Entry, Place
from store.desk.rules import plain_value
from store.desk.settings import ReviewSettings
from store.desk.tables import Measurement
from store.tables import Field, ReviewTask

SAMPLED = "sample"
"""Reason of the task on an accepted field of the sample."""

HELD_BACK = "held_back"
"""Reason of a field that a line of acceptance alone sent to a person."""

ONLY_DOUBT = frozenset({"disagree", "faint", "touched", HELD_BACK})
"""Reasons that say no more than the confidence does; for any other a person has to see the field."""

WRITTEN_NOT = frozenset({"check", "yes_no", "choice", "choices", "signature"})
"""Kinds whose emptiness is told by the same measure as their being filled."""


def measure(session: Session, settings: ReviewSettings, task: ReviewTask, field: Field, truth: Entry) -> None:
    """Keep whether the machine had it right; what it said stays as it is."""
    sample = task.reason == SAMPLED
    session.add(
        Measurement(
            task_id=task.id,
            field_kind=field.kind,
            sample=sample,
            weight=1 / settings.sample_share if sample and settings.sample_share else 1.0,
            confidence=field.confidence,
            was_right=same(as_entry(plain_value(field.value)), truth, field.kind),
            settled_at=datetime.now(UTC),
            line_kind="empty" if _is_empty(field) else field.kind,
            place="accepted" if sample else _place(field),
        )
    )


def forget(session: Session, task_id: str) -> None:
    """Take a measurement back, since its truth is open again."""
    session.execute(delete(Measurement).where(Measurement.task_id == task_id))


def _is_empty(field: Field) -> bool:
    return field.kind not in WRITTEN_NOT and field.value is None and field.reader == "none"


def _place(field: Field) -> Place:
    """Why a field went to a person."""
    if not ONLY_DOUBT.issuperset(field.reasons) or (field.value is None and not _is_empty(field)):
        return "odd"
    return "held" if HELD_BACK in field.reasons else "doubtful"
