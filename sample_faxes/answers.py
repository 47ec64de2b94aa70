"""What an office answers: a normal value for every field of a template, consistent with the case.

Fields are filled by their names, which mean the same on every form, so a new template needs no code here
unless it brings a new word.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from numpy.random import Generator, default_rng

from form_templates.conditions import is_required
from form_templates.model import FormField, Template
from sample_faxes.cases import Case, Value
from sample_faxes.due import EVENT_FIELDS, applies
from sample_faxes.parties import party_value, signer_name
from sample_faxes.usual import USUAL


@dataclass(frozen=True)
class Answer:
    """One field's answer and how it got onto the paper.

    ``value`` is the truth in normal form. ``written`` replaces the usual way of writing the value; ``hand``
    says by hand where the form's manner says otherwise. ``struck`` is a wrong answer, crossed out beside
    the right one (a text, or an option's value); ``also_marked`` are options marked besides, so that nobody
    can tell. ``real_name`` says that the value is a name of which a real hand's picture exists.
    """

    value: Value
    written: str | None = None
    hand: bool | None = None
    struck: str | None = None
    also_marked: tuple[str, ...] = ()
    not_applicable: bool = False
    real_name: bool = False


Answers = dict[str, Answer]


def fill(template: Template, case: Case, rng: Generator) -> Answers:
    """Answers for every field of a template, office-use fields left empty.

    A field that is due only on a condition is answered when the condition holds. About a third of the
    fields that nobody must fill stay empty.
    """
    drawn: dict[str, Value] = {
        field.name: case.overrides.get(field.name, _value(template, field, case, rng))
        for field in template.fields
    }
    values = dict(drawn)
    skipped = {
        field.name
        for field in template.fields
        if field.required == "no" and field.name not in case.overrides and rng.random() < _skip_share(field)
    }
    for _ in range(3):
        for field in template.fields:
            if field.name in case.overrides:
                continue
            conditional = field.required not in ("yes", "no")
            idle = conditional and not is_required(field, values)
            if idle or field.name in skipped or not applies(field, values, template):
                values[field.name] = False if field.kind in ("check", "signature") else None
    return {name: Answer(value) for name, value in values.items()}


def _skip_share(field: FormField) -> float:
    if field.kind in ("yes_no", "choice", "choices", "check", "date"):
        return 0.15
    return 0.3


def _value(template: Template, field: FormField, case: Case, rng: Generator) -> Value:
    if field.kind == "office_use" or field.name.startswith("office_"):
        return None
    if field.name == "signature_name":
        return signer_name(template, case)
    for known, value in (party_value(template, case, field.name), _event_value(field, case)):
        if known:
            return value
    if field.name.startswith("question_"):
        return _assessment_answer(template, field, rng)
    day = re.match(r"day_(\d)_(.+)", field.name)
    if day:
        return _day_value(int(day.group(1)), day.group(2), case)
    usual = USUAL.get(field.name)
    return _by_kind(field, case, rng) if usual is None else _fitting(field, usual(case, rng), rng)


def _fitting(field: FormField, value: Value, rng: Generator) -> Value:
    """A value that the field's options allow; a list for a field of several answers."""
    if field.kind == "check":
        return value in (True, "yes")
    if not field.options or field.kind == "yes_no":
        return value
    offered = [option.value for option in field.options]
    if isinstance(value, str) and value in offered:
        return (value,) if field.kind == "choices" else value
    pick = offered[int(rng.integers(len(offered)))]
    if pick == "other":
        pick = offered[0]
    return (pick,) if field.kind == "choices" else pick


def _assessment_answer(template: Template, field: FormField, rng: Generator) -> Value:
    right = template.key.get(field.name)
    offered = [option.value for option in field.options]
    if right is not None and rng.random() < 0.95:
        return right
    return offered[int(rng.integers(len(offered)))] if offered else right


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _day_value(number: int, what: str, case: Case) -> Value:
    """One fact of an infusion day. The facts of a day are drawn together, so that its times are in order."""
    if number > case.infusion_days:
        return None
    rng = default_rng([int(case.facility.npi), int(case.prescriber.npi), number])
    first = case.last_infusion - timedelta(days=case.infusion_days - 1)
    start = 8 * 60 + 5 * int(rng.integers(0, 24))
    stop = start + 240 + 5 * int(rng.integers(0, 8))
    reacted = case.reaction is not None and number == 2
    return {
        "date": (first + timedelta(days=number - 1)).isoformat(),
        "infused": "yes",
        "reason": None,
        "dose_mg": "12",
        "lot": f"A{int(rng.integers(2000, 9999))}",
        "start_time": _clock(start),
        "stop_time": _clock(stop),
        "observed": "yes",
        "observed_until": _clock(stop + 120 + 5 * int(rng.integers(0, 4))),
        "reaction": "yes" if reacted else "no",
        "serious": "no",
    }.get(what)


def _event_value(field: FormField, case: Case) -> tuple[bool, Value]:
    happened = {event.name: event for event in case.events}
    if field.name in EVENT_FIELDS:
        return True, "yes" if field.name in happened else "no"
    for suffix in ("_date", "_which", "_text"):
        stem = field.name.removesuffix(suffix)
        if field.name.endswith(suffix) and stem in EVENT_FIELDS:
            event = happened.get(stem)
            if event is None:
                return True, None
            if suffix == "_date":
                return True, event.day.isoformat()
            offered = [option.value for option in field.options]
            if offered:
                pick = event.which if event.which in offered else offered[0]
                return True, (pick,) if field.kind == "choices" else pick
            return True, event.words
    return False, None


def _by_kind(field: FormField, case: Case, rng: Generator) -> Value:
    """An ordinary answer for a name that is not special."""
    if field.kind in ("choice", "choices"):
        return _fitting(field, None, rng)
    simple: dict[str, Value] = {
        "check": True,
        "yes_no": "yes",
        "signature": field.name != "guardian_signature" or case.guardian is not None,
        "date": case.signed.isoformat(),
        "time": "09:30",
        "number": f"{field.minimum:g}" if field.minimum is not None else "1",
        "state": case.prescriber.person.place.state,
        "zip": case.prescriber.person.place.zip,
        "phone": case.prescriber.person.phone,
        "email": case.prescriber.person.email,
        "npi": case.prescriber.npi,
        "dea": case.prescriber.dea,
        "state_license": case.prescriber.license,
        "rems_id": case.patient.rems_id,
        "ncpdp": case.pharmacy.ncpdp,
        "name": case.prescriber.person.name,
    }
    if field.kind in simple:
        return simple[field.kind]
    return "see chart"
