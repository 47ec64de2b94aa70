"""The inbox: what it lists, in what order, and what is done with several faxes at once."""

import pytest
from desk_faxes import SCRIPT, add_fax, add_set_aside, sha_of
from desk_house import browser_of, make_desk

from review.context import DeskContext


def ids_of(view: dict) -> list[str]:
    return [line["fax"]["id"] for line in view["lines"]]


def test_the_most_urgent_comes_first_then_the_oldest(desk: DeskContext) -> None:
    late, event, early = add_fax(desk, 3), add_fax(desk, 2, priority=0), add_fax(desk, 1)
    view = browser_of(desk, "triage").json_of("/inbox.json")
    assert ids_of(view) == [event, early, late]
    assert view["counts"]["in_review"] == 3
    line = view["lines"][0]["fax"]
    assert line["forms"][0]["form"] == "patient_authorization"
    assert line["missing"]
    assert line["open_tasks"] == 2


def test_the_page_says_it_in_words_and_links_to_each_fax(desk: DeskContext) -> None:
    fax = add_fax(desk, priority=0)
    page = browser_of(desk, "triage").get("/inbox").text
    assert f'href="/transmissions/{fax}"' in page
    assert "possible adverse event" in page
    assert f"/transmissions/{fax}/pages/1/thumbnail.png" in page


def test_the_list_goes_on_where_its_page_ended(tmp_path) -> None:
    desk = make_desk(tmp_path, list_rows=10)
    expected = [add_fax(desk, number) for number in range(1, 13)]
    browser = browser_of(desk, "triage")
    first = browser.json_of("/inbox.json")
    second = browser.json_of(f"/inbox.json?after={first['next']}")
    assert ids_of(first) + ids_of(second) == expected
    assert second["next"] is None
    assert browser.get("/inbox?after=rubbish").status_code == 404


@pytest.mark.parametrize(
    ("find", "expected"),
    [
        ({"patient": "okafor"}, 2),
        ({"sender": "+1 555 010 0001"}, 1),
        ({"patient": "nobody"}, None),
    ],
)
def test_looking_for_a_name_or_a_sender(
    desk: DeskContext, find: dict[str, str], expected: int | None
) -> None:
    add_fax(desk, 1)
    add_fax(desk, 2, last_name="Okafor")
    found = browser_of(desk, "reviewer").change("/inbox/find.json", find).json()
    assert ids_of(found) == ([] if expected is None else [sha_of(expected)])


def test_a_search_without_anything_to_look_for_is_refused(desk: DeskContext) -> None:
    assert browser_of(desk, "triage").submit("/inbox/find").status_code == 422


def test_a_name_that_is_a_script_is_shown_as_text(desk: DeskContext) -> None:
    add_fax(desk, last_name=SCRIPT)
    page = browser_of(desk, "triage").submit("/inbox/find", {"patient": SCRIPT})
    assert page.status_code == 200
    assert SCRIPT not in page.text
    assert "&lt;script&gt;" in page.text


def test_filters(desk: DeskContext) -> None:
    routine, event = add_fax(desk, 1), add_fax(desk, 2, priority=0)
    aside = add_set_aside(desk)
    browser = browser_of(desk, "triage")
    assert ids_of(browser.json_of("/inbox.json?priority=0")) == [event]
    assert ids_of(browser.json_of("/inbox.json?priority=&form=&order=newest")) == [event, routine]
    assert ids_of(browser.json_of("/inbox.json?tab=set_aside")) == [aside]
    assert ids_of(browser.json_of("/inbox.json?form=care_transfer")) == []
    assert browser.get("/inbox.json?tab=elsewhere").status_code == 422


def test_a_fax_set_aside_shows_its_reason(desk: DeskContext) -> None:
    aside = add_set_aside(desk)
    page = browser_of(desk, "triage").get("/inbox?tab=set_aside").text
    assert "It is no TIFF, PDF, PNG or JPEG" in page
    assert "no picture" in page
    assert browser_of(desk, "triage").get(f"/transmissions/{aside}").status_code == 200


def test_several_faxes_are_assigned_at_once(desk: DeskContext) -> None:
    faxes = [add_fax(desk, number) for number in (1, 2, 3)]
    browser = browser_of(desk, "triage")
    done = browser.change("/inbox/assign", {"ids": faxes[:2], "to": "reviewer"})
    assert done.json()["faxes"] == 2
    assert ids_of(browser.json_of("/inbox.json?assigned=reviewer")) == faxes[:2]
    assert ids_of(browser.json_of("/inbox.json?assigned=-")) == faxes[2:]
    sent = browser.submit("/inbox/assign", {"ids": faxes[0]})
    assert sent.headers["location"] == "/inbox?said=assigned"
    assert ids_of(browser.json_of("/inbox.json?assigned=reviewer")) == [faxes[1]]


def test_nothing_is_assigned_to_nobody_we_know(desk: DeskContext) -> None:
    fax = add_fax(desk)
    browser = browser_of(desk, "triage")
    assert browser.change("/inbox/assign", {"ids": [fax], "to": "stranger"}).status_code == 404
    assert browser.change("/inbox/assign", {"ids": []}).status_code == 422
    assert browser.change("/inbox/assign", {"ids": ["x"], "to": "lead"}).status_code == 422


def test_faxes_are_read_again_once_however_often_it_is_asked(desk: DeskContext) -> None:
    fax = add_fax(desk)
    browser = browser_of(desk, "triage")
    assert browser.change("/inbox/reread", {"ids": [fax]}).json()["faxes"] == 1
    assert browser.change("/inbox/reread", {"ids": [fax]}).json()["faxes"] == 0
    assert browser.json_of("/inbox.json")["lines"][0]["request"]["state"] == "waiting"
