"""The yardsticks of the desk: who is let in, what crashes, what runs and what holds the focus is counted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from benchmarks.desk import crashes, hostile, refusals
from benchmarks.desk.access import SIGN_OUT, violations
from benchmarks.desk.pages import pages_of
from benchmarks.desk.reviewer import CHROMIUM
from benchmarks.desk.reviewer import browser as chromium
from benchmarks.desk.tabbing import NOWHERE, PARTS, faults_of, reach, walk
from store.database import open_database
from store.schema import upgrade


def answering(status: int, body: object) -> httpx.Client:
    """A client whose every request is answered alike."""
    return httpx.Client(
        base_url="http://desk.test",
        transport=httpx.MockTransport(lambda _: httpx.Response(status, json=body)),
    )


REFUSAL = {"ok": False, "error": "Sign in to go on."}


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (401, REFUSAL, True),
        (200, {"ok": True}, False),
        (403, REFUSAL, False),
        (303, REFUSAL, False),
        (500, REFUSAL, False),
        (401, {"ok": False, "error": ""}, False),
        (401, [], False),
    ],
)
def test_a_route_that_lets_somebody_in_is_counted(
    status: int, body: object, refused: bool, said: Callable[[str], None]
) -> None:
    attempts = list(refusals.without_login(answering(status, body)))
    assert len(attempts) > 40
    assert {one.refused for one in attempts} == {refused}
    row = refusals.row_of("requests without login", attempts, said)
    assert row.value == (0 if refused else len(attempts))
    assert row.holds is refused


def test_each_wrong_role_and_token_is_tried_where_it_is_wrong(said: Callable[[str], None]) -> None:
    browser = answering(403, REFUSAL)
    assert not list(refusals.with_wrong_role(browser, "token", "lead"))
    tried = {one.what for one in refusals.with_wrong_role(browser, "token", "reviewer")}
    assert "reviewer: GET /accounts" in tried
    assert "reviewer: POST /review/answer" not in tried
    changes = [one.what for one in refusals.with_wrong_token(browser, "reviewer", "forged")]
    assert changes.count("reviewer: POST /review/answer") == 2
    assert "reviewer: POST /accounts" not in changes
    let_in = list(refusals.with_wrong_token(answering(200, {"ok": True}), "lead", "forged"))
    assert refusals.row_of("changes", let_in, said).value == len(let_in) > 0
    assert refusals.row_of("nothing", [], said).holds is False


def test_addresses_are_filled_so_that_the_guard_alone_can_refuse() -> None:
    assert (
        refusals.filled("/transmissions/{fax}/pages/{number}.png") == f"/transmissions/{'0' * 64}/pages/1.png"
    )
    assert not [path for _, path in refusals.routes() if "{" in refusals.filled(path)]


@pytest.mark.parametrize(
    ("statuses", "crashed", "unreached"),
    [
        ({200: 3, 422: 5}, 0, 0),
        ({200: 3, 500: 2, 503: 1}, 3, 0),
        ({401: 4, 403: 2, 429: 1}, 0, 1),
        ({}, 0, 1),
    ],
)
def test_crashes_and_operations_never_reached_are_counted(
    statuses: dict[int, int], crashed: int, unreached: int, said: Callable[[str], None]
) -> None:
    tried = [crashes.Tried("GET /inbox", {200: 1}), crashes.Tried("POST /keys", statuses)]
    one, other = crashes.rows_of(tried, said)
    assert (one.value, other.value) == (crashed, unreached)
    assert (one.holds, other.holds) == (crashed == 0, unreached == 0)
    assert next(crashes.rows_of([], said)).holds is False


@pytest.mark.parametrize(
    ("status", "kind", "body", "fine"),
    [
        (404, "application/json", '{"ok": false, "error": "Nothing is here."}', True),
        (404, "application/json", '{"ok": false, "error": ""}', False),
        (200, "application/json", '{"ok": true}', False),
        (500, "application/json", '{"ok": false, "error": "A fault."}', False),
        (413, "text/html", '<div class="refusal">\n <p>Shorten it.</p></div>', True),
        (413, "text/html", '<div class="refusal">\n <p> </p></div>', False),
        (404, "text/html", "<h1>Not Found</h1>", False),
    ],
)
def test_a_refusal_needs_its_status_and_a_sentence(status: int, kind: str, body: str, fine: bool) -> None:
    answer = httpx.Response(status, headers={"Content-Type": kind}, text=body)
    assert hostile.explained(answer) is fine


def test_what_was_neither_shown_nor_refused_is_counted(said: Callable[[str], None]) -> None:
    met = [hostile.Met("one", True), hostile.Met("two", False)]
    assert hostile.row_of("things", met, said).value == 1
    assert hostile.row_of("things", [], said).holds is False


@pytest.mark.parametrize(
    ("stops", "faults"),
    [
        ([NOWHERE, 0, 1, 2, NOWHERE], []),
        ([1, 2, NOWHERE, 0, 1], []),
        ([NOWHERE, 0, *[1] * PARTS, 2, NOWHERE], []),
        ([NOWHERE, 0, *[1] * (PARTS + 1), 2, NOWHERE], ["held by b"]),
        ([NOWHERE, 0, 1, NOWHERE], ["never at c"]),
        ([NOWHERE, 0, 1, 2, 1, 2, 1, 2], ["to and fro at c"]),
    ],
)
def test_a_walk_that_is_caught_is_told(stops: list[int], faults: list[str]) -> None:
    assert faults_of(["a", "b", "c"], stops) == faults


def test_a_page_that_the_store_has_nothing_for_is_named(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    upgrade(engine)
    with pytest.raises(LookupError, match=r"/registers/\{kind\}/\{identifier\}"):
        pages_of(engine)
    engine.dispose()


@pytest.fixture
def said() -> Callable[[str], None]:
    return lambda _: None


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with chromium() as browser:
        yield browser.new_page()


def test_a_name_taken_for_more_than_text_is_seen(page: Page) -> None:
    opened = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    page.set_content(f"<p>{hostile.NAME}</p>")
    page.wait_for_timeout(200)
    assert hostile.NAME not in hostile.words_on(page)
    assert opened
    opened.clear()
    escaped = hostile.NAME.replace("<", "&lt;")
    page.set_content(f"<p>{escaped}</p>")
    assert hostile.NAME in hostile.words_on(page)
    page.set_content(f'<input value="{escaped}">')
    assert hostile.NAME in hostile.words_on(page)
    page.set_content(f'<p hidden>{escaped}</p><input type="hidden" value="{escaped}">')
    assert hostile.NAME not in hostile.words_on(page)
    assert not opened


def test_a_trap_of_the_focus_is_found_on_a_page(page: Page) -> None:
    page.set_content(
        '<a href="/x">a</a><input type="radio" name="r"><input type="radio" name="r"><input type="date">'
    )
    for key in ("Tab", "Shift+Tab"):
        assert faults_of(*walk(page, key)) == []
    page.set_content(
        '<button>one</button><input id="trap" onkeydown="event.preventDefault()"><button>two</button>'
    )
    faults = faults_of(*walk(page, "Tab"))
    assert any(fault.startswith("held by <input") for fault in faults)
    assert "never at <button>two</button>" in faults
    page.set_content("<button>one</button><div inert><button>two</button></div>")
    assert faults_of(*walk(page, "Tab")) == ["never at <button>two</button>"]


def test_what_tab_does_not_come_to_is_not_reached(page: Page) -> None:
    out = '<form action="/logout"><button{}>Sign out</button></form>'
    page.set_content("<button>one</button>" + out.format(""))
    assert reach(page, SIGN_OUT)
    page.set_content("<button>one</button>" + out.format(' tabindex="-1"'))
    assert not reach(page, SIGN_OUT)


def test_what_axe_finds_is_told_with_its_place(page: Page) -> None:
    page.set_content('<html lang="en"><title>t</title><main><h1>h</h1><input></main></html>')
    (found,) = violations(page)
    assert found.startswith("label: ['input']")
