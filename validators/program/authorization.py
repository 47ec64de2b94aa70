"""Authorizations: each for one course, granted once in order, ended by time, use or a new form (A1, A2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from validators.program.asked import Asked
from validators.program.care import CareLink, PartyEvent, carer_at
from validators.program.certification import CERTIFIED
from validators.program.courses import Course
from validators.program.events import BaselineFiled
from validators.program.labs import baseline
from validators.program.moments import start_of
from validators.program.rules import Refusal, refuse
from validators.program.settings import ProgramSettings


@dataclass(frozen=True)
class Authorization:
    """What one authorization form amounts to.

    Attributes:
        course: the treatment course, from 1.
        prescriber: who signed it.
        granted_at: from when on it holds; none while something stands against it.
        valid_through: the last day on which the course may begin.
        ended_at: when a newer form or the course itself ended it.
        refusals: what stands against it.
    """

    document_id: str
    course: int
    planned_on: date | None
    filed_at: datetime
    prescriber: str | None
    granted_at: datetime | None
    valid_through: date | None
    refusals: tuple[Refusal, ...]
    ended_at: datetime | None = None

    def holds_at(self, moment: datetime, day: date) -> bool:
        """Whether it is in force at a moment of the program's ``day``."""
        return (
            self.granted_at is not None
            and self.granted_at <= moment
            and (self.ended_at is None or moment < self.ended_at)
            and (self.valid_through is None or day <= self.valid_through)
        )


def authorizations(
    events: Sequence[PartyEvent],
    enrolled_at: datetime | None,
    courses: Sequence[Course],
    links: Sequence[CareLink],
    asked: Asked,
) -> tuple[Authorization, ...]:
    """Judge every authorization form of a patient, in order of receipt.

    A newer form for the same course replaces an older one when it is granted or says that the patient is
    not authorized; a course that began ends its authorization, from the moment that this was known.
    """
    judged: list[Authorization] = []
    for item in events:
        if not isinstance(item.event, BaselineFiled):
            continue
        prescriber = item.references.prescriber
        if prescriber is None and (link := carer_at(links, item.event.head.received_at)):
            prescriber = link.prescriber
        new = _judge(item.event, prescriber, enrolled_at, courses, asked)
        if new.granted_at is not None or item.event.authorized is False:
            ends = new.granted_at or new.filed_at
            judged = [
                replace(old, ended_at=max(ends, old.filed_at))
                if old.course == new.course and old.ended_at is None
                else old
                for old in judged
            ]
        judged.append(new)
    used = {course.number: course.known_at for course in courses}
    return tuple(
        replace(one, ended_at=min(one.ended_at or used[one.course], used[one.course]))
        if one.course in used
        else one
        for one in judged
    )


def _judge(
    event: BaselineFiled,
    prescriber: str | None,
    enrolled_at: datetime | None,
    courses: Sequence[Course],
    asked: Asked,
) -> Authorization:
    head, settings = event.head, asked.settings
    infused = [course.number for course in courses if course.started_on < head.received_on]
    due = max(infused, default=0) + 1
    course = event.course or due
    refusals = list(_form_refusals(event, course))
    if course < due:
        refusals.append(refuse("G10", course=course))
    elif course > due or (settings.maximum_courses is not None and course > settings.maximum_courses):
        refusals.append(refuse("D2", course=course, due=due))
    labs = baseline(event.labs, course, event.first_infusion_on, head.version, settings)
    refusals += labs.refusals
    granted_at: datetime | None = head.received_at
    if enrolled_at is None:
        refusals.append(refuse("G6", standing="not enrolled", missing="the enrollment form"))
    else:
        granted_at = max(head.received_at, enrolled_at)
    standing = asked.standing_of(prescriber)
    certified_at = standing.first_in(CERTIFIED, granted_at or head.received_at) if standing else None
    if certified_at is None:
        state = standing.at(head.received_at) if standing else "none"
        refusals.append(refuse("G1", standing=words_for(state)))
    return Authorization(
        document_id=head.document_id,
        course=course,
        planned_on=event.first_infusion_on,
        filed_at=head.received_at,
        prescriber=prescriber,
        granted_at=None if refusals else certified_at,
        valid_through=_valid_through(event, labs.valid_through, settings),
        refusals=tuple(refusals),
    )


def _form_refusals(event: BaselineFiled, course: int) -> tuple[Refusal, ...]:
    wanted = {
        "the answer is no or missing": event.authorized is True,
        "no signature": event.signed,
        "the form is not complete": event.head.complete,
        "no planned first infusion date": event.first_infusion_on is not None,
    }
    missing = [gap for gap, given in wanted.items() if not given]
    return (refuse("A2", course=course, missing=", ".join(missing)),) if missing else ()


def _valid_through(event: BaselineFiled, labs_through: date | None, settings: ProgramSettings) -> date | None:
    """The last day for the course to begin: the labs' own, else a window's length after the planned day."""
    limits = [] if labs_through is None else [labs_through]
    if settings.authorization_life_days is not None:
        limits.append(event.head.received_on + timedelta(days=settings.authorization_life_days))
    if not limits and event.first_infusion_on is not None:
        limits.append(event.first_infusion_on + timedelta(days=settings.window_days))
    return min(limits, default=None)


def lapse_of(authorization: Authorization, settings: ProgramSettings) -> datetime | None:
    """The moment from which the authorization no longer holds by itself."""
    if authorization.valid_through is None:
        return None
    return start_of(authorization.valid_through + timedelta(days=1), settings.zone)


def words_for(state: str) -> str:
    """A party's state in words for a sentence."""
    return {
        "none": "not known to the program",
        "training": "not yet certified",
        "assessed": "not yet certified",
    }.get(state, state)
