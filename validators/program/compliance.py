"""Non-compliance: what the folds show, what people note, and the step that the count calls for (N1, N2).

No step closes a gate by itself. A person suspends or decertifies, with role and reason, and the gates follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from validators.program.care import carer_at
from validators.program.clocks import Slot
from validators.program.decisions import NonComplianceNoted
from validators.program.moments import add_months, day_of, start_of
from validators.program.patients import PatientState
from validators.program.rules import ProgramFinding, found
from validators.program.settings import ProgramSettings


@dataclass(frozen=True, order=True)
class NonCompliance:
    """One event of non-compliance of a party.

    Attributes:
        kind: status_late, status_missed, infused_unauthorized, checklist_late or what a person noted.
        patient: id of the patient concerned, if any.
    """

    on: date
    party: str
    kind: str
    patient: str | None = None
    document_id: str | None = None


@dataclass(frozen=True)
class Escalation:
    """The step that a party's events within the period call for."""

    party: str
    step: str
    events: tuple[NonCompliance, ...]
    finding: ProgramFinding


MISSED = "status_missed"
"""The kind of event that the calendar alone makes: a status form that never came."""

_BY_COURSE_RULE = {"G5": "infused_unauthorized", "C1": "checklist_late"}


def shown_by(state: PatientState, settings: ProgramSettings) -> tuple[NonCompliance, ...]:
    """The events that a patient's state shows, of the prescriber who cared or the facility that infused."""
    events = [event for slot in state.slots if (event := _of_slot(slot, state, settings)) is not None]
    by_form = {document: course for course in state.treatment.courses for document in course.checklists}
    for finding in state.findings:
        course = by_form.get(finding.document_id or "")
        kind = _BY_COURSE_RULE.get(finding.rule)
        if kind and course and course.facility:
            events.append(
                NonCompliance(course.ended_on, course.facility, kind, state.party, finding.document_id)
            )
    return tuple(sorted(events))


def _of_slot(slot: Slot, state: PatientState, settings: ProgramSettings) -> NonCompliance | None:
    kinds = {"late": "status_late", "missed": MISSED}
    if slot.state not in kinds:
        return None
    carer = carer_at(state.links, start_of(slot.due_on, settings.zone))
    if carer is None:
        return None
    return NonCompliance(slot.due_on, carer.prescriber, kinds[slot.state], state.party, slot.document_id)


def noted_by(
    decision: NonComplianceNoted, settings: ProgramSettings, party: str | None = None
) -> NonCompliance:
    """What a person noted, as an event; of ``party`` where that is what the named one is called now."""
    return NonCompliance(day_of(decision.at, settings.zone), party or decision.party, decision.kind)


def counted_since(today: date, settings: ProgramSettings) -> date:
    """The last day before the period in which events count."""
    return add_months(today, -settings.escalation_months)


def step_for(events: int, settings: ProgramSettings) -> str:
    """The step that so many events call for; empty for none."""
    return max(((limit, step) for limit, step in settings.escalation if events >= limit), default=(0, ""))[1]


def escalations(
    events: Iterable[NonCompliance], today: date, settings: ProgramSettings
) -> tuple[Escalation, ...]:
    """The steps that the events of the period ending ``today`` call for, by party."""
    since = counted_since(today, settings)
    by_party: dict[str, list[NonCompliance]] = {}
    for event in sorted(set(events), key=lambda one: (one.party, one.on, one.kind, one.patient or "")):
        if since < event.on <= today:
            by_party.setdefault(event.party, []).append(event)
    steps = []
    for party, own in by_party.items():
        step = step_for(len(own), settings)
        if step:
            months = settings.escalation_months
            words = step.replace("_", " ")
            finding = found("N1", party=party, count=len(own), months=months, step=words)
            steps.append(Escalation(party, step, tuple(own), finding))
    return tuple(steps)
