"""Prescribers and sites: how standing is gained and lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.program_cases import AGENT, SIGNED, SUPERVISOR, Story, assessment_values, at, recorded
from validators.program.certification import Standing, prescriber_standing, score, site_standing
from validators.program.decisions import Decertified, Decision, Reinstated, RepresentativeLeft, Suspended
from validators.program.events import RecordedForm, Who
from validators.program.ledger import SPECIMEN_KEY
from validators.program.moments import end_of
from validators.program.reading_forms import events_of
from validators.program.settings import ProgramSettings

S = ProgramSettings()
STORY = Story()
DAY = STORY.start
LATER = at(DAY + timedelta(days=400))


def prescriber(forms: list[RecordedForm], *decisions: Decision) -> Standing:
    events = [event for form in forms for event in events_of(form, S)]
    return prescriber_standing("prescriber:x", events, decisions, SPECIMEN_KEY, S)


def site(forms: list[RecordedForm], *decisions: Decision, settings: ProgramSettings = S) -> Standing:
    events = [event for form in forms for event in events_of(form, settings)]
    return site_standing("facility:x", events, decisions, LATER, settings)


def decided(kind: type[Decision], days: int, who: Who = SUPERVISOR, reason: str = "a reason") -> Decision:
    moment = at(DAY + timedelta(days=days))
    return kind(decision_id=f"d-{days}", at=moment, who=who, reason=reason, party="x")  # type: ignore[call-arg]


def states(standing: Standing) -> list[str]:
    return [change.state for change in standing.changes]


def test_assessment_and_enrollment_certify_in_either_order() -> None:
    assessment, enrollment = STORY.certification()
    later = recorded("knowledge_assessment", "z", DAY + timedelta(days=3), assessment.values)
    assert states(prescriber([assessment, enrollment])) == ["assessed", "certified"]
    assert states(prescriber([enrollment, later])) == ["pending", "certified"]


def test_enrollment_without_a_passed_assessment_is_pending_with_the_remedy() -> None:
    standing = prescriber([STORY.certification()[1]])
    assert states(standing) == ["pending"]
    assert [finding.rule for finding in standing.findings] == ["G2"]


@given(wrong=st.integers(0, 8))
def test_the_key_scores_and_the_pass_mark_decides(wrong: int) -> None:
    form = recorded("knowledge_assessment", "d", DAY, assessment_values(STORY.prescriber, wrong=wrong))
    (attempt,) = prescriber([form]).attempts
    assert (attempt.score, attempt.passed) == (8 - wrong, wrong == 0)


def test_an_unanswered_question_is_not_right() -> None:
    assert score([None, *SPECIMEN_KEY[1:]], SPECIMEN_KEY) == 7


def test_attempts_are_counted_and_the_third_failure_is_told() -> None:
    forms = [
        recorded(
            "knowledge_assessment",
            f"d{n}",
            DAY + timedelta(days=n),
            assessment_values(STORY.prescriber, wrong=1),
        )
        for n in range(3)
    ]
    standing = prescriber(forms)
    assert [attempt.score for attempt in standing.attempts] == [7, 7, 7]
    assert [finding.rule for finding in standing.findings] == ["TRAIN-01"]


def test_suspension_closes_and_reinstatement_opens() -> None:
    standing = prescriber(STORY.certification(), decided(Suspended, 5), decided(Reinstated, 9))
    assert states(standing)[-3:] == ["certified", "suspended", "certified"]
    assert standing.changes[-1].cause.reason == "a reason"
    assert standing.at(at(DAY + timedelta(days=6))) == "suspended"


def test_a_decertified_prescriber_needs_both_forms_anew() -> None:
    first = STORY.certification()
    again = [
        recorded(form.form, f"{form.document_id}-2", DAY + timedelta(days=20 + n), form.values)
        for n, form in enumerate(first)
    ]
    assert prescriber([*first, again[1]], decided(Decertified, 5)).at(LATER) == "decertified"
    assert prescriber([*first, *again], decided(Decertified, 5)).at(LATER) == "certified"


@pytest.mark.parametrize(
    ("decision", "word"),
    [
        (decided(Suspended, 5, who=AGENT), "supervisor"),
        (decided(Suspended, 5, reason=" "), "reason"),
        (decided(Reinstated, 5), "not suspended"),
    ],
)
def test_a_decision_without_role_reason_or_ground_has_no_effect_and_is_told(
    decision: Decision, word: str
) -> None:
    standing = prescriber(STORY.certification(), decision)
    assert standing.at(LATER) == "certified"
    (finding,) = standing.findings
    assert (finding.rule, word in finding.message) == ("N2", True)


@pytest.mark.parametrize(
    "field", ["signature", "representative_last_name", "training_done", "equipment_on_site"]
)
def test_a_facility_is_active_only_with_all_it_needs(field: str) -> None:
    form = STORY.sites()[0]
    assert states(site([form])) == ["active"]
    lacking = recorded(form.form, "d", DAY, {**form.values, field: None})
    standing = site([lacking])
    assert states(standing) == ["pending"]
    assert [finding.rule for finding in standing.findings] == ["SITE-01"]


def test_a_pharmacy_needs_no_equipment() -> None:
    form = STORY.sites()[1]
    values = {**form.values, "equipment_on_site": None, "training_done": None}
    assert states(site([recorded(form.form, "d", DAY, values)])) == ["active"]


def test_a_site_whose_representative_left_is_inactive_until_it_enrolls_another() -> None:
    form = STORY.sites()[0]
    again = recorded(
        form.form, "e", DAY + timedelta(days=30), {**form.values, "request": "representative_change"}
    )
    standing = site([form, again], decided(RepresentativeLeft, 10))
    assert states(standing) == ["active", "inactive", "active"]


@pytest.mark.parametrize(
    ("mode", "state", "rules"),
    [("off", "active", []), ("warn", "active", ["E1"]), ("close", "expired", ["E1"])],
)
def test_re_enrollment_follows_the_setting(mode: str, state: str, rules: list[str]) -> None:
    settings = ProgramSettings(reenrollment=mode, reenrollment_months=12)  # type: ignore[arg-type]
    standing = site([STORY.sites()[0]], settings=settings)
    assert standing.at(LATER) == state
    assert [finding.rule for finding in standing.findings] == rules


def test_a_site_expires_after_its_last_day_and_a_renewal_opens_it_again() -> None:
    settings = ProgramSettings(reenrollment="close", reenrollment_months=6)
    form = STORY.sites()[0]
    renewal = recorded(form.form, "e", date(2016, 5, 2), {**form.values, "request": "renewal"})
    standing = site([form, renewal], settings=settings)
    last_day = end_of(date(2016, 3, 5), settings.zone)
    assert standing.at(last_day) == "active"
    assert standing.at(last_day + timedelta(microseconds=1)) == "expired"
    assert standing.at(at(date(2016, 5, 2))) == "active"


def test_an_incomplete_form_signed_or_not_certifies_nobody() -> None:
    assessment, _ = STORY.certification()
    partial = recorded("prescriber_enrollment", "e", DAY, {**STORY.prescriber, **SIGNED}, missing_pages=(2,))
    assert prescriber([assessment, partial]).at(LATER) == "pending"
