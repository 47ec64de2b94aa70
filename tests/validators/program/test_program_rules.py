"""Every rule fails on an example and passes on a story in order; every open decision is a setting."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from benchmarks.program_cases import AGENT, SUPERVISOR, Story, assessment_values, at, patient_values, recorded
from benchmarks.program_forbidden import Forbidden, altered, moved, refusals_of, without
from validators.program.answers_to_callers import verify_dispensing, verify_patient
from validators.program.compliance import escalations, shown_by
from validators.program.decisions import CaseOpened, Decision, Suspended
from validators.program.events import MACHINE, RecordedForm
from validators.program.ledger import Ledger
from validators.program.receipt import received_moment, wrong_number
from validators.program.rules import PROGRAM_RULES
from validators.program.settings import ProgramSettings

S = ProgramSettings()
STORY = Story()
PATIENT = f"patient:{STORY.id('pat')}"
Forms = list[RecordedForm]
Rules = set[str]


def told(
    forms: Forms,
    day: date = date(2016, 6, 20),
    decisions: tuple[Decision, ...] = (),
    settings: ProgramSettings = S,
) -> Rules:
    ledger = Ledger(settings)
    for form in forms:
        ledger.record(form)
    for decision in decisions:
        ledger.decide(decision)
    return {finding.rule for finding in ledger.snapshot(at(day)).findings}


def refused(
    name: str, changed: Callable[[Forms], Forms] = list, gate: str = "dispensing", **more: int
) -> Rules:
    return {refusal.rule for refusal in refusals_of(Forbidden(name, "", changed, **more), gate)}  # type: ignore[arg-type]


TREATED = [*STORY.before_infusion(), STORY.checklist()]
STATUS = STORY.status(6)
CHECKLIST = STORY.checklist()


def with_status(**values: object) -> Forms:
    return [*TREATED, replace(STATUS, values={**STATUS.values, **values})]  # type: ignore[dict-item]


def again(form: RecordedForm, **changed: object) -> RecordedForm:
    base = replace(
        form, document_id=f"{form.document_id}-2", received_at=form.received_at + timedelta(days=2)
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def escalated() -> Rules:
    ledger = Ledger(S)
    for form in TREATED:
        ledger.record(form)
    state = ledger.patient(PATIENT, at(date(2017, 5, 1)))
    return {one.finding.rule for one in escalations(shown_by(state, S), date(2017, 5, 1), S)}


def corrected() -> Rules:
    form = STORY.authorization()
    stale = {**form.values, "cbc_date": "2015-01-01"}
    fixed = replace(
        form, values=stale, revision=1, known_at=at(STORY.first_infusion - timedelta(days=1)), by=AGENT
    )
    return told([*STORY.before_infusion(), fixed], STORY.first_infusion)


def clock() -> Rules:
    finding = received_moment(datetime(2016, 11, 6, 1, 30), "d", S)[1]
    return {finding.rule} if finding else set()


def claimed() -> Rules:
    mine = replace(
        STORY.enrollment(), values={**STORY.enrollment().values, "office_patient_rems_id": "P-4133706B"}
    )
    odd = patient_values("Odd", "Nilsen", "1969-02-28", "73301") | {"patient_rems_id": "P-4133706B"}
    return told([*STORY.certification(), mine, recorded("patient_status", "psf", date(2016, 1, 1), odd)])


SOON = STORY.first_infusion + timedelta(days=200)
UNSIGNED_SUSPENSION = Suspended(
    decision_id="s", at=at(date(2016, 1, 1)), who=AGENT, reason="x", party=f"prescriber:{STORY.id('pka')}"
)
OPEN = replace(STATUS, complete=False, values={**STATUS.values, "signature": None})
CASE = CaseOpened(
    decision_id="case:C-17", at=OPEN.received_at, who=MACHINE, reason="x",
    document_id=OPEN.document_id, case_number="C-17",
)  # fmt: skip
FAILED = [
    recorded(
        "knowledge_assessment",
        f"d{n}",
        STORY.start + timedelta(days=n),
        {**assessment_values(STORY.prescriber, wrong=2), "attempt": str(n + 1)},
    )
    for n in range(3)
]
PAGE_1 = replace(
    STATUS, missing_pages=(2,), values={k: v for k, v in STATUS.values.items() if k != "signature"}
)
PAGE_2 = again(STATUS, missing_pages=(1,), values={"signature": True, **STORY.person})

FAILS: dict[str, Callable[[], Rules]] = {
    "G1": lambda: refused("x", without("pka")),
    "G2": lambda: told([STORY.certification()[1]]),
    "G3": lambda: refused("x", without("pha")),
    "G4": lambda: refused("x", without("hcf")),
    "G5": lambda: told([form for form in TREATED if form.form != "patient_authorization"]),
    "G6": lambda: refused("x", altered("pat", patient_signature=False)),
    "G7": lambda: told(
        [*TREATED, again(STORY.enrollment(), values={**STORY.enrollment().values, "sex": "female"})]
    ),
    "G8": lambda: told(altered("pat", prescriber_signature=False)(TREATED)),
    "G9": lambda: refused("x", without("rxo-first")),
    "G10": lambda: refused("x", without("pab-first")),
    "G11": lambda: told(without("hcf")(STORY.before_infusion()), STORY.first_infusion),
    "W1": lambda: refused("x", altered("pab-first", cbc_done="no")),
    "W4": lambda: refused("x", altered("pab-first", cbc_date="2015-01-01")),
    "T1": lambda: told([*STORY.before_infusion(), STATUS]),
    "T2": lambda: told(TREATED, date(2016, 6, 20)),
    "T5": lambda: told([*TREATED, replace(STATUS, received_at=at(date(2015, 12, 1)))]),
    "D1": lambda: refused("x", altered("rxo-first", vials="3")),
    "D2": lambda: refused("x", altered("rxo-first", course="second")),
    "D2-INTERVAL": lambda: told([*TREATED, STORY.order("second", "3", SOON)], date(2016, 4, 10)),
    "D5": lambda: told(
        [*TREATED[:-1], replace(CHECKLIST, values={**CHECKLIST.values, "steroid_day_1": "no"})]
    ),
    "A1": lambda: refused("x", gate="infusion", days_late=21),
    "A2": lambda: refused("x", altered("pab-first", authorized="no")),
    "AUT-01": corrected,
    "C1": lambda: told(moved("inf-first", 9)(TREATED)),
    "SITE-01": lambda: told(altered("hcf", training_done=False)(TREATED)),
    "E1": lambda: told(TREATED, date(2018, 1, 1)),
    "N1": escalated,
    "N2": lambda: told(TREATED, decisions=(UNSIGNED_SUSPENSION,)),
    "L1": lambda: told([*TREATED, *other_prescriber()]),
    "L2": lambda: told(with_status(still_under_care="no")),
    "X3": claimed,
    "X4-INFUSION": lambda: told([*TREATED[:-1], replace(CHECKLIST, received_at=at(date(2015, 10, 1)))]),
    "DEATH-01": lambda: told(with_status(alive="no", death_date="2015-10-01")),
    "TRAIN-01": lambda: told(FAILED),
    "MATCH-01": lambda: told(
        [*TREATED, replace(STATUS, values={**STATUS.values, "patient_first_name": "Tove"})]
    ),
    "MATCH-02": lambda: told([STATUS]),
    "JOIN-01": lambda: told([*TREATED, STATUS, again(STATUS)]),
    "JOIN-02": lambda: told([*TREATED, PAGE_1, PAGE_2]),
    "JOIN-03": lambda: told([*TREATED, OPEN, again(STATUS)]),
    "JOIN-04": lambda: told([*TREATED, STATUS, again(STATUS, returned_print=True)]),
    "JOIN-05": lambda: told([*TREATED, STATUS, again(STATUS, values={**STATUS.values, "comments": "x"})]),
    "CASE-01": lambda: told([*TREATED, OPEN], decisions=(CASE,)),
    "CLOCK-01": clock,
    "FAX-01": lambda: {finding.rule} if (finding := wrong_number("8005550100", "d", S)) else set(),
}


def other_prescriber() -> Forms:
    other = Story(
        number=4,
        prescriber={
            **STORY.prescriber,
            "prescriber_first_name": "Tomas",
            "prescriber_last_name": "Okafor",
            "prescriber_npi": "1993999998",
            "prescriber_phone": "5555550177",
        },
    )
    return [*other.certification(), replace(STATUS, values={**STATUS.values, **other.prescriber})]


def test_every_rule_has_an_example() -> None:
    assert set(FAILS) == set(PROGRAM_RULES)


@pytest.mark.parametrize("rule", sorted(FAILS))
def test_a_rule_fails_on_its_example(rule: str) -> None:
    assert rule in FAILS[rule]()


def test_every_rule_passes_on_a_story_in_order() -> None:
    forms = STORY.whole(6)
    assert told([form for form in forms if "second" not in form.document_id], date(2016, 6, 20)) == set()
    assert refused("in order") == refused("in order", gate="infusion") == set()
    assert received_moment(datetime(2016, 11, 6, 3, 30), "d", S)[1] is None
    assert escalations((), date(2016, 1, 1), S) == ()
    assert wrong_number("+1 855 557 2478", "d", S) is None
    assert wrong_number(None, "d", S) is None


def test_sentences_say_what_to_do_and_sources_are_named() -> None:
    for rule in PROGRAM_RULES.values():
        assert rule.message.endswith(".")
        assert rule.source
        assert rule.title[0].isupper()


def test_rules_name_settings_that_there_are() -> None:
    named = {name for rule in PROGRAM_RULES.values() for name in rule.settings}
    assert named <= set(ProgramSettings.model_fields)
    assert {"baseline_window", "status_early_days", "reenrollment", "escalation"} <= named
    assert "2019-10" in PROGRAM_RULES["W4"].versions


def test_each_open_decision_is_a_setting_with_a_default_and_its_reason() -> None:
    described = [field.description or "" for field in ProgramSettings.model_fields.values()]
    for number in range(1, 13):
        assert any(text.startswith(f"Decision {number}:") for text in described)
    assert all(text for text in described)


def test_a_verification_without_anything_known_is_refused() -> None:
    ledger = Ledger(S)
    for form in (*STORY.certification(), STORY.enrollment()):
        ledger.record(form)
    moment = at(date(2016, 1, 1))
    state, asked = ledger.patient(PATIENT, moment), ledger.ask(PATIENT, moment)
    assert [one.rule for one in verify_patient(state, asked).refusals] == ["G10"]
    assert [one.rule for one in verify_dispensing(state, asked).refusals] == ["G9", "G10"]


def test_supervisors_are_the_default_role() -> None:
    assert SUPERVISOR.role in S.standing_roles
    assert AGENT.role not in S.standing_roles
