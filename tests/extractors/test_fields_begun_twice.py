"""A first try that was crossed out and read all the same is left out; two like words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.begun_twice import written_again


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("Virg Virginia", "Virginia"),
        ("Agal Aguilar", "Aguilar"),
        ("Albert Guz Albert Guzman", "Albert Guzman"),
        ("Regner Cli Regner Clinic", "Regner Clinic"),
        ("8s22 White 8522 White Ln", "8522 White Ln"),
        ("bert Guz Albert Guzman", "Albert Guzman"),
        ("4 East Bray 404 East Bray Dr", "404 East Bray Dr"),
    ],
)
def test_the_second_try_is_taken(text: str, again: str) -> None:
    assert written_again(text) == again


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("e Kraner", "Kraner"),
        ("l K Cecil Keane", "Cecil Keane"),
        ("PharSchwab Pharmacy", "Schwab Pharmacy"),
        ("e4800 Nguyen Drive", "4800 Nguyen Drive"),
    ],
)
def test_the_end_of_a_first_try_is_left_out_where_a_stroke_was_found(text: str, again: str) -> None:
    assert written_again(text, struck=True) == again
    assert written_again(text) is None


@pytest.mark.parametrize(
    "text", ["8 East 88th St", "J Smith", "McAdams", "DeLand", "Anne Marie", "12 S Graham St"]
)
def test_what_was_written_once_stays_where_a_stroke_was_found(text: str) -> None:
    assert written_again(text, struck=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "Walla Walla",
        "Baden-Baden",
        "New York",
        "Mary Ann Smith",
        "Albert Ackerman",
        "12 S Graham St",
        "",
        " ",
    ],
)
def test_what_was_written_once_stays(text: str) -> None:
    assert written_again(text) is None


@given(st.text(max_size=30), st.booleans())
def test_what_is_left_is_an_end_of_what_was_read(text: str, struck: bool) -> None:
    again = written_again(text, struck=struck)
    assert again is None or (text.endswith(again) and len(again) < len(text))
