"""The program's own dates: baseline labs against the first infusion, forms filed before treatment."""

from collections.abc import Iterator
from datetime import date

from validators.case import Case
from validators.model import Finding

REQUIRED_LABS = ("cbc", "creatinine", "urinalysis", "thyroid")
"""Baseline tests that the program requires (W1)."""

LABS = (*REQUIRED_LABS, "liver", "urine_ratio")
"""All baseline tests with a window; later labels add liver tests and the urine ratio (M4)."""


def days_before(lab: date, first_infusion: date) -> int:
    """Calendar days from the lab to the first infusion; negative for a lab after it."""
    return (first_infusion - lab).days


def lab_in_window(lab: date, first_infusion: date, window_days: int) -> bool:
    """Rule W4: 0 to ``window_days`` days before the first infusion, both ends included."""
    return 0 <= days_before(lab, first_infusion) <= window_days


def check_baseline_labs(case: Case) -> Iterator[Finding]:
    """Rules W1 and W4 on an authorization: required labs done, every lab within its window."""
    if not case.holds("W4") or not _labs_asked_for(case):
        return
    window = case.settings.labs_window_days
    planned = case.date("first_infusion_date")
    for lab in LABS:
        done, name = f"{lab}_done", f"{lab}_date"
        if lab in REQUIRED_LABS and case.value(done) == "no":
            yield case.find("W1", done)
        day = case.date(name)
        if day is None or planned is None or lab_in_window(day, planned, window):
            continue
        yield case.find("W4", name, "first_infusion_date", gap=_gap(days_before(day, planned)), days=window)
    if case.value("skin_exam_done") == "no":
        yield case.find("M3", "skin_exam_done")


def check_filed_before_treatment(case: Case) -> Iterator[Finding]:
    """Rules G9 and G10: order and authorization are signed and filed before the planned first infusion."""
    planned = case.date("first_infusion_date")
    if planned is None or not case.holds("G10"):
        return
    if planned < case.received_on:
        yield case.find("G10", "first_infusion_date")
    signed_on = case.date("signature_date")
    if signed_on is not None and planned < signed_on <= case.received_on:
        yield case.find(
            "X4-9", "signature_date", "first_infusion_date", other=case.label("first_infusion_date")
        )


def _labs_asked_for(case: Case) -> bool:
    """Rule W5: under ``first_course`` labs bind the first course only; an unknown course counts as it."""
    if case.settings.labs_scope_of(case.form.version) == "per_course":
        return True
    course = case.value("course")
    return course in (None, "first") or not case.sure("course")


def _gap(days: int) -> str:
    count, side = (days, "before") if days > 0 else (-days, "after")
    return f"{count} {'day' if count == 1 else 'days'} {side} the first infusion date"
