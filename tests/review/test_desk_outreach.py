"""Calls: what reviewers ask of senders, whom to call, and what came of it."""

from datetime import UTC, datetime
from uuid import uuid4

from desk_faxes import add_fax
from desk_house import browser_of
from desk_samples import answer

from review.context import DeskContext
from store.database import reading, writing
from store.desk.model import Person, Said
from store.registers.tables import DecisionRow
from store.tables import ReviewTask


def ask_the_sender(desk: DeskContext) -> str:
    """A reviewer asks for the birth date; the task."""
    add_fax(desk)
    with reading(desk.database) as session:
        task = session.query(ReviewTask).filter_by(field="date_of_birth").one()
        task_id, version = task.id, task.version
    said = Said(str(uuid4()), task_id, version, "ask_sender", why="Which year is meant?")
    answer(desk.database, desk.review, desk.rules, Person("reviewer", "reviewer"), said)
    return task_id


def test_what_a_reviewer_asks_is_a_call_to_make(desk: DeskContext) -> None:
    task = ask_the_sender(desk)
    browser = browser_of(desk, "triage")
    (call,) = browser.json_of("/outreach.json")["calls"]
    assert call["line"]["task_id"] == task
    assert call["line"]["asks"] == "Which year is meant?"
    assert call["line"]["asked_by"] == "reviewer"
    page = browser.get("/outreach").text
    assert "Which year is meant?" in page
    assert "+1 555 010 0001" in page


def test_the_caller_is_told_the_case_number_of_the_form(desk: DeskContext) -> None:
    ask_the_sender(desk)
    browser = browser_of(desk, "triage")
    (call,) = browser.json_of("/outreach.json")["calls"]
    assert call["case_number"] is None
    with writing(desk.database) as session:
        session.add(
            DecisionRow(
                id=str(uuid4()),
                kind="case_opened",
                at=datetime.now(UTC),
                by_name="remsfax",
                by_role="machine",
                reason="answers or signatures are missing",
                document_id=call["line"]["document_id"],
                detail="C-0123456A",
            )
        )
    (call,) = browser.json_of("/outreach.json")["calls"]
    assert call["case_number"] == "C-0123456A"
    assert "C-0123456A" in browser.get("/outreach").text


def test_attempts_are_kept_with_the_call(desk: DeskContext) -> None:
    task = ask_the_sender(desk)
    browser = browser_of(desk, "triage")
    sent = browser.submit(f"/outreach/{task}/attempts", {"text": "Nobody answered; again at two."})
    assert sent.headers["location"] == f"/outreach?said=saved#call-{task}"
    (call,) = browser.json_of("/outreach.json")["calls"]
    assert [(one["by"], one["text"]) for one in call["attempts"]] == [
        ("triage", "Nobody answered; again at two.")
    ]
    assert "Nobody answered; again at two." in browser.get("/outreach").text


def test_a_question_goes_back_to_the_reviewers_once(desk: DeskContext) -> None:
    task = ask_the_sender(desk)
    browser = browser_of(desk, "triage")
    version = browser.json_of("/outreach.json")["calls"][0]["line"]["version"]
    assert browser.submit(f"/outreach/{task}/back", {"version": str(version)}).status_code == 303
    assert browser.json_of("/outreach.json")["calls"] == []
    assert browser.change(f"/outreach/{task}/back", {"version": version}).status_code == 409
    assert browser.change("/outreach/unknown/back", {"version": 1}).status_code == 404
