"""Every route is in the table, and the table is what holds: no login, wrong role, forged or missing token."""

from pathlib import Path

import pytest
from desk_house import browser_of, make_desk, stranger
from starlette.routing import Mount

from benchmarks.desk import refusals
from review.accounts.model import ROLES
from review.app import create_app
from review.context import DeskContext
from review.permissions import PERMISSIONS, access_to
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
    for route in (route for router in included for route in router.routes):
        assert isinstance(route, DeskRoute), f"{route} is not behind the guard"
    found = refusals.routes()
    assert len(found) > 40
    return found


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


def test_without_login_nothing_opens(desk: DeskContext) -> None:
    attempts = list(refusals.without_login(stranger(desk)))
    assert len(attempts) > 40
    assert [one for one in attempts if not one.refused] == []


def test_without_login_a_page_leads_to_the_sign_in_and_back(desk: DeskContext) -> None:
    answer = stranger(desk).get("/accounts", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?then=%2Faccounts"


def test_wrong_roles_are_refused_everywhere(desk: DeskContext) -> None:
    attempts = []
    for role in ROLES:
        browser = browser_of(desk, role)
        attempts += refusals.with_wrong_role(browser, browser.csrf, role)
    assert len(attempts) > 50
    assert [one for one in attempts if not one.refused] == []


@pytest.mark.parametrize("name", refusals.wrong_tokens(""))
def test_no_change_without_the_right_token(desk: DeskContext, name: str) -> None:
    token = refusals.wrong_tokens(browser_of(desk, "reviewer").csrf)[name]
    for role in ("lead", "triage", "safety"):
        attempts = list(refusals.with_wrong_token(browser_of(desk, role), role, token))
        assert len(attempts) > 20
        assert [one for one in attempts if not one.refused] == []


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
