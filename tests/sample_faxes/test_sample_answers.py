from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from form_templates.conditions import is_required
from form_templates.model import FormField, Template
from sample_faxes.answers import Answers, fill
from sample_faxes.blanks import catalog
from sample_faxes.cases import Value, make_case
from sample_faxes.faults import FormFaults, spoil
from sample_faxes.writing import Habits, written

TEMPLATES = {f"{template.form} {template.version}": template for template in catalog().templates}
RECEIVED = date(2026, 11, 2)
names = st.sampled_from(sorted(TEMPLATES))
seeds = st.integers(0, 100_000)


def filled(template: Template, seed: int) -> Answers:
    rng = np.random.default_rng(seed)
    return fill(template, make_case(rng, RECEIVED), rng)


def values_of(answers: Answers) -> dict[str, Value]:
    return {name: answer.value for name, answer in answers.items()}


def allowed(field: FormField, value: Value) -> bool:
    offered = {option.value for option in field.options}
    if field.kind in ("check", "signature"):
        return isinstance(value, bool)
    if value is None:
        return True
    if isinstance(value, tuple):
        return field.kind == "choices" and set(value) <= offered
    rules: dict[str, Callable[[str], bool]] = {
        "date": lambda text: date.fromisoformat(text).isoformat() == text,
        "number": lambda text: field.maximum is None or float(text) <= field.maximum,
        "office_use": lambda _text: False,
    }
    rule: Callable[[str], bool] = rules.get(field.kind, bool)
    return isinstance(value, str) and (value in offered if offered else rule(value))


@settings(deadline=None, max_examples=60)
@given(names, seeds)
def test_every_field_has_an_answer_of_its_kind(name: str, seed: int) -> None:
    template = TEMPLATES[name]
    answers = filled(template, seed)
    assert list(answers) == [field.name for field in template.fields]
    wrong = [
        (f.name, answers[f.name].value) for f in template.fields if not allowed(f, answers[f.name].value)
    ]
    assert wrong == []


@settings(deadline=None, max_examples=60)
@given(names, seeds)
def test_what_must_be_filled_is_filled(name: str, seed: int) -> None:
    template = TEMPLATES[name]
    answers = filled(template, seed)
    values = values_of(answers)
    empty = [
        field.name
        for field in template.fields
        if is_required(field, values)
        and field.kind != "office_use"
        and values[field.name] in (None, "", False)
    ]
    assert empty == []


@settings(deadline=None, max_examples=60)
@given(names, seeds)
def test_dates_are_in_order(name: str, seed: int) -> None:
    template = TEMPLATES[name]
    answers = filled(template, seed)
    for field in template.fields:
        value = answers[field.name].value
        if field.kind == "date" and isinstance(value, str) and not field.future:
            assert date.fromisoformat(value) <= RECEIVED, field.name


@pytest.mark.parametrize("seed", range(8))
def test_baseline_laboratory_days_lie_in_the_window(seed: int) -> None:
    answers = filled(catalog().get("patient_authorization"), seed)
    planned = date.fromisoformat(str(answers["first_infusion_date"].value))
    for lab in ("cbc", "creatinine", "urinalysis", "thyroid"):
        day = answers[f"{lab}_date"].value
        assert timedelta(0) <= planned - date.fromisoformat(str(day)) <= timedelta(30)


def test_an_infusion_is_observed_for_two_hours_after_it_ended() -> None:
    complete = 0
    for seed in range(10):
        answers = filled(catalog().get("infusion_checklist"), seed)
        for day in range(1, 6):
            times = [
                answers[f"day_{day}_{what}"].value for what in ("start_time", "stop_time", "observed_until")
            ]
            if all(times):
                start, stop, until = (int(str(t)[:2]) * 60 + int(str(t)[3:]) for t in times)
                assert 180 <= stop - start <= 360
                assert until - stop >= 120
                complete += 1
    assert complete >= 5


@settings(deadline=None, max_examples=60)
@given(names, seeds)
def test_what_is_written_in_a_comb_fits_its_cells(name: str, seed: int) -> None:
    template = TEMPLATES[name]
    answers = filled(template, seed)
    for field in template.fields:
        value = answers[field.name].value
        if field.comb and isinstance(value, str) and field.kind != "number":
            assert len(written(field, value, Habits())) <= field.comb, field.name


def test_faults_hit_as_many_fields_as_asked() -> None:
    template = catalog().get("patient_enrollment")
    rng = np.random.default_rng(5)
    answers = fill(template, make_case(rng, RECEIVED), rng)
    spoiled = spoil(
        template, answers, FormFaults(struck=2, struck_ticks=1, two_marked=1, not_applicable=2, empty=1), rng
    )
    struck = [name for name, answer in spoiled.items() if answer.struck is not None]
    assert len(struck) == 3
    assert all(spoiled[name].value == answers[name].value for name in struck), "the right value stands beside"
    both = [answer for answer in spoiled.values() if answer.also_marked]
    assert len(both) == 1
    assert both[0].value is None
    assert len(set(both[0].also_marked)) == 2
    assert sum(answer.not_applicable for answer in spoiled.values()) == 2
    left_out = [
        name
        for name in answers
        if answers[name].value and spoiled[name].value is None and not spoiled[name].also_marked
    ]
    assert len(left_out) == 1


def test_a_wrong_digit_and_a_shifted_date_are_where_they_were_put() -> None:
    template = catalog().get("patient_authorization")
    rng = np.random.default_rng(6)
    answers = fill(template, make_case(rng, RECEIVED), rng)
    faults = FormFaults(
        wrong_digit=("prescriber_npi",), shifted={"cbc_date": ("first_infusion_date", -31)}, unsigned=True
    )
    spoiled = spoil(template, answers, faults, rng)
    before, after = str(answers["prescriber_npi"].value), str(spoiled["prescriber_npi"].value)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    planned = date.fromisoformat(str(answers["first_infusion_date"].value))
    assert spoiled["cbc_date"].value == (planned - timedelta(days=31)).isoformat()
    assert spoiled["signature"].value is False
    assert spoiled["signature_date"].value is None


@settings(deadline=None, max_examples=40)
@given(names, seeds)
def test_a_form_without_faults_stays_as_it_is(name: str, seed: int) -> None:
    template = TEMPLATES[name]
    answers = filled(template, seed)
    assert spoil(template, answers, FormFaults(), np.random.default_rng(seed)) == answers
