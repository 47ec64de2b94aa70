"""The actions of the review over a store: what is refused, explained, and what may not be seen."""

from datetime import datetime
from typing import Any

import pytest
from desk_house import browser_of

from review.context import DeskContext
from review.reviewing.model import ReleaseOrder
from review.reviewing.routes import next_morning
from review.reviewing.showing import verdicts_of
from review.reviewing.words import why
from store.desk.model import Task

TASK = "0b7c6a54-7d2f-4c43-9f0e-0a2f6a6d7e11"
DECISION = "7d0f0a6e-2b43-4a3e-8d94-4f6f0f6f3c55"


@pytest.mark.parametrize("role", ["reviewer", "safety", "lead"])
def test_an_empty_queue_says_so(desk: DeskContext, role: str) -> None:
    browser = browser_of(desk, role)
    assert "Nothing is left to review" in browser.get("/review").text
    assert browser.json_of("/review")["work"] is None
    assert browser.change("/review/next", {"besides": []}).json()["work"] is None


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("/review/answer", {"decision_id": DECISION, "task_id": TASK, "version": 0, "text": "x"}),
        ("/review/check", {"task_id": TASK, "text": "x"}),
        ("/review/undo", {"decision_id": DECISION, "undone_id": TASK}),
        ("/review/postpone", {"task_id": TASK, "version": 0}),
        ("/review/comment", {"task_id": TASK, "text": "x"}),
    ],
)
def test_a_task_that_is_gone_is_explained(desk: DeskContext, path: str, order: dict[str, Any]) -> None:
    answer = browser_of(desk, "reviewer").change(path, order)
    assert 400 <= answer.status_code < 500
    assert answer.json()["ok"] is False
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        f"/review/tasks/{TASK}/snippet.png",
        f"/wall/tiles/{TASK}.png",
        f"/review/faxes/{'0' * 64}/pages/1.png",
        f"/review/tasks/{TASK}/comments.json",
        f"/review/{'0' * 64}/{TASK}",
    ],
)
def test_what_does_not_exist_is_not_found(desk: DeskContext, path: str) -> None:
    assert browser_of(desk, "reviewer").get(path).status_code == 404


def test_a_comment_of_ten_megabytes_is_refused(desk: DeskContext) -> None:
    answer = browser_of(desk, "reviewer").change(
        "/review/comment", {"task_id": TASK, "text": "x" * 10_000_000}
    )
    assert answer.status_code in (413, 422)


def test_leaving_by_a_browsers_form_gives_forms_back(desk: DeskContext) -> None:
    answer = browser_of(desk, "reviewer").submit("/review/release", {"held": f"{'0' * 64}/{TASK}"})
    assert answer.status_code == 303
    order = ReleaseOrder.model_validate({"held": ["a/b", "c"]})
    assert [(one.transmission_id, one.document_id) for one in order.forms] == [("a", "b"), ("c", None)]


def test_an_order_with_a_key_too_many_is_refused(desk: DeskContext) -> None:
    assert (
        browser_of(desk, "reviewer").change("/review/next", {"besides": [], "all": True}).status_code == 422
    )


def test_a_blind_task_tells_nothing() -> None:
    blind = Task(TASK, 0, "field", "second", "disagree", 3, blind=True, reasons=("disagree",))
    assert why(blind) == ("Type what is written.",)


def test_a_rule_that_stands_cannot_be_waved_through() -> None:
    rule = Task(TASK, 0, "document", "first", "COM-03", 3, message="A signature is missing.")
    assert [one.value for one in verdicts_of(rule)] == ["ask_sender"]
    page = Task(TASK, 0, "page", "first", "page_cut", 3)
    assert [one.value for one in verdicts_of(page)] == ["confirmed", "ask_sender"]


def test_what_is_put_off_comes_back_in_the_morning(desk: DeskContext) -> None:
    zone = desk.pipeline.program.zone
    assert next_morning(datetime(2026, 11, 2, 17, 5, tzinfo=zone)) == datetime(2026, 11, 3, 8, 0, tzinfo=zone)
    assert next_morning(datetime(2026, 11, 2, 6, 0, tzinfo=zone)) == datetime(2026, 11, 2, 8, 0, tzinfo=zone)
