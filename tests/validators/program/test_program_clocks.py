"""The clocks: status forms, tests, the end of follow-up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.program import broken_histories, worked_examples_right
from validators.program.clocks import (
    FollowUp,
    StatusForm,
    age_slots,
    fill_slots,
    follow_up,
    monitoring_calendar,
    series,
    status_slots,
)
from validators.program.moments import add_months
from validators.program.settings import ProgramSettings

S = ProgramSettings()
DAYS = st.dates(date(2014, 11, 1), date(2090, 1, 1))
SPAN = FollowUp(date(2015, 10, 5), date(2015, 10, 9), date(2019, 10, 9))


def test_every_worked_example_and_month_end_is_right() -> None:
    right, total = worked_examples_right()
    assert right == total == 14


def test_histories_of_one_to_four_courses_are_sound() -> None:
    assert broken_histories(300, seed=3) == 0


@given(first=DAYS, gaps=st.lists(st.integers(0, 1500), max_size=6))
def test_each_new_infusion_keeps_the_due_dates_and_never_shortens_the_series(
    first: date, gaps: list[int]
) -> None:
    days = [first]
    for gap in gaps:
        before = follow_up(days, S)
        days.append(days[-1] + timedelta(days=gap))
        after = follow_up(days, S)
        assert before is not None
        assert after is not None
        assert after.ends_on >= before.ends_on
        assert series(after, 6)[: len(series(before, 6))] == series(before, 6)


@given(day=DAYS, months=st.integers(0, 120))
def test_month_arithmetic_is_clipped_and_counted_from_the_anchor(day: date, months: int) -> None:
    due = add_months(day, months)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months
    assert due.day == day.day or (due.day < day.day and (due + timedelta(days=1)).month != due.month)


def test_a_clipped_month_end_does_not_stick() -> None:
    span = follow_up([date(2015, 8, 31)], S)
    assert span is not None
    assert [slot.due_on for slot in status_slots(span, S)[:3]] == [
        date(2016, 2, 29),
        date(2016, 8, 31),
        date(2017, 2, 28),
    ]


def test_an_infusion_on_29_february_ends_on_28_february_or_29() -> None:
    span = follow_up([date(2016, 2, 29)], S)
    assert span is not None
    assert span.ends_on == date(2020, 2, 29)
    assert monitoring_calendar(span).yearly[0] == date(2017, 2, 28)


def test_nothing_is_due_before_the_first_infusion() -> None:
    assert follow_up([], S) is None


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (-60, "early"),
        (-31, "early"),
        (-30, "on_time"),
        (0, "on_time"),
        (30, "on_time"),
        (31, "late"),
        (150, "late"),
    ],
)
def test_a_ticked_month_fills_its_slot_early_on_time_or_late(days: int, state: str) -> None:
    due = date(2016, 4, 5)
    slots, homeless = fill_slots(status_slots(SPAN, S), [StatusForm("d", due + timedelta(days=days), 6)], S)
    assert (slots[0].state, homeless) == (state, ())


def test_a_form_before_its_slot_opens_fills_none() -> None:
    slots, homeless = fill_slots(status_slots(SPAN, S), [StatusForm("d", date(2016, 2, 4), 6)], S)
    assert homeless == ("d",)
    assert all(slot.document_id is None for slot in slots)


def test_an_early_form_does_not_move_later_due_dates() -> None:
    slots, _ = fill_slots(status_slots(SPAN, S), [StatusForm("d", date(2016, 2, 20), 6)], S)
    assert slots[1].due_on == date(2016, 10, 5)


def test_without_a_month_the_period_says_which_slot_is_meant() -> None:
    late = StatusForm("d", date(2016, 9, 1), period_to=date(2016, 4, 1))
    slots, _ = fill_slots(status_slots(SPAN, S), [late], S)
    assert [slot.document_id for slot in slots[:2]] == ["d", None]


def test_the_first_form_keeps_the_slot() -> None:
    forms = [StatusForm("one", date(2016, 4, 5), 6), StatusForm("two", date(2016, 4, 6), 6)]
    slots, homeless = fill_slots(status_slots(SPAN, S), forms, S)
    assert (slots[0].document_id, homeless) == ("one", ("two",))


@pytest.mark.parametrize(
    ("today", "state", "tier"),
    [
        (date(2016, 3, 5), "scheduled", 0),
        (date(2016, 3, 6), "reminded", 0),
        (date(2016, 4, 5), "due", 0),
        (date(2016, 5, 5), "due", 0),
        (date(2016, 5, 6), "overdue", 1),
        (date(2016, 6, 5), "overdue", 2),
        (date(2016, 8, 4), "overdue", 4),
        (date(2016, 10, 5), "missed", 4),
    ],
)
def test_an_unfilled_slot_ages_in_tiers(today: date, state: str, tier: int) -> None:
    slot = age_slots(status_slots(SPAN, S), today, S)[0]
    assert (slot.state, slot.tier) == (state, tier)


def test_slots_before_enrollment_and_after_death_are_not_asked_for() -> None:
    aged = age_slots(status_slots(SPAN, S), date(2019, 1, 1), S, date(2016, 6, 1), date(2017, 1, 1))
    assert [slot.state == "not_applicable" for slot in aged] == [True, False, *[True] * 6]


def test_a_filled_slot_stays_filled_whatever_day_is_asked_about() -> None:
    slots, _ = fill_slots(status_slots(SPAN, S), [StatusForm("d", date(2016, 4, 5), 6)], S)
    assert age_slots(slots, date(2030, 1, 1), S)[0] == replace(slots[0])
