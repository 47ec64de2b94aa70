"""What is known before a field is read: the day of the call, and the name beside an e-mail address."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from extractors.call_date import NearCall, call_day, near_call
from extractors.expected import expectations
from extractors.mailbox import Mailbox, mailbox_of
from extractors.readers.protocol import LineReading
from extractors.settling import Heard, settle
from form_templates.model import FormField


def field(name: str, kind: str, *, future: bool = False) -> FormField:
    return FormField.model_validate(
        {"name": name, "label": "", "kind": kind, "page": 1, "section": "s", "future": future}
    )


SIGNED, DRAWN, PLANNED = (
    field("signature_date", "date"),
    field("cbc_date", "date"),
    field("first_infusion_date", "date", future=True),
)
BORN = field("date_of_birth", "date")
CALL = date(2026, 7, 2)


def test_dates_near_the_call_are_likely_and_others_the_less_the_farther() -> None:
    near = NearCall(CALL, known=True)
    assert near.bonus(DRAWN, "2026-06-20") == 0
    assert 0 > near.bonus(DRAWN, "2025-03-20") > near.bonus(DRAWN, "2022-06-20")
    assert near.bonus(DRAWN, "2026-07-20") < 0 == near.bonus(PLANNED, "2026-07-20")
    assert near.bonus(SIGNED, "2026-03-20") < 0 == near.bonus(SIGNED, "2026-07-01")
    assert near.fits(DRAWN, "2026-06-20")
    assert not near.fits(DRAWN, "2016-06-20")
    assert near.fits(DRAWN, None) is None


def test_the_year_of_the_call_is_tried_in_every_way_to_write_it() -> None:
    near = NearCall(CALL, known=True)
    tried = near.candidates(["06/20/2024", "6/20/24", "06202024", "062020246", "June"])
    assert {"06/20/2026", "06/20/2025", "6/20/26", "06202026"} <= set(tried)
    assert not near.candidates(["June", ""])


@given(st.dates(date(2015, 1, 1), date(2040, 12, 31)), st.integers(-3000, 3000))
def test_a_bonus_never_speaks_for_a_date_and_never_fails(call: date, days: int) -> None:
    near = NearCall(call, known=True)
    day = (call + timedelta(days)).isoformat()
    assert near.bonus(PLANNED, day) <= 0
    assert near.bonus(DRAWN, day) <= 0


def test_where_the_call_is_unknown_the_other_dates_of_the_form_speak_births_apart() -> None:
    read = {"signature_date": "2026-07-01", "cbc_date": "2026-06-20", "date_of_birth": "1980-02-03"}
    fields = [SIGNED, DRAWN, PLANNED, BORN]
    found = near_call(fields, read, None)
    assert set(found) == {"signature_date", "cbc_date", "first_infusion_date"}
    assert found["first_infusion_date"] == NearCall(date(2026, 6, 20), known=False)
    assert found["cbc_date"].bonus(DRAWN, "2021-06-20") < 0
    assert near_call(fields, {}, None) == {}


def test_the_call_reaches_every_date_that_was_written_but_births() -> None:
    read = [(one, "06202026", 0.1) for one in (SIGNED, DRAWN, BORN)]
    assert expectations(read, CALL) == {
        "signature_date": NearCall(CALL, known=True),
        "cbc_date": NearCall(CALL, known=True),
    }


def test_a_clock_that_was_never_set_and_a_fax_kept_for_years_give_no_day() -> None:
    sent = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)
    assert call_day(sent, None) == call_day(sent, sent + timedelta(hours=3)) == CALL
    assert call_day(datetime(2000, 1, 1, tzinfo=UTC), sent) is None
    assert call_day(sent, sent + timedelta(days=2000)) is None
    assert call_day(None, sent) is None


MAIL = field("contact_email", "email")


def test_an_address_is_mostly_made_of_the_name_beside_it() -> None:
    box = mailbox_of(MAIL, {"contact_name": "Virginia Dewar"})
    assert "vdewar" in box.locals_
    assert "vdewar@office.example" in box.candidates(["vdewer@ofice.exemple"])
    assert box.bonus(MAIL, "vdewar@office.example") > box.bonus(MAIL, "vdewer@office.example")
    assert box.bonus(MAIL, "vdewar@office.example") > box.bonus(MAIL, "vdewar@office.exanple")
    assert box.fits(MAIL, "vdewar@office.example")
    assert box.fits(MAIL, "vdewer@office.example") is None


def test_first_and_last_name_in_fields_of_their_own_and_a_name_that_is_not_there() -> None:
    of_two = mailbox_of(MAIL, {"contact_first_name": "Ana", "contact_last_name": "Lund"})
    assert {"alund", "ana.lund"} <= set(of_two.locals_)
    assert mailbox_of(MAIL, {"contact_name": "Cher"}) == Mailbox()


def test_capitals_stay_and_a_lost_point_is_put_back() -> None:
    assert "KBARLOW@OFFICE.EXAMPLE" in Mailbox().candidates(["KBARLOW@OFFICEEXAMPLE"])
    assert Mailbox().candidates(["no address", "@", ""]) == ()


def test_a_date_far_from_the_call_is_said_to_be_unexpected() -> None:
    near = NearCall(CALL, known=True)
    for text, unexpected in (("06/20/2026", False), ("06/20/2016", True)):
        found = settle(DRAWN, Heard((LineReading(text, 0.99),)), expected=near)
        assert found.value == f"{text[-4:]}-06-20"
        assert ("unexpected" in found.reasons) is unexpected
