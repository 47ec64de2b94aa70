"""A patient's state: one fold over the forms that name the patient, with its history and what is open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from validators.program.asked import Asked, StandingOf
from validators.program.authorization import authorizations, words_for
from validators.program.care import CareLink, PartyEvent, care_links, carer_at
from validators.program.certification import CERTIFIED
from validators.program.clocks import (
    FollowUp,
    Slot,
    StatusForm,
    age_slots,
    fill_slots,
    follow_up,
    status_slots,
)
from validators.program.courses import Course, build_courses, course_findings, days_of, infusion_evidence
from validators.program.events import DeathReported, OrderPlaced, PatientEnrolled, StatusReported
from validators.program.gates import Order, Treatment, may_order
from validators.program.moments import day_of
from validators.program.patient_findings import infusion_findings, planned_findings
from validators.program.rules import ProgramFinding, found
from validators.program.settings import ProgramSettings
from validators.program.stages import Life, stage_changes
from validators.program.standing import Change

Noted = list[ProgramFinding]


@dataclass(frozen=True)
class PatientState:
    """What the program knows of a patient at a moment.

    Attributes:
        stage: none, pending, enrolled, authorized, infused, in_follow_up, closed or deceased.
        course: the course authorized or under way; else the last one infused.
        orphaned: follow-up runs and no certified prescriber cares for the patient.
        changes: every change of the stage up to then, with its cause.
        findings: what is wrong or must be seen, each naming its rule.
    """

    party: str
    as_of: datetime
    today: date
    stage: str
    course: int | None
    orphaned: bool
    treatment: Treatment
    orders: tuple[Order, ...]
    links: tuple[CareLink, ...]
    span: FollowUp | None
    slots: tuple[Slot, ...]
    changes: tuple[Change, ...]
    findings: tuple[ProgramFinding, ...]

    @property
    def prescriber(self) -> str | None:
        """Who cares for the patient."""
        link = carer_at(self.links, self.as_of)
        return link.prescriber if link else None

    @property
    def open_findings(self) -> tuple[ProgramFinding, ...]:
        """What somebody has to do something about."""
        return tuple(finding for finding in self.findings if finding.is_open)


def patient_state(
    party: str,
    events: Iterable[PartyEvent],
    standing_of: StandingOf,
    as_of: datetime,
    settings: ProgramSettings,
) -> PatientState:
    """Fold everything known of a patient at ``as_of``.

    Args:
        party: the patient's id.
        events: of every form that names the patient, any order; later ones than ``as_of`` are left out.
        standing_of: prescribers and sites by id, as known at ``as_of``.
        as_of: the moment asked about.
        settings: the program's open decisions.
    """
    asked = Asked(party, standing_of, as_of, settings)
    known = sorted(
        (item for item in events if item.event.head.received_at <= as_of), key=lambda item: item.event.order
    )
    noted: Noted = []
    links, findings = care_links(known, asked)
    noted += findings
    courses = _courses(known, asked, noted)
    enrolled_at, enrollment = _enrollment(known, asked, noted)
    death = _death(known, courses, asked, noted)
    judged = authorizations(known, enrolled_at, courses, links, asked)
    treatment = Treatment(enrolled_at, judged, courses, _died_on(death))
    orders = tuple(
        _order(item, item.event, treatment, asked) for item in known if isinstance(item.event, OrderPlaced)
    )
    noted += planned_findings(treatment, orders, asked)
    noted += infusion_findings(treatment, asked)
    inside = next((course.started_on for course in courses if not course.outside), None)
    span = follow_up(days_of(courses), settings, inside)
    slots = _slots(span, known, treatment, asked, noted)
    changes = stage_changes(Life(treatment, span, enrollment, death), asked)
    stage = changes[-1].state if changes else "none"
    orphaned = _is_orphaned(stage, links, asked)
    if orphaned:
        noted.append(found("L2", party=party))
    return PatientState(
        party=party,
        as_of=as_of,
        today=asked.today,
        stage=stage,
        course=_current_course(stage, treatment, asked),
        orphaned=orphaned,
        treatment=treatment,
        orders=orders,
        links=links,
        span=span,
        slots=slots,
        changes=changes,
        findings=tuple(sorted(set(noted), key=lambda one: (one.rule, one.document_id or "", one.message))),
    )


def _courses(events: Sequence[PartyEvent], asked: Asked, noted: Noted) -> tuple[Course, ...]:
    plain = [item.event for item in events]
    evidence, future = infusion_evidence(plain, asked.party)
    facilities = {item.event.head.document_id: item.references.facility for item in events}
    courses = build_courses(evidence, facilities, asked.settings)
    noted += future
    noted += course_findings(courses, plain, asked)
    return courses


def _enrollment(
    events: Sequence[PartyEvent], asked: Asked, noted: Noted
) -> tuple[datetime | None, PartyEvent | None]:
    """When the patient was enrolled: a complete form, signed by both, of a prescriber who is certified."""
    forms = [(item, item.event) for item in events if isinstance(item.event, PatientEnrolled)]
    for item, event in forms:
        document_id = event.head.document_id
        wanted = {
            "the patient's signature": event.patient_signed,
            "the prescriber's signature": event.prescriber_signed,
            "the counseling": event.counseled,
            "answers or pages that are missing": event.head.complete,
        }
        missing = [gap for gap, given in wanted.items() if not given]
        if missing:
            noted.append(found("G8", party=asked.party, document_id=document_id, missing=", ".join(missing)))
            continue
        standing = asked.standing_of(item.references.prescriber)
        certified_at = standing.first_in(CERTIFIED, event.head.received_at) if standing else None
        if certified_at is not None:
            return certified_at, item
        state = words_for(asked.state_of(item.references.prescriber))
        noted.append(found("G1", party=asked.party, document_id=document_id, standing=state))
    return None, forms[0][0] if forms else None


def _death(
    events: Sequence[PartyEvent], courses: Sequence[Course], asked: Asked, noted: Noted
) -> PartyEvent | None:
    """The form that reports the death, unless an infusion contradicts it: then the clocks go on."""
    for item in events:
        if not isinstance(item.event, DeathReported):
            continue
        died_on = item.event.died_on
        if died_on is None or all(course.ended_on <= died_on for course in courses):
            return item
        noted.append(found("DEATH-01", party=asked.party, document_id=item.event.head.document_id))
    return None


def _died_on(death: PartyEvent | None) -> date | None:
    """The day of death; the report's own day where it gives none."""
    if death is None or not isinstance(death.event, DeathReported):
        return None
    return death.event.died_on or death.event.head.received_on


def _order(item: PartyEvent, placed: OrderPlaced, treatment: Treatment, asked: Asked) -> Order:
    infused = [one.number for one in treatment.courses if one.started_on < placed.head.received_on]
    course = placed.course or max(infused, default=0) + 1
    named = item.references
    return Order(
        document_id=placed.head.document_id,
        course=course,
        vials=placed.vials,
        planned_on=placed.first_infusion_on,
        prescriber=named.prescriber,
        facility=named.facility,
        pharmacy=named.pharmacy,
        pharmacy_needed=placed.pharmacy_needed,
        placed_at=placed.head.received_at,
        refusals=may_order(placed, course, treatment, asked.standing_of(named.prescriber), asked),
    )


def _slots(
    span: FollowUp | None, events: Sequence[PartyEvent], treatment: Treatment, asked: Asked, noted: Noted
) -> tuple[Slot, ...]:
    forms = [item.event for item in events if isinstance(item.event, StatusReported)]
    if span is None:
        noted += [found("T1", party=asked.party, document_id=form.head.document_id) for form in forms]
        return ()
    answers = [
        StatusForm(form.head.document_id, form.head.received_on, form.month, form.period_to)
        for form in forms
        if form.head.complete
    ]
    filled, homeless = fill_slots(status_slots(span, asked.settings), answers, asked.settings)
    noted += [found("T5", party=asked.party, document_id=document_id) for document_id in homeless]
    enrolled_at = treatment.enrolled_at
    starts_on = day_of(enrolled_at, asked.settings.zone) if enrolled_at else None
    slots = age_slots(filled, asked.today, asked.settings, starts_on, treatment.died_on)
    noted += [
        found("T2", party=asked.party, month=slot.month, tier=slot.tier)
        for slot in slots
        if slot.state in ("overdue", "missed")
    ]
    return slots


def _is_orphaned(stage: str, links: Sequence[CareLink], asked: Asked) -> bool:
    """L2: nobody certified cares for a patient whose enrollment or follow-up runs."""
    if stage in {"none", "pending", "closed", "deceased"}:
        return False
    carer = carer_at(links, asked.as_of)
    return carer is None or asked.state_of(carer.prescriber) in {"none", "decertified"}


def _current_course(stage: str, treatment: Treatment, asked: Asked) -> int | None:
    if stage == "authorized":
        return next(
            (
                one.course
                for one in reversed(treatment.authorizations)
                if one.holds_at(asked.as_of, asked.today)
            ),
            None,
        )
    return treatment.courses[-1].number if treatment.courses else None
