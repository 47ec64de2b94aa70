"""Signing in by the house's own service."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_house import Browser, browser_of, make_desk, stranger
from joserfc.jwk import RSAKey
from oidc_provider import CLIENT, Provider, running_provider

from review.context import DeskContext
from review.settings import OidcSettings
from store.desk.accounts import set_disabled


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, provider: Provider) -> DeskContext:
    oidc = OidcSettings(issuer=provider.issuer, client_id=CLIENT[0], client_secret=CLIENT[1])  # type: ignore[arg-type]
    return make_desk(tmp_path, oidc=oidc)


def come_back(browser: Browser, provider: Provider, **changed: str) -> Any:
    left = browser.get("/login/oidc?then=/keys")
    assert left.status_code == 303
    assert "SameSite=lax" in left.headers["set-cookie"]
    code, state = provider.authorize(left.headers["location"])
    return browser.get("/login/oidc/callback", params={"code": code, "state": state} | changed)


def test_whom_the_service_confirms_is_signed_in(desk: DeskContext, provider: Provider) -> None:
    provider.subject = "subject of triage"
    browser = stranger(desk)
    answer = come_back(browser, provider)
    assert answer.status_code == 200
    assert 'content="0;url=/keys"' in answer.text
    assert browser.get("/keys").status_code == 200
    assert browser.get("/accounts").status_code == 403


def test_somebody_whom_the_desk_does_not_know_stays_outside(desk: DeskContext, provider: Provider) -> None:
    provider.subject = "somebody else"
    browser = stranger(desk)
    assert come_back(browser, provider).status_code == 403
    assert browser.get("/keys", headers={"Accept": "application/json"}).status_code == 401


def test_an_account_that_is_there_already_is_linked_by_a_lead(desk: DeskContext, provider: Provider) -> None:
    provider.subject = "subject of somebody new"
    lead, reviewer = browser_of(desk, "lead"), browser_of(desk, "reviewer")
    assert (
        'action="/accounts/reviewer/subject"' in lead.get("/accounts", headers={"Accept": "text/html"}).text
    )
    assert reviewer.change("/accounts/reviewer/subject", {"oidc_subject": "x"}).status_code == 403
    taken = lead.change("/accounts/reviewer/subject", {"oidc_subject": "subject of triage"})
    assert taken.status_code == 409
    linked = lead.submit("/accounts/reviewer/subject", {"oidc_subject": provider.subject})
    assert linked.headers["location"] == "/accounts?said=saved"
    assert come_back(stranger(desk), provider).status_code == 200
    assert lead.submit("/accounts/reviewer/subject", {"oidc_subject": ""}).status_code == 303
    assert come_back(stranger(desk), provider).status_code == 403


def test_a_disabled_account_stays_outside(desk: DeskContext, provider: Provider) -> None:
    provider.subject = "subject of triage"
    set_disabled(desk.database, "triage", True, by="test")
    assert come_back(stranger(desk), provider).status_code == 403


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": "another desk"},
        {"iss": "https://elsewhere.test"},
        {"nonce": "of an earlier sign-in"},
        {"exp": int(time.time()) - 600},
    ],
    ids=lambda lies: next(iter(lies)),
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    desk: DeskContext, provider: Provider, lies: dict[str, Any]
) -> None:
    provider.subject, provider.lies = "subject of triage", lies
    assert come_back(stranger(desk), provider).status_code == 401


def test_a_token_signed_by_somebody_else_is_refused(desk: DeskContext, provider: Provider) -> None:
    provider.subject = "subject of triage"
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(stranger(desk), provider).status_code == 401


def test_a_state_of_another_browser_is_refused(desk: DeskContext, provider: Provider) -> None:
    provider.subject = "subject of triage"
    assert come_back(stranger(desk), provider, state="another").status_code == 401


def test_coming_back_without_having_left_is_refused(desk: DeskContext) -> None:
    assert stranger(desk).get("/login/oidc/callback?code=x&state=y").status_code == 401


def test_a_service_that_does_not_answer_is_told(tmp_path: Path) -> None:
    oidc = OidcSettings(issuer="http://127.0.0.1:9", client_id="desk")
    answer = stranger(make_desk(tmp_path, oidc=oidc)).get("/login/oidc")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_without_a_service_the_way_there_does_not_exist(tmp_path: Path) -> None:
    browser = stranger(make_desk(tmp_path))
    assert browser.get("/login/oidc").status_code == 404
    assert "house account" not in browser.get("/login").text
