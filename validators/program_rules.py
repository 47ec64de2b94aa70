"""Program rules that one form can break by itself: dosing facts, monitoring, care, authorization."""

import re
from collections.abc import Iterator, Mapping

from validators.case import Case
from validators.model import Finding

_VIALS_BY_COURSE: Mapping[str, str] = {"first": "5", "second": "3", "additional": "3"}
_MONITORING: Mapping[str, str] = {
    "cbc_monthly": "M1",
    "creatinine_monthly": "M1",
    "urinalysis_monthly": "M1",
    "thyroid_quarterly": "M2",
    "skin_exam_yearly": "M3",
}
_TIME = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")
_DAYS = range(1, 6)


def check_order(case: Case) -> Iterator[Finding]:
    """Rules D1 and G9 on an order: vials fit the course, no refills."""
    if not case.holds("D1"):
        return
    course, vials = case.value("course"), case.value("vials")
    expected = _VIALS_BY_COURSE.get(course) if isinstance(course, str) else None
    # Another number has a field of its own for the reason, which is looked at with the order.
    if expected is not None and vials in ("3", "5") and vials != expected:
        yield case.find("D1", "vials", "course")
    refills = case.value("refills")
    if isinstance(refills, str) and refills.strip(" 0") and refills.strip().isdigit():
        yield case.find("G9", "refills")


def check_infusions(case: Case) -> Iterator[Finding]:
    """Rules D4 and G5 on an infusion checklist: two hours of observation, authorized before infused."""
    if not case.holds("D4"):
        return
    infused = [f"day_{n}_infused" for n in _DAYS if case.value(f"day_{n}_infused") == "yes"]
    if infused and case.value("patient_authorized") == "no":
        yield case.find("G5", "patient_authorized", *infused)
    limit = case.settings.observation_minutes
    for n in _DAYS:
        observed, until, stop = f"day_{n}_observed", f"day_{n}_observed_until", f"day_{n}_stop_time"
        minutes = _minutes_between(case, stop, until)
        if case.value(observed) == "no":
            yield case.find("D4", observed, minutes=limit)
        elif minutes is not None and minutes < limit:
            yield case.find("D4", until, stop, minutes=limit)


def check_status(case: Case) -> Iterator[Finding]:
    """Rules M1 to M3 and L1 on a status form: monitoring done, patient still under care."""
    if not case.holds("L1"):
        return
    for name, rule in _MONITORING.items():
        if case.value(name) == "no":
            yield case.find(rule, name)
    if case.value("still_under_care") == "no":
        yield case.find("L1", "still_under_care")


def check_authorization(case: Case) -> Iterator[Finding]:
    """Whether an authorization says that the patient is not authorized."""
    if case.holds("PAB-01") and case.value("authorized") == "no":
        yield case.find("PAB-01", "authorized")


def _minutes_between(case: Case, start: str, end: str) -> int | None:
    minutes = []
    for name in (start, end):
        value = case.value(name)
        found = _TIME.match(value) if isinstance(value, str) else None
        if found is None:
            return None
        minutes.append(int(found[1]) * 60 + int(found[2]))
    # An end before the start is past midnight or a slip; which of the two cannot be told: no finding.
    return minutes[1] - minutes[0] if minutes[1] >= minutes[0] else None
