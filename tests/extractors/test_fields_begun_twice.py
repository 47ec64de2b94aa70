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
    ],
)
def test_the_second_try_is_taken(text: str, again: str) -> None:
    assert written_again(text) == again


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


@given(st.text(max_size=30))
def test_what_is_left_is_an_end_of_what_was_read(text: str) -> None:
    again = written_again(text)
    assert again is None or (text.endswith(again) and len(again) < len(text))
