"""What programs may send: cases made of the desk's own description of itself, looking for a crash."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings

from benchmarks.desk.house import Visitor
from benchmarks.table import Mode, Row, exactly
from review.web.cookies import SESSION

EXAMPLES: dict[Mode, int] = {"full": 40, "quick": 4}
"""Cases an operation."""

LEAVES = frozenset(
    {
        "/logout",
        "/login",
        "/accounts/{account}/password",
        "/accounts/{account}/role",
        "/accounts/{account}/subject",
    }
)
"""They may end the session that asks."""

TURNED_AWAY = frozenset({401, 403, 429})
"""What is answered before an operation looks at what was sent."""


@dataclass(frozen=True)
class Tried:
    """An operation, and the statuses of its answers, each with its number."""

    operation: str
    statuses: Mapping[int, int]

    @property
    def reached(self) -> bool:
        """Whether a case came past the guard."""
        return any(status not in TURNED_AWAY for status in self.statuses)

    @property
    def crashes(self) -> int:
        """Answers that tell of a fault of the program, or of a store that does not answer."""
        return sum(count for status, count in self.statuses.items() if status >= 500)


def rows(address: str, lead: Visitor, mode: Mode, say: Callable[[str], None]) -> Iterator[Row]:
    """The rows of what a program sends that is signed in as a lead.

    Args:
        address: of a running desk.
        lead: signed in there.
        mode: ``quick`` for fewer cases.
        say: told what is being done.
    """
    say(f"schemathesis over the API, {EXAMPLES[mode]} cases an operation")
    signed_in = signed_in_as(lead.cookies[SESSION], lead.csrf)
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json", headers=signed_in)
    yield from rows_of(try_all(schema, signed_in, EXAMPLES[mode]), say)


def rows_of(tried: list[Tried], say: Callable[[str], None]) -> Iterator[Row]:
    """How many answers were crashes, and which operations were never tried in earnest."""
    for one in tried:
        if one.crashes or not one.reached:
            say(f"{one.operation}: {dict(one.statuses)}")
    cases = sum(sum(one.statuses.values()) for one in tried)
    crashes = sum(one.crashes for one in tried)
    figure = f"answers of 5xx to {cases:,} cases of schemathesis over {len(tried)} operations"
    yield exactly(figure, crashes if tried else "none tried", 0, "answers")
    unreached = sum(not one.reached for one in tried)
    yield exactly("operations of which no case came past the guard", unreached, 0, "operations")


def signed_in_as(token: str, csrf: str) -> dict[str, str]:
    """What a program sends with every request once it is signed in."""
    return {"Cookie": f"{SESSION}={token}", "X-CSRF-Token": csrf, "Accept": "application/json"}


def try_all(schema: Any, headers: dict[str, str], examples: int) -> list[Tried]:
    """Cases for every operation of a schema, but for those that may end the session.

    Args:
        schema: of schemathesis, of a running desk or of an application.
        headers: of a program that is signed in.
        examples: cases an operation.
    """
    operations = (found.ok() for found in schema.get_all_operations())
    return [
        Tried(f"{one.method.upper()} {one.path}", _answers_of(one, headers, examples))
        for one in operations
        if one.path not in LEAVES
    ]


def _answers_of(operation: Any, headers: dict[str, str], examples: int) -> Counter[int]:
    statuses: Counter[int] = Counter()

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def probe(case: schemathesis.Case[Any]) -> None:
        statuses[case.call(headers=headers).status_code] += 1

    probe()
    return statuses
