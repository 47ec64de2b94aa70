"""People at a running desk: signed in, each with a browser of its own that keeps what it could not send."""

import asyncio
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy.engine import Engine

from review.web.cookies import SESSION
from store.desk.accounts import add_account
from store.desk.sessions import open_session

RETRY_SECONDS = 0.2
PATIENCE_SECONDS = 30.0
GIVE_UP_SECONDS = 120.0


@dataclass
class Reviewer:
    """One reviewer and what it was told.

    Attributes:
        stored: decisions that the desk said it has, with the task and the text.
        refused: decisions that were refused because somebody else was there before.
        spent: seconds from a decision to the desk's answer, of those sent once.
        waited: seconds until the next form was there.
    """

    account: str
    cookie: str
    csrf: str
    stored: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    spent: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def client(self, address: str, timeout_s: float) -> httpx.AsyncClient:
        """A browser."""
        return httpx.AsyncClient(
            base_url=address,
            cookies={SESSION: self.cookie},
            headers={"X-CSRF-Token": self.csrf, "Accept": "application/json"},
            timeout=timeout_s,
        )


def hire(engine: Engine, count: int) -> list[Reviewer]:
    """Accounts with the role reviewer, signed in for a day."""
    people = []
    for number in range(count):
        account = f"reviewer{number}"
        add_account(engine, account, "A Reviewer", "reviewer", by="benchmark")
        opened = open_session(engine, account, idle_seconds=86_400, lifetime_seconds=86_400)
        people.append(Reviewer(account, opened.token, opened.signed_in.csrf))
    return people


@dataclass(frozen=True)
class Line:
    """A browser's line to the desk, which breaks now and then before the answer can be there."""

    browser: httpx.AsyncClient
    rng: random.Random
    impatience: float

    async def send(self, path: str, order: Mapping[str, Any], *, may_break: bool = False) -> dict[str, Any]:
        """The desk's answer, however often it takes to get one: a browser keeps what was not stored.

        Raises:
            TimeoutError: there was none for two minutes.
        """
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < give_up:
            breaks = may_break and self.rng.random() < self.impatience
            patience = self.rng.uniform(0.001, 0.05) if breaks else PATIENCE_SECONDS
            try:
                answer = await self.browser.post(path, json=dict(order), timeout=patience)
            except httpx.TransportError:
                pass
            else:
                if answer.status_code < 500:
                    body: dict[str, Any] = answer.json()
                    return body
            await asyncio.sleep(RETRY_SECONDS * self.rng.random())
        message = f"The desk gave no answer to {path}."
        raise TimeoutError(message)


async def work(
    person: Reviewer,
    address: str,
    values: Mapping[str, Any],
    *,
    until: float,
    think_seconds: float,
    impatience: float = 0.0,
) -> None:
    """Take forms and answer their tasks until a moment, whatever happens to the desk.

    Args:
        person: who works.
        address: of the desk.
        values: what each field really says.
        until: of ``time.monotonic``.
        think_seconds: mean time between two answers.
        impatience: share of requests whose connection is dropped before the answer can be there.
    """
    rng = random.Random(person.account)
    async with person.client(address, PATIENCE_SECONDS) as browser:
        line = Line(browser, rng, impatience)
        # Nobody begins with all others in the same moment.
        await asyncio.sleep(rng.uniform(0, think_seconds))
        while time.monotonic() < until:
            began = time.monotonic()
            got = await line.send("/review/next", {})
            person.waited.append(time.monotonic() - began)
            form = got.get("work")
            if not form:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for task in form["tasks"]:
                await asyncio.sleep(rng.expovariate(1 / think_seconds) if think_seconds else 0)
                await _answer(person, line, task, values)


async def _answer(person: Reviewer, line: Line, task: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    value = values[task["field"]]
    chosen = task["answer"] == "one"
    decision = str(uuid.uuid4())
    order = {
        "decision_id": decision,
        "task_id": task["id"],
        "version": task["version"],
        "text": "" if chosen else str(value),
        "chosen": [value] if chosen else [],
        "insist": True,
        "seconds": 1.0,
    }
    began = time.monotonic()
    said = await line.send("/review/answer", order, may_break=True)
    if said.get("ok"):
        person.stored[decision] = (task["id"], str(value))
        person.spent.append(time.monotonic() - began)
    else:
        person.refused.add(decision)
