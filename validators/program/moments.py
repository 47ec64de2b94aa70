"""Moments and days: when something came, and on which day of the program that was."""

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

ClockChange = Literal["skipped", "repeated"]


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The program's day of a moment.

    Raises:
        ValueError: the moment has no time zone; ``moment_of`` gives it one.
    """
    if moment.tzinfo is None:
        message = "This time has no time zone: pass it through moment_of first."
        raise ValueError(message)
    return moment.astimezone(zone).date()


def moment_of(clock_time: datetime, zone: tzinfo) -> tuple[datetime, ClockChange | None]:
    """The moment that a fax server's clock time stands for, and whether a clock change makes it doubtful.

    A time that the clocks repeat is taken as the first of the two, one that they skip as the moment the
    clocks were changed by; both keep the order of receipt within the hour, and the caller reports them.

    Args:
        clock_time: with a time zone (taken as it is) or without one (read in ``zone``).
        zone: the program's time zone.
    """
    if clock_time.tzinfo is not None:
        return clock_time.astimezone(UTC), None
    first = clock_time.replace(tzinfo=zone, fold=0)
    second = clock_time.replace(tzinfo=zone, fold=1)
    moment = first.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != clock_time:
        return moment, "skipped"
    return moment, "repeated" if first.utcoffset() != second.utcoffset() else None


def end_of(day: date, zone: tzinfo) -> datetime:
    """The last moment of a day: what ``--as-of DAY`` stands for.

    Counted back from the next day's first moment, since a clock change at midnight makes the day's own
    last hour come twice or not at all.
    """
    return start_of(day + timedelta(days=1), zone) - timedelta(microseconds=1)


def start_of(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day, also where the clocks skip midnight."""
    midnight = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    while day_of(midnight, zone) < day:
        midnight += timedelta(minutes=15)
    return midnight


def add_months(day: date, months: int) -> date:
    """The day ``months`` calendar months later, clipped to its end: 31 August + 6 = 29 February (T2)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_business_days(day: date, count: int, holidays: Collection[str] = ()) -> date:
    """The day ``count`` business days later (weekends and ``holidays`` do not count)."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day.isoformat() not in holidays:
            count -= 1
    return day
