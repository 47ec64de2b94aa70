"""Every order of events that the gates forbid, and the rule that must stop it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from benchmarks.program_cases import BASELINE, SUPERVISOR, Story, at
from validators.model import Value
from validators.program.answers_to_callers import verify_dispensing
from validators.program.decisions import Decertified, Decision, RepresentativeLeft, Suspended
from validators.program.events import RecordedForm
from validators.program.gates import may_infuse
from validators.program.ledger import Ledger
from validators.program.moments import add_months
from validators.program.rules import Refusal
from validators.program.settings import ProgramSettings

Forms = list[RecordedForm]
DEFAULTS = ProgramSettings()


@dataclass(frozen=True)
class Forbidden:
    """One forbidden order of events.

    Attributes:
        rule: what has to be named.
        gate: which gate has to be shut: dispensing and infusion, or infusion alone.
        changed: makes the forms wrong.
        decided: what a supervisor did.
        days_late: days after the planned infusion on which the gate is asked.
    """

    name: str
    rule: str
    changed: Callable[[Forms], Forms] = list
    decided: Callable[[Story], tuple[Decision, ...]] = lambda _: ()
    gate: str = "both"
    days_late: int = 0
    settings: ProgramSettings = DEFAULTS
    course: int = 1


def without(name: str) -> Callable[[Forms], Forms]:
    """The forms without one."""
    return lambda forms: [form for form in forms if not form.document_id.endswith(name)]


def altered(name: str, **values: Value) -> Callable[[Forms], Forms]:
    """The forms with some answers of one changed."""
    return lambda forms: [
        replace(form, values={**form.values, **values}) if form.document_id.endswith(name) else form
        for form in forms
    ]


def moved(name: str, days: int) -> Callable[[Forms], Forms]:
    """The forms with one received ``days`` later."""
    return lambda forms: [
        replace(form, received_at=form.received_at + timedelta(days=days))
        if form.document_id.endswith(name)
        else form
        for form in forms
    ]


def _by_supervisor(
    kind: type[Suspended | Decertified | RepresentativeLeft], role: str, form: str
) -> Callable[[Story], tuple[Decision, ...]]:
    def decisions(story: Story) -> tuple[Decision, ...]:
        moment = at(story.first_infusion - timedelta(days=2))
        party = f"{role}:{story.id(form)}"
        return (kind(decision_id="d-1", at=moment, who=SUPERVISOR, reason="a test", party=party),)

    return decisions


def forbidden() -> Iterator[Forbidden]:
    """Each forbidden order once."""
    planned = Story().first_infusion
    yield Forbidden("no assessment", "G1", without("pka"))
    yield Forbidden("assessment failed", "G1", altered("pka", question_1="a"))
    yield Forbidden("no prescriber enrollment", "G1", without("pre"))
    yield Forbidden("prescriber enrollment unsigned", "G1", altered("pre", signature=False))
    yield Forbidden("prescriber certified after the day", "G1", moved("pre", 60))
    yield Forbidden("prescriber suspended", "G1", decided=_by_supervisor(Suspended, "prescriber", "pka"))
    yield Forbidden("prescriber decertified", "G1", decided=_by_supervisor(Decertified, "prescriber", "pka"))
    yield Forbidden("patient never enrolled", "MATCH-02", without("pat"))
    yield Forbidden("patient's signature missing", "G6", altered("pat", patient_signature=False))
    yield Forbidden("prescriber's signature missing", "G6", altered("pat", prescriber_signature=False))
    yield Forbidden("counseling denied", "G6", altered("pat", counseled=False))
    yield Forbidden("patient enrolled after the day", "G6", moved("pat", 60))
    yield Forbidden("no authorization form", "G10", without("pab-first"))
    yield Forbidden("authorization form after the day", "G10", moved("pab-first", 20), gate="infusion")
    yield Forbidden("not authorized", "A2", altered("pab-first", authorized="no"))
    yield Forbidden("authorization unsigned", "A2", altered("pab-first", signature=False))
    yield Forbidden("no planned day", "A2", altered("pab-first", first_infusion_date=None))
    yield Forbidden("authorization for the wrong course", "G10", altered("pab-first", course="second"))
    yield Forbidden("authorization lapsed", "A1", days_late=21)
    yield Forbidden("no order", "G9", without("rxo-first"), gate="dispensing")
    yield Forbidden("order unsigned", "G9", altered("rxo-first", signature=False), gate="dispensing")
    yield Forbidden(
        "order for the wrong course", "D2", altered("rxo-first", course="second"), gate="dispensing"
    )
    yield Forbidden(
        "three vials for the first course", "D1", altered("rxo-first", vials="3"), gate="dispensing"
    )
    yield Forbidden("no vials", "D1", altered("rxo-first", vials=None), gate="dispensing")
    closing = ProgramSettings(reenrollment="close")
    old: dict[str, Value] = {"office_expiry": (planned - timedelta(days=3)).isoformat()}
    for role, form, rule, gate in (
        ("pharmacy", "pha", "G3", "dispensing"),
        ("facility", "hcf", "G4", "both"),
    ):
        yield Forbidden(f"{role} never enrolled", rule, without(form), gate=gate)
        yield Forbidden(f"{role} form unsigned", rule, altered(form, signature=False), gate=gate)
        yield Forbidden(
            f"{role} without a representative", rule, altered(form, representative_last_name=None), gate=gate
        )
        yield Forbidden(f"{role} suspended", rule, decided=_by_supervisor(Suspended, role, form), gate=gate)
        yield Forbidden(
            f"{role} decertified", rule, decided=_by_supervisor(Decertified, role, form), gate=gate
        )
        yield Forbidden(
            f"{role}'s representative left",
            rule,
            decided=_by_supervisor(RepresentativeLeft, role, form),
            gate=gate,
        )
        yield Forbidden(f"{role} expired", rule, altered(form, **old), gate=gate, settings=closing)
    yield Forbidden("facility without equipment", "G4", altered("hcf", equipment_on_site=False))
    yield Forbidden("facility without training", "G4", altered("hcf", training_done=False))
    for lab in BASELINE:
        for days, rule in ((31, "W4"), (-1, "W4")):
            day = (planned - timedelta(days=days)).isoformat()
            yield Forbidden(f"{lab} {days} days before", rule, altered("pab-first", **{f"{lab}_date": day}))
        yield Forbidden(f"{lab} not done", "W1", altered("pab-first", **{f"{lab}_done": "no"}))
        yield Forbidden(f"{lab} without a date", "W1", altered("pab-first", **{f"{lab}_date": None}))


def forbidden_second() -> Iterator[Forbidden]:
    """Forbidden orders about the second course, after a first one in order."""
    second = add_months(Story().first_infusion, 12)
    yield Forbidden("second course before the first is known", "D2", without("inf-first"), course=2)
    yield Forbidden("no authorization of its own", "G10", without("pab-second"), course=2)
    yield Forbidden(
        "authorization repeats the first course", "G10", altered("pab-second", course="first"), course=2
    )
    yield Forbidden("no order of its own", "G9", without("rxo-second"), course=2, gate="dispensing")
    yield Forbidden("five vials", "D1", altered("rxo-second", vials="5"), course=2, gate="dispensing")
    one = ProgramSettings(maximum_courses=1)
    yield Forbidden("one course is all that may be ordered", "D2", course=2, settings=one)
    for lab in BASELINE:
        day = (second - timedelta(days=31)).isoformat()
        yield Forbidden(f"{lab} stale", "W4", altered("pab-second", **{f"{lab}_date": day}), course=2)


def forms_of(story: Story, course: int) -> Forms:
    """Everything up to the infusion of a course."""
    forms = story.before_infusion()
    if course > 1:
        second = add_months(story.first_infusion, 12)
        forms += [
            story.checklist(),
            story.order("second", "3", second),
            story.authorization("second", second),
        ]
    return forms


def refusals_of(case: Forbidden, gate: str) -> tuple[Refusal, ...]:
    """What the gate says in a forbidden case, or in a story in order.

    A form whose patient nobody enrolled is held by the register itself; that counts as the refusal.
    """
    story = Story()
    ledger = Ledger(case.settings)
    for form in case.changed(forms_of(story, case.course)):
        ledger.record(form)
    for decision in case.decided(story):
        ledger.decide(decision)
    day = add_months(story.first_infusion, 12 * (case.course - 1)) + timedelta(days=case.days_late)
    moment = at(day)
    party = ledger.registry.party(story.id("pat"), "patient")
    if party is None:
        held = [one for one in ledger.snapshot(moment).findings if one.document_id == story.id("rxo-first")]
        return tuple(Refusal(one.rule, one.message) for one in held)
    return _ask(ledger, party, moment, gate, case.course)


def _ask(ledger: Ledger, party: str, moment: datetime, gate: str, course: int) -> tuple[Refusal, ...]:
    state = ledger.patient(party, moment)
    asked = ledger.ask(party, moment)
    if gate == "dispensing":
        return verify_dispensing(state, asked).refusals
    order = state.orders[-1] if state.orders else None
    facility = asked.standing_of(order.facility if order else None)
    return may_infuse(state.treatment, course, facility, asked.today, asked)


def gates_of(case: Forbidden) -> tuple[str, ...]:
    """The gates that have to be shut."""
    return ("dispensing", "infusion") if case.gate == "both" else (case.gate,)
