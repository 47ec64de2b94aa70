"""What is wrong with orders, authorizations and infusions, or has to be seen (G5, G10, G11, A1, D2)."""

from collections.abc import Iterator, Sequence

from validators.program.asked import Asked
from validators.program.authorization import words_for
from validators.program.certification import ACTIVE
from validators.program.gates import Order, Treatment, may_infuse
from validators.program.moments import add_months
from validators.program.rules import ProgramFinding, as_finding, found


def planned_findings(treatment: Treatment, orders: Sequence[Order], asked: Asked) -> Iterator[ProgramFinding]:
    """What stands against orders and authorizations whose course has not begun."""
    party = asked.party
    begun = {course.number for course in treatment.courses}
    for order in orders:
        if order.course in begun and not any(refusal.rule == "D2" for refusal in order.refusals):
            continue
        yield from (as_finding(refusal, party, order.document_id) for refusal in order.refusals)
        state = asked.state_of(order.facility)
        if state != ACTIVE:
            yield found("G11", party=party, document_id=order.document_id, standing=words_for(state))
    newest = {one.course: one for one in treatment.authorizations if one.course not in begun}
    for one in newest.values():
        yield from (as_finding(refusal, party, one.document_id) for refusal in one.refusals)
        if one.granted_at and one.valid_through and one.valid_through < asked.today:
            yield found("A1", party=party, document_id=one.document_id, course=one.course)
    yield from _intervals(treatment, orders, asked)


def _intervals(treatment: Treatment, orders: Sequence[Order], asked: Asked) -> Iterator[ProgramFinding]:
    """D2-INTERVAL: courses planned less than about a year after the one before."""
    begun = {course.number for course in treatment.courses}
    plans = [(one.document_id, one.course, one.planned_on) for one in orders]
    plans += [(one.document_id, one.course, one.planned_on) for one in treatment.authorizations]
    months = asked.settings.course_interval_months
    for document_id, course, planned_on in plans:
        if planned_on is None or course in begun:
            continue
        earlier = [one for one in treatment.courses if one.started_on < planned_on]
        if earlier and planned_on < add_months(earlier[-1].started_on, months):
            yield found(
                "D2-INTERVAL", party=asked.party, document_id=document_id, course=course, months=months
            )


def infusion_findings(treatment: Treatment, asked: Asked) -> Iterator[ProgramFinding]:
    """Courses that began although the gates were shut on their first day."""
    for course in treatment.courses:
        if course.outside or not course.checklists:
            continue
        facility = asked.standing_of(course.facility)
        refusals = may_infuse(treatment, course.number, facility, course.started_on, asked)
        document_id = course.checklists[0]
        yield from (as_finding(refusal, asked.party, document_id) for refusal in refusals)
        if refusals:
            yield found("G5", party=asked.party, document_id=document_id, course=course.number)
