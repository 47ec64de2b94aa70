"""The program's figures: schedules, windows, gates, replay, matching, and the speed of a patient's state."""

import random
import sys
import time
from calendar import isleap
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from benchmarks.program_cases import Story, at, party_events
from benchmarks.program_forbidden import (
    Forbidden,
    forbidden,
    forbidden_second,
    gates_of,
    refusals_of,
)
from benchmarks.program_people import measure_matching
from benchmarks.program_replay import history, processed, shuffled
from benchmarks.program_store import store_rows
from benchmarks.table import Mode, Row, at_least, at_most, exactly, main, reported
from validators.program.care import References
from validators.program.certification import Standing
from validators.program.clocks import FollowUp, follow_up, monitoring_calendar, series, status_slots
from validators.program.events import BaselineLab, RecordedForm
from validators.program.labs import baseline
from validators.program.moments import add_months
from validators.program.patients import patient_state
from validators.program.settings import ProgramSettings
from validators.program.standing import Cause, Change
from validators.program_dates import REQUIRED_LABS

DEFAULTS = ProgramSettings()
FIRST_COURSE = [date(2015, 10, 5) + timedelta(days=day) for day in range(5)]
LATER_COURSES = [[date(2015 + year, 10, 5) + timedelta(days=day) for day in range(3)] for year in (1, 2, 3)]

Expected = tuple[int, int, int, int]
WORKED: tuple[tuple[int, date, Expected], ...] = (
    (1, date(2019, 10, 9), (8, 48, 16, 4)),
    (2, date(2020, 10, 7), (10, 60, 20, 5)),
    (3, date(2021, 10, 7), (12, 72, 24, 6)),
    (4, date(2022, 10, 7), (14, 84, 28, 7)),
)
"""Courses, the end of follow-up, and how many status forms, monthly, quarterly and yearly tests (T3)."""

MONTH_ENDS: tuple[tuple[date, int, date], ...] = (
    (date(2015, 8, 31), 6, date(2016, 2, 29)),
    (date(2014, 8, 31), 6, date(2015, 2, 28)),
    (date(2015, 8, 31), 12, date(2016, 8, 31)),
    (date(2016, 2, 29), 12, date(2017, 2, 28)),
    (date(2016, 2, 29), 48, date(2020, 2, 29)),
    (date(2015, 12, 31), 6, date(2016, 6, 30)),
    (date(2015, 10, 31), 1, date(2015, 11, 30)),
    (date(2015, 1, 30), 1, date(2015, 2, 28)),
    (date(2016, 1, 30), 1, date(2016, 2, 29)),
    (date(2099, 11, 30), 3, date(2100, 2, 28)),
)


def span_of(days: list[date]) -> FollowUp:
    """The follow-up of some infusion days."""
    span = follow_up(days, DEFAULTS)
    if span is None:
        message = "No infusion day was given."
        raise ValueError(message)
    return span


def worked_examples_right() -> tuple[int, int]:
    """Worked schedules and month ends that come out as they should, and how many there are."""
    right = 0
    for courses, ends_on, expected in WORKED:
        days = FIRST_COURSE + [day for course in LATER_COURSES[: courses - 1] for day in course]
        span = span_of(days)
        tests = monitoring_calendar(span)
        counts = (
            len(status_slots(span, DEFAULTS)),
            len(tests.monthly),
            len(tests.quarterly),
            len(tests.yearly),
        )
        right += span.ends_on == ends_on and counts == expected
    right += sum(add_months(day, months) == due for day, months, due in MONTH_ENDS)
    return right, len(WORKED) + len(MONTH_ENDS)


def broken_histories(count: int, seed: int = 1) -> int:
    """Made-up infusion histories in which a due date is out of order, unclipped or lost to a course."""
    rng = random.Random(seed)
    broken = 0
    for _ in range(count):
        first = date(2014, 11, 1) + timedelta(days=rng.randrange(4000))
        days: list[date] = []
        earlier: tuple[date, ...] = ()
        for course in range(rng.randrange(1, 5)):
            start = add_months(first, 12 * course) + timedelta(days=rng.randrange(90) if course else 0)
            days += [start + timedelta(days=day) for day in range(3 if course else 5)]
            span = span_of(rng.sample(days, len(days)))
            dates = series(span, 6)
            broken += not _is_sound(span, dates) or dates[: len(earlier)] != earlier
            earlier = dates
    return broken


def _is_sound(span: FollowUp, dates: tuple[date, ...]) -> bool:
    """Rising, inside the span, the next one outside, and each the anchor's day or its month's last."""
    anchor = span.first_infusion
    after = add_months(anchor, 6 * (len(dates) + 1))
    clipped = all(day.day == anchor.day or (day.day < anchor.day and _is_month_end(day)) for day in dates)
    return clipped and list(dates) == sorted(set(dates)) and dates[-1] <= span.ends_on < after


def _is_month_end(day: date) -> bool:
    lengths = (31, 29 if isleap(day.year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return day.day == lengths[day.month - 1]


def windows_right() -> tuple[int, int]:
    """Windows at days -1, 0, 30, 31 that are judged as they should, by lab, course, reading and version."""
    infusion = date(2016, 10, 5)
    right = total = 0
    for reading in ("per_course", "first_only", "by_version"):
        settings = DEFAULTS.model_copy(update={"baseline_window": reading})
        for version in ("2015-11", "2019-10", "2024-03"):
            for course in (1, 2, 3):
                due = (
                    course == 1
                    or reading == "per_course"
                    or (reading == "by_version" and version >= "2019-10")
                )
                for lab in REQUIRED_LABS:
                    for days in (-1, 0, 30, 31):
                        labs = {name: BaselineLab(True, infusion) for name in REQUIRED_LABS}
                        labs[lab] = BaselineLab(True, infusion - timedelta(days=days))
                        rules = [
                            one.rule for one in baseline(labs, course, infusion, version, settings).refusals
                        ]
                        right += rules == (["W4"] if due and days in (-1, 31) else [])
                        total += 1
    return right, total


def refused() -> tuple[int, int]:
    """Forbidden orders of events refused with the rule named, and right ones let through."""
    right = total = 0
    for case in (*forbidden(), *forbidden_second()):
        for gate in gates_of(case):
            right += case.rule in [one.rule for one in refusals_of(case, gate)]
            total += 1
    for course in (1, 2):
        for gate in ("dispensing", "infusion"):
            right += not refusals_of(Forbidden("in order", "", course=course), gate)
            total += 1
    return right, total


def same_replays(orders: int) -> tuple[int, int]:
    """Random orders of processing that give the same states and open questions, and the number of forms."""
    items = history(500)
    expected = processed(items, DEFAULTS)
    same = sum(processed(shuffled(items, seed), DEFAULTS) == expected for seed in range(orders))
    return same, sum(isinstance(item, RecordedForm) for item in items)


def patient_state_ms(repeats: int) -> tuple[float, int]:
    """Milliseconds for the state of a patient with two courses, and how many events it folds."""
    story = Story()
    forms = [
        form for form in story.whole(60) if form.form not in ("knowledge_assessment", "prescriber_enrollment")
    ]
    forms += [
        RecordedForm(f"{form.document_id}-{copy}", form.form, form.version, form.received_at, form.values)
        for copy in range(2)
        for form in forms
        if form.form == "patient_status"
    ]
    references = References("prescriber:p", "facility:f", "pharmacy:r")
    events = party_events(forms, references, DEFAULTS)
    certified = (Change(at(story.start), "certified", Cause("G1")),)
    active = (Change(at(story.start), "active", Cause("G4")),)
    standings = {
        "prescriber:p": Standing("prescriber:p", certified),
        "facility:f": Standing("facility:f", active),
        "pharmacy:r": Standing("pharmacy:r", active),
    }
    moment = at(date(2019, 1, 1))
    spent = []
    for _ in range(repeats):
        begun = time.perf_counter()
        patient_state("patient:x", events, lambda party: standings.get(party or ""), moment, DEFAULTS)
        spent.append((time.perf_counter() - begun) * 1000)
    return sorted(spent)[len(spent) // 2], len(events)


def rows(mode: Mode, say: Callable[[str], None]) -> Iterator[Row]:
    """Every figure."""
    say("schedules and windows")
    right, total = worked_examples_right()
    yield exactly("worked schedules and month ends right", right, total, "examples")
    histories = 10_000 if mode == "full" else 2_000
    yield exactly(f"broken schedules in {histories} histories", broken_histories(histories), 0, "schedules")
    right, total = windows_right()
    yield exactly("baseline windows at days -1, 0, 30, 31 right", right, total, "windows")
    say("gates")
    right, total = refused()
    yield exactly(
        "forbidden orders refused with the rule, right ones let through", right, total, "gates asked"
    )
    say("replay")
    orders = 20 if mode == "full" else 4
    same, forms = same_replays(orders)
    yield exactly(
        f"random orders of {forms} forms with the same states and questions", same, orders, "orders"
    )
    say("matching")
    figures = measure_matching(2_000)
    yield exactly("wrong merges among 2,000 made-up people", figures.wrong, 0, "merges")
    yield at_least("true pairs found or offered", 100 * figures.found_share, 97, "%")
    yield reported("of them found without a person", 100 * figures.taken / figures.pairs, "%")
    yield reported("enrollments that a person had to settle", figures.asked, "enrollments")
    say("speed")
    spent, events = patient_state_ms(200)
    yield at_most(f"state of a patient from {events} events, median", spent, 2, "ms")
    yield from store_rows(mode == "full", say)


if __name__ == "__main__":
    sys.exit(main("The program", rows))
