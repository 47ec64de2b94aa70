"""People at a running desk: signed in, each with a browser of its own that keeps what it could not send."""

import asyncio
import random
import ssl
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy.engine import Engine

from review.web.cookies import SESSION
from review.web.headers import SERVER_TIMING
from store.desk.accounts import add_account
from store.desk.sessions import open_session

RETRY_SECONDS = 0.2
PATIENCE_SECONDS = 30.0
GIVE_UP_SECONDS = 120.0
TLS = ssl.create_default_context()
"""One for all: to make fifty takes a second, in which nobody asks anything."""


@dataclass(frozen=True)
class Took:
    """How long an answer of the desk took.

    Attributes:
        server_ms: from the request to the answer by the desk's own clock, as it says in ``Server-Timing``.
        all_ms: by the clock of who asked, the way there and back and every repetition with it.
    """

    server_ms: float
    all_ms: float


@dataclass
class Reviewer:
    """One reviewer and what it was told.

    Attributes:
        stored: decisions that the desk said it has, with the task and the text.
        refused: decisions that were refused because somebody else was there before.
        spent: each decision that was stored, in time.
        waited: each next form, in time.
    """

    account: str
    cookie: str
    csrf: str
    stored: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    spent: list[Took] = field(default_factory=list)
    waited: list[Took] = field(default_factory=list)

    def client(self, address: str, timeout_s: float) -> httpx.AsyncClient:
        """A browser."""
        return httpx.AsyncClient(
            base_url=address,
            cookies={SESSION: self.cookie},
            headers={"X-CSRF-Token": self.csrf, "Accept": "application/json"},
            timeout=timeout_s,
            verify=TLS,
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

    async def send(
        self, path: str, order: Mapping[str, Any], *, may_break: bool = False
    ) -> tuple[dict[str, Any], Took]:
        """The desk's answer, however often it takes to get one: a browser keeps what was not stored.

        Raises:
            TimeoutError: there was none for two minutes.
        """
        began = time.monotonic()
        give_up = began + GIVE_UP_SECONDS
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
                    server_ms = float(answer.headers[SERVER_TIMING].partition("dur=")[2])
                    return body, Took(server_ms, 1000 * (time.monotonic() - began))
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
            got, took = await line.send("/review/next", {})
            person.waited.append(took)
            form = got.get("work")
            if not form:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for task in form["tasks"]:
                await asyncio.sleep(rng.expovariate(1 / think_seconds) if think_seconds else 0)
                if time.monotonic() > until:
                    return
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
    said, took = await line.send("/review/answer", order, may_break=True)
    if said.get("ok"):
        person.stored[decision] = (task["id"], str(value))
        person.spent.append(took)
    else:
        person.refused.add(decision)
