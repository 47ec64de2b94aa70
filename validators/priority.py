"""What is opened first: possible adverse events, then near infusions, then by kind of form."""

from collections.abc import Iterable, Mapping

from validators.adverse_events import is_adverse_event
from validators.case import parse_date
from validators.model import CheckedForm, Finding, Priority, Receipt
from validators.settings import RuleSettings

_BY_FORM: Mapping[str, Priority] = {
    "prescription_order": Priority.ORDER,
    "patient_authorization": Priority.AUTHORIZATION,
    "prescriber_enrollment": Priority.ENROLLMENT,
    "knowledge_assessment": Priority.ENROLLMENT,
    "patient_enrollment": Priority.ENROLLMENT,
    "facility_enrollment": Priority.ENROLLMENT,
    "pharmacy_enrollment": Priority.ENROLLMENT,
    "patient_status": Priority.STATUS,
}
"""Orders and authorizations ahead of enrollments, those ahead of status forms (section 3.3 of the rules)."""

_PLANNED = ("first_infusion_date", "needed_by_date")


def priority(
    findings: Iterable[Finding],
    forms: Iterable[CheckedForm],
    receipt: Receipt,
    *,
    settings: RuleSettings | None = None,
) -> Priority:
    """The priority of a fax or of one form.

    An infusion planned within ``near_infusion_days`` of the receipt counts even when its date was not read
    with certainty: looking too early harms nobody. A date that is past is as urgent as one of today.
    """
    settings = settings or RuleSettings()
    forms = tuple(forms)
    if any(is_adverse_event(found) for found in findings):
        return Priority.ADVERSE_EVENT
    if any(_is_near(form, receipt, settings.near_infusion_days) for form in forms):
        return Priority.NEAR_INFUSION
    return min((_BY_FORM.get(form.form, Priority.OTHER) for form in forms), default=Priority.OTHER)


def _is_near(form: CheckedForm, receipt: Receipt, days: int) -> bool:
    if form.form not in {"prescription_order", "patient_authorization"}:
        return False
    planned = (parse_date(form.answers[name].value) for name in _PLANNED if name in form.answers)
    return any((day - receipt.received_at.date()).days <= days for day in planned if day is not None)
