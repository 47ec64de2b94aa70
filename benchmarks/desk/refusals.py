"""Every route without login, with each wrong role, with a token that is none: who is let in."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi.routing import APIRoute

from benchmarks.desk import crashes
from benchmarks.desk.house import ANSWER_SECONDS, Visitor, furnished
from benchmarks.desk.running import running_desk
from benchmarks.table import Mode, Row, none_wrong
from review.accounts.model import ROLES
from review.permissions import access_to
from review.routes import ROUTERS
from store.desk.model import Role

OPEN = frozenset(
    {
        ("GET", "/login"),
        ("POST", "/login"),
        ("GET", "/login/oidc"),
        ("GET", "/login/oidc/callback"),
        ("GET", "/health"),
        ("POST", "/theme"),
    }
)
"""The only routes for whoever is not signed in; named here, so that the desk's own table is held to them."""

NOT_SIGNED_IN, NOT_ALLOWED = 401, 403
CHANGERS: dict[Mode, tuple[Role, ...]] = {
    "full": ("lead", "triage", "reviewer", "safety"),
    "quick": ("lead",),
}
"""Whose changes are tried without the right token; a lead may make every change."""

HASHES = frozenset({"fax", "transmission_id"})
VALUES = {"kind": "patient", "form_role": "patient", "number": "1", "account": "auditor", "page": "1"}
"""What stands in an address for a parameter."""


@dataclass(frozen=True)
class Attempt:
    """A request that has to be refused, and the answer to it.

    Attributes:
        what: who asked for what.
        due: the status of the refusal.
        told: the answer says in words that it is a refusal.
    """

    what: str
    due: int
    status: int
    told: bool

    @property
    def refused(self) -> bool:
        """Whether it was, and for the reason for which it has to be."""
        return self.told and self.status == self.due


def rows(mode: Mode, say: Callable[[str], None]) -> Iterator[Row]:
    """The rows of who is let in, and of what programs send."""
    with furnished() as house, running_desk(house.folder) as desk:
        visitors = {role: house.visitor(desk.address, role) for role in ROLES}
        say(f"{len(routes())} routes: no login, wrong roles, wrong tokens")
        with Visitor(base_url=desk.address, timeout=ANSWER_SECONDS) as stranger:
            yield row_of("requests without login", [*without_login(stranger)], say)
        for role, visitor in visitors.items():
            attempts = [*with_wrong_role(visitor, visitor.csrf, role)]
            # A lead may open everything; each other role is refused something.
            if attempts or role != "lead":
                yield row_of(f"requests of the wrong role, {role}", attempts, say)
        for name, token in wrong_tokens(visitors["auditor"].csrf).items():
            changers = {role: visitors[role] for role in CHANGERS[mode]}
            attempts = [one for role in changers for one in with_wrong_token(changers[role], role, token)]
            yield row_of(f"changes with {name} CSRF token", attempts, say)
        yield from crashes.rows(desk.address, visitors["lead"], mode, say)
        for visitor in visitors.values():
            visitor.close()


def routes() -> list[tuple[str, str]]:
    """Method and path of every route of the desk, as its routers declare it."""
    every = (route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute))
    return [(method, route.path) for route in every for method in sorted(route.methods or ())]


def filled(path: str) -> str:
    """An address that the route's own checks would let pass."""

    def value(found: re.Match[str]) -> str:
        return "0" * 64 if found[1] in HASHES else VALUES.get(found[1], "x1")

    return re.sub(r"\{(\w+)\}", value, path)


def without_login(stranger: httpx.Client) -> Iterator[Attempt]:
    """Every route but those of ``OPEN``, by somebody who is not signed in."""
    for route in routes():
        if route not in OPEN:
            yield _attempt(stranger, "nobody", NOT_SIGNED_IN, route, {})


def with_wrong_role(browser: httpx.Client, csrf: str, role: Role) -> Iterator[Attempt]:
    """Every route that is not a role's, by somebody who is signed in with it.

    Args:
        browser: in which an account of the role is signed in.
        csrf: the token of that session, so that nothing but the role is wrong.
        role: of the account.
    """
    for method, path in routes():
        roles = access_to(method, path)
        if roles is not None and role not in roles:
            yield _attempt(browser, role, NOT_ALLOWED, (method, path), {"X-CSRF-Token": csrf}, json={})


def wrong_tokens(of_another: str) -> dict[str, str | None]:
    """Tokens that no change may be made with, by name."""
    return {"no": None, "an empty": "", "a forged": "forged", "another person's": of_another}


def with_wrong_token(browser: httpx.Client, role: Role, token: str | None) -> Iterator[Attempt]:
    """Every change that a role may make, as a script and as a form send it, with a token that is not its own.

    Args:
        browser: in which an account of the role is signed in.
        role: of the account.
        token: that is sent; none for none at all.
    """
    header = {} if token is None else {"X-CSRF-Token": token}
    bodies: tuple[dict[str, Any], ...] = ({"json": {}}, {"data": {"csrf": token or ""}})
    for method, path in routes():
        if method != "GET" and role in (access_to(method, path) or ROLES):
            for body in bodies:
                yield _attempt(browser, role, NOT_ALLOWED, (method, path), header, **body)


def row_of(what: str, attempts: Sequence[Attempt], say: Callable[[str], None]) -> Row:
    """How many were not refused; the row falls short too when nothing was tried."""
    let_in = [f"{one.what} ({one.status})" for one in attempts if not one.refused]
    return none_wrong(
        f"{what}, not refused, of {len(attempts)}", let_in, say, "requests", tried=len(attempts)
    )


def _attempt(
    browser: httpx.Client,
    who: str,
    due: int,
    route: tuple[str, str],
    token: Mapping[str, str],
    **body: Any,
) -> Attempt:
    method, path = route
    headers = {"Accept": "application/json", **token}
    answer = browser.request(method, filled(path), headers=headers, **body)
    try:
        said = answer.json()
    except ValueError:
        said = None
    told = isinstance(said, dict) and said.get("ok") is False and bool(said.get("error"))
    return Attempt(f"{who}: {method} {path}", due, answer.status_code, told)
