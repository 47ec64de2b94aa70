"""The fold as a whole: any order of processing, any day asked about."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks.program import patient_state_ms
from benchmarks.program_cases import AGENT, SUPERVISOR, Story, at, prescriber_values
from benchmarks.program_replay import history, processed, shuffled
from validators.model import Value
from validators.program.answers_to_callers import verify_dispensing, verify_patient, verify_standing
from validators.program.decisions import Decertified, Suspended
from validators.program.events import RecordedForm
from validators.program.ledger import Ledger
from validators.program.settings import ProgramSettings

S = ProgramSettings()
STORY = Story()
PATIENT = f"patient:{STORY.id('pat')}"
PRESCRIBER = f"prescriber:{STORY.id('pka')}"
ITEMS = history(150)
EXPECTED = processed(ITEMS, S)


def ledger_of(forms: list[RecordedForm]) -> Ledger:
    ledger = Ledger(S)
    for form in forms:
        ledger.record(form)
    return ledger


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_processing_gives_the_same_states_and_questions(seed: int) -> None:
    assert processed(shuffled(ITEMS, seed), S) == EXPECTED


def test_the_history_that_is_replayed_has_everything_that_goes_wrong() -> None:
    rules = {finding.rule for finding in EXPECTED.findings}
    assert {"MATCH-01", "MATCH-02", "JOIN-01", "JOIN-02", "JOIN-05", "DEATH-01"} <= rules
    assert any(finding.is_open for finding in EXPECTED.findings)


def test_recording_a_form_twice_changes_nothing() -> None:
    once, twice = ledger_of(STORY.whole()), ledger_of(STORY.whole() * 2)
    assert once.snapshot(at(date(2018, 1, 1))) == twice.snapshot(at(date(2018, 1, 1)))


@pytest.mark.parametrize("months", [1, 7, 13, 20])
def test_as_of_a_day_is_what_was_known_on_that_day(months: int) -> None:
    forms = STORY.whole()
    moment = at(STORY.start + timedelta(days=30 * months))
    known = ledger_of([form for form in forms if form.received_at <= moment])
    assert ledger_of(forms).known_at(moment).snapshot(moment) == known.snapshot(moment)


def test_a_suspension_shuts_the_gates_at_once_and_tells_whose_forms_lean_on_it() -> None:
    ledger = ledger_of(STORY.before_infusion())
    moment = at(STORY.first_infusion)
    assert verify_dispensing(ledger.patient(PATIENT, moment), ledger.ask(PATIENT, moment)).allowed
    touched = ledger.decide(
        Suspended(
            decision_id="s", at=moment - timedelta(hours=1), who=SUPERVISOR, reason="x", party=PRESCRIBER
        )
    )
    assert PATIENT in touched.parties
    told = verify_dispensing(ledger.patient(PATIENT, moment), ledger.ask(PATIENT, moment))
    assert (told.allowed, {refusal.rule for refusal in told.refusals}) == (False, {"G1"})
    assert not verify_standing(ledger.standing(PRESCRIBER, moment), PRESCRIBER, moment).allowed
    assert ledger.patient(PATIENT, moment).stage == "enrolled"


def test_a_status_form_touches_its_patient_alone() -> None:
    ledger = ledger_of([*STORY.before_infusion(), STORY.checklist()])
    touched = ledger.record(STORY.status(6))
    assert touched.parties == {PATIENT}
    assert touched.documents == {STORY.id("psf-6")}


def test_a_caller_gets_a_confirmation_number_that_reveals_nothing() -> None:
    ledger = ledger_of(STORY.before_infusion())
    moment = at(STORY.first_infusion)
    asked = ledger.ask(PATIENT, moment)
    told = verify_patient(ledger.patient(PATIENT, moment), asked)
    assert told.allowed
    assert told == verify_patient(ledger.patient(PATIENT, moment), asked)
    assert len(told.confirmation) == 10
    nobody = verify_standing(None, "pharmacy:x", moment)
    assert (nobody.state, [refusal.rule for refusal in nobody.refusals]) == ("none", ["G3"])


def transfer(accepted: bool, **more: Value) -> RecordedForm:
    values = {
        **STORY.person,
        **STORY.prescriber,
        "effective_date": "2016-05-01",
        "reason": "moved",
        "signature": True,
    }
    successor = prescriber_values("Tomas", "Okafor", 2, "new_prescriber")
    return replace(
        STORY.status(6),
        document_id="nlc",
        form="care_transfer",
        received_at=at(date(2016, 5, 3)),
        values={**values, **successor, "new_prescriber_signature": accepted, **more},
    )


def successor_forms() -> list[RecordedForm]:
    return Story(number=9, prescriber=prescriber_values("Tomas", "Okafor", 2)).certification()


def test_a_transfer_ends_one_link_and_begins_the_next() -> None:
    ledger = ledger_of([*STORY.before_infusion(), STORY.checklist(), *successor_forms(), transfer(True)])
    state = ledger.patient(PATIENT, at(date(2016, 6, 1)))
    assert [link.prescriber for link in state.links] == [PRESCRIBER, "prescriber:doc-00009-pka"]
    assert state.links[0].until == state.links[1].since
    assert (state.prescriber, state.orphaned) == ("prescriber:doc-00009-pka", False)


def test_without_a_successor_the_patient_is_an_orphan_and_the_clocks_go_on() -> None:
    forms = [*STORY.before_infusion(), STORY.checklist(), transfer(False)]
    state = ledger_of(forms).patient(PATIENT, at(date(2016, 6, 1)))
    assert (state.prescriber, state.orphaned, state.stage) == (None, True, "in_follow_up")
    assert "L2" in [finding.rule for finding in state.findings]
    taken_over = replace(
        STORY.status(12), values={**STORY.status(12).values, **prescriber_values("Tomas", "Okafor", 2)}
    )
    state = ledger_of([*forms, *successor_forms(), taken_over]).patient(PATIENT, at(date(2016, 11, 1)))
    assert state.prescriber == "prescriber:doc-00009-pka"


def test_where_the_form_is_not_taken_at_its_word_a_person_is_asked() -> None:
    settings = ProgramSettings(care_transfer_form="ask")
    ledger = Ledger(settings)
    for form in (*STORY.before_infusion(), STORY.checklist(), transfer(False)):
        ledger.record(form)
    state = ledger.patient(PATIENT, at(date(2016, 6, 1)))
    assert (state.prescriber, "L1" in [finding.rule for finding in state.findings]) == (PRESCRIBER, True)


def test_a_decertified_prescriber_leaves_orphans() -> None:
    ledger = ledger_of([*STORY.before_infusion(), STORY.checklist()])
    ledger.decide(
        Decertified(decision_id="d", at=at(date(2016, 1, 1)), who=SUPERVISOR, reason="x", party=PRESCRIBER)
    )
    assert ledger.patient(PATIENT, at(date(2016, 6, 1))).orphaned


def test_a_correction_keeps_the_earlier_version_and_moves_the_state() -> None:
    form = STORY.status(6)
    corrected = replace(
        form,
        values={**form.values, "alive": "no", "death_date": "2016-04-01"},
        revision=1,
        known_at=at(date(2016, 5, 1)),
        by=AGENT,
    )
    ledger = ledger_of([*STORY.before_infusion(), STORY.checklist(), form])
    assert PATIENT in ledger.record(corrected).parties
    assert ledger.patient(PATIENT, at(date(2016, 4, 20))).stage == "in_follow_up"
    after = ledger.patient(PATIENT, at(date(2016, 5, 2)))
    assert (after.stage, after.changes[-1].cause.who) == ("deceased", AGENT)


def test_a_correction_of_the_name_finds_the_patient() -> None:
    form = STORY.status(6)
    wrong = replace(
        form,
        values={
            **form.values,
            "patient_last_name": "Xyz",
            "date_of_birth": "1950-01-01",
            "patient_zip": "1",
            "patient_phone": None,
        },
    )
    ledger = ledger_of([*STORY.before_infusion(), STORY.checklist(), wrong])
    assert ledger.registry.party(form.document_id, "patient") is None
    ledger.record(replace(form, revision=1, known_at=at(date(2016, 5, 1)), by=AGENT))
    assert ledger.registry.party(form.document_id, "patient") == PATIENT


def test_follow_up_closes_after_its_last_day() -> None:
    ledger = ledger_of([*STORY.before_infusion(), STORY.checklist()])
    assert ledger.patient(PATIENT, at(date(2019, 10, 9))).stage == "in_follow_up"
    closed = ledger.patient(PATIENT, at(date(2019, 10, 10)))
    assert (closed.stage, closed.changes[-1].cause.rule) == ("closed", "T1")


def test_the_state_of_a_patient_is_fast() -> None:
    spent_ms, events = patient_state_ms(20)
    assert events >= 30
    assert spent_ms < 20
