"""Lists of words as a prior: usual words before unusual ones, and a way out for those not on a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.lexicons import lexicon_of
from extractors.lexicons.words import Words, words_of
from form_templates.model import FormField

WORDS = Words.of({"smith": 1.0, "smyth": 0.01, "rutledge": 0.005, "moreno": 0.1})


def field(lexicon: str | None, kind: str = "text") -> FormField:
    return FormField.model_validate(
        {"name": "asked", "label": "", "kind": kind, "page": 1, "section": "s", "lexicon": lexicon}
    )


def test_usual_words_come_before_unusual_ones_and_these_before_unknown_ones() -> None:
    assert WORDS.prior("Smith") > WORDS.prior("smyth") > WORDS.prior("smjth")
    assert WORDS.prior("smino") > WORDS.prior("qzxvk")


@given(st.text(max_size=30))
def test_every_text_has_a_probability(text: str) -> None:
    assert -1000 < WORDS.prior(text) <= 0
    for mended in WORDS.mended(text):
        assert mended != text


def test_initials_and_numbers_cost_nothing() -> None:
    assert WORDS.prior("J 12 2nd A-4") == 0
    assert WORDS.prior("qu4rry") < WORDS.prior("quarry")


def test_one_letter_is_mended_in_the_capitals_that_were_written() -> None:
    assert WORDS.mended("Rutiedge") == ("Rutledge",)
    assert WORDS.mended("12 RUTLFDGE") == ("12 RUTLEDGE",)
    assert "smith" in WORDS.mended("srnith") or "smith" in WORDS.mended("smitb")
    assert WORDS.mended("smith") == ()


def test_words_on_the_list_are_known() -> None:
    assert WORDS.holds("Smith-Moreno 4") is True
    assert WORDS.holds("Smith Qxy") is False
    assert WORDS.holds("4 B") is None
    assert words_of("O'Dwyer, J. 12") == ["odwyer", "j"]


@pytest.mark.parametrize(
    ("lexicon", "text"),
    [
        ("last_name", "Okafor"),
        ("first_name", "Patricia"),
        ("person", "Maria Hernandez"),
        ("city", "Albuquerque"),
        ("street", "1043 N Washington Ave Apt 4"),
        ("facility", "Denver Infusion Center"),
    ],
)
def test_the_lists_hold_what_their_fields_ask_for(lexicon: str, text: str) -> None:
    words = lexicon_of(field(lexicon))
    assert words is not None
    assert words.holds(text)


def test_kinds_that_rules_bind_have_no_list() -> None:
    assert lexicon_of(field(None, "date")) is None
    assert lexicon_of(field(None, "text")) is not None


def test_every_unknown_word_is_mended_at_once_and_common_words_are_looked_for_farther_away() -> None:
    words = Words.of({"smith": 1.0, "clinical": 2.0, "director": 2.0, "rd": 1.0})
    assert "CLINICAL DIRECTOR" in words.mended("CLINCAL DIRETCOR")
    assert "12 Smith Rd" in words.mended("12 Smith Pd")
    assert words.mended("12 Smith 4") == ()
