"""What a lead or an account's owner can put right: a rejection, lost devices, one's own keys."""

from desk_house import browser_of
from desk_samples import LEA, SURNAME, care_transfer, put, rules
from store_samples import sha

from review.context import DeskContext
from store.database import reading
from store.desk.rejecting import reject_form
from store.tables import Record


def test_a_rejection_is_shown_and_taken_back_on_the_page_of_the_fax(desk: DeskContext) -> None:
    key = put(desk.database, 1, care_transfer({SURNAME: "Wrong"}))
    reject_form(desk.database, desk.review, rules(), LEA, key, why="a copy of a copy")
    lead, reviewer = browser_of(desk, "lead"), browser_of(desk, "reviewer")
    page = lead.get(f"/transmissions/{sha(1)}", headers={"Accept": "text/html"}).text
    assert "Take the rejection back" in page
    assert "Take the rejection back" not in reviewer.get(f"/transmissions/{sha(1)}").text
    order = {"document_id": key, "transmission_id": sha(1), "why": "readable after all"}
    assert reviewer.change("/review/accept-again", order).status_code == 403
    done = lead.submit("/review/accept-again", order)
    assert done.headers["location"] == f"/transmissions/{sha(1)}?said=accepted-again"
    with reading(desk.database) as session:
        assert session.get_one(Record, key).state == "in_review"
    assert lead.json_of(f"/transmissions/{sha(1)}.json")["rejected"] == []


def test_a_lead_sees_what_was_done_to_accounts_and_signs_one_out(desk: DeskContext) -> None:
    lost, lead = browser_of(desk, "triage"), browser_of(desk, "lead")
    assert lost.get("/keys").status_code == 200
    assert browser_of(desk, "auditor").change("/accounts/triage/sessions").status_code == 403
    assert lead.submit("/accounts/triage/sessions").headers["location"] == (
        "/accounts?said=signed-out-everywhere"
    )
    assert lost.get("/keys", headers={"Accept": "application/json"}).status_code == 401
    latest = lead.json_of("/accounts.json")["changes"][0]
    assert (latest["account"], latest["action"], latest["by"]) == ("triage", "signed_out", "lead")
    assert lead.change("/accounts/nobody/sessions").status_code == 404


def test_changed_keys_are_kept_with_the_account(desk: DeskContext) -> None:
    browser = browser_of(desk, "reviewer")
    assert browser.change("/keys", {"keys": {"review.accept": "Alt+s", "wall.odd": " "}}).status_code == 200
    elsewhere = browser_of(desk, "reviewer").get("/keys").text
    assert "&#34;review.accept&#34;: &#34;Alt+s&#34;" in elsewhere
    assert "&#34;wall.odd&#34;: &#34; &#34;" in elsewhere
    assert browser.change("/keys", {"keys": {"x": "y" * 33}}).status_code == 422
    assert browser.change("/keys", {"keys": {}}).status_code == 200
    assert 'data-keys=""' in browser.get("/keys").text
