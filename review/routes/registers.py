"""The registers: people and sites looked up, what is known of each, and the answer to a caller."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import Field

from review.context import DeskContext, Me, TheDesk
from review.web.routing import DeskRouter, Done, Nothing, Order, PageModel
from store.database import reading
from store.queries import PatientForm, forms_of
from store.registers.asking import patient, verify, why
from store.registers.compliance import compliance_of, escalations
from store.registers.deciding import decide_on_standing, note_non_compliance
from store.registers.finding import find
from store.registers.folding import kind_of
from store.registers.looking import PartyLine, StateCount, look_up, state_counts
from store.registers.opening import open_ledger
from store.registers.questions import MergeOnRecord, merges
from validators.program.clocks import Slot
from validators.program.compliance import NonCompliance
from validators.program.rems_ids import PartyKind
from validators.program.rules import ProgramFinding, Refusal
from validators.program.schedule_picture import schedule_svg
from validators.program.why import Reason

router = DeskRouter("registers")

Kind = Annotated[PartyKind, Path()]
Identifier = Annotated[str, Path(max_length=64, pattern=r"^[\w:.-]+$")]
KINDS: tuple[PartyKind, ...] = ("patient", "prescriber", "facility", "pharmacy")
QUESTIONS: dict[PartyKind, str] = {
    "patient": "May this patient begin the next course today?",
    "prescriber": "May this prescriber prescribe today?",
    "facility": "May this facility receive and infuse today?",
    "pharmacy": "May this pharmacy dispense today?",
}


class LookUp(Order):
    """Whom to look for."""

    kind: PartyKind = "patient"
    text: str = Field(min_length=2, max_length=100)
    born_on: date | None = None


class RegistersView(PageModel):
    """The registers as a whole, and what was looked for."""

    counts: tuple[StateCount, ...] = ()
    asked: LookUp | None = None
    found: tuple[PartyLine, ...] = ()


class CourseView(PageModel):
    """One course of infusions."""

    number: int
    started_on: date
    ended_on: date


class AnswerView(PageModel):
    """The answer to a caller."""

    question: str
    allowed: bool
    state: str
    refusals: tuple[Refusal, ...]
    answered_at: datetime
    confirmation: str


class PartyView(PageModel):
    """One party: what it is now, and why."""

    kind: PartyKind
    party: str
    rems_id: str | None
    state: str
    course: int | None = None
    orphaned: bool = False
    prescriber: str | None = None
    follow_up_ends_on: date | None = None
    courses: tuple[CourseView, ...] = ()
    slots: tuple[Slot, ...] = ()
    findings: tuple[ProgramFinding, ...] = ()
    forms: tuple[PatientForm, ...] = ()
    reasons: tuple[Reason, ...] = ()
    merges: tuple[MergeOnRecord, ...] = ()
    events: tuple[NonCompliance, ...] = ()
    """Of non-compliance, of a prescriber or site."""
    step: str | None = None
    """That these events call for."""
    calendar: str = ""
    answer: AnswerView | None = None
    question: str


class Standing(Order):
    """What is decided about a prescriber or a site."""

    step: Literal["suspend", "decertify", "reinstate", "representative_left"]
    reason: str = Field(min_length=3, max_length=2000)


class Note(Order):
    """An event of non-compliance."""

    what: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_ -]+$")
    reason: str = Field(min_length=3, max_length=2000)


class EscalationLine(PageModel):
    """A prescriber or site whose events call for a step."""

    kind: PartyKind
    party: str
    rems_id: str | None
    events: int
    step: str


class EscalationsView(PageModel):
    """All of them, those with the most events first."""

    escalations: tuple[EscalationLine, ...]
    months: int


@router.page("/registers", "registers.html")
def show_registers(desk: TheDesk) -> RegistersView:
    """How many people and sites are in which state."""
    return RegistersView(counts=state_counts(desk.database, desk.program))


@router.search("/registers/find", "registers.html")
def find_party(order: LookUp, desk: TheDesk) -> RegistersView:
    """The people or sites that fit an identifier or a name."""
    found = look_up(desk.database, desk.program, order.kind, order.text, order.born_on)
    return RegistersView(asked=order, found=found)


@router.page("/registers/{kind}/{identifier}", "party.html")
def show_party(kind: Kind, identifier: Identifier, desk: TheDesk) -> PartyView:
    """What is known of a person or site, and why."""
    return party_view(desk, kind, identifier)


@router.search("/registers/{kind}/{identifier}/verify", "party.html")
def verify_party(kind: Kind, identifier: Identifier, order: Nothing, desk: TheDesk) -> PartyView:  # noqa: ARG001
    """Answer a caller, with the time and a confirmation number."""
    told = verify(desk.database, desk.program, kind, identifier)
    answer = AnswerView(
        question=QUESTIONS[kind],
        allowed=told.allowed,
        state=told.state,
        refusals=told.refusals,
        answered_at=told.answered_at,
        confirmation=told.confirmation,
    )
    return party_view(desk, kind, identifier).model_copy(update={"answer": answer})


@router.action("/registers/{kind}/{identifier}/standing")
def decide_standing(kind: Kind, identifier: Identifier, order: Standing, desk: TheDesk, me: Me) -> Done:
    """Suspend, decertify or reinstate a prescriber or site; the gates follow at once."""
    decide_on_standing(
        desk.database,
        desk.program,
        order.step,
        kind,
        identifier,
        by=me.account,
        role=me.role,
        reason=order.reason,
    )
    return Done(go=f"/registers/{kind}/{identifier}", said="saved")


@router.action("/registers/{kind}/{identifier}/note")
def note_event(kind: Kind, identifier: Identifier, order: Note, desk: TheDesk, me: Me) -> Done:
    """Note an event of non-compliance; a step follows only by a person's decision."""
    note_non_compliance(
        desk.database,
        desk.program,
        kind,
        identifier,
        order.what.replace(" ", "_").lower(),
        by=me.account,
        role=me.role,
        reason=order.reason,
    )
    return Done(go=f"/registers/{kind}/{identifier}", said="saved")


@router.page("/escalations", "escalations.html")
def show_escalations(desk: TheDesk) -> EscalationsView:
    """Whose events of non-compliance call for a step."""
    lines = tuple(
        EscalationLine(
            kind=kind_of(one.party), party=one.party, rems_id=one.rems_id, events=one.events, step=one.step
        )
        for one in escalations(desk.database, desk.program)
    )
    return EscalationsView(escalations=lines, months=desk.program.settings.escalation_months)


def party_view(desk: DeskContext, kind: PartyKind, identifier: str) -> PartyView:
    """Everything about a party that its page shows."""
    with reading(desk.database) as session:
        opened = open_ledger(session, desk.program)
        party = find(opened, kind, identifier)
        rems_id = opened.ledger.registry.rems_id(party)
        now = datetime.now(desk.program.settings.zone)
        standing = None if kind == "patient" else opened.ledger.standing(party, now)
    view = PartyView(
        kind=kind,
        party=party,
        rems_id=rems_id,
        state=standing.at(now) if standing else "none",
        findings=standing.findings if standing else (),
        reasons=why(desk.database, desk.program, kind, party),
        merges=merges(desk.database, desk.program, kind, party),
        question=QUESTIONS[kind],
    )
    return view.model_copy(
        update=_of_patient(desk, party) if kind == "patient" else _of_site(desk, kind, party)
    )


def _of_site(desk: DeskContext, kind: PartyKind, party: str) -> dict[str, Any]:
    """What the page of a prescriber or site shows beside."""
    known = compliance_of(desk.database, desk.program, kind, party)
    return {"events": known.events, "step": known.escalation.step if known.escalation else None}


def _of_patient(desk: DeskContext, party: str) -> dict[str, Any]:
    """What the page of a patient shows beside."""
    known = patient(desk.database, desk.program, party)
    with reading(desk.database) as session:
        forms = forms_of(session, known.documents)
    state, courses = known.state, known.state.treatment.courses
    title = "Calendar of this patient"
    return {
        "state": state.stage,
        "course": state.course,
        "orphaned": state.orphaned,
        "prescriber": state.prescriber,
        "follow_up_ends_on": state.span.ends_on if state.span else None,
        "courses": tuple(
            CourseView(number=one.number, started_on=one.started_on, ended_on=one.ended_on) for one in courses
        ),
        "slots": state.slots,
        "findings": state.open_findings,
        "forms": forms,
        "calendar": schedule_svg(state.span, courses, state.slots, title) if state.span else "",
    }
