"""A patient's stage, from none to closed or deceased, and each of its changes with the cause."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from validators.program.asked import Asked
from validators.program.authorization import lapse_of
from validators.program.care import PartyEvent
from validators.program.certification import CERTIFIED
from validators.program.clocks import FollowUp, follow_up
from validators.program.courses import Course, days_of
from validators.program.gates import Treatment
from validators.program.moments import day_of, start_of
from validators.program.standing import Cause, Change, add_change, by_form


@dataclass(frozen=True)
class Life:
    """Everything that a stage follows from.

    Attributes:
        enrollment: the enrollment form, pending or not.
        death: the form that reports the death, where nothing contradicts it.
    """

    treatment: Treatment
    span: FollowUp | None
    enrollment: PartyEvent | None
    death: PartyEvent | None


def stage_changes(life: Life, asked: Asked) -> tuple[Change, ...]:
    """Every change of the stage up to the moment asked about, in order of when each was known."""
    moments = [(moment, cause) for moment, cause in _moments(life, asked) if moment <= asked.as_of]
    changes: list[Change] = []
    for moment, cause in sorted(moments, key=lambda item: (item[0], item[1].document_id or "", item[1].rule)):
        stage = _stage(life, moment, asked)
        if changes or stage != "none":
            add_change(changes, moment, stage, cause)
    return tuple(changes)


def _moments(life: Life, asked: Asked) -> Iterator[tuple[datetime, Cause]]:
    """The moments at which the stage may change, each with what would have changed it."""
    treatment, zone = life.treatment, asked.settings.zone
    if life.enrollment is not None:
        event = life.enrollment.event
        yield event.head.received_at, by_form("G8", event, "enrollment form")
        if treatment.enrolled_at is not None:
            yield treatment.enrolled_at, by_form("G6", event, "enrolled")
    for one in treatment.authorizations:
        if one.granted_at is None:
            continue
        yield one.granted_at, Cause("G10", one.document_id, reason=f"authorization of course {one.course}")
        if (lapse := lapse_of(one, asked.settings)) is not None:
            yield lapse, Cause("A1", one.document_id, reason=f"authorization of course {one.course} lapsed")
        if one.ended_at is not None:
            yield one.ended_at, Cause("A2", one.document_id, reason="a newer form")
        standing = asked.standing_of(one.prescriber)
        yield from ((change.at, change.cause) for change in (standing.changes if standing else ()))
    for course in treatment.courses:
        yield course.known_at, Cause("C1", course.documents[0], reason=f"course {course.number} infused")
        if course.closed_at is not None:
            reason = f"course {course.number} {course.outcome}"
            yield course.closed_at, Cause("C1", course.checklists[0], reason=reason)
    if life.span is not None:
        over = start_of(life.span.ends_on + timedelta(days=1), zone)
        yield over, Cause("T1", reason="the months of follow-up are over")
    if life.death is not None:
        yield life.death.event.head.received_at, by_form("T1", life.death.event, "the patient died")


def _stage(life: Life, moment: datetime, asked: Asked) -> str:
    """The stage at a moment, from what was known then."""
    if life.death is not None and life.death.event.head.received_at <= moment:
        return "deceased"
    today = day_of(moment, asked.settings.zone)
    for one in life.treatment.authorizations:
        if one.holds_at(moment, today) and asked.state_of(one.prescriber, moment) == CERTIFIED:
            return "authorized"
    known = [course for course in life.treatment.courses if course.known_at <= moment]
    if known:
        return _after_infusion(known, moment, asked)
    if life.treatment.enrolled_at is not None and life.treatment.enrolled_at <= moment:
        return "enrolled"
    filed = life.enrollment is not None and life.enrollment.event.head.received_at <= moment
    return "pending" if filed else "none"


def _after_infusion(known: list[Course], moment: datetime, asked: Asked) -> str:
    last = known[-1]
    if last.checklists and (last.closed_at is None or last.closed_at > moment):
        return "infused"
    span = follow_up(days_of(known), asked.settings)
    over = span is not None and day_of(moment, asked.settings.zone) > span.ends_on
    return "closed" if over else "in_follow_up"
