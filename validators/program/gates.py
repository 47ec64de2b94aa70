"""Who before what: each gate opens or names the rules that keep it shut (G1 to G11, A1, D1, D2).

A gate is asked about one moment and looks at nothing later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from validators.program.asked import Asked
from validators.program.authorization import Authorization, words_for
from validators.program.certification import ACTIVE, CERTIFIED, Standing
from validators.program.courses import Course
from validators.program.events import OrderPlaced
from validators.program.moments import end_of
from validators.program.rules import Refusal, refuse

FIRST_COURSE_VIALS = 5
LATER_COURSE_VIALS = 3
NOT_ENROLLED = refuse("G6", standing="not enrolled", missing="the enrollment form")


@dataclass(frozen=True)
class Treatment:
    """What the gates need of a patient.

    Attributes:
        enrolled_at: none while the enrollment is pending.
        died_on: none while alive, as far as known.
    """

    enrolled_at: datetime | None
    authorizations: tuple[Authorization, ...]
    courses: tuple[Course, ...]
    died_on: date | None = None


@dataclass(frozen=True)
class Order:
    """A prescription order as judged.

    Attributes:
        refusals: what holds it; none for an order that may be filled.
    """

    document_id: str
    course: int
    vials: int | None
    planned_on: date | None
    prescriber: str | None
    facility: str | None
    pharmacy: str | None
    pharmacy_needed: bool
    placed_at: datetime
    refusals: tuple[Refusal, ...] = ()


def may_prescribe(prescriber: Standing | None, moment: datetime) -> tuple[Refusal, ...]:
    """G1: only a certified prescriber prescribes."""
    state = prescriber.at(moment) if prescriber else "none"
    return () if state == CERTIFIED else (refuse("G1", standing=words_for(state)),)


def may_receive(facility: Standing | None, moment: datetime) -> tuple[Refusal, ...]:
    """G4: only an active facility receives and infuses."""
    state = facility.at(moment) if facility else "none"
    return () if state == ACTIVE else (refuse("G4", standing=words_for(state)),)


def may_ship(pharmacy: Standing | None, facility: Standing | None, moment: datetime) -> tuple[Refusal, ...]:
    """G3: only an enrolled pharmacy ships, and only to an active facility."""
    state = pharmacy.at(moment) if pharmacy else "none"
    own = () if state == ACTIVE else (refuse("G3", standing=words_for(state)),)
    return own + may_receive(facility, moment)


def may_order(
    placed: OrderPlaced, course: int, treatment: Treatment, prescriber: Standing | None, asked: Asked
) -> tuple[Refusal, ...]:
    """G1, G6, G9, D1, D2: what holds an order, without the sites it names."""
    refusals = list(may_prescribe(prescriber, asked.as_of))
    if treatment.enrolled_at is None or treatment.enrolled_at > asked.as_of:
        refusals.append(NOT_ENROLLED)
    if not (placed.signed and placed.head.complete):
        refusals.append(refuse("G9", course=course))
    infused = [one.number for one in treatment.courses if one.started_on < placed.head.received_on]
    due = max(infused, default=0) + 1
    most = asked.settings.maximum_courses
    if course != due or (most is not None and course > most):
        refusals.append(refuse("D2", course=course, due=due))
    vials = FIRST_COURSE_VIALS if course == 1 else LATER_COURSE_VIALS
    if placed.vials != vials:
        refusals.append(refuse("D1", vials=placed.vials or "no", course=course, due=vials))
    return tuple(refusals)


def may_treat(treatment: Treatment, course: int, day: date, asked: Asked) -> tuple[Refusal, ...]:
    """G1, G6, G10, A1, A2, D2, W1, W4: whether a patient may begin a course on a day, without the facility.

    Nothing that came after that day, or after the moment asked about, is looked at.
    """
    until = min(end_of(day, asked.settings.zone), asked.as_of)
    filed = [one for one in treatment.authorizations if one.course == course and one.filed_at <= until]
    certified = may_prescribe(asked.standing_of(filed[-1].prescriber), until) if filed else ()
    if treatment.enrolled_at is None or treatment.enrolled_at > until:
        return (NOT_ENROLLED, *certified)
    if treatment.died_on is not None and treatment.died_on < day:
        return (refuse("G6", standing="reported as deceased", missing="a correction"),)
    if not filed:
        return (refuse("G10", course=course),)
    in_force = [
        one
        for one in filed
        if one.granted_at is not None
        and one.granted_at <= until
        and (one.ended_at is None or one.ended_at > until or _used(one, treatment.courses))
    ]
    if any(one.valid_through is None or day <= one.valid_through for one in in_force):
        return certified
    if in_force:
        return (refuse("A1", course=course), *certified)
    waiting = filed[-1].refusals or (
        refuse("G6", standing="not authorized yet", missing="the authorization"),
    )
    return tuple(dict.fromkeys((*waiting, *certified)))


def _used(authorization: Authorization, courses: Sequence[Course]) -> bool:
    """Whether the authorization ended by the very course it was for."""
    return any(
        one.number == authorization.course and one.known_at == authorization.ended_at for one in courses
    )


def may_dispense(order: Order | None, treatment: Treatment, course: int, asked: Asked) -> tuple[Refusal, ...]:
    """All four parties in good standing, an order that may be filled, and an authorization (G1 to G11)."""
    treated = may_treat(treatment, course, asked.today, asked)
    if order is None:
        return (refuse("G9", course=course), *treated)
    facility = asked.standing_of(order.facility)
    sites = (
        may_ship(asked.standing_of(order.pharmacy), facility, asked.as_of)
        if order.pharmacy_needed
        else may_receive(facility, asked.as_of)
    )
    return tuple(dict.fromkeys((*order.refusals, *sites, *treated)))


def may_infuse(
    treatment: Treatment, course: int, facility: Standing | None, day: date, asked: Asked
) -> tuple[Refusal, ...]:
    """G4, G5 and what ``may_treat`` keeps: whether a facility may begin a course on a day."""
    until = min(end_of(day, asked.settings.zone), asked.as_of)
    return (*may_receive(facility, until), *may_treat(treatment, course, day, asked))
