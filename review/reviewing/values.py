"""Between a field's normal value and what a person sees and types."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extractors.values import TEXT_KINDS, normalize
from extractors.values.parsed import is_absent
from form_templates.model import MARKED_KINDS, FormField
from review.reviewing.words import BLIND_EMPTY, KEEP, NO_VALUE, ODD_VALUE, PLAIN_NO_VALUE, PLAIN_ODD
from store.desk.model import Verdict
from store.model import Value

CHOSEN_KINDS = MARKED_KINDS | {"signature"}
"""Kinds that are answered by choosing, never by typing."""

YES, NO = "true", "false"
"""How a tick and a signature are chosen."""


@dataclass(frozen=True)
class Choice:
    """One answer of a field that is not typed."""

    value: str
    label: str


@dataclass(frozen=True)
class Taken:
    """What somebody typed or chose, as an answer.

    Attributes:
        problem: what speaks against the value, in a sentence; empty when nothing does.
    """

    verdict: Verdict
    value: Value
    problem: str = ""


def choices_of(field: FormField) -> tuple[Choice, ...]:
    """The answers that a field of a chosen kind can have; none for a field that is typed."""
    if field.kind == "signature":
        return Choice(YES, "Signed"), Choice(NO, "Not signed")
    if field.kind == "check":
        return Choice(YES, "Ticked"), Choice(NO, "Not ticked")
    return tuple(Choice(option.value, option.label or option.value) for option in field.options)


def chosen_of(value: Value) -> tuple[str, ...]:
    """Which choices a value means."""
    if isinstance(value, bool):
        return (YES if value else NO,)
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def text_of(field: FormField, value: Value) -> str:
    """A value as it is read and typed in this country: dates as MM/DD/YYYY, telephone numbers in groups."""
    if not isinstance(value, str):
        return ", ".join(chosen_of(value))
    if field.kind == "date":
        return _day(value)
    if field.kind == "phone" and len(value) == 10 and value.isdigit():
        return f"({value[:3]}) {value[3:6]}-{value[6:]}"
    return value


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).strftime("%m/%d/%Y")
    except ValueError:  # an impossible day, kept as it was written
        return value


def named(field: FormField, value: Value) -> str:
    """A value in words, for showing it beside others: labels of choices, text as typed."""
    if value is None:
        return "nothing written"
    if field.kind not in CHOSEN_KINDS:
        return text_of(field, value)
    labels = {choice.value: choice.label for choice in choices_of(field)}
    return ", ".join(labels.get(one, one) for one in chosen_of(value)) or "nothing marked"


def typed_value(kind: str, canonical: str) -> Value:
    """The normal value of a canonical text: ticks and signatures are no text."""
    return canonical == YES if kind in ("check", "signature") else canonical


def take(field: FormField, text: str, chosen: Sequence[str], *, blind: bool = False) -> Taken:
    """What was typed or chosen, as an answer.

    Args:
        field: of the template.
        text: as typed, for a field of a kind that is typed.
        chosen: choices, for the other kinds.
        blind: the person saw no value, so that an empty entry may be a slip.
    """
    if field.kind in CHOSEN_KINDS:
        return _chosen(field, chosen, blind=blind)
    if not text.strip():
        return Taken("empty", None, BLIND_EMPTY if blind else "")
    return _typed(field, text)


def _typed(field: FormField, text: str) -> Taken:
    parsed = normalize(field, text)
    if field.kind in TEXT_KINDS and parsed.value is not None:
        # The writer's own words, as the person typed them: the parser would tidy away signs that are meant.
        words = parsed.value if "not_applicable" in parsed.reasons else " ".join(text.split())
        return Taken("value", words)
    if parsed.value is None:
        if is_absent(text):
            return Taken("empty", None)
        return Taken("value", text.strip(), NO_VALUE.get(field.kind, PLAIN_NO_VALUE) + KEEP)
    problem = "" if parsed.plausible else ODD_VALUE.get(field.kind, PLAIN_ODD) + KEEP
    return Taken("value", parsed.value, problem)


def _chosen(field: FormField, chosen: Sequence[str], *, blind: bool) -> Taken:
    known = tuple(choice.value for choice in choices_of(field) if choice.value in chosen)
    if len(known) != len(set(chosen)):
        return Taken("value", None, PLAIN_NO_VALUE)
    if not known:
        return Taken("empty", None, BLIND_EMPTY if blind else "")
    if field.kind == "choices":
        return Taken("value", known)
    if field.kind in ("check", "signature"):
        return Taken("value", known[0] == YES)
    return Taken("value", known[0])
