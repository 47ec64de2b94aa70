"""Forms that belong together: the same again, a late page, a correction, a print of ours that returned.

Decided by case number, or by person and form. The earlier version is always kept; what is in doubt goes to
a person, and until then the earlier form counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from validators.model import Value
from validators.program.answers import Values, course, text, whole
from validators.program.decisions import Joined
from validators.program.events import RecordedForm
from validators.program.rules import ProgramFinding, found

JoinKind = Literal["resend", "late_page", "corrected", "returned_print", "doubtful", "separate"]

RULE_OF: dict[JoinKind, str] = {
    "resend": "JOIN-01",
    "late_page": "JOIN-02",
    "corrected": "JOIN-03",
    "returned_print": "JOIN-04",
    "doubtful": "JOIN-05",
}


@dataclass(frozen=True)
class Join:
    """How a form relates to an earlier one."""

    document_id: str
    earlier_id: str
    kind: JoinKind


def matter(form: RecordedForm) -> tuple[str, ...] | None:
    """What a form of one party is about: two forms with the same matter cannot both count as they stand.

    None where each form stands for itself: assessments are attempts, and an authorization that is filed again
    is judged again (A2).
    """
    values = form.sure_values
    if form.form in _EACH_FOR_ITSELF:
        return None
    tells = _MATTERS.get(form.form)
    return (form.form, *tells(values)) if tells else (form.form,)


def _period(values: Values) -> tuple[str, ...]:
    month = whole(values, "reporting_month")
    if month is not None:
        return (str(month),)
    return (text(values, "period_to") or text(values, "signature_date") or "",)


def _request(values: Values) -> tuple[str, ...]:
    return text(values, "request") or "", text(values, "signature_date") or ""


_EACH_FOR_ITSELF = frozenset({"knowledge_assessment", "patient_authorization"})
_MATTERS: dict[str, Callable[[Values], tuple[str, ...]]] = {
    "prescription_order": lambda values: (str(course(values)), text(values, "order_date") or ""),
    "patient_status": _period,
    "infusion_checklist": lambda values: (str(course(values)), text(values, "day_1_date") or ""),
    "facility_enrollment": _request,
    "pharmacy_enrollment": _request,
    "care_transfer": lambda values: (text(values, "effective_date") or "",),
}


def join(new: RecordedForm, earlier: RecordedForm) -> JoinKind:
    """How a form relates to an earlier one of the same party.

    Args:
        new: received after ``earlier``.
        earlier: as it counts now, late pages already added.
    """
    if new.form != earlier.form:
        return "separate"
    own, theirs = _content(new.sure_values), _content(earlier.sure_values)
    same_case = new.case_number is not None and new.case_number == earlier.case_number
    if new.returned_print and (same_case or new.case_number is None):
        return "returned_print" if new.complete else "doubtful"
    if own == theirs and new.missing_pages == earlier.missing_pages:
        return "resend"
    contradicted = any(name in theirs and theirs[name] != value for name, value in own.items())
    if (
        earlier.missing_pages
        and set(new.missing_pages).isdisjoint(earlier.missing_pages)
        and not contradicted
    ):
        return "late_page"
    return _same_matter(new, earlier, same_case=same_case)


def _same_matter(new: RecordedForm, earlier: RecordedForm, *, same_case: bool) -> JoinKind:
    """A correction where it answers our question or completes an open form; in doubt where both are whole."""
    if not same_case and (matter(new) is None or matter(new) != matter(earlier)):
        return "separate"
    return "corrected" if new.complete and (same_case or not earlier.complete) else "doubtful"


def _content(values: Values) -> dict[str, Value]:
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "", False, ()) and not name.startswith("office_")
    }


def joined_forms(
    forms: Sequence[RecordedForm], party: str, decisions: Mapping[str, Joined]
) -> tuple[tuple[RecordedForm, ...], tuple[Join, ...], tuple[ProgramFinding, ...]]:
    """Put the forms of one party together, in order of receipt.

    Args:
        forms: of one party, any order.
        party: its id.
        decisions: what a person said, by the later form's document id.

    Returns:
        The forms that count, how the others relate to them, and what a person has to see.
    """
    counting: list[RecordedForm] = []
    stands_for: dict[str, int] = {}
    joins: list[Join] = []
    for form in sorted(forms, key=lambda one: one.order):
        kind, index = _relation(form, counting, stands_for, decisions.get(form.document_id))
        if index is None or kind == "separate":
            stands_for[form.document_id] = len(counting)
            counting.append(form)
            continue
        stands_for[form.document_id] = index
        earlier = counting[index]
        joins.append(Join(form.document_id, earlier.document_id, kind))
        if kind == "late_page":
            counting[index] = _completed(earlier, form)
        elif kind in ("corrected", "returned_print"):
            counting[index] = form
    form_of = {form.document_id: form.form for form in forms}
    findings = tuple(
        found(_rule(one, form_of[one.document_id]), party=party, document_id=one.document_id)
        for one in joins
        if one.kind in RULE_OF
    )
    return tuple(counting), tuple(joins), findings


def _rule(one: Join, form: str) -> str:
    """G7 for a second enrollment of a patient that differs, else the rule of the join itself."""
    return "G7" if one.kind == "doubtful" and form == "patient_enrollment" else RULE_OF[one.kind]


def _relation(
    form: RecordedForm,
    counting: Sequence[RecordedForm],
    stands_for: Mapping[str, int],
    decision: Joined | None,
) -> tuple[JoinKind, int | None]:
    """How a form relates to those that count; a person may name one that another has replaced since."""
    if decision is not None:
        return decision.kind, stands_for.get(decision.earlier_id)
    relations = [(join(form, earlier), index) for index, earlier in enumerate(counting)]
    order: tuple[JoinKind, ...] = ("returned_print", "resend", "late_page", "corrected", "doubtful")
    for kind in order:
        for relation, index in reversed(relations):
            if relation == kind:
                return kind, index
    return "separate", None


def _completed(earlier: RecordedForm, late: RecordedForm) -> RecordedForm:
    """Both as one form: received when its last page came, under the earlier document's id."""
    values = dict(earlier.values)
    values.update({name: value for name, value in late.sure_values.items() if value not in (None, "")})
    missing = tuple(page for page in earlier.missing_pages if page in late.missing_pages)
    received_at: datetime = late.received_at
    return replace(
        earlier,
        values=values,
        received_at=received_at,
        missing_pages=missing,
        complete=not missing and late.complete,
        unsure=earlier.unsure - set(late.sure_values) | late.unsure,
    )
