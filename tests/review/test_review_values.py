"""What is typed becomes a normal value, and a value is shown as people write it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_templates.catalog import load_catalog
from form_templates.model import FormField, Kind, Option
from review.reviewing.values import Taken, choices_of, chosen_of, named, take, text_of


def field_of(kind: Kind, *options: str, name: str = "a_field") -> FormField:
    return FormField(
        name=name,
        label="A field",
        kind=kind,
        page=1,
        section="s",
        options=tuple(Option(value=one, label=one.title(), box=(0, 0, 9, 9)) for one in options),
        pattern="[DPFR]-[0-9]{7}[0-9A-Z]" if kind == "rems_id" else None,
    )


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("date", "10/5/2026", "2026-10-05"),
        ("date", "10052026", "2026-10-05"),
        ("phone", "(303) 555-0168", "3035550168"),
        ("state", "Texas", "TX"),
        ("time", "9:05 am", "09:05"),
        ("text", "  twice   a day ", "twice a day"),
        ("free_text", "none", "none"),
        ("name", "O'Neil-Lund", "O'Neil-Lund"),
    ],
)
def test_what_is_typed_is_kept_as_a_normal_value(kind: Kind, typed: str, value: str) -> None:
    assert take(field_of(kind), typed, ()) == Taken("value", value)


def test_a_text_that_is_no_value_is_kept_as_written_and_explained() -> None:
    taken = take(field_of("date"), "02/30/2026", ())
    assert (taken.verdict, taken.value) == ("value", "02/30/2026")
    assert "no day of the calendar" in taken.problem
    assert "Enter again" in taken.problem


def test_a_wrong_check_digit_is_said() -> None:
    assert take(field_of("npi"), "2183146945", ()).problem == ""
    assert "check digit" in take(field_of("npi"), "2183146946", ()).problem


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_typed_means_that_nothing_is_written(typed: str) -> None:
    assert take(field_of("name"), typed, ()) == Taken("empty", None)
    assert take(field_of("name"), typed, (), blind=True).problem


def test_not_applicable_is_no_date() -> None:
    assert take(field_of("date"), "N/A", ()) == Taken("empty", None)
    assert take(field_of("text"), "n/a", ()) == Taken("value", "N/A")


@pytest.mark.parametrize(
    ("kind", "chosen", "value"),
    [
        ("signature", ("true",), True),
        ("signature", ("false",), False),
        ("check", ("false",), False),
        ("yes_no", ("no",), "no"),
        ("choices", ("no", "yes"), ("yes", "no")),
    ],
)
def test_choices_become_values_in_the_order_of_the_form(
    kind: Kind, chosen: tuple[str, ...], value: object
) -> None:
    assert take(field_of(kind, "yes", "no"), "", chosen) == Taken("value", value)  # type: ignore[arg-type]


def test_a_choice_that_the_form_does_not_have_is_refused() -> None:
    assert take(field_of("yes_no", "yes", "no"), "", ("<script>",)).problem
    assert take(field_of("yes_no", "yes", "no"), "", ()) == Taken("empty", None)


def test_a_value_is_named_by_the_words_of_the_form() -> None:
    assert named(field_of("choices", "yes", "no"), ("yes", "no")) == "Yes, No"
    assert named(field_of("signature"), value=False) == "Not signed"
    assert named(field_of("date"), None) == "nothing written"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_a_date_accepted_as_shown_stays_what_it_was(day: object) -> None:
    value = str(day)
    field = field_of("date")
    assert take(field, text_of(field, value), ()) == Taken("value", value)


def test_every_value_that_a_form_can_have_survives_being_accepted_as_shown() -> None:
    for template in load_catalog().templates:
        for field in template.fields:
            for choice in choices_of(field):
                taken = take(field, "", (choice.value,))
                assert not taken.problem
                assert chosen_of(taken.value) == (choice.value,)


def test_an_impossible_date_is_shown_as_it_was_written() -> None:
    assert text_of(field_of("date"), "02/30/2026") == "02/30/2026"
