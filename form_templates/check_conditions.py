"""Conditions that cannot be met, or name what is not there."""

from collections.abc import Iterator
from itertools import product

from form_templates.conditions import Condition, FieldTest, Junction, Negation, Value, parse_condition
from form_templates.errors import ConditionError
from form_templates.model import FormField, Template

_Way = tuple[tuple[FieldTest, bool], ...]
"""Tests with the outcome each must have; the condition comes out as wanted when all of them do."""


def condition_faults(template: Template) -> Iterator[str]:
    """A sentence for each fault in the conditions of a template."""
    for field in template.fields:
        if field.required in ("yes", "no"):
            continue
        try:
            condition = parse_condition(field.required)
        except ConditionError as error:
            yield f"{field.name}: {error}"
            continue
        faults = list(_faults_of_names(template, field, condition))
        yield from faults or _faults_of_logic(template, field, condition)


def _faults_of_names(template: Template, field: FormField, condition: Condition) -> Iterator[str]:
    for name in sorted(condition.fields):
        if name == field.name:
            yield f"{field.name}: its condition asks for its own answer."
        elif not template.has_field(name):
            yield f"{field.name}: its condition names {name}, which is no field of the form."
    for test in _tests(condition):
        if template.has_field(test.name):
            asked = template.field(test.name)
            options = {option.value for option in asked.options}
            if options and test.operator in ("==", "!=", "has") and test.value not in options:
                yield f"{field.name}: its condition names {test.value}, which is no option of {test.name}."


def _faults_of_logic(template: Template, field: FormField, condition: Condition) -> Iterator[str]:
    if not any(_possible(template, way) for way in _ways(condition, wanted=True)):
        yield f"{field.name}: its condition '{field.required}' can never hold."
    elif not any(_possible(template, way) for way in _ways(condition, wanted=False)):
        yield f"{field.name}: its condition '{field.required}' always holds; write yes."


def _tests(condition: Condition) -> Iterator[FieldTest]:
    if isinstance(condition, FieldTest):
        yield condition
    elif isinstance(condition, Negation):
        yield from _tests(condition.part)
    elif isinstance(condition, Junction):
        for part in condition.parts:
            yield from _tests(part)


def _ways(condition: Condition, *, wanted: bool) -> Iterator[_Way]:
    """Every way, as single tests, in which the condition comes out as wanted."""
    if isinstance(condition, FieldTest):
        yield ((condition, wanted),)
    elif isinstance(condition, Negation):
        yield from _ways(condition.part, wanted=not wanted)
    elif isinstance(condition, Junction):
        if (condition.word == "and") != wanted:
            for part in condition.parts:
                yield from _ways(part, wanted=wanted)
        else:
            for ways in product(*(tuple(_ways(part, wanted=wanted)) for part in condition.parts)):
                yield tuple(test for way in ways for test in way)


def _possible(template: Template, way: _Way) -> bool:
    names = {test.name for test, _ in way}
    return all(
        any(
            all(test.holds({name: answer}) == outcome for test, outcome in way if test.name == name)
            for answer in _answers(template.field(name), way)
        )
        for name in names
    )


def _answers(field: FormField, way: _Way) -> Iterator[Value]:
    """Answers of a field that tell the tests apart: none, each option, each value named, some other text."""
    yield None
    if field.kind in ("check", "signature"):
        yield True
    elif field.kind == "choices":
        named = [test.value for test, _ in way if test.name == field.name and test.operator == "has"]
        others = tuple(option.value for option in field.options if option.value not in named)
        for ticks in product((False, True), repeat=len(named)):
            ticked = tuple(value for value, tick in zip(named, ticks, strict=True) if tick)
            yield ticked + others
            yield ticked
    elif field.options:
        yield from (option.value for option in field.options)
    else:
        yield from (test.value for test, _ in way if test.name == field.name)
        yield "\N{REPLACEMENT CHARACTER}"
