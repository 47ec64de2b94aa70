"""One fax opened: its pages, every step and its undoing, pictures, and what is not there."""

import io
from pathlib import Path
from typing import Any

import pytest
from desk_faxes import add_fax, add_set_aside, sha_of
from desk_house import Browser, browser_of
from PIL import Image
from sqlalchemy import func, select

from review.context import DeskContext
from store.archive import archive_path
from store.database import reading
from store.desk.tables import LookRow
from store.triage.tables import TriageDecision

STEPS: list[dict[str, Any]] = [
    {"step": "join_forms", "page": 3, "with_page": 1},
    {"step": "move_page", "page": 2, "to_page": 1},
    {"step": "reorder", "page": 3, "before": 1},
    {"step": "reorder", "page": 1},
    {"step": "turn", "page": 2, "quarter_turns": 2},
    {"step": "say_page", "page": 3, "what": "lab_report"},
    {"step": "say_page", "page": 3, "what": "patient_status/2019-10/2"},
    {"step": "mark_page", "page": 3, "mark": "not_ours"},
    {"step": "mark_page", "page": 3, "mark": "duplicate", "of_page": 1},
    {"step": "mark_fax", "mark": "not_ours"},
]


def decide(browser: Browser, fax: str, **order: Any) -> Any:
    return browser.change(f"/transmissions/{fax}/decide", order)


def shown(browser: Browser, fax: str) -> dict[str, Any]:
    view = browser.json_of(f"/transmissions/{fax}.json")
    return {key: view[key] for key in ("pages", "forms", "mark")}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: "-".join(str(part) for part in step.values()))
def test_every_step_is_kept_and_reversible(desk: DeskContext, step: dict[str, Any]) -> None:
    fax, browser = add_fax(desk), browser_of(desk, "triage")
    before = shown(browser, fax)
    done = decide(browser, fax, **step)
    assert done.status_code == 200, done.text
    assert shown(browser, fax) != before
    assert decide(browser, fax, step="undo", number=done.json()["number"]).status_code == 200
    assert shown(browser, fax) == before
    assert [one["by"] for one in browser.json_of(f"/transmissions/{fax}.json")["decisions"]] == ["triage"] * 2


def test_a_form_is_split_where_a_person_says(desk: DeskContext) -> None:
    fax, browser = add_fax(desk), browser_of(desk, "triage")
    decide(browser, fax, step="join_forms", page=3, with_page=1)
    assert [form["pages"] for form in shown(browser, fax)["forms"]] == [[1, 3]]
    assert decide(browser, fax, step="split_before", page=3).status_code == 200
    assert [form["pages"] for form in shown(browser, fax)["forms"]] == [[1], [3]]


def test_the_same_step_sent_twice_is_one_step(desk: DeskContext) -> None:
    fax, browser = add_fax(desk), browser_of(desk, "triage")
    order = {
        "step": "turn",
        "page": 1,
        "quarter_turns": 1,
        "decision_id": "7e4b2f60-3f0a-4a51-9a6c-0a4f2f0f9c11",
    }
    assert decide(browser, fax, **order).json()["number"] == decide(browser, fax, **order).json()["number"]
    with reading(desk.database) as session:
        assert session.execute(select(func.count()).select_from(TriageDecision)).scalar_one() == 1


@pytest.mark.parametrize(
    "order",
    [
        {"step": "turn", "page": 9, "quarter_turns": 1},
        {"step": "turn", "page": 1, "quarter_turns": 7},
        {"step": "turn", "page": 1},
        {"step": "say_page", "page": 1, "what": "a letter"},
        {"step": "say_page", "page": 1, "what": "patient_status/2019-10/²"},
        {"step": "mark_fax", "mark": "duplicate"},
        {"step": "undo", "number": 99},
        {"step": "burn"},
        {},
    ],
)
def test_a_step_that_makes_no_sense_is_refused_in_words(desk: DeskContext, order: dict[str, Any]) -> None:
    fax, browser = add_fax(desk), browser_of(desk, "triage")
    answer = browser.change(f"/transmissions/{fax}/decide", order)
    assert answer.status_code in {409, 422}
    assert answer.json()["error"].endswith(".")


def test_a_form_of_the_page_does_what_a_script_does(desk: DeskContext) -> None:
    fax, browser = add_fax(desk), browser_of(desk, "triage")
    sent = browser.submit(
        f"/transmissions/{fax}/decide", {"step": "say_page", "page": "3", "what": "lab_report", "why": ""}
    )
    assert sent.status_code == 303
    assert sent.headers["location"] == f"/transmissions/{fax}#page-3"
    page = browser.get(f"/transmissions/{fax}").text
    assert "said by a person" in page
    assert "Page 3 is a lab report" in page


def test_it_is_read_again_when_asked_and_that_can_be_taken_back(desk: DeskContext) -> None:
    fax, browser = add_fax(desk), browser_of(desk, "triage")
    decide(browser, fax, step="turn", page=1, quarter_turns=1)
    assert "does not know yet" in browser.get(f"/transmissions/{fax}").text
    browser.submit(f"/transmissions/{fax}/reread")
    assert browser.json_of(f"/transmissions/{fax}.json")["waiting"] == "waiting"
    assert browser.submit(f"/transmissions/{fax}/keep-reading").status_code == 303
    assert browser.json_of(f"/transmissions/{fax}.json")["waiting"] is None
    assert browser.submit(f"/transmissions/{fax}/keep-reading").status_code == 422


def test_pictures_are_upright_and_every_look_is_kept(desk: DeskContext) -> None:
    fax, browser = add_fax(desk), browser_of(desk, "auditor")
    whole = Image.open(io.BytesIO(browser.get(f"/transmissions/{fax}/pages/1.png").content))
    turned = Image.open(io.BytesIO(browser.get(f"/transmissions/{fax}/pages/1.png?turns=1").content))
    small = Image.open(io.BytesIO(browser.get(f"/transmissions/{fax}/pages/2/thumbnail.png").content))
    assert whole.size == turned.size[::-1]
    assert small.size[0] == 240
    with reading(desk.database) as session:
        looks = set(session.execute(select(LookRow.account, LookRow.page, LookRow.purpose)).tuples())
    assert looks == {("auditor", 1, "page"), ("auditor", 2, "thumbnail")}


@pytest.mark.parametrize("page", ["4", "0", "-1", "1000001", "99999999999999999999", "one", "1%00"])
def test_a_page_that_does_not_exist_is_explained(desk: DeskContext, page: str) -> None:
    fax = add_fax(desk)
    answer = browser_of(desk, "triage").get(f"/transmissions/{fax}/pages/{page}.png")
    assert answer.status_code in {404, 422}


def test_a_fax_gone_under_the_viewer_is_explained(desk: DeskContext) -> None:
    fax, browser = add_fax(desk), browser_of(desk, "triage")
    assert browser.get(f"/transmissions/{fax}").status_code == 200
    archived = Path(desk.pipeline.store.archive) / archive_path(fax)
    archived.unlink()
    lost = browser.get(f"/transmissions/{fax}/pages/1.png", headers={"Accept": "text/html"})
    assert lost.status_code == 404
    assert "not in the archive" in lost.text
    gone = browser.get(f"/transmissions/{sha_of(77)}")
    assert gone.status_code == 404
    assert "Go back to the inbox" in gone.text
    assert decide(browser, sha_of(77), step="turn", page=1, quarter_turns=1).status_code == 404


def test_a_fax_set_aside_can_be_sent_back(desk: DeskContext) -> None:
    fax, browser = add_set_aside(desk), browser_of(desk, "triage")
    assert "It is no TIFF" in browser.get(f"/transmissions/{fax}").text
    assert decide(browser, fax, step="send_back").status_code == 200
    assert browser.json_of(f"/transmissions/{fax}.json")["waiting"] == "waiting"
