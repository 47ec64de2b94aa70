"""Dates: impossible, in the future, before birth, after receipt, and in the wrong order."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from form_templates.model import FormField
from validators.case import Case
from validators.completeness import signature_of
from validators.date_text import is_impossible_date
from validators.model import Finding

TREATMENT_DATES = re.compile(r"^(infusion_(first|last)_date|last_infusion_date|day_\d_date|course_end_date)$")
"""Dates of treatment that a form reports as given: it cannot be signed before them."""

_PERIODS = frozenset({"period_from", "period_to"})
"""A reporting period may end after the day the form was signed."""

_AFTER_RECEIPT_RULE = {"patient_status": "PSF-07"}
_AGE_DATES = ("first_infusion_date", "day_1_date", "infusion_first_date")

_IN_ORDER: tuple[tuple[str, str], ...] = (
    ("period_from", "period_to"),
    ("infusion_first_date", "infusion_last_date"),
    ("last_seen_date", "death_date"),
    ("last_infusion_date", "death_date"),
    ("needed_by_date", "first_infusion_date"),
    ("last_infusion_date", "effective_date"),
    *((f"day_{n}_date", f"day_{n + 1}_date") for n in range(1, 5)),
    *((f"day_{n}_date", "course_end_date") for n in range(1, 6)),
)
"""Pairs of fields whose first must not lie after the second."""


def check_dates(case: Case) -> Iterator[Finding]:
    """Findings about single dates: impossible, future, before birth, after receipt, and the patient's age."""
    birth = case.date("date_of_birth")
    for field in _date_fields(case):
        if is_impossible_date(case.answer(field.name)):
            yield case.find("X4-1", field.name)
            continue
        day = case.date(field.name)
        if day is None:
            continue
        yield from _against_receipt(case, field, day)
        if birth is not None and day < birth and field.name != "date_of_birth":
            yield case.find("X4-3", field.name, "date_of_birth")
    if birth is not None:
        yield from _age(case, birth)


def check_signature_order(case: Case) -> Iterator[Finding]:
    """Findings about forms signed before what they report."""
    fields = _date_fields(case)
    signed = [field.name for field in fields if signature_of(case, field.name)]
    reported = [
        field.name
        for field in fields
        if field.name not in signed
        and not field.future
        and field.name not in _PERIODS
        and field.name != "date_of_birth"
    ]
    for name in signed:
        signed_on = case.date(name)
        if signed_on is None:
            continue
        later = [other for other in reported if (day := case.date(other)) is not None and day > signed_on]
        # A date after the receipt is wrong by itself and says nothing about the signature.
        later = [other for other in later if (case.date(other) or signed_on) <= case.received_on]
        treatment = [other for other in later if TREATMENT_DATES.match(other)]
        if treatment:
            yield case.find("X4-5", name, *treatment, other=case.label(treatment[0]))
        for other in later:
            if other not in treatment:
                yield case.find("X4-6", other, name)


def check_date_order(case: Case) -> Iterator[Finding]:
    """Findings about pairs of dates that must follow each other."""
    for earlier, later in _IN_ORDER:
        first, second = case.date(earlier), case.date(later)
        if first is not None and second is not None and second < first:
            yield case.find("X4-10", later, earlier, other=case.label(earlier))


def age_in_years(birth: date, on: date) -> int:
    """Whole years of age on a day; a birthday on 29 February counts from 28 February in other years."""
    return relativedelta(on, birth).years


def _date_fields(case: Case) -> list[FormField]:
    return [field for field in case.fields if field.kind == "date"]


def _against_receipt(case: Case, field: FormField, day: date) -> Iterator[Finding]:
    if field.future:
        limit = case.settings.planned_days_max
        if day > case.received_on + timedelta(days=limit):
            yield case.find("X4-7", field.name, days=limit)
    elif day > case.received_on and field.name not in _PERIODS:
        if signature_of(case, field.name):
            yield case.find(_AFTER_RECEIPT_RULE.get(case.form.form, "X4-4"), field.name)
        else:
            yield case.find("X4-2", field.name)


def _age(case: Case, birth: date) -> Iterator[Finding]:
    counted = next((name for name in _AGE_DATES if case.date(name) is not None), None)
    on = (case.date(counted) if counted else None) or case.received_on
    if birth > case.received_on or on < birth:
        return
    names = ("date_of_birth", counted) if counted else ("date_of_birth",)
    age = age_in_years(birth, on)
    if age < case.settings.minimum_age_years:
        yield case.find("D6", *names, years=case.settings.minimum_age_years)
    elif age > case.settings.maximum_age_years:
        yield case.find("X4-8", "date_of_birth", years=case.settings.maximum_age_years)
