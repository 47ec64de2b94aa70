"""Case numbers: made, and found in what offices write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.identifiers import is_rems_id
from validators.program.case_numbers import DEFAULT_PATTERN, case_named_in, case_number_for
from validators.program.settings import ProgramSettings

NUMBER = case_number_for("doc", lambda _: False)
OTHER = case_number_for("doc-2", lambda _: False)


def test_a_number_follows_from_the_form_and_has_the_pattern() -> None:
    assert case_number_for("doc", lambda _: False) == NUMBER != OTHER
    assert is_rems_id(NUMBER, DEFAULT_PATTERN)
    assert ProgramSettings().case_number_pattern == DEFAULT_PATTERN
    assert case_number_for("doc", lambda one: one == NUMBER) not in {NUMBER, OTHER}


@pytest.mark.parametrize(
    "text",
    [
        "Re: your case {number}",
        "case {number}.",
        "RE CASE#{plain} see page 2",
        "{spaced}",
        "{lower}",
        "{read}",
    ],
)
def test_a_number_is_found_as_offices_write_it(text: str) -> None:
    letter, digits, check = NUMBER[0], NUMBER[2:9], NUMBER[9]
    written = text.format(
        number=NUMBER,
        plain=NUMBER.replace("-", ""),
        spaced=f"{letter} {digits} {check}",
        lower=NUMBER.lower(),
        read=f"{letter}-{digits.replace('0', 'O').replace('1', 'l')}{check}",
    )
    assert case_named_in(["3 pages to follow", written]) == NUMBER


@pytest.mark.parametrize(
    "texts", [[], ["call 555-555-0123"], [f"{NUMBER} and {OTHER}"], ["P-1234567N"], [f"X{NUMBER}1"]]
)
def test_no_number_or_two_are_none(texts: list[str]) -> None:
    assert case_named_in(texts) is None


@given(st.integers(2, 8), st.integers(1, 9))
def test_a_wrong_digit_is_no_number(place: int, more: int) -> None:
    digit = (int(NUMBER[place]) + more) % 10
    assert case_named_in([NUMBER[:place] + str(digit) + NUMBER[place + 1 :]]) is None
