import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_templates.catalog import load_catalog
from form_templates.conditions import Value, is_filled, is_required, parse_condition
from form_templates.errors import ConditionError

NAMES = st.sampled_from(["alive", "stroke", "sex", "reasons", "comments"])
WORDS = st.sampled_from(["yes", "no", "male", "other", "G35", "2.5"])
ANSWERS = st.dictionaries(
    NAMES,
    st.one_of(st.none(), st.booleans(), WORDS, st.lists(WORDS, unique=True).map(tuple)),
)


@st.composite
def single_tests(draw: st.DrawFn) -> str:
    name = draw(NAMES)
    ending = draw(st.sampled_from(["filled", "empty", "==", "!=", "has"]))
    return f"{name} {ending}" if ending in ("filled", "empty") else f"{name} {ending} {draw(WORDS)}"


CONDITIONS = st.recursive(
    single_tests(),
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda three: "({}) {} ({})".format(*three)
        ),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("text", "answers", "holds"),
    [
        ("alive == no", {"alive": "no"}, True),
        ("alive == no", {"alive": "yes"}, False),
        ("alive == no", {}, False),
        ("alive != no", {"alive": "yes"}, True),
        ("alive != no", {}, False),
        ("a filled", {"a": "x"}, True),
        ("a filled", {"a": ""}, False),
        ("a filled", {"a": False}, False),
        ("a empty", {}, True),
        ("a empty", {"a": ()}, True),
        ("a has b", {"a": ("b", "c")}, True),
        ("a has b", {"a": ("c",)}, False),
        ("a has b", {"a": "b"}, False),
        ("a == true", {"a": True}, True),
        ('a == "two words"', {"a": "two words"}, True),
        ('a == "and"', {"a": "and"}, True),
        ("a filled or b filled and c filled", {"a": "1"}, True),
        ("(a filled or b filled) and c filled", {"a": "1"}, False),
        ("not a filled and b filled", {"b": "1"}, True),
        ("not (a filled and b filled)", {"b": "1"}, True),
    ],
)
def test_a_condition_holds_as_its_words_say(text: str, answers: dict[str, Value], holds: bool) -> None:
    assert parse_condition(text).holds(answers) is holds


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a ==", "== a", "a == and", "a = b", "a filled b", "(a filled", "a filled)", "A filled",
        "a == yes or", "not", "a has (", '"a" filled', "a == b c", "a is b", "a == )",
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused_in_one_line_that_shows_the_grammar(text: str) -> None:
    with pytest.raises(ConditionError, match="Write tests such as") as caught:
        parse_condition(text)
    assert "\n" not in str(caught.value)


@given(text=st.text(max_size=40))
def test_any_text_is_a_condition_or_a_condition_error(text: str) -> None:
    try:
        condition = parse_condition(text)
    except ConditionError:
        return
    assert condition.fields


@given(text=CONDITIONS, answers=ANSWERS)
def test_not_turns_a_condition_around(text: str, answers: dict[str, Value]) -> None:
    assert parse_condition(f"not ({text})").holds(answers) is not parse_condition(text).holds(answers)


@given(one=CONDITIONS, other=CONDITIONS, answers=ANSWERS)
def test_and_and_or_are_those_of_logic(one: str, other: str, answers: dict[str, Value]) -> None:
    first, second = parse_condition(one).holds(answers), parse_condition(other).holds(answers)
    assert parse_condition(f"({one}) and ({other})").holds(answers) is (first and second)
    assert parse_condition(f"({one}) or ({other})").holds(answers) is (first or second)


@given(text=CONDITIONS, answers=ANSWERS)
def test_only_the_named_fields_matter(text: str, answers: dict[str, Value]) -> None:
    condition = parse_condition(text)
    seen = {name: value for name, value in answers.items() if name in condition.fields}
    assert condition.holds(seen) is condition.holds(answers)


@given(name=NAMES, answers=ANSWERS)
def test_a_field_is_either_filled_or_empty(name: str, answers: dict[str, Value]) -> None:
    filled = parse_condition(f"{name} filled").holds(answers)
    assert filled is not parse_condition(f"{name} empty").holds(answers)
    assert filled is is_filled(answers.get(name))


def test_the_date_of_death_is_due_when_the_patient_is_not_alive() -> None:
    field = load_catalog().get("patient_status", "2015-11").field("death_date")
    assert is_required(field, {"alive": "no"})
    assert not is_required(field, {"alive": "yes"})
    assert not is_required(field, {})


def test_yes_and_no_need_no_other_answers() -> None:
    template = load_catalog().get("patient_status", "2015-11")
    assert is_required(template.field("signature"), {})
    assert not is_required(template.field("comments"), {"alive": "no"})
