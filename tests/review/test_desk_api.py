"""The desk as programs see it: OpenAPI, the JSON beside every page, and schemathesis looking for a crash."""

import os
from pathlib import Path

import pytest
import schemathesis
from desk_faxes import add_fax, add_set_aside
from desk_house import browser_of, make_desk, stranger

from benchmarks.desk.crashes import signed_in_as, try_all
from review.app import create_app
from review.context import DeskContext
from review.web.cookies import SESSION

EXAMPLES = int(os.environ.get("REMSFAX_DESK_EXAMPLES", "8"))
"""Cases a route; more are tried where somebody has the time."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> DeskContext:
    made = make_desk(Path(tmp_path_factory.mktemp("api")))
    add_fax(made)
    add_set_aside(made)
    return made


def test_the_description_is_openapi_and_for_those_who_are_signed_in(desk: DeskContext) -> None:
    described = browser_of(desk, "auditor").json_of("/openapi.json")
    assert described["openapi"].startswith("3.")
    assert {"/inbox.json", "/transmissions/{fax}.json", "/registers/{kind}/{identifier}.json"} <= set(
        described["paths"]
    )
    assert stranger(desk).get("/openapi.json", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize(
    "path", ["/inbox", "/figures", "/accounts", "/due", "/outreach", "/registers", "/matching"]
)
def test_json_stands_beside_every_page_by_name_and_by_accept(desk: DeskContext, path: str) -> None:
    browser = browser_of(desk, "lead")
    by_name, by_accept = (
        browser.get(f"{path}.json"),
        browser.get(path, headers={"Accept": "application/json"}),
    )
    assert by_name.headers["content-type"] == by_accept.headers["content-type"] == "application/json"
    assert by_name.json().keys() == by_accept.json().keys()
    assert browser.get(path, headers={"Accept": "text/html"}).headers["content-type"].startswith("text/html")


@pytest.mark.slow
def test_nothing_that_programs_send_makes_it_crash(desk: DeskContext) -> None:
    lead = browser_of(desk, "lead")
    signed_in = signed_in_as(lead.cookies[SESSION], lead.csrf)
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(desk), headers=signed_in)
    tried = try_all(schema, signed_in, EXAMPLES)
    assert len(tried) > 30
    assert [one for one in tried if one.crashes or not one.reached] == []
