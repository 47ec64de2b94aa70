"""Whether the machine was right about fields whose truth people have settled."""

from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from store.desk.double_entry import as_entry, same
from store.desk.model import Entry
from store.desk.rules import plain_value
from store.desk.settings import ReviewSettings
from store.desk.tables import Measurement
from store.tables import Field, ReviewTask

SAMPLED = "sample"
"""Reason of the task on an accepted field of the sample."""


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
        )
    )


def forget(session: Session, task_id: str) -> None:
    """Take a measurement back, since its truth is open again."""
    session.execute(delete(Measurement).where(Measurement.task_id == task_id))
