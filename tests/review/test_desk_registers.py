"""Registers, matching, due: people found, callers answered, questions settled and merges undone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from desk_house import Browser, browser_of
from register_samples import PROGRAM, play

from benchmarks.program_cases import Story, patient_values, recorded
from review.context import DeskContext
from store.registers.folding import fold_stale, issue_rems_ids
from validators.program.moments import add_months

TODAY = datetime.now(UTC).date()


def settle(desk: DeskContext) -> None:
    for _ in range(2):
        fold_stale(desk.database, PROGRAM)
        issue_rems_ids(desk.database, PROGRAM)
    fold_stale(desk.database, PROGRAM)


@pytest.fixture
def story(desk: DeskContext) -> Story:
    """A patient authorized for a course that may begin today, and everybody around."""
    told = Story(start=TODAY - timedelta(days=25))
    play(desk.database, told.before_infusion())
    settle(desk)
    return told


def party_of(browser: Browser, kind: str, text: str, **more: str) -> str:
    found = browser.change("/registers/find.json", {"kind": kind, "text": text, **more}).json()["found"]
    assert len(found) == 1
    return str(found[0]["party"])


def test_a_patient_is_found_by_the_beginnings_of_names_in_any_order(desk: DeskContext, story: Story) -> None:
    browser = browser_of(desk, "triage")
    first, last = str(story.person["patient_first_name"]), str(story.person["patient_last_name"])
    party = party_of(browser, "patient", f"{first[:3]} {last[:4]}".upper())
    assert party_of(browser, "patient", last, born_on=str(story.person["date_of_birth"])) == party
    nobody = {"kind": "patient", "text": last, "born_on": "1901-01-01"}
    assert browser.change("/registers/find.json", nobody).json()["found"] == []
    assert "Nobody fits" in browser.submit("/registers/find", {"kind": "patient", "text": "zzzz"}).text


@pytest.mark.parametrize(
    ("kind", "field"),
    [("prescriber", "prescriber_npi"), ("facility", "facility_name"), ("pharmacy", "pharmacy_name")],
)
def test_prescribers_and_sites_are_found(desk: DeskContext, story: Story, kind: str, field: str) -> None:
    values = {**story.prescriber, **story.facility, **story.pharmacy}
    browser = browser_of(desk, "triage")
    party = party_of(browser, kind, str(values[field]))
    assert browser.json_of(f"/registers/{kind}/{party}.json")["state"] in {"certified", "active"}


def test_the_page_of_a_patient_says_what_is_known_and_why(desk: DeskContext, story: Story) -> None:
    play(desk.database, [story.checklist(first_day=TODAY - timedelta(days=8))])
    settle(desk)
    browser = browser_of(desk, "auditor")
    party = party_of(browser, "patient", str(story.person["patient_last_name"]))
    view = browser.json_of(f"/registers/patient/{party}.json")
    assert view["courses"][0]["number"] == 1
    assert view["slots"][0]["month"] == 6
    assert view["calendar"].startswith("<svg")
    assert "style" not in view["calendar"]
    assert len(view["reasons"]) > 2
    page = browser.get(f"/registers/patient/{party}").text
    assert "<svg" in page
    assert view["rems_id"] in page


def test_a_caller_gets_an_answer_with_time_and_number(desk: DeskContext, story: Story) -> None:
    browser = browser_of(desk, "reviewer")
    party = party_of(browser, "patient", str(story.person["patient_last_name"]))
    answer = browser.change(f"/registers/patient/{party}/verify.json").json()["answer"]
    assert answer["allowed"] is True, answer
    page = browser.submit(f"/registers/patient/{party}/verify").text
    assert ">YES<" in page
    assert "confirmation number" in page


def test_a_suspended_prescriber_may_not_and_the_reason_is_told(desk: DeskContext, story: Story) -> None:
    lead = browser_of(desk, "lead")
    party = party_of(lead, "prescriber", str(story.prescriber["prescriber_npi"]))
    place = f"/registers/prescriber/{party}"
    assert lead.submit(f"{place}/standing", {"step": "suspend", "reason": ""}).status_code == 422
    done = lead.submit(f"{place}/standing", {"step": "suspend", "reason": "License under investigation."})
    assert done.headers["location"] == f"{place}?said=saved"
    assert lead.json_of(f"{place}.json")["state"] == "suspended"
    assert lead.change(f"{place}/verify.json").json()["answer"]["allowed"] is False


@pytest.mark.parametrize("place", ["patient/P-9999999X", "patient/patient:gone", "prescriber/0000000000"])
def test_somebody_unknown_is_told(desk: DeskContext, place: str) -> None:
    answer = browser_of(desk, "triage").get(f"/registers/{place}")
    assert answer.status_code == 404
    assert "is in the registers" in answer.text


def test_a_doubtful_form_is_settled_by_a_person(desk: DeskContext, story: Story) -> None:
    doubtful = {**story.person, "date_of_birth": "1971-01-01"}
    form = recorded(
        "patient_status", "doubtful-form", TODAY, {**doubtful, **story.prescriber, "reporting_month": "6"}
    )
    play(desk.database, [form])
    settle(desk)
    browser = browser_of(desk, "triage")
    (question,) = [
        one for one in browser.json_of("/matching.json")["matches"] if one["form_role"] == "patient"
    ]
    assert question["outcome"] == "doubtful"
    place = f"/matching/{question['document_id']}/patient"
    page = browser.get(place)
    assert page.status_code == 200
    party = question["candidates"][0]["party"]
    assert party in page.text
    linked = browser.submit(
        f"{place}/link", {"party": party, "reason": "Called the office: a slip of the pen."}
    )
    assert linked.headers["location"] == "/matching?said=saved"
    assert browser.get(place).status_code == 404
    assert browser.change(f"{place}/link", {"party": "new", "reason": "Nobody we know."}).status_code == 422


def test_two_that_are_one_are_merged_and_parted_again(desk: DeskContext, story: Story) -> None:
    twice = Story(2, start=story.start, person=patient_values("Otto", "Quist", "1977-07-07"))
    play(desk.database, [twice.enrollment()])
    settle(desk)
    lead = browser_of(desk, "lead")
    kept = lead.json_of(
        f"/registers/patient/{party_of(lead, 'patient', str(story.person['patient_last_name']))}.json"
    )
    gone = lead.json_of(f"/registers/patient/{party_of(lead, 'patient', 'quist')}.json")
    order = {
        "kind": "patient",
        "kept": kept["rems_id"],
        "gone": gone["rems_id"],
        "reason": "One person, married.",
    }
    merged: dict[str, Any] = lead.change("/matching/merges", order).json()
    assert lead.change("/matching/merges", order).status_code == 422
    (merge,) = lead.json_of(f"/registers/patient/{kept['rems_id']}.json")["merges"]
    assert merge["merge_id"] == merged["decision_id"]
    assert "Merged into this one" in lead.get(f"/registers/patient/{kept['rems_id']}").text
    undo = f"/matching/merges/{merge['merge_id']}/undo"
    assert lead.change(undo, {"reason": "Two after all."}).status_code == 200
    assert lead.json_of(f"/registers/patient/{kept['rems_id']}.json")["merges"] == []
    assert lead.change(undo, {"reason": "Two after all."}).status_code == 422


def test_what_is_due_is_listed_with_whom_to_remind(desk: DeskContext) -> None:
    start = add_months(TODAY, -7)
    story = Story(start=start)
    play(desk.database, [*story.before_infusion(), story.checklist()])
    settle(desk)
    browser = browser_of(desk, "triage")
    view = browser.json_of("/due.json")
    assert [line["month"] for line in view["lines"]] == [6]
    assert view["lines"][0]["prescriber"] in view["rems_ids"]
    assert browser.json_of(f"/due.json?until={date(2001, 1, 1)}&since=")["lines"] == []
    assert "status forms" in browser.get("/due").text


def test_the_registers_count_everybody_by_state(desk: DeskContext, story: Story) -> None:
    counts = browser_of(desk, "auditor").json_of("/registers.json")["counts"]
    assert {"kind": "patient", "state": "authorized", "parties": 1} in counts


def test_events_of_non_compliance_are_noted_and_call_for_a_step(desk: DeskContext, story: Story) -> None:
    browser = browser_of(desk, "reviewer")
    party = party_of(browser, "prescriber", str(story.prescriber["prescriber_npi"]))
    assert browser.json_of("/escalations.json")["escalations"] == []
    order = {"what": "Dispensed unauthorized", "reason": "the pharmacy called"}
    refused = browser_of(desk, "auditor").change(f"/registers/prescriber/{party}/note", order)
    assert refused.status_code == 403
    done = browser.submit(f"/registers/prescriber/{party}/note", order)
    assert done.headers["location"] == f"/registers/prescriber/{party}?said=saved"
    view = browser.json_of(f"/registers/prescriber/{party}.json")
    assert [event["kind"] for event in view["events"]] == ["dispensed_unauthorized"]
    assert view["step"] == "follow_up"
    assert "dispensed unauthorized" in browser.get(f"/registers/prescriber/{party}").text
    (line,) = browser.json_of("/escalations.json")["escalations"]
    assert (line["party"], line["kind"], line["events"], line["step"]) == (
        party,
        "prescriber",
        1,
        "follow_up",
    )
    assert f"/registers/prescriber/{party}" in browser.get("/escalations").text


def test_what_a_lead_decides_on_standing_shows_with_its_reason(desk: DeskContext, story: Story) -> None:
    lead = browser_of(desk, "lead")
    party = party_of(lead, "prescriber", str(story.prescriber["prescriber_npi"]))
    order = {"step": "suspend", "reason": "the license lapsed"}
    assert lead.change(f"/registers/prescriber/{party}/standing", order).status_code == 200
    shown = lead.json_of(f"/registers/prescriber/{party}.json")["reasons"]
    assert any("the license lapsed" in one["text"] and "lead" in one["who"] for one in shown)
