"""What a person or a program may send by mistake or on purpose: refused or shown as text, never a crash."""

from typing import Any

import pytest
from desk_faxes import SCRIPT, add_fax
from desk_house import PASSWORD, Browser, browser_of

from review.context import DeskContext
from store.database import reading
from store.desk.accounts import find_account
from store.tables import ReviewTask


def test_ten_megabytes_are_refused_in_the_one_shape(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    order = {
        "account": "big",
        "full_name": "x" * 10_000_000,
        "role": "lead",
        "password": PASSWORD,
    }
    answer = browser.change("/accounts", order)
    assert answer.status_code == 413
    assert answer.json().keys() == {"ok", "error", "errors", "status"}
    form = browser.submit("/accounts", order)
    assert form.status_code == 413
    assert "shorten it" in form.text


def test_a_comment_that_is_too_long_is_refused(desk: DeskContext) -> None:
    add_fax(desk)
    with reading(desk.database) as session:
        task = session.query(ReviewTask.id).limit(1).scalar()
    browser = browser_of(desk, "triage")
    assert browser.change(f"/outreach/{task}/attempts", {"text": "x" * 4001}).status_code == 422
    assert browser.change(f"/outreach/{task}/attempts", {"text": "x" * 10_000_000}).status_code == 413
    assert browser.change(f"/outreach/{task}/attempts", {"text": "Nobody answered."}).status_code == 200


@pytest.mark.parametrize("name", [SCRIPT, "' OR 1=1 --", "{{ 7 * 7 }}", "\u202eevil", "名前", "a\x00b"])
def test_a_strange_name_is_shown_as_text(desk: DeskContext, name: str) -> None:
    add_fax(desk, last_name=name)
    lead = browser_of(desk, "lead")
    order = {"account": "strange", "full_name": name, "role": "triage", "password": PASSWORD}
    assert lead.change("/accounts", order).status_code in {200, 422}
    page = lead.get("/accounts")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    found = lead.change("/inbox/find", {"patient": name})
    assert found.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'"text"',
        b"\xff\xfe",
        b"1e999",
        b'{"account": NaN}',
        b'{"full_name": "\\ud83d"}',
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_body_that_is_no_order_is_refused(desk: DeskContext, body: bytes) -> None:
    browser = browser_of(desk, "lead")
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "application/json", "Accept": "application/json"}
    answer = browser.post("/accounts", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["ok"] is False


def test_half_a_character_is_refused_before_anything_shows_it(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "application/json"}
    answer = browser.post("/inbox/find.json", content=b'{"patient": "\\ud83d"}', headers=headers)
    assert answer.status_code == 422


def test_endless_brackets_are_refused(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "application/json"}
    assert browser.post("/accounts", content=b"[" * 50_000, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("text/xml", b"<a/>", 415),
        ("application/x-www-form-urlencoded", b"no equals sign", 422),
        ("application/x-www-form-urlencoded", b"%ff%fe=1", 422),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(5000)), 422),
    ],
)
def test_a_body_of_another_kind_is_refused(desk: DeskContext, kind: str, body: bytes, status: int) -> None:
    browser = browser_of(desk, "lead")
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": kind, "Accept": "application/json"}
    assert browser.post("/accounts", content=body, headers=headers).status_code == status


@pytest.mark.parametrize(
    "path", ["/transmissions/..%2f..%2fetc", "/static/../app.py", "/%00", "/inbox%0d%0aX:y"]
)
def test_odd_addresses_lead_nowhere(desk: DeskContext, path: str) -> None:
    assert browser_of(desk, "lead").get(path).status_code in {404, 422}


def test_an_error_never_says_what_was_sent(desk: DeskContext) -> None:
    secret = "Ferreira-Lund 1980-02-29"
    browser = browser_of(desk, "lead")
    answer = browser.change("/registers/find.json", {"kind": secret, "text": secret, "born_on": secret})
    assert answer.status_code == 422
    assert secret not in answer.text


def test_a_fault_of_the_program_is_told_without_its_words(
    desk: DeskContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("Ferreira-Lund")

    monkeypatch.setattr("review.routes.accounts.list_accounts", broken)
    browser: Browser = browser_of(desk, "lead")
    answer = browser.get("/accounts", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "A fault of the program" in answer.text
    assert "Ferreira" not in answer.text


def test_nobody_closes_or_lowers_an_own_account(desk: DeskContext) -> None:
    browser = browser_of(desk, "lead")
    assert browser.change("/accounts/lead/disabled", {"disabled": True}).status_code == 422
    assert browser.change("/accounts/lead/role", {"role": "auditor"}).status_code == 422
    assert browser.change("/accounts/nobody.here/role", {"role": "auditor"}).status_code == 404


def test_accounts_are_added_changed_and_closed(desk: DeskContext) -> None:
    lead, triage = browser_of(desk, "lead"), browser_of(desk, "triage")
    added = {
        "account": "New.One",
        "full_name": "New One",
        "role": "reviewer",
        "password": PASSWORD,
    }
    assert lead.submit("/accounts", added).headers["location"] == "/accounts?said=saved"
    assert lead.submit("/accounts", added).status_code == 409
    assert lead.change("/accounts", {**added, "account": "second", "password": "short"}).status_code == 422
    assert lead.change("/accounts", {"account": "third", "full_name": "T", "role": "lead"}).status_code == 422
    assert lead.submit("/accounts/triage/role", {"role": "auditor"}).status_code == 303
    assert triage.get("/keys", headers={"Accept": "application/json"}).status_code == 401
    assert lead.submit("/accounts/new.one/password", {"password": "another long sentence"}).status_code == 303
    assert lead.submit("/accounts/new.one/disabled", {"disabled": "true"}).status_code == 303
    with reading(desk.database) as session:
        account = find_account(session, "new.one")
    assert account is not None and account.disabled
