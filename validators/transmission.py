"""One fax under check as a whole: the call, the pages that are no form, and whether its forms agree."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from form_templates.model import Template
from validators.catalog import finding
from validators.completeness import check_announced_pages
from validators.model import CheckedForm, Finding, ProgramState, Receipt, Text
from validators.screening import screen
from validators.settings import RuleSettings

_MUST_AGREE: tuple[tuple[str, str], ...] = (
    ("date_of_birth", "CRS-01"),
    ("first_infusion_date", "CRS-02"),
)
"""Answers that forms of one fax about one patient cannot give differently, and the rule that says so."""


@dataclass(frozen=True)
class FaxCase:
    """What every check of a whole fax is handed.

    Attributes:
        templates: the template of each form, in the order of ``forms``.
        other_texts: what stands on cover sheets, letters, lab reports and unknown pages.
        state: what the program knew on the day asked about.
    """

    forms: tuple[CheckedForm, ...]
    templates: tuple[Template, ...]
    other_texts: tuple[Text, ...]
    receipt: Receipt
    state: ProgramState
    settings: RuleSettings


FaxCheck = Callable[[FaxCase], Iterable[Finding]]
"""One check of a whole fax: a pure function from a case to its findings."""


def check_other_texts(case: FaxCase) -> Iterator[Finding]:
    """Possible adverse events on pages that are no form."""
    yield from screen(case.other_texts, case.settings)


def check_call(case: FaxCase) -> Iterator[Finding]:
    """Pages announced against pages received."""
    yield from check_announced_pages(case.receipt, case.settings)


def check_forms_agree(case: FaxCase) -> Iterator[Finding]:
    """Findings about forms of one patient that contradict each other.

    Only forms that give the same REMS ID, read with certainty, are taken to be about one patient.
    """
    by_patient: defaultdict[str, list[CheckedForm]] = defaultdict(list)
    for form in case.forms:
        patient = _sure_text(form, "patient_rems_id")
        if patient is not None:
            by_patient[patient.upper()].append(form)
    for forms in by_patient.values():
        for name, rule in _MUST_AGREE:
            answers = {answer for form in forms if (answer := _sure_text(form, name)) is not None}
            if len(answers) > 1:
                pages = {form.answers[name].page for form in forms if name in form.answers}
                yield finding(
                    rule, fields=(name,), pages=tuple(sorted(page for page in pages if page is not None))
                )


FAX_CHECKS: tuple[FaxCheck, ...] = (check_other_texts, check_call, check_forms_agree)
"""Every check of a whole fax."""


def _sure_text(form: CheckedForm, name: str) -> str | None:
    answer = form.answers.get(name)
    if answer is None or not answer.sure or not isinstance(answer.value, str):
        return None
    return answer.value.strip() or None
