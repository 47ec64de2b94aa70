"""The checks of one form and of one transmission. Pure: the day of today comes with the program state.

A later rule is a function from a case to findings, added to ``CHECKS``.
"""

from collections.abc import Iterable, Sequence

from form_templates.model import Template
from validators.adverse_events import check_adverse_events
from validators.case import WRITTEN_KINDS, Case, Check, is_empty
from validators.completeness import check_completeness, check_form_pages
from validators.dates import check_date_order, check_dates, check_signature_order
from validators.identifiers import check_addresses, check_identifiers
from validators.model import CheckedForm, Finding, ProgramState, Receipt, Text
from validators.priority import priority
from validators.program_dates import check_baseline_labs, check_filed_before_treatment
from validators.program_rules import check_authorization, check_infusions, check_order, check_status
from validators.screening import screen
from validators.settings import RuleSettings
from validators.transmission import FAX_CHECKS, FaxCase, FaxCheck

__all__ = ["CHECKS", "check_form", "check_texts", "check_transmission", "priority"]

_SEVERITY_ORDER = {"error": 0, "warning": 1, "info": 2}
_ADDRESS_ENDINGS = ("_street", "_street_2", "_city", "_name", "_title", "_number", "_lot", "_attention")
"""Written fields that hold a name or an address, where "Graves" or "Cancer Center" reports nothing."""


def check_texts(case: Case) -> Iterable[Finding]:
    """Possible adverse events in the texts handed in with the form, and in every written answer."""
    screened = {text.field for text in case.form.texts if text.field is not None}
    yield from screen((*case.form.texts, *_written_answers(case, screened)), case.settings)


CHECKS: tuple[Check, ...] = (
    check_adverse_events,
    check_texts,
    check_form_pages,
    check_completeness,
    check_dates,
    check_signature_order,
    check_date_order,
    check_baseline_labs,
    check_filed_before_treatment,
    check_identifiers,
    check_addresses,
    check_order,
    check_infusions,
    check_status,
    check_authorization,
)
"""Every check of one form, in the order in which its findings are listed among equals."""


def check_form(
    template: Template,
    form: CheckedForm,
    receipt: Receipt,
    state: ProgramState,
    *,
    settings: RuleSettings | None = None,
    checks: Sequence[Check] = CHECKS,
) -> tuple[Finding, ...]:
    """All findings about one form, possible adverse events first, then by severity.

    Args:
        template: the form's template, of the version received.
        form: the answers and the texts found on the form's pages.
        receipt: the call that brought the form.
        state: what the program knew on the day asked about.
        settings: numbers of the rules; the defaults where none are given.
        checks: the checks to run.
    """
    case = Case(template, form, receipt, state, settings or RuleSettings())
    return _in_order(found for check in checks for found in check(case))


def check_transmission(
    forms: Sequence[CheckedForm],
    templates: Sequence[Template],
    other_texts: Iterable[Text],
    receipt: Receipt,
    state: ProgramState,
    *,
    settings: RuleSettings | None = None,
    checks: Sequence[FaxCheck] = FAX_CHECKS,
) -> tuple[Finding, ...]:
    """The findings about a fax as a whole; those of its forms come from ``check_form``.

    Args:
        forms: the forms of the transmission.
        templates: the template of each form, in the same order.
        other_texts: what stands on cover sheets, letters, lab reports and unknown pages.
        receipt: the call.
        state: what the program knew on the day asked about.
        settings: numbers of the rules; the defaults where none are given.
        checks: the checks to run.
    """
    case = FaxCase(
        tuple(forms), tuple(templates), tuple(other_texts), receipt, state, settings or RuleSettings()
    )
    return _in_order(found for check in checks for found in check(case))


def _written_answers(case: Case, screened: set[str]) -> Iterable[Text]:
    for field in case.fields:
        if field.kind not in WRITTEN_KINDS or field.name in screened or field.name.endswith(_ADDRESS_ENDINGS):
            continue
        answer = case.answer(field.name)
        words = answer.raw if is_empty(answer.value) and not answer.sure else answer.value
        legible = "illegible" not in answer.reasons or answer.sure
        if isinstance(words, str) and (words.strip() or not legible):
            yield Text(words, "field", answer.page or field.page, field.name, legible)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Possible adverse events first, then errors, warnings and information; otherwise as found."""
    return tuple(
        sorted(
            findings,
            key=lambda found: (not found.rule.startswith("AE-"), _SEVERITY_ORDER[found.severity]),
        )
    )
