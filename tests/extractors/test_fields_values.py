"""Parsers of written values: they never raise, never invent, and read what offices write."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from extractors.values import normalize
from extractors.values.dates import MONTHS, parse_date, parse_time
from extractors.values.identifiers import npi_is_valid, parse_dea, parse_ncpdp, parse_npi, parse_rems_id
from extractors.values.numbers import parse_number, parse_phone
from extractors.values.parsed import Parsed, is_absent
from extractors.values.places import STATES, parse_state, parse_zip
from extractors.values.words import parse_email, parse_name
from form_templates.model import FormField, Kind

WRITTEN: tuple[Kind, ...] = (
    "name", "text", "free_text", "date", "time", "phone", "email", "npi", "dea", "state_license", "rems_id",
    "ncpdp", "state", "zip", "number", "office_use",
)  # fmt: skip
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def field(kind: Kind, name: str = "asked", **more: object) -> FormField:
    return FormField.model_validate(
        {"name": name, "label": "", "kind": kind, "page": 1, "section": "s", **more}
    )


@given(st.sampled_from(WRITTEN), st.text(max_size=40))
def test_no_parser_raises_or_invents_digits(kind: Kind, raw: str) -> None:
    parsed = normalize(field(kind), raw)
    if parsed.value is None:
        assert not parsed.plausible
        assert parsed.reasons
    elif kind in ("phone", "npi", "zip", "ncpdp", "dea"):
        shown = re.sub(r"[Oo]", "0", re.sub(r"[Il|]", "1", raw)).upper()
        remaining = iter("".join(c for c in shown if c.isalnum()))
        assert all(sign in remaining for sign in parsed.value if sign.isalnum())


@given(days, st.sampled_from("/-. "), st.booleans())
def test_a_written_date_is_read_back(day: date, mark: str, padded: bool) -> None:
    month, number = (f"{day.month:02d}", f"{day.day:02d}") if padded else (str(day.month), str(day.day))
    for text in (f"{month}{mark}{number}{mark}{day.year}", f"{day:%m%d%Y}", day.isoformat()):
        parsed = parse_date(text)
        assert (parsed.value, parsed.plausible) == (day.isoformat(), True)


@given(days)
def test_a_date_with_a_named_month_is_read_back(day: date) -> None:
    word = MONTHS[day.month - 1].capitalize()
    assert parse_date(f"{word} {day.day}, {day.year}").value == day.isoformat()
    assert parse_date(f"{day.day} {word}. {day.year}").value == day.isoformat()


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1900, 2099))
def test_a_day_that_no_calendar_has_is_no_date(month: int, day: int, year: int) -> None:
    try:
        wanted = date(year, month, day).isoformat()
    except ValueError:
        wanted = None
    assert parse_date(f"{month:02d}/{day:02d}/{year}").value == wanted


def test_two_digit_years_fall_in_the_likely_century() -> None:
    assert parse_date("1/5/26").value == "2026-01-05"
    assert parse_date("1/5/62").value == "1962-01-05"
    assert parse_date("1/5/26", birth=True).value == "1926-01-05"
    assert normalize(field("date", "date_of_birth"), "030580").value == "1980-03-05"


@pytest.mark.parametrize(
    ("raw", "value", "plausible"),
    [
        ("9:30 am", "09:30", True),
        ("12:05 am", "00:05", True),
        ("12:05 p.m.", "12:05", True),
        ("0930", "09:30", True),
        ("14:15", "14:15", True),
        ("2 pm", "14:00", True),
        ("noon", "12:00", True),
        ("2:15", "02:15", False),
        ("25:00", None, False),
        ("13:00 pm", None, False),
    ],
)
def test_times(raw: str, value: str | None, plausible: bool) -> None:
    parsed = parse_time(raw)
    assert (parsed.value, parsed.plausible) == (value, plausible)


@pytest.mark.parametrize(
    "raw",
    ["(206) 555-0112", "206.555.0112", "206 555 0112", "1-206-555-0112", "2065550112", "(206): 555-0112"],
)
def test_every_way_to_write_a_phone(raw: str) -> None:
    assert parse_phone(raw).value == "2065550112"


def test_a_phone_short_of_digits_is_none() -> None:
    assert parse_phone("555-0112").value is None
    assert not parse_phone("(106) 555-0112").plausible


@given(st.from_regex(r"[12][0-9]{9}", fullmatch=True))
def test_every_single_wrong_digit_of_an_npi_is_seen(number: str) -> None:
    valid = next(number[:9] + digit for digit in "0123456789" if npi_is_valid(number[:9] + digit))
    assert parse_npi(valid).plausible
    for place in range(10):
        wrong = valid[:place] + str((int(valid[place]) + 1) % 10) + valid[place + 1 :]
        assert not parse_npi(wrong).plausible


@given(st.sampled_from("DPFR"), st.from_regex(r"[0-9]{7}", fullmatch=True), st.booleans())
def test_a_rems_id_is_read_with_or_without_its_hyphen(letter: str, digits: str, hyphen: bool) -> None:
    check = mod_37_36.calc_check_digit(letter + digits)
    written = f"{letter}{'-' if hyphen else ''}{digits}{check}"
    parsed = parse_rems_id(written.lower(), None)
    assert (parsed.value, parsed.plausible) == (f"{letter}-{digits}{check}", True)
    assert parse_rems_id(written, "X-[0-9]{7}[0-9A-Z]").plausible is False


def test_the_check_character_settles_a_zero_against_an_o() -> None:
    assert parse_rems_id("D-03864660", None).value == "D-0386466O"


def test_other_identifiers() -> None:
    assert parse_dea("ab 1234563").plausible
    assert not parse_dea("AB1234560").plausible
    assert parse_dea("AB123").value is None
    assert parse_ncpdp("3534266").value == "3534266"
    assert parse_ncpdp("353426").value is None


@pytest.mark.parametrize(
    ("raw", "value", "plausible"),
    [
        ("72 kg", "72", True),
        (".9", "0.9", True),
        ("l2", "12", True),
        ("900", "900", False),
        ("abc", None, False),
    ],
)
def test_numbers(raw: str, value: str | None, plausible: bool) -> None:
    parsed = parse_number(raw, unit="kg", minimum=0.5, maximum=300)
    assert (parsed.value, parsed.plausible) == (value, plausible)


def test_places() -> None:
    for code, name in STATES.items():
        assert parse_state(code.lower()).value == parse_state(name).value == code
    assert parse_state("XX").value is None
    assert parse_zip("O2189").value == "02189"
    assert parse_zip("02189 1234").value == "02189-1234"
    assert parse_zip("0218").value is None


def test_words_keep_their_capitals() -> None:
    assert parse_name("O'Brien  de la  Cruz_").value == "O'Brien de la Cruz"
    assert parse_name("1234").value is None
    assert parse_email("a. b@mail .example").value == "a.b@mail.example"
    assert parse_email("Iguzman@mail.example").value == "lguzman@mail.example"
    assert not parse_email("ab@mailexample").plausible


def test_specks_at_the_end_of_a_name_are_no_part_of_it() -> None:
    assert parse_name("Hiroshi.").value == "Hiroshi"
    assert parse_name("Hall Jr.").value == "Hall Jr."
    assert parse_name("Okonkwo -").value == "Okonkwo"


@pytest.mark.parametrize("raw", ["N/A", "n.a.", "NA", "unknown", "none", "--", "ditto"])
def test_no_answer_is_told_from_an_answer(raw: str) -> None:
    assert is_absent(raw)
    assert normalize(field("npi"), raw).reasons == ("not_applicable",)
    assert normalize(field("npi"), raw).value is None


def test_not_applicable_is_a_value_of_a_text() -> None:
    parsed = normalize(field("text"), "n/a")
    assert (parsed.value, parsed.reasons) == ("N/A", ("not_applicable",))
    assert not is_absent("Nancy")


@pytest.mark.parametrize(("raw", "value"), [("076", "0.76"), ("09", "0.9"), ("012", "0.12")])
def test_a_number_that_begins_with_0_has_lost_its_point_and_goes_to_a_person(raw: str, value: str) -> None:
    assert parse_number(raw) == Parsed(value, plausible=False, reasons=("ambiguous",))
