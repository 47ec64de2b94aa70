"""Ordinary answers by field name, drawn from a case. A name means the same on every form."""

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from numpy.random import Generator

from sample_faxes.cases import Case, Value

Answerer = Callable[[Case, Generator], Value]

_DIAGNOSES = (
    "Relapsing-remitting multiple sclerosis",
    "Relapsing multiple sclerosis",
    "RRMS",
    "MS, relapsing form",
)
_THERAPIES = (
    "Tecfidera 2019-2021, Ocrevus 2022-2024",
    "Copaxone 2015, Gilenya 2016-2018",
    "Avonex 2 yrs, Aubagio 14 months",
    "interferon beta-1a; dimethyl fumarate",
)
_ALLERGIES = ("NKDA", "penicillin", "sulfa drugs", "none known", "latex")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _ago(low: int, high: int) -> Answerer:
    """A day before the signature, between so many days."""
    return lambda case, rng: _iso(case.signed - timedelta(days=int(rng.integers(low, high))))


def _baseline(case: Case, rng: Generator) -> Value:
    """A laboratory day no more than 30 days before the planned infusion, and not after the signature."""
    latest = (case.planned - case.signed).days
    return _iso(case.planned - timedelta(days=int(rng.integers(latest, 30))))


def _said(value: Value) -> Answerer:
    return lambda _case, _rng: value


def _one(*items: str) -> Answerer:
    return lambda _case, rng: items[int(rng.integers(len(items)))]


def _mostly(share: float) -> Answerer:
    return lambda _case, rng: "yes" if rng.random() < share else "no"


def _course(case: Case, _rng: Generator) -> Value:
    return {1: "first", 2: "second"}.get(case.course, "additional")


def _course_number(case: Case, _rng: Generator) -> Value:
    return str(case.course) if case.course > 2 else None


USUAL: dict[str, Answerer] = {
    "date_of_birth": lambda case, _: case.patient.date_of_birth,
    "sex": lambda case, _: case.patient.person.sex,
    "weight_kg": lambda case, _: str(case.patient.weight_kg),
    "allergies": _one(*_ALLERGIES),
    "diagnosis": _one(*_DIAGNOSES),
    "icd_code": _said("G35"),
    "prior_therapies": _one(*_THERAPIES),
    "credentials": lambda case, _: case.prescriber.credentials.lower(),
    "specialty": _said("neurology"),
    "practice_name": lambda case, _: case.prescriber.practice,
    "contact_method": _one("fax", "phone", "email", "mobile"),
    "contact_time": _one("morning", "afternoon", "evening"),
    "attempt": _one("1", "1", "1", "2"),
    "patient_phone_type": _one("mobile", "home"),
    "race": _one("white", "black", "asian", "other"),
    "ethnicity": _one("not_hispanic", "hispanic"),
    "guardian_relationship": lambda case, rng: (
        ("spouse", "mother", "brother", "daughter")[int(rng.integers(4))] if case.guardian else None
    ),
    "previously_treated": _mostly(0.15),
    "last_infusion_date": lambda case, _: _iso(case.last_infusion),
    "order_date": lambda case, _: _iso(case.signed),
    "course": _course,
    "course_number": _course_number,
    "infusion_course": _course,
    "vials": lambda case, _: str(case.infusion_days),
    "vials_other": _said(None),
    "directions": lambda case, _: f"12 mg IV daily x {case.infusion_days} consecutive days",
    "refills": _said("0"),
    "first_infusion_date": lambda case, _: _iso(case.planned),
    "needed_by_date": lambda case, _: _iso(case.planned - timedelta(days=3)),
    "dispensing": _one("certified_pharmacy", "certified_pharmacy", "buy_and_bill"),
    "substitution": _one("dispense_as_written", "substitution_allowed", "daw"),
    "creatinine_mg_dl": lambda _case, rng: f"{rng.uniform(0.55, 1.15):.2f}".rstrip("0"),
    "authorized": _said("yes"),
    "not_authorized_reason": _said("Insurance pending, re-evaluate in 4 wks"),
    "guide_reviewed": _mostly(0.95),
    "lab_report_attached": _said("no"),
    "reporting_month": lambda case, _: str(case.months_since_first),
    "period_from": lambda case, _: _iso(case.signed - relativedelta(months=6)),
    "period_to": lambda case, _: _iso(case.signed),
    "last_seen_date": _ago(0, 40),
    "alive": _said("yes"),
    "still_under_care": lambda case, _: "no" if case.leaving else "yes",
    "not_under_care_reason": lambda case, _: case.leaving or "moved",
    "death_date": _ago(20, 60),
    "death_cause": _said("Cardiac arrest"),
    "infused_since_last": lambda case, _: "yes" if (case.signed - case.last_infusion).days < 183 else "no",
    "infusion_first_date": lambda case, _: _iso(case.last_infusion - timedelta(days=case.infusion_days - 1)),
    "infusion_last_date": lambda case, _: _iso(case.last_infusion),
    "further_treatment": _mostly(0.3),
    "cbc_monthly": _mostly(0.95),
    "creatinine_monthly": _mostly(0.95),
    "urinalysis_monthly": _mostly(0.93),
    "thyroid_quarterly": _mostly(0.95),
    "skin_exam_yearly": _mostly(0.9),
    "skin_exam_date": _ago(10, 200),
    "last_cbc_date": _ago(2, 30),
    "last_creatinine_date": _ago(2, 30),
    "last_urinalysis_date": _ago(2, 30),
    "last_thyroid_date": _ago(2, 85),
    "not_monitored_reason": _one(
        "Pt missed labs in August, rescheduled", "Patient traveling, labs done late"
    ),
    "event_reported": _mostly(0.7),
    "event_reported_date": _ago(1, 10),
    "event_outcome": _one("recovering", "resolved", "ongoing, in treatment"),
    "event_case_number": lambda _case, rng: f"2026-{int(rng.integers(10000, 99999))}",
    "comments": lambda case, _: case.comment,
    "signature_date": lambda case, _: _iso(case.signed),
    "request": _one("new", "new", "renewal", "representative_change"),
    "facility_type": _one("infusion_center", "hospital_outpatient", "physician_office"),
    "representative_credentials": _one("PharmD", "RPh"),
    "pharmacy_type": _one("specialty", "hospital", "infusion"),
    "acquisition": _one("certified_pharmacy", "buy_and_bill", "specialty_pharmacy"),
    "patient_authorized": _said("yes"),
    "confirmed_by": _one("phone", "online"),
    "confirmed_date": lambda case, _: _iso(case.last_infusion - timedelta(days=case.infusion_days + 2)),
    "confirmation_number": lambda _case, rng: f"AU{int(rng.integers(100000, 999999))}",
    "guide_given": _said("yes"),
    "reaction_description": lambda case, _: case.reaction,
    "reaction_treatment": lambda case, _: (
        "Infusion slowed, diphenhydramine 25 mg IV" if case.reaction else None
    ),
    "infusion_stopped": _said("no"),
    "stroke_signs": _said("no"),
    "vials_received": lambda case, _: str(case.infusion_days),
    "vials_used": lambda case, _: str(case.infusion_days),
    "vials_returned": _said("0"),
    "vials_discarded": _said("0"),
    "course_outcome": _said("completed"),
    "course_end_date": lambda case, _: _iso(case.last_infusion),
    "completed_by_name": lambda case, _: case.facility.contact.name,
    "completed_by_title": _one("RN", "Charge Nurse", "RN, BSN"),
    "last_visit_date": _ago(15, 80),
    "reason": lambda case, _: case.leaving or "moved",
    "effective_date": lambda case, _: _iso(case.signed + timedelta(days=7)),
}
for _lab in ("cbc", "creatinine", "urinalysis", "thyroid", "skin_exam", "liver", "urine_ratio"):
    USUAL[f"{_lab}_done"] = _said("yes")
    if _lab != "skin_exam":
        USUAL[f"{_lab}_date"] = _baseline
