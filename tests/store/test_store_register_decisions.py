"""What people decide about parties and forms: kept, proved by the trail, followed at once, told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from register_samples import PROGRAM, place
from sqlalchemy.engine import Engine

from benchmarks.program_cases import Story, at, patient_values
from store.database import reading, writing
from store.registers.asking import patient, verify, why
from store.registers.compliance import compliance_of, escalations
from store.registers.deciding import (
    DecisionRefused,
    decide_on_standing,
    join,
    link,
    merge,
    note_non_compliance,
    unmerge,
)
from store.registers.finding import UnknownParty
from store.registers.folding import fold_stale, issue_rems_ids
from store.registers.proof import decision_breaks
from store.registers.questions import joining_questions, matching_question, matching_questions, merges
from store.tables import AuditRow
from validators.program.registry import party_id

STORY = Story(start=date.today() - timedelta(days=500))
LEAD = {"by": "lena", "role": "lead", "reason": "seen on both forms"}
REVIEWER = {**LEAD, "by": "rosa", "role": "reviewer"}
NPI = str(STORY.prescriber["prescriber_npi"])
PATIENT = party_id("patient", STORY.id("pat"))


@pytest.fixture
def office(engine: Engine) -> Engine:
    """A patient with a course and two status forms, everybody folded and with a REMS ID."""
    for form in STORY.whole(6):
        place(engine, form)
    settle(engine)
    return engine


def settle(engine: Engine) -> None:
    fold_stale(engine, PROGRAM)
    issue_rems_ids(engine, PROGRAM)
    fold_stale(engine, PROGRAM)


def is_whole(engine: Engine) -> bool:
    """Whether the trail vouches for every decision; the faxes of these samples have no row in it."""
    with reading(engine) as session:
        return not list(decision_breaks(session))


def test_a_suspension_is_told_with_everybody_it_touches_and_undone(office: Engine) -> None:
    done = decide_on_standing(office, PROGRAM, "suspend", "prescriber", NPI, **LEAD)
    changed = {one.party: (one.before, one.after) for one in done.parties if one.before != one.after}
    assert changed[party_id("prescriber", STORY.id("pka"))] == ("certified", "suspended")
    assert PATIENT in {one.party for one in done.parties}
    assert not verify(office, PROGRAM, "prescriber", NPI).allowed
    assert [one.who for one in why(office, PROGRAM, "prescriber", NPI)][-1] == "lena"
    decide_on_standing(office, PROGRAM, "reinstate", "prescriber", NPI, **LEAD)
    assert verify(office, PROGRAM, "prescriber", NPI).allowed
    decide_on_standing(office, PROGRAM, "decertify", "prescriber", NPI, **LEAD)
    assert verify(office, PROGRAM, "prescriber", NPI).state == "decertified"
    assert patient(office, PROGRAM, PATIENT).state.orphaned


def test_a_site_without_its_representative_is_inactive(office: Engine) -> None:
    npi = str(STORY.facility["facility_npi"])
    done = decide_on_standing(office, PROGRAM, "representative_left", "facility", npi, **LEAD)
    assert [one.after for one in done.parties if one.kind == "facility"] == ["inactive"]
    assert not verify(office, PROGRAM, "facility", npi).allowed
    with pytest.raises(DecisionRefused, match="no representative"):
        decide_on_standing(office, PROGRAM, "representative_left", "prescriber", NPI, **LEAD)


@pytest.mark.parametrize(
    ("who", "words"),
    [({**LEAD, "role": "reviewer"}, "ask one of them"), ({**LEAD, "reason": " "}, "needs its reason")],
)
def test_a_decision_needs_the_role_and_a_reason(office: Engine, who: dict[str, str], words: str) -> None:
    with pytest.raises(DecisionRefused, match=words):
        decide_on_standing(office, PROGRAM, "suspend", "prescriber", NPI, **who)
    with pytest.raises(DecisionRefused, match=words):
        merge(office, PROGRAM, "prescriber", NPI, NPI, **who)
    assert verify(office, PROGRAM, "prescriber", NPI).allowed


def test_a_doubtful_form_is_asked_about_linked_and_counts_from_then_on(office: Engine) -> None:
    values = {**STORY.person, "date_of_birth": "1980-04-08"}
    doubtful = Story(2, start=STORY.start, person=values).status(6)
    place(office, doubtful)
    fold_stale(office, PROGRAM)
    (question,) = matching_questions(office, PROGRAM)
    assert (question.document_id, question.form_role, question.outcome) == (
        doubtful.document_id,
        "patient",
        "doubtful",
    )
    (offered,) = question.candidates
    assert (offered.party, offered.levels["date_of_birth"]) == (PATIENT, "near")
    assert offered.rems_id == patient(office, PROGRAM, PATIENT).rems_id
    done = link(office, PROGRAM, doubtful.document_id, "patient", PATIENT, **REVIEWER)
    assert PATIENT in {one.party for one in done.parties}
    assert matching_question(office, PROGRAM, doubtful.document_id, "patient") is None
    assert doubtful.document_id in patient(office, PROGRAM, PATIENT).documents
    assert is_whole(office)


def test_only_an_enrollment_brings_in_somebody_new(office: Engine) -> None:
    with pytest.raises(DecisionRefused, match="ask for the patient's enrollment"):
        link(office, PROGRAM, STORY.id("psf-6"), "patient", None, **REVIEWER)
    with pytest.raises(DecisionRefused, match="mentions nobody"):
        link(office, PROGRAM, STORY.id("psf-6"), "pharmacy", NPI, **REVIEWER)
    with pytest.raises(DecisionRefused, match="no such form"):
        link(office, PROGRAM, "doc-none", "patient", PATIENT, **REVIEWER)
    with pytest.raises(UnknownParty):
        link(office, PROGRAM, STORY.id("psf-6"), "patient", "P-0000000A", **REVIEWER)


def test_an_enrollment_that_looks_like_another_may_be_somebody_new(office: Engine) -> None:
    twin = Story(3, start=STORY.start, person={**STORY.person, "patient_first_name": "Maria"}).enrollment()
    place(office, twin)
    fold_stale(office, PROGRAM)
    assert matching_question(office, PROGRAM, twin.document_id, "patient") is not None
    done = link(office, PROGRAM, twin.document_id, "patient", None, **REVIEWER)
    own = party_id("patient", twin.document_id)
    assert [(one.before, one.after) for one in done.parties if one.party == own] == [(None, "enrolled")]


def test_a_merge_is_followed_shown_and_undone(office: Engine) -> None:
    moved = patient_values("Marguerite", "Lund", "1980-04-09", "99501")
    again = Story(4, start=STORY.start, person={**moved, "patient_phone": "5555550177"})
    for form in (again.enrollment(), again.status(12)):
        place(office, form)
    settle(office)
    other = party_id("patient", again.id("pat"))
    done = merge(office, PROGRAM, "patient", PATIENT, other, **LEAD)
    assert [one.after for one in done.parties if one.party == other] == [None]
    assert again.id("psf-12") in patient(office, PROGRAM, other).documents
    assert patient(office, PROGRAM, other).rems_id == patient(office, PROGRAM, PATIENT).rems_id
    (kept,) = merges(office, PROGRAM, "patient", PATIENT)
    assert (kept.merge_id, kept.by) == (done.decision_id, "lena")
    with pytest.raises(DecisionRefused, match="nothing to merge"):
        merge(office, PROGRAM, "patient", PATIENT, other, **LEAD)
    unmerge(office, PROGRAM, done.decision_id, **LEAD)
    assert again.id("psf-12") not in patient(office, PROGRAM, PATIENT).documents
    assert merges(office, PROGRAM, "patient", PATIENT) == ()
    with pytest.raises(DecisionRefused, match="undone already"):
        unmerge(office, PROGRAM, done.decision_id, **LEAD)
    with pytest.raises(DecisionRefused, match="no merge of this number"):
        unmerge(office, PROGRAM, "none", **LEAD)
    assert is_whole(office)


def test_two_forms_that_differ_are_asked_about_and_joined(office: Engine) -> None:
    first = STORY.status(6)
    changed = replace(
        first, document_id="doc-later", received_at=first.received_at + timedelta(days=3),
        values={**first.values, "still_under_care": None, "comments": "moved"},
    )  # fmt: skip
    place(office, changed)
    fold_stale(office, PROGRAM)
    (question,) = joining_questions(office, PROGRAM)
    assert (question.document_id, question.earlier_id, question.party) == (
        "doc-later",
        first.document_id,
        PATIENT,
    )
    assert ("comments", None, "moved") in question.differences
    done = join(office, PROGRAM, "doc-later", first.document_id, "corrected", **REVIEWER)
    assert {"JOIN-05"} == {one.rule for one in done.closed}
    assert joining_questions(office, PROGRAM) == ()
    state = patient(office, PROGRAM, PATIENT).state
    assert next(slot.document_id for slot in state.slots if slot.month == 6) == "doc-later"
    with pytest.raises(DecisionRefused, match="later one first"):
        join(office, PROGRAM, first.document_id, "doc-later", "corrected", **REVIEWER)


def test_a_nameless_late_page_joins_its_form_and_its_patient(engine: Engine) -> None:
    whole = STORY.order()
    late_names = {"order_date", "signature", "vials"}
    first = replace(
        whole, complete=False, missing_pages=(2,),
        values={name: value for name, value in whole.values.items() if name not in late_names},
    )  # fmt: skip
    page = replace(
        whole, document_id="doc-page-2", missing_pages=(1,),
        received_at=whole.received_at + timedelta(days=1),
        values={name: value for name, value in whole.values.items() if name in late_names},
    )  # fmt: skip
    for form in (*STORY.certification(), *STORY.sites(), STORY.enrollment(), first, page):
        place(engine, form)
    settle(engine)
    (asked,) = matching_questions(engine, PROGRAM)
    assert (asked.document_id, asked.outcome) == ("doc-page-2", "unknown")
    join(engine, PROGRAM, "doc-page-2", first.document_id, "late_page", **REVIEWER)
    (order,) = patient(engine, PROGRAM, PATIENT).state.orders
    assert (order.document_id, order.vials, order.refusals) == (first.document_id, 5, ())
    assert is_whole(engine)


def test_events_are_counted_and_call_for_the_steps_of_the_settings(office: Engine) -> None:
    before = {one.party: one for one in escalations(office, PROGRAM)}
    prescriber = party_id("prescriber", STORY.id("pka"))
    for number in (1, 2, 3):
        note_non_compliance(
            office,
            PROGRAM,
            "prescriber",
            NPI,
            "dispensed_unauthorized",
            by="sam",
            role="safety",
            reason=f"call {number}",
        )  # fmt: skip
    step = next(one for one in escalations(office, PROGRAM) if one.party == prescriber)
    counted = before[prescriber].events if prescriber in before else 0
    assert (step.events - counted, step.step) == (3, "propose_suspension")
    own = compliance_of(office, PROGRAM, "prescriber", NPI)
    assert [one.kind for one in own.events].count("dispensed_unauthorized") == 3
    assert own.escalation is not None
    assert own.escalation.finding.rule == "N1"
    assert verify(office, PROGRAM, "prescriber", NPI).allowed, "no step closes a gate by itself"
    then = escalations(office, PROGRAM, at(STORY.first_infusion))
    assert prescriber not in {one.party for one in then}


def test_a_decision_that_was_changed_shows_in_the_trail(office: Engine) -> None:
    done = decide_on_standing(office, PROGRAM, "suspend", "prescriber", NPI, **LEAD)
    with reading(office) as session:
        row = session.query(AuditRow).filter(AuditRow.reference == done.decision_id).one()
        assert (row.action, row.actor) == ("decided", "lena")
        assert "both forms" not in row.details
    with writing(office) as session:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER decisions_no_update")
        else:
            connection.exec_driver_sql("ALTER TABLE decisions DISABLE TRIGGER ALL")
        connection.exec_driver_sql("UPDATE decisions SET reason = 'another' WHERE kind = 'suspended'")
    assert not is_whole(office)
