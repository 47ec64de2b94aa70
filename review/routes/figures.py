"""The dashboard that a lead looks at daily."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import Field

from pipelines.acceptance import line_terms
from review.charts.bars import Row, Series, lying_bars, stacked_bars
from review.charts.intervals import Measured, interval_chart
from review.context import TheDesk
from review.web.routing import Asked, DeskRouter, PageModel
from review.web.words import PRIORITIES, age, form_title, spoken
from store.database import reading
from store.desk.figures import (
    automation,
    due_counts,
    faxes_by_hour,
    pace_by_form,
    pace_by_kind,
    queue_ages,
    saving,
)
from store.desk.inbox import state_counts
from store.desk.lines import line_history, line_standings
from store.desk.model import (
    DayCount,
    HourCount,
    KindQuality,
    Line,
    LineStanding,
    Pace,
    QueueAge,
    Saving,
)
from store.desk.quality import quality
from store.model import Status
from store.registers.folding import fold_stale

router = DeskRouter("figures")

LOOKS: dict[Status, str] = {"recorded": "d", "in_review": "b", "set_aside": "c", "received": "a"}
MOST_ROWS = 12


class Days(Asked):
    """How far back."""

    days: int = Field(default=7, ge=1, le=90)


class FiguresView(PageModel):
    """The figures, and their pictures as SVG."""

    days: int
    counts: dict[Status, int]
    hours: tuple[HourCount, ...]
    ages: tuple[QueueAge, ...]
    by_kind: tuple[Pace, ...]
    by_form: tuple[Pace, ...]
    automation: tuple[DayCount, ...]
    quality: tuple[KindQuality, ...]
    lines: tuple[LineStanding, ...]
    line_moves: tuple[Line, ...]
    line_days: float
    saving: Saving
    due: dict[str, int]
    target_error: float
    pictures: dict[str, str]


@router.page("/figures", "figures.html")
def show_figures(desk: TheDesk, asked: Annotated[Days, Query()]) -> FiguresView:
    """Faxes, the queue, the pace, the machine's work and its error, what is due."""
    now = datetime.now(UTC)
    since, target = now - timedelta(days=asked.days), desk.pipeline.reading.target_error
    fold_stale(desk.database, desk.program)
    with reading(desk.database) as session:
        hours = faxes_by_hour(session, since)
        ages = queue_ages(session)
        by_kind, by_form = pace_by_kind(session, since), pace_by_form(session, since)
        read = automation(session, since.date())
        measured = quality(session, desk.review, target)
        lines = line_standings(session, line_terms(desk.pipeline.reading))
        line_moves = line_history(session)
        saved = saving(session, desk.review, since)
        due = due_counts(session, now.astimezone(desk.program.settings.zone).date())
        counts = state_counts(session)
    return FiguresView(
        days=asked.days,
        counts=counts,
        hours=hours,
        ages=ages,
        by_kind=by_kind,
        by_form=by_form,
        automation=read,
        quality=measured,
        lines=lines,
        line_moves=line_moves,
        line_days=desk.pipeline.reading.line_days,
        saving=saved,
        due=due,
        target_error=target,
        pictures={
            "hours": _hours(hours, since, now),
            "ages": _ages(ages, now),
            "pace": _pace("Seconds per field, by kind", by_kind, spoken),
            "forms": _pace("Seconds per field, by form", by_form, form_title),
            "automation": _automation(read),
            "quality": _quality(measured, target),
        },
    )


def _hours(hours: tuple[HourCount, ...], since: datetime, now: datetime) -> str:
    # Days from a week on: an hour would be thinner than a line.
    by_day = now - since > timedelta(days=2)
    step = timedelta(days=1) if by_day else timedelta(hours=1)
    first = since.replace(minute=0, second=0, microsecond=0)
    first = first.replace(hour=0) if by_day else first
    slots = [first + step * number for number in range(int((now - first) / step) + 1)]
    places = {status: [0.0] * len(slots) for status in LOOKS}
    for one in hours:
        slot = int((one.hour - first) / step)
        if 0 <= slot < len(slots):
            places[one.status][slot] += one.faxes
    every = max(1, len(slots) // 12)
    labels = [
        slot.strftime("%b %d" if by_day else "%H:00") if number % every == 0 else ""
        for number, slot in enumerate(slots)
    ]
    series = [Series(spoken(status), LOOKS[status], tuple(values)) for status, values in places.items()]
    return stacked_bars(
        f"Faxes received by {'day' if by_day else 'hour'} (UTC) and where they stand", labels, series
    )


def _ages(ages: tuple[QueueAge, ...], now: datetime) -> str:
    def old(seconds: float) -> str:
        return age(now - timedelta(seconds=seconds), now)

    rows = [
        Row(
            PRIORITIES.get(one.priority, "other"),
            one.oldest_seconds,
            f"{one.tasks:,} tasks, oldest {old(one.oldest_seconds)}, middle {old(one.median_seconds)}",
            "c" if one.priority == 0 else "a",
        )
        for one in ages
    ]
    return lying_bars("Age of the oldest open task by priority", rows)


def _pace(title: str, paces: tuple[Pace, ...], name: Callable[[str], str]) -> str:
    rows = [
        Row(
            name(one.name),
            one.median_seconds,
            f"{one.median_seconds:.1f} s, 9 of 10 under {one.p90_seconds:.1f} s",
        )
        for one in sorted(paces, key=lambda one: -one.answers)[:MOST_ROWS]
    ]
    return lying_bars(title, rows)


def _automation(counts: tuple[DayCount, ...]) -> str:
    def share(one: DayCount) -> float:
        whole = one.accepted + one.empty + one.reviewed
        return (one.accepted + one.empty) / whole if whole else 0.0

    rows = [
        Row(
            spoken(one.field_kind),
            share(one),
            f"{share(one):.1%} of {one.accepted + one.empty + one.reviewed:,}",
            "d",
        )
        for one in sorted(counts, key=share)
    ]
    return lying_bars("Share of fields that needed nobody, by kind", rows)


def _quality(measured: tuple[KindQuality, ...], target: float) -> str:
    rows = [
        Measured(
            spoken(one.field_kind),
            one.error.share,
            one.error.low,
            one.error.high,
            f"{one.wrong} of {one.measured:,} wrong",
        )
        for one in measured
        if one.error is not None
    ]
    return interval_chart("Measured error of accepted fields by kind, with its interval", rows, target)
