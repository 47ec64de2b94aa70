"""Signing in and out, sessions, and the headers of every answer."""

import re
from pathlib import Path

import pytest
from desk_house import PASSWORD, Browser, browser_of, make_desk, stranger

from review.context import DeskContext
from review.web.cookies import SESSION
from store.desk.accounts import set_disabled


def opened_form(browser: Browser) -> str:
    """The token of the sign-in page."""
    page = browser.get("/login")
    assert page.status_code == 200
    found = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert found is not None
    browser.csrf = found[1]
    return found[1]


def sign_in(browser: Browser, account: str, password: str, then: str = "/accounts") -> int:
    answer = browser.submit("/login", {"account": account, "password": password, "then": then})
    return int(answer.status_code)


def test_a_password_opens_a_session_that_scripts_cannot_read(desk: DeskContext) -> None:
    browser = stranger(desk)
    opened_form(browser)
    answer = browser.submit("/login", {"account": "Lead", "password": PASSWORD, "then": "/accounts"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/accounts"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Secure" not in cookie
    assert browser.get("/accounts").status_code == 200


def test_over_https_the_cookie_is_secure(desk: DeskContext) -> None:
    browser = stranger(desk)
    browser.base_url = "https://desk.test"
    opened_form(browser)
    answer = browser.submit("/login", {"account": "lead", "password": PASSWORD})
    assert answer.status_code == 303
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_wrong_password_and_an_unknown_account_are_told_the_same(desk: DeskContext) -> None:
    browser = stranger(desk)
    opened_form(browser)
    wrong = browser.submit("/login", {"account": "lead", "password": "not the password"})
    unknown = browser.submit("/login", {"account": "nobody", "password": "not the password"})
    assert wrong.status_code == unknown.status_code == 401
    assert "is wrong, or the account is disabled" in wrong.text
    assert wrong.text == unknown.text


def test_a_program_signs_in_with_json(desk: DeskContext) -> None:
    browser = stranger(desk)
    token = opened_form(browser)
    browser.csrf = token
    signed = browser.change("/login", {"account": "lead", "password": PASSWORD})
    assert signed.status_code == 200
    browser.csrf = signed.json()["csrf"]
    assert browser.change("/logout").json()["ok"] is True
    assert browser.get("/accounts.json").status_code == 401


def test_too_many_failures_make_a_pause_for_account_and_address(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, login_attempts=3)
    browser = stranger(desk)
    opened_form(browser)
    assert [sign_in(browser, "lead", "wrong wrong wrong") for _ in range(4)] == [401, 401, 401, 429]
    assert sign_in(browser, "lead", PASSWORD) == 429
    assert sign_in(browser, "somebody.else", "wrong wrong wrong") == 429


def test_no_link_leads_elsewhere_after_the_sign_in(desk: DeskContext) -> None:
    for place in ("https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test", "javascript:alert(1)"):
        browser = stranger(desk)
        opened_form(browser)
        answer = browser.submit("/login", {"account": "lead", "password": PASSWORD, "then": place})
        assert answer.headers["location"] == "/"


def test_signing_out_ends_the_session_in_the_store(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    token = browser.cookies[SESSION]
    assert browser.submit("/logout").headers["location"] == "/login?said=signed-out"
    again = stranger(desk)
    again.cookies.set(SESSION, token, domain="desk.test")
    assert again.get("/accounts.json").status_code == 401


def test_a_disabled_account_is_out_at_once(desk: DeskContext) -> None:
    browser = browser_of(desk, "triage")
    assert browser.get("/keys").status_code == 200
    set_disabled(desk.database, "triage", True, by="test")
    assert browser.get("/keys", headers={"Accept": "application/json"}).status_code == 401


def test_a_session_that_rests_too_long_has_ended(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, idle_minutes=1e-6)
    assert browser_of(desk, "lead").get("/accounts.json").status_code == 401


@pytest.mark.parametrize("path", ["/login", "/accounts", "/nothing", "/health", "/accounts.json"])
def test_every_answer_bears_the_headers(desk: DeskContext, path: str) -> None:
    answer = browser_of(desk, "lead").get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    name, _, took_ms = answer.headers["server-timing"].partition(";dur=")
    assert name == "desk"
    assert 0 <= float(took_ms) <= 1000 * answer.elapsed.total_seconds() + 1


def test_pages_hold_no_script_and_no_style_of_their_own(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    for path in ("/accounts", "/keys", "/due", "/inbox", "/registers", "/figures", "/matching", "/outreach"):
        page = browser.get(path)
        assert page.status_code == 200, path
        assert "<style" not in page.text
        assert not re.search(r"<[^>]*\s(style|on\w+)=", page.text), path
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page.text))


def test_light_and_dark_are_kept_in_the_browser(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    assert 'data-theme="auto"' in browser.get("/accounts").text
    assert browser.submit("/theme", {"theme": "dark", "go": "/accounts"}).headers["location"] == "/accounts"
    assert 'data-theme="dark"' in browser.get("/accounts").text
    assert browser.submit("/theme", {"theme": "pink"}).status_code == 422


def test_static_files_are_kept_and_found(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    page = browser.get("/accounts").text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
