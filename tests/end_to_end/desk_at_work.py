"""A desk over sample faxes that were read, and people at it in a real browser, for tests."""

import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from office import Office
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from benchmarks.desk.reviewer import until
from benchmarks.desk.running import PASSWORD, RunningDesk, running_desk
from benchmarks.desk.watching import watched
from store.database import open_database, reading
from store.desk.accounts import add_account
from store.desk.tables import AnswerRow
from store.tables import ReviewTask

ROLES = ("triage", "reviewer", "safety", "lead")
OTHERS = {"second": "reviewer"}
"""A second person with a role, named as the key."""


@dataclass
class House:
    """The folder of a desk with read faxes and an account of each role, named as the role."""

    folder: Path
    engine: Engine

    def running(self, port: int | None = None) -> AbstractContextManager[RunningDesk]:
        """The desk, while the block lasts."""
        return running_desk(self.folder, port)

    def answers(self) -> int:
        """How many answers are stored."""
        with reading(self.engine) as session:
            return session.execute(select(func.count()).select_from(AnswerRow)).scalar_one()

    def answers_to(self, task_id: str) -> list[Any]:
        """Every value stored for a task."""
        with reading(self.engine) as session:
            return list(
                session.execute(select(AnswerRow.value).where(AnswerRow.task_id == task_id)).scalars()
            )

    def task(self, task_id: str) -> Any:
        """A task's kind, status, form and field."""
        with reading(self.engine) as session:
            return session.execute(
                select(
                    ReviewTask.kind,
                    ReviewTask.status,
                    ReviewTask.document_id,
                    ReviewTask.field,
                    ReviewTask.transmission_id,
                    ReviewTask.stage,
                ).where(ReviewTask.id == task_id)
            ).one()


def furnish(office: Office, faxes: int) -> Path:
    """Read sample faxes and add the accounts; gives the folder, to be copied for each test."""
    office.put_samples(faxes)
    # However well the machine reads by now: most of these fields are for people to look at.
    office.environment["REMSFAX_READING__TARGET_ERROR"] = "0.000001"
    ran = office.command("run", "inbox", "--json")
    assert ran.code in (0, 1), ran.errors
    assert json.loads(ran.out)["in_review"] > 0
    engine = open_database(f"sqlite:///{office.folder / 'var' / 'remsfax.db'}")
    for account, role in {**{role: role for role in ROLES}, **OTHERS}.items():
        add_account(engine, account, f"The {account}", role, password=PASSWORD, by="test")  # type: ignore[arg-type]
    engine.dispose()
    return office.folder


@contextmanager
def house_like(furnished: Path, folder: Path) -> Iterator[House]:
    """A copy of a furnished folder."""
    shutil.copytree(furnished / "var", folder / "var", ignore=shutil.ignore_patterns("reports"))
    engine = open_database(f"sqlite:///{folder / 'var' / 'remsfax.db'}")
    try:
        yield House(folder, engine)
    finally:
        engine.dispose()


@dataclass
class Seat:
    """A person at a browser of its own; ``troubles`` are errors of scripts, and dialogs that opened."""

    context: BrowserContext
    page: Page
    address: str
    troubles: list[str]

    @property
    def task(self) -> str:
        """The task on screen."""
        return str(self.page.input_value("#answer [name=task_id]"))

    def press(self, *keys: str) -> None:
        """Keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def enter(self, text: str) -> None:
        """Type an answer, if any, and accept it, against advice too; returns when the next task is shown."""
        before = self.task
        if text:
            # What speaks against a text is shown once the desk has told; then Enter is pressed twice.
            with self.page.expect_response(lambda answer: "/review/check" in answer.url):
                self.page.keyboard.type(text)
            self.page.wait_for_timeout(800)
        elif self.page.locator("#entry input[name=verdict]").count():
            self.press("1", "Tab")
            self.page.keyboard.type("what is meant")
        self.press("Enter")
        self.page.wait_for_timeout(300)
        if self.task == before and not self.page.is_visible("#done"):
            self.press("Enter")
        until(
            self.page,
            "(task) => !document.querySelector('#done').hidden"
            " || document.querySelector('#answer [name=task_id]').value !== task",
            before,
        )

    def all_saved(self) -> None:
        """Wait until the browser keeps nothing that is not stored."""
        until(self.page, "() => document.querySelector('#saving')?.textContent === 'all saved'", seconds=40)

    def open_review(self, fax: str, form: str) -> None:
        """Go to the review of one form."""
        self.page.goto(f"{self.address}/review/{fax}/{form}")
        until(self.page, "() => document.querySelector('#saving')?.textContent")

    def to_typed_field(self) -> str:
        """Accept what comes before a field that is typed in words; gives its task."""
        for _ in range(60):
            if (
                self.page.is_visible("#value")
                and self.page.get_attribute("#answer", "data-digits") == "false"
            ):
                return self.task
            self.enter("")
        raise AssertionError("no field came that is typed in words")


@contextmanager
def seat_at(browser: Browser, address: str, account: str, **looks: Any) -> Iterator[Seat]:
    """A person signed in, at the review."""
    with watched(browser, address, account, **looks) as seen:
        yield Seat(seen.page.context, seen.page, address, seen.troubles)
    assert not seen.troubles
