import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_examples import Example, Sheet, asked, findings_of
from stdnum import luhn
from stdnum.iso7064 import mod_37_36

from validators.identifiers import STATES, is_dea, is_npi, is_rems_id, is_us_phone, states_of_zip

DIGITS = st.integers(0, 9).map(str)


def npi_from(body):
    return body + luhn.calc_check_digit("80840" + body)


@pytest.mark.parametrize("number", ["1234567893", "1993999998"])
def test_the_npis_of_the_rules_pass(number):
    assert is_npi(number)


@given(st.integers(100_000_000, 299_999_999).map(str), st.integers(0, 9), DIGITS)
def test_one_wrong_digit_of_an_npi_is_always_found(body, place, digit):
    number = npi_from(body)
    assert is_npi(number)
    wrong = number[:place] + digit + number[place + 1 :]
    assert is_npi(wrong) == (wrong == number)


@pytest.mark.parametrize(
    "number", ["", "123456789", "12345678930", "3234567891", "123456789X", "1234567893 "]
)
def test_what_has_not_the_shape_of_an_npi_fails(number):
    assert not is_npi(number)


@given(st.integers(0, 999_999).map(lambda n: f"{n:06d}"), st.sampled_from(["AB", "MF", "B9"]))
def test_exactly_one_check_digit_fits_a_dea_number(body, letters):
    assert sum(is_dea(f"{letters}{body}{digit}") for digit in range(10)) == 1


def test_the_dea_number_of_the_rules_passes():
    assert is_dea("AB1234563")
    assert not is_dea("A1234563")
    assert not is_dea("AB123456")


@given(
    st.sampled_from("DPFR"), st.integers(0, 9_999_999).map(lambda n: f"{n:07d}"), st.integers(0, 6), DIGITS
)
def test_one_wrong_digit_of_a_rems_id_is_always_found(letter, body, place, digit):
    pattern = r"[DPFR]-[0-9]{7}[0-9A-Z]"
    check = mod_37_36.calc_check_digit(letter + body)
    assert is_rems_id(f"{letter}-{body}{check}".lower(), pattern)
    wrong = body[:place] + digit + body[place + 1 :]
    assert is_rems_id(f"{letter}-{wrong}{check}", pattern) == (wrong == body)


def test_a_rems_id_of_another_party_fails():
    assert is_rems_id("P-1234567N", "P-[0-9]{7}[0-9A-Z]")
    assert not is_rems_id("P-1234567N", "D-[0-9]{7}[0-9A-Z]")
    assert not is_rems_id("P-12é4567N", None)


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("6175550123", True),
        ("2125550199", True),
        ("5550100199", True),
        ("1175550123", False),
        ("617555012", False),
        ("6170550123", False),
        ("617555012a", False),
        ("", False),
    ],
)
def test_phones(number, good):
    assert is_us_phone(number) == good


@given(st.text(max_size=14))
def test_no_writing_breaks_an_identifier_check(text):
    assert {is_npi(text), is_dea(text), is_rems_id(text, None), is_us_phone(text)} <= {True, False}


def test_zip_codes_know_their_states():
    assert states_of_zip("02139") == {"MA"}
    assert states_of_zip("00000") == frozenset()
    assert len(STATES) == 62
    assert {"DC", "PR", "AE"} <= STATES


def test_a_number_that_is_none_is_outside_its_limits():
    example = Example(
        "prescription_order", (asked("weight_kg", "number", minimum=20, unit="kg"),), Sheet(), Sheet()
    )
    for value, rules in (("71", []), ("nan", ["IDN-07"]), ("abc", ["IDN-07"]), ("19.9", ["IDN-07"])):
        assert [found.rule for found in findings_of(example, Sheet({"weight_kg": value}))] == rules


def test_not_applicable_is_no_wrong_identifier():
    example = Example(
        "prescriber_enrollment", (asked("prescriber_dea", "dea"), asked("city")), Sheet(), Sheet()
    )
    sheet = Sheet(
        {"prescriber_dea": "N/A", "city": "Dayton"}, reasons={"prescriber_dea": ("not_applicable",)}
    )
    assert findings_of(example, sheet) == ()


def test_a_zip_code_in_digits_of_another_script_is_a_finding_and_no_crash():
    example = Example("prescriber_enrollment", (asked("prescriber_zip", "zip"),), Sheet(), Sheet())
    assert [found.rule for found in findings_of(example, Sheet({"prescriber_zip": "٨٧١٠١"}))] == ["IDN-02"]
