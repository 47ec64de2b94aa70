"""Every route is in the table, and the table is what holds: no login, wrong role, forged or missing token."""

import re
from pathlib import Path

import pytest
from desk_house import browser_of, make_desk, stranger
from starlette.routing import Mount

from review.accounts.model import ROLES
from review.app import create_app
from review.context import DeskContext
from review.permissions import PERMISSIONS, WORLD, access_to
from review.routes import ROUTERS
from review.web.routing import DeskRoute


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> DeskContext:
    return make_desk(Path(tmp_path_factory.mktemp("desk")))


@pytest.fixture(scope="module")
def routes(desk: DeskContext) -> list[tuple[str, str]]:
    """Method and path of every route."""
    app = create_app(desk)
    included = [route.original_router for route in app.routes if hasattr(route, "original_router")]
    rest = [route for route in app.routes if not hasattr(route, "original_router")]
    assert [type(route) for route in rest] == [Mount]
    assert included == list(ROUTERS)
    found = []
    for route in (route for router in included for route in router.routes):
        assert isinstance(route, DeskRoute), f"{route} is not behind the guard"
        found += [(method, route.path) for method in sorted(route.methods or ())]
    assert len(found) > 40
    return found


def filled(path: str) -> str:
    """An address that the route's own checks would let pass."""
    values = {"kind": "patient", "form_role": "patient", "number": "1", "account": "auditor", "page": "1"}
    hashes = {"fax", "transmission_id"}
    return re.sub(
        r"\{(\w+)\}", lambda found: "0" * 64 if found[1] in hashes else values.get(found[1], "x1"), path
    )


def test_every_route_is_in_the_table(routes: list[tuple[str, str]]) -> None:
    missing = []
    for method, path in routes:
        try:
            access_to(method, path)
        except KeyError:
            missing.append((method, path))
    assert missing == []


def test_the_table_has_no_row_without_a_route(routes: list[tuple[str, str]]) -> None:
    known = {(method, path.removesuffix(".json")) for method, path in routes} | set(routes)
    assert sorted(row for row in PERMISSIONS if row not in known) == []


def test_without_login_nothing_opens(desk: DeskContext, routes: list[tuple[str, str]]) -> None:
    browser = stranger(desk)
    for method, path in routes:
        if access_to(method, path) is WORLD:
            continue
        answer = browser.request(method, filled(path), headers={"Accept": "application/json"})
        assert answer.status_code == 401, (method, path, answer.status_code)
        assert answer.json()["ok"] is False


def test_without_login_a_page_leads_to_the_sign_in_and_back(desk: DeskContext) -> None:
    answer = stranger(desk).get("/accounts", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?then=%2Faccounts"


def test_wrong_roles_are_refused_everywhere(desk: DeskContext, routes: list[tuple[str, str]]) -> None:
    refused = 0
    for role in ROLES:
        browser = browser_of(desk, role)
        for method, path in routes:
            roles = access_to(method, path)
            if roles is None or role in roles:
                continue
            headers = {"Accept": "application/json", "X-CSRF-Token": browser.csrf}
            answer = browser.request(method, filled(path), headers=headers, json={})
            assert answer.status_code == 403, (role, method, path, answer.status_code)
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("token", [None, "", "forged", "stolen"])
def test_no_change_without_the_right_token(
    desk: DeskContext, routes: list[tuple[str, str]], token: str | None
) -> None:
    if token == "stolen":
        token = browser_of(desk, "reviewer").csrf
    for role in ("lead", "triage", "safety"):
        browser = browser_of(desk, role)
        for method, path in routes:
            if method != "POST" or role not in (access_to(method, path) or ROLES):
                continue
            headers = {"Accept": "application/json"} | ({} if token is None else {"X-CSRF-Token": token})
            for body in ({"json": {}}, {"data": {"csrf": token or ""}}):
                answer = browser.post(filled(path), headers=headers, **body)
                assert answer.status_code == 403, (role, path, answer.status_code, answer.text)


def test_a_change_from_another_site_is_refused_even_with_the_token(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    order = {
        "account": "new.one",
        "full_name": "New One",
        "role": "triage",
        "password": "a long sentence here",
    }
    answer = browser.change("/accounts", order, headers={"Origin": "https://elsewhere.test"})
    assert answer.status_code == 403
    assert browser.change("/accounts", order, headers={"Origin": "http://desk.test"}).status_code == 200


def test_the_auditor_changes_nothing(routes: list[tuple[str, str]]) -> None:
    reads = {"/inbox/find", "/registers/find", "/registers/{kind}/{identifier}/verify", "/logout", "/keys"}
    may = {
        path
        for method, path in routes
        if method == "POST" and "auditor" in (access_to(method, path) or ()) and not path.endswith(".json")
    }
    assert may <= reads
