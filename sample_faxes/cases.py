"""A case: everybody and every date that one fax speaks of, consistent with each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from numpy.random import Generator

from sample_faxes.people import (
    STATES,
    Patient,
    Person,
    Prescriber,
    Site,
    make_patient,
    make_person,
    make_prescriber,
    make_site,
)

Value = str | bool | tuple[str, ...] | None
"""A normal value: text (dates YYYY-MM-DD, times HH:MM, yes/no, options), several ticks, or none."""


@dataclass(frozen=True)
class Event:
    """An adverse event on a form: the field of the status form, when, and how an office writes it."""

    name: str
    day: date
    which: str
    words: str


@dataclass(frozen=True)
class Case:
    """Who and when. ``signed`` is the day the form was signed, on or before the day of the fax.

    ``months_since_first`` tells how long ago the first infusion was; ``planned`` is the next course's first
    day.
    """

    patient: Patient
    guardian: Person | None
    prescriber: Prescriber
    new_prescriber: Prescriber
    facility: Site
    pharmacy: Site
    received: date
    signed: date
    course: int
    first_infusion: date
    last_infusion: date
    planned: date
    months_since_first: int
    second_site: Site
    events: tuple[Event, ...] = ()
    comment: str | None = None
    reaction: str | None = None
    leaving: str | None = None
    overrides: Mapping[str, Value] = field(default_factory=dict)

    @property
    def infusion_days(self) -> int:
        """Days of the course: five of the first, three of each later one."""
        return 5 if self.course == 1 else 3


def workday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def workday_before(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days={5: 1, 6: 2}.get(day.weekday(), 0))


def make_case(rng: Generator, received: date, *, months_since_first: int | None = None) -> Case:
    """Invent a case whose fax arrives on a day.

    Args:
        rng: decides everything.
        received: the day of the fax.
        months_since_first: a multiple of six for a status form; none lets chance decide.
    """
    state = STATES[int(rng.integers(len(STATES)))]
    months = months_since_first or int(rng.choice([6, 12, 18, 24, 30, 36, 42, 48]))
    signed = workday_before(received - timedelta(days=int(rng.choice([0, 0, 1, 1, 2, 4]))))
    first = workday(received - relativedelta(months=months) + timedelta(days=int(rng.integers(-9, 6))))
    first -= timedelta(days=first.weekday())
    course = 1 if months <= 12 else 2 if months <= 24 else int(rng.choice([2, 2, 3]))
    last_first_day = first + relativedelta(months=12 * (course - 1))
    last_first_day -= timedelta(days=last_first_day.weekday())
    planned = signed + timedelta(days=int(rng.integers(8, 22)))
    planned += timedelta(days=-planned.weekday() % 7)
    return Case(
        patient=make_patient(rng, state),
        guardian=make_person(rng, state) if rng.random() < 0.15 else None,
        prescriber=make_prescriber(rng, state),
        new_prescriber=make_prescriber(rng, state),
        facility=make_site(rng, state, "F"),
        pharmacy=make_site(rng, STATES[int(rng.integers(len(STATES)))], "R"),
        received=received,
        signed=signed,
        course=course,
        first_infusion=first,
        last_infusion=last_first_day + timedelta(days=4 if course == 1 else 2),
        planned=planned,
        months_since_first=months,
        second_site=make_site(rng, state, "F"),
    )
