from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_examples import BIRTH, INFUSION, RECEIVED, SIGNED, Example, Sheet, asked, findings_of

from validators.date_text import is_impossible_date
from validators.dates import age_in_years
from validators.model import Answer
from validators.program_dates import LABS, lab_in_window
from validators.settings import RuleSettings

DAYS = st.dates(date(2014, 1, 1), date(2035, 12, 31))
LABS_FORM = (
    INFUSION,
    asked("course", "choice"),
    *(asked(f"{lab}_date", "date") for lab in LABS),
    *(asked(f"{lab}_done", "yes_no") for lab in LABS),
)
PLANNED = date(2026, 4, 1)


def rules(form, fields, sheet, settings=None):
    return [one.rule for one in findings_of(Example(form, fields, sheet, sheet), sheet, settings)]


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize(("days", "fails"), [(-1, True), (0, False), (1, False), (30, False), (31, True)])
def test_the_window_of_each_lab_is_inclusive_at_both_ends(lab, days, fails):
    answers = {
        "first_infusion_date": PLANNED.isoformat(),
        f"{lab}_date": (PLANNED - timedelta(days)).isoformat(),
    }
    found = findings_of(Example("patient_authorization", LABS_FORM, Sheet(), Sheet()), Sheet(answers))
    labs = [one for one in found if one.rule == "W4"]
    assert len(labs) == int(fails)
    if fails:
        assert labs[0].fields == (f"{lab}_date", "first_infusion_date")
        assert ("after" if days < 0 else "before") in labs[0].message


@given(DAYS, st.integers(-400, 400), st.integers(0, 90))
def test_the_window_holds_on_any_calendar(infusion, days, window):
    assert lab_in_window(infusion - timedelta(days), infusion, window) == (0 <= days <= window)


@pytest.mark.parametrize(
    ("course", "scope", "fails"),
    [
        ("first", "first_course", True),
        ("second", "first_course", False),
        ("second", "per_course", True),
        (None, "first_course", True),
    ],
)
def test_labs_bind_by_course_as_the_settings_say(course, scope, fails):
    sheet = Sheet({"first_infusion_date": "2026-04-01", "cbc_date": "2026-01-01", "course": course})
    by_version = RuleSettings(labs_scope_by_version={"2015-11": scope})
    for settings in (RuleSettings(labs_scope=scope), by_version):
        assert ("W4" in rules("patient_authorization", LABS_FORM, sheet, settings)) == fails


def test_an_unsure_date_waits_for_review_instead_of_failing():
    answers = {"first_infusion_date": "2026-04-01", "cbc_date": "2026-01-01"}
    example = Example("patient_authorization", LABS_FORM, Sheet(), Sheet())
    found = findings_of(example, Sheet(answers, unsure=("cbc_date",)))
    labs = [one for one in found if one.rule == "W4"]
    assert [one.severity for one in labs] == ["info"]
    assert "review it first" in labs[0].message
    assert not [one for one in found if one.severity == "error"]


@given(DAYS)
def test_a_day_of_the_calendar_is_never_impossible(day):
    for raw in (day.isoformat(), f"{day:%m/%d/%Y}", f"{day:%m%d%Y}", f"{day.month}-{day.day}-{day:%y}"):
        assert not is_impossible_date(Answer("d", "date", None, raw=raw))
    assert not is_impossible_date(Answer("d", "date", day.isoformat()))


@pytest.mark.parametrize(
    "raw", ["02/30/2026", "2/29/25", "13/01/2026", "04312026", "2026-02-30", "00/10/2026"]
)
def test_days_that_no_calendar_has_are_impossible(raw):
    assert is_impossible_date(Answer("d", "date", None, raw=raw))
    assert is_impossible_date(Answer("d", "date", raw))


@pytest.mark.parametrize("raw", ["", "//", "soon", "3/2026", "1/2/3/4", "N/A", "02/3O/2026"])
def test_what_is_no_whole_date_is_illegible_not_impossible(raw):
    assert not is_impossible_date(Answer("d", "date", None, raw=raw))


@given(st.text(max_size=20))
def test_any_writing_can_be_judged(raw):
    assert is_impossible_date(Answer("d", "date", None, raw=raw)) in {True, False}


@given(st.dates(date(1920, 1, 1), date(2009, 1, 1)), st.integers(0, 60))
def test_age_grows_by_one_each_birthday(birth, years):
    birthday = birth.replace(year=birth.year + years, day=min(birth.day, 28))
    early = birthday - timedelta(days=1)
    assert age_in_years(birth, birthday + timedelta(days=3)) >= years
    assert age_in_years(birth, early) <= years


def test_the_age_that_counts_is_that_on_the_planned_infusion_date():
    young = {"date_of_birth": "2009-06-01", "first_infusion_date": "2026-06-01"}
    assert "D6" not in rules("prescription_order", (BIRTH, INFUSION), Sheet(young))
    young["first_infusion_date"] = "2026-05-31"
    assert "D6" in rules("prescription_order", (BIRTH, INFUSION), Sheet(young))


def test_a_signature_date_after_receipt_is_told_once():
    sheet = Sheet({"signature": True, "signature_date": "2026-04-10"})
    assert rules("care_transfer", SIGNED, sheet) == ["X4-4"]
    assert rules("patient_status", SIGNED, sheet) == ["PSF-07"]


def test_planned_dates_may_lie_ahead():
    assert rules("prescription_order", (INFUSION,), Sheet({"first_infusion_date": "2026-05-01"})) == []


@pytest.mark.parametrize("after", [0, 1])
def test_the_day_of_receipt_is_not_the_future(after):
    day = RECEIVED.date() + timedelta(days=after)
    found = rules(
        "patient_status", (asked("last_seen_date", "date"),), Sheet({"last_seen_date": day.isoformat()})
    )
    assert found == (["X4-2"] if after else [])
