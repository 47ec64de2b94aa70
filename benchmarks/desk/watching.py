"""Somebody at a running desk in a real browser, in which nothing goes wrong unheard."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Dialog, Page, Response

from benchmarks.desk.reviewer import sign_in

LEAVING_MS = 300


@dataclass
class Watched:
    """A page of a person who is signed in.

    Attributes:
        troubles: errors of scripts, and dialogs that opened.
        crashes: answers of 5xx, each with its address.
    """

    page: Page
    troubles: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        """Close a dialog that opened."""
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def note(self, answer: Response) -> None:
        """Keep an answer of 5xx."""
        if answer.status >= 500:
            self.crashes.append(f"{answer.status} {answer.url}")


@contextmanager
def watched(browser: Browser, address: str, account: str, **looks: Any) -> Iterator[Watched]:
    """A person signed in, at the review.

    Args:
        browser: gets a context of its own, of 1280 x 720.
        address: of the desk.
        account: with ``running.PASSWORD`` and a role that reviews.
        looks: more options of the context, such as ``color_scheme``.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 720}, **looks)
    seen = Watched(context.new_page())
    seen.page.on("pageerror", lambda error: seen.troubles.append(str(error)))
    seen.page.on("dialog", seen.dismiss)
    seen.page.on("response", seen.note)
    sign_in(seen.page, address, account)
    try:
        yield seen
    finally:
        # Leaving gives back what the person held; a context closed at once would leave its leases running.
        seen.page.goto("about:blank")
        seen.page.wait_for_timeout(LEAVING_MS)
        context.close()
