"""Treatment courses, put together from every form that tells of an infusion (D1, D2, C1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from validators.program.asked import Asked
from validators.program.events import ChecklistFiled, FormEvent, InfusionDay, InfusionReported
from validators.program.moments import add_business_days
from validators.program.rules import ProgramFinding, found
from validators.program.settings import ProgramSettings

STEROID_DAYS = 3


@dataclass(frozen=True)
class Course:
    """One treatment course as known.

    Attributes:
        number: from 1; what the checklist says where it can be so, else the next.
        known_at: when the program first knew that it had begun.
        closed_at: when a checklist closed it; none while the course is open.
        outside: given before the patient came into the program.
        facility: id of the facility that infused; none where unknown.
        checklists: the forms behind it.
        documents: all forms that tell of it.
    """

    number: int
    started_on: date
    ended_on: date
    known_at: datetime
    closed_at: datetime | None
    outcome: str | None
    outside: bool
    days: tuple[InfusionDay, ...]
    facility: str | None
    checklists: tuple[str, ...]
    documents: tuple[str, ...]
    claimed: int | None


@dataclass(frozen=True)
class Evidence:
    """Days that one form tells of."""

    first_on: date
    last_on: date
    event: ChecklistFiled | InfusionReported


def infusion_evidence(
    events: Iterable[FormEvent], party: str
) -> tuple[tuple[Evidence, ...], tuple[ProgramFinding, ...]]:
    """The infusion days that forms tell of; days after a form's receipt are findings and do not count."""
    evidence = []
    findings = []
    for event in events:
        if isinstance(event, ChecklistFiled):
            days = [
                day.given_on for day in event.days if day.infused is not False and day.given_on is not None
            ]
        elif isinstance(event, InfusionReported):
            days = [day for day in (event.first_on, event.last_on) if day is not None]
        else:
            continue
        past = [day for day in days if day <= event.head.received_on]
        if len(past) < len(days):
            findings.append(found("X4-INFUSION", party=party, document_id=event.head.document_id))
        if past:
            evidence.append(Evidence(min(past), max(past), event))
    evidence.sort(key=lambda item: (item.first_on, item.event.order))
    return tuple(evidence), tuple(findings)


def build_courses(
    evidence: Sequence[Evidence], facilities: dict[str, str | None], settings: ProgramSettings
) -> tuple[Course, ...]:
    """Group infusion days that lie close together into courses, in order of time.

    Args:
        evidence: from ``infusion_evidence``, sorted.
        facilities: the facility that each form names, by document id.
        settings: how far apart the days of one course may be.
    """
    groups: list[list[Evidence]] = []
    span = timedelta(days=settings.course_span_days)
    for item in evidence:
        if groups and item.first_on <= max(member.last_on for member in groups[-1]) + span:
            groups[-1].append(item)
        else:
            groups.append([item])
    courses: list[Course] = []
    for group in groups:
        courses.append(_course(group, courses[-1].number if courses else 0, facilities))
    return tuple(courses)


def _course(group: Sequence[Evidence], before: int, facilities: dict[str, str | None]) -> Course:
    by_receipt = sorted(group, key=lambda item: item.event.order)
    checklists = [item.event for item in by_receipt if isinstance(item.event, ChecklistFiled)]
    closing = [event for event in checklists if event.outcome is not None and event.head.complete]
    claimed = next((item.event.course for item in by_receipt if item.event.course is not None), None)
    outside = all(isinstance(item.event, InfusionReported) and item.event.outside for item in group)
    return Course(
        number=claimed if claimed is not None and claimed > before else before + 1,
        started_on=min(item.first_on for item in group),
        ended_on=max(item.last_on for item in group),
        known_at=by_receipt[0].event.head.received_at,
        closed_at=closing[0].head.received_at if closing else None,
        outcome=closing[0].outcome if closing else None,
        outside=outside,
        days=tuple(
            day for event in checklists for day in event.days if day.infused is not False and day.given_on
        ),
        facility=next(
            (site for event in checklists if (site := facilities.get(event.head.document_id)) is not None),
            None,
        ),
        checklists=tuple(event.head.document_id for event in checklists),
        documents=tuple(item.event.head.document_id for item in by_receipt),
        claimed=claimed,
    )


def days_of(courses: Iterable[Course]) -> tuple[date, ...]:
    """The first and last infusion days of courses: what the clocks go by."""
    return tuple(day for course in courses for day in (course.started_on, course.ended_on))


def course_findings(
    courses: Sequence[Course], events: Sequence[FormEvent], asked: Asked
) -> tuple[ProgramFinding, ...]:
    """What is wrong with courses: numbers out of order, late or missing checklists, missing premedication."""
    party, settings = asked.party, asked.settings
    findings: list[ProgramFinding] = []
    before = 0
    versions = {event.head.document_id: event.head.version for event in events}
    received = {event.head.document_id: event.head.received_on for event in events}
    for course in courses:
        outside_unknown = bool(courses[0].outside) and before > 0
        if course.claimed not in (None, before + 1) and not course.outside and not outside_unknown:
            findings.append(
                found(
                    "D2", party=party, document_id=course.documents[0], course=course.claimed, due=before + 1
                )
            )
        before = course.number
        if course.outside or not _checklist_is_due(course, versions, settings):
            continue
        due_on = add_business_days(course.ended_on, settings.checklist_business_days, settings.holidays)
        if course.checklists and received[course.checklists[0]] > due_on:
            findings.append(
                found(
                    "C1", party=party, document_id=course.checklists[0], course=course.number, lateness="late"
                )
            )
        elif not course.checklists and asked.today > due_on:
            findings.append(found("C1", party=party, course=course.number, lateness="missing"))
    for event in events:
        if isinstance(event, ChecklistFiled):
            findings += _premedication(event, party)
    return tuple(findings)


def _checklist_is_due(course: Course, versions: dict[str, str], settings: ProgramSettings) -> bool:
    """Whether the program version of the course's first form asks for checklists (decision 4)."""
    return versions[course.documents[0]] >= settings.checklist_from_version


def _premedication(event: ChecklistFiled, party: str) -> list[ProgramFinding]:
    missing = [
        f"the corticosteroid of day {number}"
        for number, given in enumerate(event.steroid_days[:STEROID_DAYS], start=1)
        if given is False
    ]
    if event.antiviral is False:
        missing.append("the antiviral")
    return [found("D5", party=party, document_id=event.head.document_id, what=what) for what in missing]
