"""What a person or a program may send by mistake or on purpose, and a fax that goes while somebody looks."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

import httpx
from playwright.sync_api import Page, Route

from benchmarks.desk.house import House, Visitor, add_fax, ask_the_sender, furnished
from benchmarks.desk.reviewer import browser, until
from benchmarks.desk.running import RunningDesk, running_desk
from benchmarks.desk.watching import Watched, watched
from benchmarks.table import Row, exactly, none_wrong

NAME = "<script>alert(1)</script><img src=x onerror=alert(2)>"
"""Of every patient, sender and person; a page that does not take it as text opens a dialog."""

TEN_MEGABYTES = 10_000_000
TOO_MANY_CHARACTERS = 4_001
GONE_WORDS = "not in the archive"
"""Of the sentence about bytes that the archive has no more."""

REFUSED = frozenset({404, 413, 422})
SETTLED_MS = 500

_SEEN = """() => {
  // The head of every page bears the name of who is signed in, which would be found on each.
  const room = document.querySelector("main") ?? document.body;
  const visible = (one) => one.getClientRects().length > 0;
  const every = (selector) => [...room.querySelectorAll(selector)].filter(visible);
  const typed = every("input:not([type=hidden]), textarea");
  const lost = every("img").filter((one) => one.complete && !one.naturalWidth);
  const inFields = typed.map((one) => one.value);
  return [room.innerText, ...inFields, ...lost.map((one) => one.alt)].join("\\n");
}"""
_WHOLE_PAGE_SHOWN = "() => document.querySelector('#whole img')?.naturalWidth > 0"


@dataclass(frozen=True)
class Met:
    """Something hard that the desk met, and whether it was shown as text, refused, or explained."""

    what: str
    fine: bool


def rows(say: Callable[[str], None]) -> Iterator[Row]:
    """The rows of hard input and of a fax that goes."""
    with (
        furnished(last_name=NAME, sender=NAME) as house,
        running_desk(house.folder) as desk,
        browser() as chromium,
        house.visitor(desk.address, "lead") as lead,
        house.visitor(desk.address, "reviewer") as reviewer,
    ):
        say("a patient, a sender and a person with a script as a name")
        task = ask_the_sender(reviewer, NAME)
        # The desk forbids scripts within a page; that is switched off, so that its escaping alone counts.
        with watched(chromium, desk.address, "lead", bypass_csp=True) as seen:
            yield row_of("a script as a name, not shown as text", [*_named(house, lead, desk, seen)], say)
            yield none_wrong("scripts within a name that ran", seen.troubles, say, "scripts")
        say("ten megabytes, pages that are not there, faxes that nobody sent")
        sent = [*_too_large(lead, task), *_not_there(lead, house.faxes[0])]
        yield row_of("too large or not there, neither refused nor explained", sent, say)
        say("faxes whose bytes go while somebody looks at them")
        with watched(chromium, desk.address, "lead") as seen:
            unseen = add_fax(house.engine, house.folder, "that goes")
            gone = [*_going(house, desk.address, seen, unseen), *_gone(lead, unseen)]
            yield row_of("a fax deleted under the viewer, neither shown nor explained", gone, say)
            wrong = [*seen.troubles, *seen.crashes]
        yield none_wrong("faults of pages and answers of 5xx meanwhile", wrong, say, "faults")
        yield exactly(
            "the desk is up afterwards, the process that was started", str(_is_up(desk)), "True", ""
        )


def row_of(what: str, met: Sequence[Met], say: Callable[[str], None]) -> Row:
    """How many went wrong; the row falls short too when nothing was tried."""
    wrong = [one.what for one in met if not one.fine]
    return none_wrong(f"{what}, of {len(met)}", wrong, say, "times", tried=len(met))


def words_on(page: Page) -> str:
    """What a person can read below the head: text, what is in fields, and what stands for lost pictures."""
    return str(page.evaluate(_SEEN))


def explained(answer: httpx.Response, due: frozenset[int] = REFUSED) -> bool:
    """Whether an answer refuses, with a sentence for whoever asked."""
    if answer.status_code not in due:
        return False
    if answer.headers.get("content-type", "").startswith("application/json"):
        said = answer.json()
        return said.get("ok") is False and bool(said.get("error"))
    sentence = re.search(r'class="refusal">\s*<p>([^<]*\w[^<]*)</p>', answer.text)
    return sentence is not None and bool(unescape(sentence[1]).strip())


def _named(house: House, lead: Visitor, desk: RunningDesk, seen: Watched) -> Iterator[Met]:
    """Every page that shows what forms, senders and people say."""
    page, fax = seen.page, house.faxes[0]
    turned = {"step": "turn", "page": 1, "quarter_turns": 0, "why": NAME}
    lead.change(f"/transmissions/{fax}/decide", turned).raise_for_status()
    for path, place in (
        ("/inbox", "inbox, the sender"),
        (f"/transmissions/{fax}", "fax, why a page was turned"),
        ("/outreach", "calls, what to ask"),
        ("/accounts", "accounts, the full names"),
    ):
        page.goto(desk.address + path)
        yield Met(place, NAME in words_on(page))
    for path, field, place, row in (
        ("/inbox", "#patient", "inbox, looked for", NAME),
        # Registers keep of a name what two spellings of it have in common: its letters.
        ("/registers", "#text", "registers, looked for", "Script Alert 1 Script"),
    ):
        page.goto(desk.address + path)
        page.fill(field, NAME)
        with page.expect_navigation():
            page.press(field, "Enter")
        yield Met(place, NAME in words_on(page) and row in words_on(page))
    page.goto(f"{desk.address}{_review_of(lead, fax)}")
    until(page, "() => document.querySelector('#saving')?.textContent")
    yield Met("review, the patient's last name", page.input_value("#value") == NAME)
    task = page.input_value("#answer [name=task_id]")
    lead.change("/review/comment", {"task_id": task, "text": NAME}).raise_for_status()
    page.reload()
    until(page, "() => document.querySelector('#saving')?.textContent")
    page.keyboard.press("Alt+c")
    until(page, "() => document.querySelector('#words[open] li') !== null")
    yield Met("review, a comment", NAME in page.inner_text("#words_list"))


def _too_large(lead: Visitor, task: str) -> Iterator[Met]:
    """Comments, and what came of a call, as a script sends them and as a form does."""
    for path, more in (("/review/comment", {"task_id": task}), (f"/outreach/{task}/attempts", {})):
        for characters in (TOO_MANY_CHARACTERS, TEN_MEGABYTES):
            due = frozenset({413 if characters == TEN_MEGABYTES else 422})
            order = {**more, "text": "x" * characters}
            form = {**order, "csrf": lead.csrf}
            as_script = lead.change(path, order)
            as_form = lead.post(path, data=form, headers={"Accept": "text/html"})
            yield Met(f"{path}, {characters:,} characters by a script", explained(as_script, due))
            yield Met(f"{path}, {characters:,} characters by a form", explained(as_form, due))


def _not_there(lead: Visitor, fax: str) -> Iterator[Met]:
    """Pages, faxes, forms and places of a list that do not exist, as a person and as a program ask."""
    nobody = "0" * 64
    paths = [
        *(f"/transmissions/{fax}/pages/{number}.png" for number in (0, 2, 999, 10**9, "one")),
        f"/transmissions/{fax}/pages/999/thumbnail.png",
        f"/review/faxes/{fax}/pages/999.png",
        f"/transmissions/{nobody}",
        f"/transmissions/{nobody}/pages/1.png",
        f"/review/{nobody}/nothing",
        "/review/tasks/nothing/snippet.png",
        "/registers/patient/nobody",
        "/matching/nothing/patient",
        "/inbox?after=nowhere",
        "/nothing-here",
    ]
    for path in paths:
        for kind in ("text/html", "application/json"):
            yield Met(f"{path}, {kind}", explained(lead.get(path, headers={"Accept": kind})))


def _going(house: House, address: str, seen: Watched, unseen: str) -> Iterator[Met]:
    """Two faxes that lose their bytes: one that is on screen, one before the first picture of it comes."""
    page, shown = seen.page, house.faxes[1]
    page.goto(f"{address}/transmissions/{shown}", wait_until="networkidle")
    house.bytes_of(shown).unlink()
    page.keyboard.press("F2")
    page.wait_for_timeout(SETTLED_MS)
    yield Met("whole page of a fax on screen", page.evaluate(_WHOLE_PAGE_SHOWN) or _tells(page))

    def vanish(route: Route) -> None:
        house.bytes_of(unseen).unlink(missing_ok=True)
        route.continue_()

    page.route("**/thumbnail.png*", vanish)
    page.goto(f"{address}/transmissions/{unseen}", wait_until="networkidle")
    yield Met("the pages of a fax", _tells(page))
    page.keyboard.press("F2")
    page.wait_for_timeout(SETTLED_MS)
    yield Met("whole page of a fax", GONE_WORDS in _said_of(page, "#whole img"))
    page.keyboard.press("Escape")
    with page.expect_event("load"):
        page.keyboard.press("t")
    page.wait_for_load_state("networkidle")
    yield Met("a page turned", _tells(page) and "Page 1 turned" in words_on(page))
    page.goto(f"{address}{_review_of_page(page)}", wait_until="networkidle")
    until(page, "() => document.querySelector('#saving')?.textContent")
    page.wait_for_timeout(SETTLED_MS)
    yield Met("the field under review", GONE_WORDS in _said_of(page, "#snippet img"))
    page.keyboard.press("F2")
    page.wait_for_timeout(SETTLED_MS)
    yield Met("whole page under review", GONE_WORDS in _said_of(page, "#sheet img"))
    page.keyboard.press("F2")
    task = page.input_value("#answer [name=task_id]")
    page.keyboard.press("Enter")
    page.wait_for_timeout(SETTLED_MS)
    yield Met("the field answered", page.input_value("#answer [name=task_id]") != task)


def _gone(lead: Visitor, fax: str) -> Iterator[Met]:
    """The pictures of a fax without bytes, as a person and as a program ask for them."""
    for path in (f"/transmissions/{fax}/pages/1.png", f"/review/faxes/{fax}/pages/1.png"):
        for kind in ("text/html", "application/json"):
            answer = lead.get(path, headers={"Accept": kind})
            yield Met(f"{path}, {kind}", explained(answer) and GONE_WORDS in answer.text)


def _tells(page: Page) -> bool:
    return GONE_WORDS in words_on(page)


def _said_of(page: Page, picture: str) -> str:
    """What stands for a picture that is not there; nothing where it is."""
    lost = page.evaluate("(place) => document.querySelector(place)?.naturalWidth === 0", picture)
    return (page.get_attribute(picture, "alt") or "") if lost else ""


def _review_of(lead: Visitor, fax: str) -> str:
    known = lead.get(f"/transmissions/{fax}.json").raise_for_status().json()
    return f"/review/{fax}/{known['fax']['documents'][0]['id']}"


def _review_of_page(page: Page) -> str:
    return str(page.get_attribute("aside a[href^='/review/']", "href"))


def _is_up(desk: RunningDesk) -> bool:
    with httpx.Client(base_url=desk.address) as anybody:
        return desk.process.poll() is None and anybody.get("/health").json() == {"ok": True}
