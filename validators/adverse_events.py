"""Possible adverse events that are ticked or filled in on a form, whatever else is true of the form."""

from collections.abc import Iterable, Iterator

from form_templates.model import MARKED_KINDS, FormField
from validators.case import Case, is_empty
from validators.model import Answer, Finding
from validators.nothing import says_nothing

_DETAILS = ("_date", "_which", "_text", "_cause")
_OTHER_DETAILS = {"alive": ("death_date",)}
_SPECIAL_SITUATIONS = frozenset({"pregnancy"})


def is_adverse_event(finding: Finding) -> bool:
    """Whether a finding is a possible adverse event, to be put on top and forwarded."""
    return finding.rule.startswith("AE-") and finding.severity != "info"


def check_adverse_events(case: Case) -> Iterator[Finding]:
    """Findings about answers that report a possible adverse event.

    A doubtful tick counts: that a reading is unsure lowers no finding of this group.
    """
    ticked: list[FormField] = []
    for field in case.fields:
        if field.adverse_event and _reports_event(field, case.answer(field.name)):
            ticked.append(field)
            yield case.find("AE-06" if field.name in _SPECIAL_SITUATIONS else "AE-01", field.name)
    reported = {field.name for field in ticked}
    for field in case.fields:
        if field.adverse_event and field.kind in MARKED_KINDS and field.name not in reported:
            yield from _details_alone(case, field, reported)


def _reports_event(field: FormField, answer: Answer) -> bool:
    if field.kind not in MARKED_KINDS:
        # An unsure empty field counts by what was read there; a person's "empty" is final.
        words = answer.value if isinstance(answer.value, str) else ("" if answer.sure else answer.raw)
        return bool(words.strip()) and not says_nothing(words)
    if "two_marked" in answer.reasons:
        return True
    return not set(_ticks(answer)).isdisjoint(field.adverse_event)


def _ticks(answer: Answer) -> Iterable[str]:
    if isinstance(answer.value, tuple):
        return answer.value
    if isinstance(answer.value, bool):
        return (str(answer.value).lower(), *(("yes", "filled") if answer.value else ()))
    return (answer.value,) if answer.value else ()


def _details_alone(case: Case, field: FormField, reported: set[str]) -> Iterator[Finding]:
    names = (*(field.name + suffix for suffix in _DETAILS), *_OTHER_DETAILS.get(field.name, ()))
    for name in names:
        if not case.has(name) or name in reported:
            continue
        answer = case.answer(name)
        if is_empty(answer.value) or (isinstance(answer.value, str) and says_nothing(answer.value)):
            continue
        yield case.find("AE-04", name, field.name)
