"""What cannot be so: each a finding with a remedy, and nothing overwritten."""

from dataclasses import replace
from datetime import date, timedelta

from benchmarks.program_cases import AGENT, Story, at, patient_values
from validators.program.events import RecordedForm
from validators.program.ledger import Ledger
from validators.program.patients import PatientState
from validators.program.settings import ProgramSettings

S = ProgramSettings()
STORY = Story()
PATIENT = f"patient:{STORY.id('pat')}"
LATER = at(date(2016, 12, 1))


def ledger_of(forms: list[RecordedForm]) -> Ledger:
    ledger = Ledger(S)
    for form in forms:
        ledger.record(form)
    return ledger


def state_of(forms: list[RecordedForm], day: date = date(2016, 12, 1)) -> PatientState:
    return ledger_of(forms).patient(PATIENT, at(day))


def rules(state: PatientState) -> list[str]:
    return [finding.rule for finding in state.findings]


def test_a_whole_story_in_order_has_no_findings() -> None:
    state = state_of(STORY.whole(12))
    assert rules(state) == []
    assert (state.stage, state.course) == ("in_follow_up", 2)


def corrected_authorization() -> list[RecordedForm]:
    form = STORY.authorization()
    stale = (STORY.first_infusion - timedelta(days=40)).isoformat()
    known_at = at(STORY.first_infusion - timedelta(days=3))
    fixed = replace(form, values={**form.values, "cbc_date": stale}, revision=1, known_at=known_at, by=AGENT)
    return [*STORY.before_infusion(), fixed]


def test_a_correction_that_contradicts_an_issued_authorization_shuts_the_gate_and_is_told() -> None:
    ledger = ledger_of(corrected_authorization())
    state = ledger.patient(PATIENT, at(STORY.first_infusion))
    assert {"AUT-01", "W4"} <= set(rules(state))
    assert state.stage == "enrolled"
    told = next(finding for finding in state.findings if finding.rule == "AUT-01")
    assert "not to infuse" in told.message


def test_before_the_correction_the_authorization_stands_as_it_was_known() -> None:
    ledger = ledger_of(corrected_authorization())
    earlier = ledger.patient(PATIENT, at(STORY.first_infusion - timedelta(days=4)))
    assert (earlier.stage, rules(earlier)) == ("authorized", [])


def test_a_harmless_correction_is_no_contradiction() -> None:
    form = STORY.authorization()
    fixed = replace(
        form, values={**form.values, "comments": "x"}, revision=1, known_at=at(STORY.first_infusion)
    )
    assert rules(state_of([*STORY.before_infusion(), fixed], STORY.first_infusion)) == []


def test_a_death_before_an_infusion_is_told_and_the_clocks_go_on() -> None:
    died = STORY.status(6, alive="no", death_date="2015-10-01")
    state = state_of([*STORY.before_infusion(), STORY.checklist(), died])
    assert "DEATH-01" in rules(state)
    assert state.stage == "in_follow_up"
    assert state.slots[1].state == "overdue"


def test_a_death_after_the_infusions_ends_the_clocks() -> None:
    died = STORY.status(6, alive="no", death_date="2016-03-01")
    state = state_of([*STORY.before_infusion(), STORY.checklist(), died])
    assert state.stage == "deceased"
    assert {slot.state for slot in state.slots[1:]} == {"not_applicable"}
    assert state.treatment.died_on == date(2016, 3, 1)


def test_two_patients_claiming_one_rems_id_are_both_kept_and_told() -> None:
    rems_id = "P-0000017"
    rems_id += _check_character(rems_id)
    one = STORY.enrollment()
    mine = replace(one, values={**one.values, "office_patient_rems_id": rems_id})
    stranger = patient_values("Odd", "Nilsen", "1969-02-28", "73301") | {"patient_phone": "5555550111"}
    other = replace(
        Story(number=2, person={**stranger, "office_patient_rems_id": rems_id}).enrollment(),
        received_at=at(date(2015, 9, 20)),
    )
    snapshot = ledger_of([*STORY.certification(), mine, other]).snapshot(LATER)
    assert list(snapshot.patients) == [PATIENT]
    assert snapshot.patients[PATIENT].stage == "enrolled"
    told = [finding.rule for finding in snapshot.findings if finding.document_id == other.document_id]
    assert told == ["MATCH-01", "X3"]


def _check_character(rems_id: str) -> str:
    from stdnum.iso7064 import mod_37_36

    return str(mod_37_36.calc_check_digit(rems_id.replace("-", "")))


def test_an_infusion_in_the_future_moves_no_clock() -> None:
    early = replace(STORY.checklist(), received_at=at(STORY.first_infusion - timedelta(days=1)))
    state = state_of([*STORY.before_infusion(), early], STORY.first_infusion)
    assert "X4-INFUSION" in rules(state)
    assert (state.span, state.treatment.courses, state.stage) == (None, (), "authorized")


def test_of_a_checklist_partly_in_the_future_the_past_days_count() -> None:
    early = replace(STORY.checklist(), received_at=at(STORY.first_infusion + timedelta(days=2)))
    state = state_of([*STORY.before_infusion(), early])
    assert state.span is not None
    assert state.span.last_infusion == STORY.first_infusion + timedelta(days=2)


def test_a_status_form_for_a_patient_nobody_enrolled_waits_and_joins_by_itself() -> None:
    forms = [form for form in STORY.whole(12) if form.form != "patient_enrollment"]
    ledger = ledger_of(forms)
    told = [f.rule for f in ledger.snapshot(LATER).findings if f.document_id == STORY.id("psf-6")]
    assert told == ["MATCH-02"]
    touched = ledger.record(STORY.enrollment())
    assert STORY.id("psf-6") in touched.documents
    assert ledger.patient(PATIENT, LATER) == state_of(STORY.whole(12))


def test_a_status_form_for_a_patient_never_infused_is_told() -> None:
    state = state_of([*STORY.before_infusion(), STORY.status(6)])
    assert "T1" in rules(state)
    assert state.slots == ()


def test_a_patient_born_and_infused_on_29_february_keeps_every_due_date() -> None:
    story = Story(start=date(2016, 1, 30), person=patient_values(born="1980-02-29"))
    assert story.first_infusion == date(2016, 2, 29)
    ledger = ledger_of([*story.before_infusion(), story.checklist()])
    state = ledger.patient(PATIENT, LATER)
    assert [slot.due_on for slot in state.slots[:2]] == [date(2016, 8, 29), date(2017, 2, 28)]


def test_a_form_received_in_the_hour_that_is_repeated_keeps_its_place() -> None:
    first = replace(STORY.authorization(), received_at=at(date(2015, 11, 1), 5, 59))
    again = replace(
        first,
        document_id="zz",
        received_at=at(date(2015, 11, 1), 6, 1),
        values={**first.values, "authorized": "no"},
    )
    state = state_of(
        [*[f for f in STORY.before_infusion() if f.form != "patient_authorization"], first, again]
    )
    assert [one.document_id for one in state.treatment.authorizations] == [first.document_id, "zz"]


def test_previous_treatment_elsewhere_sets_the_end_and_asks_for_no_old_forms() -> None:
    enrollment = STORY.enrollment()
    treated = replace(enrollment, values={**enrollment.values, "last_infusion_date": "2014-12-10"})
    state = state_of([*STORY.certification(), treated], date(2016, 1, 1))
    assert state.span is not None
    assert state.span.ends_on == date(2018, 12, 10)
    assert state.slots[0].state == "not_applicable"


def test_unsure_answers_change_nothing_until_a_person_says() -> None:
    form = STORY.authorization()
    doubtful = replace(form, unsure=frozenset({"authorized"}))
    forms = [one for one in STORY.before_infusion() if one.form != "patient_authorization"]
    assert state_of([*forms, doubtful], STORY.first_infusion).stage == "enrolled"
    settled = replace(form, revision=1, known_at=at(STORY.first_infusion - timedelta(days=6)), by=AGENT)
    assert state_of([*forms, doubtful, settled], STORY.first_infusion).stage == "authorized"
