"""Moments and days, clock changes included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.program.moments import add_business_days, day_of, end_of, moment_of, start_of
from validators.program.receipt import received_moment
from validators.program.settings import ProgramSettings

NEW_YORK = ZoneInfo("America/New_York")
HAVANA = ZoneInfo("America/Havana")  # changes its clocks at midnight and at one


def test_a_fax_belongs_to_the_programs_day_and_not_to_the_universal_one() -> None:
    assert day_of(datetime(2016, 4, 6, 2, tzinfo=UTC), NEW_YORK) == date(2016, 4, 5)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="moment_of"):
        day_of(datetime(2016, 4, 6, 2), NEW_YORK)


@pytest.mark.parametrize(
    ("clock", "zone", "change"),
    [
        (datetime(2016, 3, 13, 2, 30), NEW_YORK, "skipped"),
        (datetime(2016, 11, 6, 1, 30), NEW_YORK, "repeated"),
        (datetime(2016, 3, 13, 0, 30), HAVANA, "skipped"),
        (datetime(2016, 11, 6, 0, 30), HAVANA, "repeated"),
        (datetime(2016, 4, 6, 2), NEW_YORK, None),
    ],
)
def test_a_time_in_a_clock_change_is_told(clock: datetime, zone: ZoneInfo, change: str | None) -> None:
    moment, found = moment_of(clock, zone)
    assert found == change
    assert day_of(moment, zone) == clock.date()


def test_a_clock_change_is_a_finding_with_a_remedy() -> None:
    moment, finding = received_moment(datetime(2016, 11, 6, 1, 30), "d", ProgramSettings())
    assert moment == datetime(2016, 11, 6, 5, 30, tzinfo=UTC)
    assert finding is not None
    assert (finding.rule, "check the day" in finding.message) == ("CLOCK-01", True)
    assert received_moment(datetime(2016, 11, 6, 5, 30, tzinfo=UTC), "d", ProgramSettings())[1] is None


@given(day=st.dates(date(2014, 1, 1), date(2040, 1, 1)), zone=st.sampled_from([NEW_YORK, HAVANA]))
def test_a_day_begins_and_ends_on_itself_also_when_midnight_is_skipped(day: date, zone: ZoneInfo) -> None:
    first, last = start_of(day, zone), end_of(day, zone)
    assert day_of(first, zone) == day_of(last, zone) == day
    assert day_of(first - timedelta(microseconds=1), zone) == day - timedelta(days=1)
    assert last + timedelta(microseconds=1) == start_of(day + timedelta(days=1), zone)


@given(day=st.dates(date(2014, 1, 1), date(2040, 1, 1)), count=st.integers(1, 40))
def test_business_days_are_no_weekends(day: date, count: int) -> None:
    due = add_business_days(day, count)
    assert due.weekday() < 5
    assert sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, (due - day).days + 1)) == count


def test_holidays_do_not_count() -> None:
    assert add_business_days(date(2015, 12, 24), 1, {"2015-12-25"}) == date(2015, 12, 28)
