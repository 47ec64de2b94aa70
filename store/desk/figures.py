"""What a lead looks at daily: faxes by hour, the age of the queue, the pace of people, minutes saved."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from statistics import median
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.desk.model import DayCount, HourCount, Pace, QueueAge, Saving
from store.desk.settings import ReviewSettings
from store.desk.tables import AnswerRow, ReadingCount
from store.model import Status
from store.registers.tables import SlotRow
from store.tables import ReviewTask, Transmission

ENOUGH_ANSWERS = 200
"""From so many on, the measured time of a typed field is better than the one in the settings."""


def faxes_by_hour(session: Session, since: datetime) -> tuple[HourCount, ...]:
    """Faxes received since a moment, by the hour (UTC) and by where they stand now."""
    counts: Counter[tuple[datetime, str]] = Counter()
    rows = session.execute(
        select(Transmission.received_at, Transmission.status).where(Transmission.received_at >= since)
    ).tuples()
    for received_at, status in rows:
        counts[received_at.replace(minute=0, second=0, microsecond=0), status] += 1
    return tuple(
        HourCount(hour, cast("Status", status), count) for (hour, status), count in sorted(counts.items())
    )


def queue_ages(session: Session) -> tuple[QueueAge, ...]:
    """Open tasks by priority, and how old they are."""
    now = datetime.now(UTC)
    counts = session.execute(
        select(ReviewTask.priority, func.count(), func.min(ReviewTask.received_at))
        .where(ReviewTask.status == "open")
        .group_by(ReviewTask.priority)
        .order_by(ReviewTask.priority)
    ).tuples()
    found = []
    for priority, count, oldest in counts:
        middle = session.execute(
            select(ReviewTask.received_at)
            .where(ReviewTask.status == "open", ReviewTask.priority == priority)
            .order_by(ReviewTask.received_at)
            .offset(count // 2)
            .limit(1)
        ).scalar_one()
        found.append(
            QueueAge(priority, count, (now - oldest).total_seconds(), (now - middle).total_seconds())
        )
    return tuple(found)


def pace_by_kind(session: Session, since: datetime) -> tuple[Pace, ...]:
    """Seconds that people take for one field, by its kind."""
    rows = session.execute(
        select(AnswerRow.field_kind, AnswerRow.seconds).where(
            AnswerRow.at >= since, AnswerRow.seconds.is_not(None), AnswerRow.field_kind.is_not(None)
        )
    ).tuples()
    return _pace((kind or "", seconds or 0.0) for kind, seconds in rows)


def pace_by_form(session: Session, since: datetime) -> tuple[Pace, ...]:
    """Seconds that one person takes for all it answers of one form, by the form's code."""
    rows = session.execute(
        select(AnswerRow.form, func.sum(AnswerRow.seconds))
        .join(ReviewTask, ReviewTask.id == AnswerRow.task_id)
        .where(AnswerRow.at >= since, AnswerRow.seconds.is_not(None), AnswerRow.form.is_not(None))
        .group_by(AnswerRow.form, ReviewTask.document_id, AnswerRow.account)
    ).tuples()
    return _pace((form or "", seconds or 0.0) for form, seconds in rows)


def automation(session: Session, since: date) -> tuple[DayCount, ...]:
    """Fields of the faxes received since a day, by kind: accepted, sent to people, empty."""
    rows = session.execute(
        select(
            ReadingCount.field_kind,
            func.sum(ReadingCount.accepted),
            func.sum(ReadingCount.reviewed),
            func.sum(ReadingCount.empty),
        )
        .where(ReadingCount.day >= since)
        .group_by(ReadingCount.field_kind)
        .order_by(ReadingCount.field_kind)
    ).tuples()
    return tuple(DayCount(kind, accepted, reviewed, empty) for kind, accepted, reviewed, empty in rows)


def saving(session: Session, settings: ReviewSettings, since: datetime) -> Saving:
    """Minutes of typing that accepted fields saved since a moment, less what review took."""
    typed = [
        seconds
        for seconds in session.scalars(
            select(AnswerRow.seconds).where(
                AnswerRow.at >= since,
                AnswerRow.seconds.is_not(None),
                AnswerRow.verdict == "value",
                AnswerRow.stage == "second",
            )
        )
        if seconds is not None
    ]
    a_field = median(typed) if len(typed) >= ENOUGH_ANSWERS else settings.seconds_to_key
    accepted = session.execute(
        select(func.coalesce(func.sum(ReadingCount.accepted), 0)).where(
            ReadingCount.day >= since.astimezone(UTC).date()
        )
    ).scalar_one()
    spent = (
        session.execute(
            select(func.coalesce(func.sum(AnswerRow.seconds), 0.0)).where(AnswerRow.at >= since)
        ).scalar_one()
        or 0.0
    )
    minutes = (accepted * a_field - spent) / 60
    return Saving(minutes, accepted, a_field, spent / 60)


def due_counts(session: Session, today: date) -> dict[str, int]:
    """Status forms that have not come.

    ``due`` today or earlier and not missed; ``overdue`` those of them due before today; ``missed``, because
    the next one is due.
    """
    late = SlotRow.due_on <= today
    counts = session.execute(
        select(
            func.count().filter(late, SlotRow.missed_on > today),
            func.count().filter(SlotRow.due_on < today, SlotRow.missed_on > today),
            func.count().filter(SlotRow.missed_on <= today),
        ).select_from(SlotRow)
    ).one()
    return dict(zip(("due", "overdue", "missed"), counts, strict=True))


def _pace(timed: Iterable[tuple[str, float]]) -> tuple[Pace, ...]:
    by_name: dict[str, list[float]] = defaultdict(list)
    for name, seconds in timed:
        by_name[name].append(seconds)
    return tuple(
        Pace(name, len(seconds), median(seconds), sorted(seconds)[int(len(seconds) * 0.9)])
        for name, seconds in sorted(by_name.items())
    )
