"""Triage in a real browser, by the keyboard from signing in to signing out; axe on its pages."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from desk_faxes import SCRIPT, add_fax, add_set_aside, sha_of
from desk_house import PASSWORD, browser_of, make_desk
from playwright.sync_api import Page
from register_samples import PROGRAM, play

from benchmarks.desk.reviewer import CHROMIUM, until
from benchmarks.desk.reviewer import browser as chromium
from benchmarks.program_cases import Story
from review.app import create_app
from review.context import DeskContext
from store.archive import archive_path
from store.registers.folding import fold_stale
from validators.program.moments import add_months

START_SECONDS = 30

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]


@contextmanager
def served(desk: DeskContext) -> Iterator[str]:
    """A desk on a loopback port; its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(desk), log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        give_up_at = time.monotonic() + START_SECONDS
        while not server.started and time.monotonic() < give_up_at:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> DeskContext:
    made = make_desk(Path(tmp_path_factory.mktemp("browser")))
    for number in range(1, 6):
        add_fax(made, number, priority=number - 1, last_name=SCRIPT if number == 3 else "Ferreira-Lund")
    add_set_aside(made)
    story = Story(start=add_months(Story().start, 120))
    play(made.database, [*story.before_infusion(), story.checklist()])
    fold_stale(made.database, PROGRAM)
    return made


@pytest.fixture(scope="module")
def address(desk: DeskContext) -> Iterator[str]:
    with served(desk) as running:
        yield running


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of 1280 x 720 in which nothing goes wrong unheard."""
    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": 1280, "height": 720}, color_scheme=request.param, bypass_csp=True
        )
        opened, wrong = context.new_page(), list[str]()
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on("dialog", lambda dialog: wrong.append(dialog.message))
        yield opened
    assert wrong == []


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.wait_for_function("document.activeElement.id === 'account'")
    page.keyboard.type("lead")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    arrived(page, "**/figures")


def arrived(page: Page, place: str) -> None:
    """Wait until a page is there and its scripts listen to the keys."""
    page.wait_for_url(place)
    page.wait_for_load_state("networkidle")


def test_from_signing_in_to_signing_out_without_a_mouse(page: Page, address: str, desk: DeskContext) -> None:
    sign_in(page, address)
    page.keyboard.press("I")
    arrived(page, "**/inbox")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("input[name=ids]").first.is_checked()
    page.keyboard.press("o")
    arrived(page, f"**/transmissions/{sha_of(1)}")
    before = browser_of(desk, "lead").json_of(f"/transmissions/{sha_of(1)}.json")["pages"][1]["quarter_turns"]
    page.keyboard.press("ArrowRight")
    with page.expect_navigation():
        page.keyboard.press("t")
    page.wait_for_load_state("networkidle")
    after = browser_of(desk, "lead").json_of(f"/transmissions/{sha_of(1)}.json")["pages"][1]["quarter_turns"]
    assert after == (before + 3) % 4
    assert page.locator(".sheet.current").get_attribute("data-page") == "2"
    with page.expect_navigation():
        page.keyboard.press("u")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("F2")
    assert page.locator("#whole[open]").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").get_by_text("A form begins here").is_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/login?said=signed-out")


def test_a_picture_whose_bytes_are_gone_says_so(page: Page, address: str, desk: DeskContext) -> None:
    fax = add_fax(desk, 70)
    (Path(desk.pipeline.store.archive) / archive_path(fax)).unlink()
    desk.pictures.forget(fax)
    told = "(place) => document.querySelector(place)?.alt.includes('ask the operator for the backup')"
    sign_in(page, address)
    page.goto(f"{address}/transmissions/{fax}")
    until(page, told, ".sheet img")
    page.keyboard.press("F2")
    until(page, told, "#whole img")
    form = page.get_attribute("aside a[href^='/review/']", "href")
    page.goto(f"{address}{form}")
    until(page, told, "#snippet img")
    page.keyboard.press("F2")
    until(page, told, "#sheet img")
    assert not page.locator("#sheet .frame").is_visible()


def test_axe_finds_nothing(page: Page, address: str, desk: DeskContext) -> None:
    lead, axe = browser_of(desk, "lead"), Axe()
    found = lead.change("/registers/find.json", {"kind": "patient", "text": "ferreira"}).json()["found"]
    page.goto(f"{address}/login")
    violations = {"login": axe.run(page).violations_count}
    sign_in(page, address)
    for path in (
        "/figures",
        "/inbox",
        "/inbox?tab=set_aside",
        f"/transmissions/{sha_of(3)}",
        "/registers",
        f"/registers/patient/{found[0]['party']}",
        "/matching",
        "/due",
        "/outreach",
        "/accounts",
        "/keys",
        "/nothing-here",
    ):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        violations[path] = axe.run(page).violations_count
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 1280, f"{path} is {wide} pixels wide"
    assert {path: count for path, count in violations.items() if count} == {}
