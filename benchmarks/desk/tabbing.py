"""Where the focus goes when somebody presses Tab and nothing else, and whether it is ever caught."""

from collections.abc import Sequence
from itertools import pairwise

from playwright.sync_api import Page

NOWHERE = -1
"""The focus is on no part of the page that can have it: on the page itself, or outside of it."""

PARTS = 5
"""Presses for which the focus may stay: a date has a part for month, day, year and calendar."""

_MARK = """() => {
  const root = document.querySelector("dialog[open]") ?? document;
  const every = [...root.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const grouped = (one) => one.type === "radio" && one.name;
  const alike = (one, other) => grouped(other) && other.name === one.name && other.form === one.form;
  const leads = (one) => {
    const group = every.filter((other) => alike(one, other));
    return (group.find((other) => other.checked) ?? group[0]) === one;
  };
  window.tabbed = every.filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({
    visibilityProperty: true }) && one.getClientRects().length > 0 && (!grouped(one) || leads(one)));
  return window.tabbed.map((one) => one.outerHTML.replace(/\\s+/g, " ").slice(0, 90));
}"""
_FOCUSED = """() => {
  const { tabbed } = window;
  const here = document.activeElement;
  const grouped = here?.type === "radio" && here.name;
  const alike = (one) => grouped && one.name === here.name && one.form === here.form;
  return tabbed.findIndex((one) => one === here || alike(one));
}"""


def walk(page: Page, key: str) -> tuple[list[str], list[int]]:
    """Press a key until the focus was everywhere it has to come to, or for longer than that should take.

    Args:
        page: shown; an open dialog counts alone, since it holds what is behind it off.
        key: ``Tab`` or ``Shift+Tab``.

    Returns:
        What can have the focus, and where it was before the first press and after each, by place in it.
    """
    names = list(page.evaluate(_MARK))
    stops = [int(page.evaluate(_FOCUSED))]
    for _ in range(2 * len(names) + PARTS * page.locator("input[type=date]:visible").count() + PARTS):
        page.keyboard.press(key)
        stops.append(int(page.evaluate(_FOCUSED)))
        if not set(range(len(names))) - set(stops) and stops[-1] in (NOWHERE, stops[0]):
            break
    return names, stops


def faults_of(names: Sequence[str], stops: Sequence[int]) -> list[str]:
    """What is wrong with a walk.

    Args:
        names: of what can have the focus.
        stops: where it was, by place in ``names`` or ``NOWHERE``.

    Returns:
        Each part that was never come to, each that held the focus for more than ``PARTS`` presses, and that
        the focus went to and fro among some of them when it should have come round.
    """
    seen, faults, stayed = set(stops), [], 0
    for before, after in pairwise(stops):
        stayed = stayed + 1 if before == after != NOWHERE else 0
        if stayed == PARTS:
            faults.append(f"held by {names[after]}")
    faults += [f"never at {name}" for at, name in enumerate(names) if at not in seen]
    if not faults and stops[-1] not in (NOWHERE, stops[0]):
        faults.append(f"to and fro at {names[stops[-1]]}")
    return faults


def reach(page: Page, selector: str) -> bool:
    """Press Tab until what a selector names has the focus; false where it never has."""
    names = page.evaluate(_MARK)
    for _ in range(2 * len(names) + PARTS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return True
    return False
