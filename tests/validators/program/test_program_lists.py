"""What staff are shown: due lists, escalation, reasons, the picture of a calendar; and typed answers."""

from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.program_cases import SUPERVISOR, Story, at
from validators.program import answers
from validators.program.clocks import FollowUp, age_slots, status_slots
from validators.program.compliance import NonCompliance, escalations, noted_by, shown_by
from validators.program.decisions import NonComplianceNoted
from validators.program.due import due_list, due_of, orphans
from validators.program.ledger import Ledger
from validators.program.patients import PatientState
from validators.program.reading_forms import MAKERS, events_of
from validators.program.receipt import forward_by
from validators.program.schedule_picture import schedule_svg
from validators.program.settings import ProgramSettings
from validators.program.why import why_patient, why_standing

S = ProgramSettings()


def drawn(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own picture


STORY = Story()
PATIENT = f"patient:{STORY.id('pat')}"
PRESCRIBER = f"prescriber:{STORY.id('pka')}"


def state_on(day: date) -> PatientState:
    ledger = Ledger(S)
    for form in (*STORY.before_infusion(), STORY.checklist()):
        ledger.record(form)
    return ledger.patient(PATIENT, at(day))


def test_the_due_list_names_the_slot_the_tier_and_whom_to_remind() -> None:
    (line,) = due_of(state_on(date(2016, 6, 20)))
    assert (line.month, line.state, line.tier, line.prescriber) == (6, "overdue", 2, PRESCRIBER)
    assert due_of(state_on(date(2016, 1, 1))) == ()


def test_the_due_list_is_in_order_of_due_dates() -> None:
    lines = due_list([state_on(date(2017, 6, 1)), state_on(date(2016, 6, 20))])
    assert [line.due_on for line in lines] == sorted(line.due_on for line in lines)
    assert len(lines) == 4


def test_orphans_are_listed() -> None:
    state = state_on(date(2016, 6, 20))
    assert orphans([state, replace(state, party="patient:b", orphaned=True)]) == ("patient:b",)


def test_missed_forms_are_events_of_the_prescriber_who_cared() -> None:
    events = shown_by(state_on(date(2017, 4, 6)), S)
    assert [(event.kind, event.party) for event in events] == [("status_missed", PRESCRIBER)] * 2


@pytest.mark.parametrize(
    ("count", "step"),
    [(1, "follow_up"), (2, "warning"), (3, "propose_suspension"), (9, "propose_suspension")],
)
def test_the_count_within_the_period_calls_for_the_step(count: int, step: str) -> None:
    today = date(2016, 12, 31)
    events = [NonCompliance(today - timedelta(days=n), "facility:x", "checklist_late") for n in range(count)]
    old = NonCompliance(date(2015, 12, 31), "facility:x", "checklist_late")
    (escalation,) = escalations([*events, old], today, S)
    assert (escalation.step, len(escalation.events)) == (step, count)
    assert escalations([old], today, S) == ()


def test_what_a_person_notes_counts() -> None:
    noted = NonComplianceNoted(
        decision_id="n",
        at=at(date(2016, 5, 1)),
        who=SUPERVISOR,
        reason="audit",
        party="pharmacy:x",
        kind="no_audit",
    )
    assert noted_by(noted, S) == NonCompliance(date(2016, 5, 1), "pharmacy:x", "no_audit")


def test_every_state_is_explained_by_its_forms_and_rules() -> None:
    reasons = why_patient(state_on(date(2016, 6, 20)))
    dated = [reason for reason in reasons if reason.at is not None]
    assert [reason.text.split(":")[0] for reason in dated if not reason.text.startswith("under")] == [
        "enrolled",
        "authorized",
        "in follow up",
    ]
    assert all(reason.document_id and reason.rule for reason in dated)
    assert reasons[-1].text.startswith("open: The status form of month 6")


def test_a_prescribers_standing_is_explained() -> None:
    ledger = Ledger(S)
    for form in STORY.certification():
        ledger.record(form)
    standing = ledger.standing(PRESCRIBER, at(date(2016, 1, 1)))
    assert standing is not None
    assert [reason.document_id for reason in why_standing(standing)] == [STORY.id("pka"), STORY.id("pre")]


def test_the_picture_shows_every_form_and_test() -> None:
    state = state_on(date(2016, 6, 20))
    assert state.span is not None
    picture = drawn(schedule_svg(state.span, state.treatment.courses, state.slots, "One course & more"))
    shapes = [element.tag.rpartition("}")[2] for element in picture.iter()]
    assert shapes.count("circle") == 8
    assert shapes.count("line") == 48 + 16 + 4 + 1 + 4


@given(first=st.dates(date(2014, 11, 1), date(2080, 1, 1)), days=st.integers(0, 3000))
def test_a_picture_can_be_drawn_of_any_calendar(first: date, days: int) -> None:
    span = FollowUp(first, first, first + timedelta(days=1460))
    slots = age_slots(status_slots(span, S), first + timedelta(days=days), S)
    assert drawn(schedule_svg(span, (), slots, "x")).tag.endswith("svg")


@given(received_on=st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_an_adverse_event_is_forwarded_on_the_next_business_day(received_on: date) -> None:
    assert 1 <= (forward_by(received_on, S) - received_on).days <= 3


VALUES = st.one_of(st.none(), st.booleans(), st.text(max_size=12), st.tuples(st.text(max_size=4)))


@pytest.mark.parametrize("form", sorted(MAKERS))
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_answer_whatever_breaks_the_reading_of_a_form(form: str, data: st.DataObject) -> None:
    base = STORY.whole(6)
    known = next((one for one in base if one.form == form), STORY.status(6))
    names = st.sampled_from(
        sorted({*known.values, "course_number", "infused_since_last", "infusion_last_date", "effective_date"})
    )
    values = {**known.values, **data.draw(st.dictionaries(names, VALUES, max_size=6))}
    for event in events_of(replace(known, form=form, values=values), S):
        assert event.head.document_id == known.document_id


@given(st.text(max_size=8))
def test_numbers_and_dates_are_read_or_none(text: str) -> None:
    number = answers.whole({"x": text}, "x")
    assert number is None or 0 <= number <= 9999
    assert answers.day({"x": text}, "x") is None or len(text.strip()) == 8


@pytest.mark.parametrize(
    ("values", "course"),
    [
        ({"course": "first"}, 1),
        ({"course": "second"}, 2),
        ({"course": "additional", "course_number": "4"}, 4),
        ({"course": "additional"}, None),
        ({"course": "3"}, 3),
        ({}, None),
    ],
)
def test_the_course_is_read(values: dict[str, str], course: int | None) -> None:
    assert answers.course(values) == course
