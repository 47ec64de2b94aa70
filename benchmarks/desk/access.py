"""The desk for everybody: what axe finds on every page, and the keyboard alone from login to logout."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from benchmarks.desk.house import ask_the_sender, furnished
from benchmarks.desk.pages import pages_of
from benchmarks.desk.reviewer import browser
from benchmarks.desk.running import running_desk
from benchmarks.desk.tabbing import faults_of, reach, walk
from benchmarks.desk.watching import watched
from benchmarks.table import Mode, Row, none_wrong

Scheme = Literal["light", "dark"]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SCHEMES: dict[Mode, tuple[Scheme, ...]] = {"full": ("light", "dark"), "quick": ("light",)}
EVERY: dict[Mode, int] = {"full": 1, "quick": 3}
"""How many of the pages and dialogs are looked at: each, or each third."""

SETTLED_MS = 300

AT_WORK = (("F2",), ("F1",), ("Escape", "Alt+c"), ("Escape", "F2"))
"""Keys of the review, one step after another: whole page, keys, a comment, back again."""

DIALOGS = (("/review", "F1"), ("/review", "Alt+c"), ("/inbox", "?"), ("/transmissions/", "F2"))
"""The page, or what its address begins with, and the key that opens a dialog there."""

SIGN_OUT = "form[action='/logout'] button"


def rows(mode: Mode, say: Callable[[str], None]) -> Iterator[Row]:
    """The rows of axe and of the keyboard."""
    with furnished() as house, running_desk(house.folder) as desk, browser() as chromium:
        with house.visitor(desk.address, "reviewer") as reviewer:
            ask_the_sender(reviewer)
        every = pages_of(house.engine)
        paths = every[:: EVERY[mode]]
        for scheme in SCHEMES[mode]:
            say(f"axe on {len(paths)} pages and while people work, {scheme}")
            yield none_wrong(
                f"axe violations on {len(paths)} pages, {scheme}",
                violations_on(chromium, desk.address, paths, scheme),
                say,
                "violations",
            )
            with watched(chromium, desk.address, "safety", color_scheme=scheme) as seen:
                found = violations_at_work(seen.page, desk.address)
            yield none_wrong(f"axe violations while people work, {scheme}", found, say, "violations")
        dialogs = DIALOGS[:: EVERY[mode]]
        say(f"the keyboard alone on {len(paths)} pages and in {len(dialogs)} dialogs")
        with watched(chromium, desk.address, "lead") as seen:
            trapped = [*traps_on(seen.page, desk.address, paths)]
            for begin, key in dialogs:
                path = next(path for path in every if path.startswith(begin))
                trapped += traps_in_dialog(seen.page, desk.address, path, key)
            figure = f"places where Tab or Shift+Tab is trapped, {len(paths)} pages, {len(dialogs)} dialogs"
            yield none_wrong(figure, trapped, say, "places")
            say("from page to page and out, by Tab and Enter")
            missed = [*missed_on_the_way(seen.page, desk.address)]
            yield none_wrong(
                "subjects and the sign-out that Tab and Enter do not reach", missed, say, "places"
            )
            yield none_wrong("faults of pages meanwhile", [*seen.troubles, *seen.crashes], say, "faults")


def violations(page: Page) -> list[str]:
    """What axe finds on the page: rule, place and what to do."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


def violations_on(chromium: Browser, address: str, paths: Sequence[str], scheme: Scheme) -> list[str]:
    """What axe finds on pages as a lead sees them; a page that does not answer as it should is one more.

    Args:
        chromium: gets a context of its own.
        address: of the desk.
        paths: of the pages.
        scheme: light or dark.
    """
    wrong = []
    with watched(chromium, address, "lead", color_scheme=scheme) as seen:
        for path in paths:
            answer = seen.page.goto(address + path)
            if answer is None or not answer.ok:
                wrong.append(f"{path}: not shown ({answer and answer.status})")
            wrong += [f"{path}: {one}" for one in violations(seen.page)]
    return wrong


def violations_at_work(page: Page, address: str) -> list[str]:
    """What axe finds while somebody reviews, and at a wall.

    Args:
        page: of a person who is signed in and at the review.
        address: of the desk.

    Raises:
        LookupError: no wall is there.
    """
    wrong = []
    for keys in AT_WORK:
        _press(page, *keys)
        wrong += [f"review after {' '.join(keys)}: {one}" for one in violations(page)]
    page.goto(f"{address}/wall", wait_until="networkidle")
    if not page.locator(".walls button").count():
        raise LookupError("The store has no two fields that were read as the same thing.")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wall")
    page.wait_for_load_state("networkidle")
    _press(page, "x")
    return wrong + [f"a wall: {one}" for one in violations(page)]


def traps_on(page: Page, address: str, paths: Sequence[str]) -> Iterator[str]:
    """Where the focus does not come to, does not move on from, or does not leave.

    Args:
        page: of a person who is signed in.
        address: of the desk.
        paths: of the pages.
    """
    for path in paths:
        page.goto(address + path)
        yield from (f"{path}: {fault}" for fault in _both_ways(page))


def traps_in_dialog(page: Page, address: str, path: str, key: str) -> Iterator[str]:
    """The same in a dialog, which Esc has to close.

    Args:
        page: of a person who is signed in.
        address: of the desk.
        path: of the page.
        key: that opens the dialog there.
    """
    page.goto(address + path, wait_until="networkidle")
    _press(page, key)
    if not _in_dialog(page):
        yield f"{path}, {key}: opens no dialog"
        return
    yield from (f"{path}, {key}: {fault}" for fault in _both_ways(page))
    _press(page, "Escape")
    if _in_dialog(page):
        yield f"{path}, {key}: Esc does not close the dialog"


def missed_on_the_way(page: Page, address: str) -> Iterator[str]:
    """What Tab and Enter do not open: each subject from the one before, and the sign-out at the end.

    Args:
        page: of a person who is signed in.
        address: of the desk.
    """
    page.goto(f"{address}/keys")
    subjects = page.eval_on_selector_all("nav a", "(all) => all.map((one) => one.getAttribute('href'))")
    for path in subjects:
        if not _enter(page, f"nav a[href='{path}']", f"{address}{path}"):
            yield f"subject {path}"
    if not subjects:
        yield "no subject is listed"
    if not _enter(page, SIGN_OUT, f"{address}/login?said=signed-out"):
        yield "sign-out"


def _enter(page: Page, selector: str, address: str) -> bool:
    if not reach(page, selector):
        return False
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    return page.url == address


def _both_ways(page: Page) -> Iterator[str]:
    for key in ("Tab", "Shift+Tab"):
        names, stops = walk(page, key)
        yield from (f"{key}: {fault}" for fault in faults_of(names, stops))


def _in_dialog(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('dialog[open]') !== null"))


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_timeout(SETTLED_MS)
