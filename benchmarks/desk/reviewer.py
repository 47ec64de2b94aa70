"""A reviewer in a real browser, who knows the truth and has nothing but a keyboard."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.desk.running import PASSWORD
from benchmarks.desk.truth import Known, Truths, same
from form_templates.model import FormField
from review.reviewing.values import CHOSEN_KINDS, chosen_of, take, text_of
from store.model import Value

CHROMIUM = "/usr/bin/chromium"
NOTHING_WRITTEN = "Alt+e"
LOOK_SECONDS = 0.12
"""How long the reviewer looks at each field: less than any person."""
PATIENCE_SECONDS = 20.0

_SCREEN = """() => {
  const entry = document.querySelector("#value");
  const every = (selector) => [...document.querySelectorAll(selector)].map((one) => one.value);
  return {
    done: !document.querySelector("#done").hidden,
    nothing: document.querySelector("#done").dataset.state === "nothing",
    task: document.querySelector("#answer [name=task_id]").value,
    text: entry ? entry.value : null,
    chosen: every("#entry input[name=chosen]:checked"),
    choices: every("#entry input[name=chosen], #entry input[name=verdict]"),
    candidates: every("#candidates button"),
    candidate_key: document.querySelector("#candidates kbd")?.textContent ?? "",
    several: document.querySelector("#entry input[type=checkbox]") !== null,
    blind: document.querySelector("#answer").dataset.blind === "true",
    problem: document.querySelector("#problem").textContent,
    saving: document.querySelector("#saving").textContent,
  };
}"""
_MOVED = """(task) => !document.querySelector("#done").hidden
  || document.querySelector("#answer [name=task_id]").value !== task
  || document.querySelector("#problem").textContent !== "" """


@dataclass
class Tally:
    """Keystrokes: a chord counts each of its keys, Shift for a capital letter does not count."""

    right: list[int] = field(default_factory=list)
    """Of fields whose value was right as shown."""
    wrong: list[tuple[int, int]] = field(default_factory=list)
    """Of fields whose value was wrong, with the length of the true value."""
    blind: list[tuple[int, int]] = field(default_factory=list)
    """Of second entries, with the length of the value."""
    other: list[int] = field(default_factory=list)
    """Of pages, forms and events, and of fields that the truth does not know."""
    waits_ms: list[float] = field(default_factory=list)
    """From the key until the next field with its picture was on screen."""


class Keys:
    """The keyboard of a page, counting."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed = 0
        self.last = ""

    def press(self, chord: str) -> None:
        """One key, or a chord such as ``Alt+e``."""
        self.pressed += len(chord.split("+"))
        self.last = chord
        self._page.keyboard.press(chord)

    def type(self, text: str) -> None:
        """Character by character."""
        self.pressed += len(text)
        self._page.keyboard.type(text)


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as play:
        opened = play.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        try:
            yield opened
        finally:
            opened.close()


def sign_in(page: Page, address: str, account: str, password: str = PASSWORD) -> None:
    """From the sign-in page to the review, by the keyboard alone."""
    page.goto(f"{address}/login?then=/review")
    until(page, "() => document.activeElement.id === 'account'")
    page.keyboard.type(account)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/review", timeout=1000 * PATIENCE_SECONDS)
    until(page, "() => document.querySelector('#saving')?.textContent")


def until(page: Page, condition: str, argument: Any = None, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a function of the page says so. Playwright's own waiting would need a weaker content policy.

    Raises:
        TimeoutError: it did not.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(condition, argument):
        if time.monotonic() > end:
            raise TimeoutError(f"The page never came to this: {condition}")
        time.sleep(0.01)


def clear(
    page: Page, truths: Truths, tally: Tally, *, seconds: float = math.inf, look_seconds: float = LOOK_SECONDS
) -> int:
    """Answer task after task until nothing is left, or for so long; returns how many were answered."""
    answered, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        seen = page.evaluate(_SCREEN)
        if seen["done"]:
            if seen["nothing"]:
                break
            page.wait_for_timeout(20)
            continue
        keys = Keys(page)
        known = truths.of(seen["task"])
        time.sleep(look_seconds)
        _answer(page, keys, seen, known)
        _count(tally, keys.pressed, seen, known)
        answered += 1
    until(page, "() => document.querySelector('#saving')?.textContent === 'all saved'")
    tally.waits_ms += page.evaluate("performance.getEntriesByName('review.next').map((one) => one.duration)")
    return answered


def _answer(page: Page, keys: Keys, seen: dict[str, Any], known: Known) -> None:
    if known.field is None:
        _verdict(keys, seen, known)
    elif known.told and not _is_right(seen, known):
        _correct(keys, seen, known.field, _value(known))
    if keys.last != NOTHING_WRITTEN:
        keys.press("Enter")
    for _ in range(3):
        until(page, _MOVED, seen["task"])
        now = page.evaluate(_SCREEN)
        if now["done"] or now["task"] != seen["task"]:
            return
        keys.press("Enter")
    raise RuntimeError(f"The task stays on screen: {now['problem']}")


def _verdict(keys: Keys, seen: dict[str, Any], known: Known) -> None:
    is_event = "dismissed" in seen["choices"]
    if "confirmed" in seen["choices"] and (known.adverse_event or not is_event):
        keys.press("1")
        return
    keys.press("2" if is_event else "1")
    keys.press("Tab")
    keys.type("told as history" if is_event else "what is meant")


def _correct(keys: Keys, seen: dict[str, Any], asked: FormField, value: Value) -> None:
    if asked.kind in CHOSEN_KINDS:
        wanted = chosen_of(value)
        if not wanted and not seen["blind"]:
            keys.press(NOTHING_WRITTEN)
            return
        for number, choice in enumerate(seen["choices"], 1):
            if (choice in wanted) != (choice in seen["chosen"]) and (seen["several"] or choice in wanted):
                keys.press(str(number))
        return
    text = text_of(asked, value)
    if text in seen["candidates"]:
        keys.press(seen["candidate_key"].replace(" ", "+")[:-1] + str(seen["candidates"].index(text) + 1))
    elif text:
        keys.type(_typed(asked, value, text))
    else:
        keys.press(NOTHING_WRITTEN)


def _typed(asked: FormField, value: Value, text: str) -> str:
    digits = "".join(sign for sign in text if sign.isdigit())
    if asked.kind == "date" and len(digits) == 8 and value != text:
        return digits
    return digits if asked.kind == "phone" else text


def _is_right(seen: dict[str, Any], known: Known) -> bool:
    if known.field is None or seen["blind"]:
        return False
    taken = take(known.field, seen["text"] or "", seen["chosen"])
    return same(known.field.kind, taken.value, known.value)


def _value(known: Known) -> Value:
    return tuple(known.value) if isinstance(known.value, list) else known.value


def _count(tally: Tally, pressed: int, seen: dict[str, Any], known: Known) -> None:
    length = len(text_of(known.field, _value(known))) if known.field and known.told else 0
    if known.field is None or not known.told:
        tally.other.append(pressed)
    elif seen["blind"]:
        tally.blind.append((pressed, length))
    elif _is_right(seen, known):
        tally.right.append(pressed)
    else:
        tally.wrong.append((pressed, length))
