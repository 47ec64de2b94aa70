"""The faults of real offices, as changes to a form's answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from numpy.random import Generator

from form_templates.conditions import is_required
from form_templates.model import FormField, Template
from sample_faxes.answers import Answers
from sample_faxes.cases import Value

_WRITTEN_TEXTS = ("name", "text", "free_text")


@dataclass(frozen=True)
class FormFaults:
    """What went wrong on one form.

    Numbers say how many fields are hit, as far as the form has such: ``struck`` a crossed-out text with the
    right one beside, ``struck_ticks`` a crossed-out tick, ``two_marked`` two answers to one question,
    ``not_applicable`` the letters N/A, ``empty`` a required field left out. ``values`` puts values in
    fields, in normal form (a date may be impossible); ``shifted`` sets a date so many days from
    another field's; ``wrong_digit`` names identifiers of which one digit is false;
    ``unsigned`` leaves the signatures out.
    """

    struck: int = 0
    struck_ticks: int = 0
    two_marked: int = 0
    not_applicable: int = 0
    empty: int = 0
    unsigned: bool = False
    values: Mapping[str, Value] = field(default_factory=dict)
    shifted: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    wrong_digit: tuple[str, ...] = ()
    stamp_over: str | None = None
    margin_note: str | None = None
    long_signatures: bool = False
    strokes: int = 0


def spoil(template: Template, answers: Answers, faults: FormFaults, rng: Generator) -> Answers:
    """The answers with the faults in them; a field is hit by one fault at most."""
    spoiled = dict(answers)
    for name, value in faults.values.items():
        if template.has_field(name):
            spoiled[name] = replace(spoiled[name], value=value, written=None)
    for name, (other, days) in faults.shifted.items():
        start = spoiled[other].value
        if isinstance(start, str):
            day = date.fromisoformat(start) + timedelta(days=days)
            spoiled[name] = replace(spoiled[name], value=day.isoformat())
    for name in faults.wrong_digit:
        spoiled[name] = replace(spoiled[name], value=_one_digit_off(str(spoiled[name].value), rng))
    if faults.unsigned:
        for asked in template.fields:
            if asked.kind == "signature" or asked.name.endswith("signature_date"):
                empty = False if asked.kind == "signature" else None
                spoiled[asked.name] = replace(spoiled[asked.name], value=empty)
    set_on_purpose = {*faults.values, *faults.shifted, *faults.wrong_digit}
    free = [
        asked for asked in template.fields if asked.name not in set_on_purpose and asked.kind != "office_use"
    ]
    order = [free[int(number)] for number in rng.permutation(len(free))]
    hit: set[str] = set()
    for count, choose in (
        (faults.struck, _strike),
        (faults.struck_ticks, _strike_tick),
        (faults.two_marked, _mark_two),
        (faults.not_applicable, _say_not_applicable),
        (faults.empty, _leave_out),
    ):
        done = 0
        for asked in order:
            if done < count and asked.name not in hit and choose(template, asked, spoiled, rng):
                hit.add(asked.name)
                done += 1
    return spoiled


def _one_digit_off(value: str, rng: Generator) -> str:
    """Another digit in one place, as a slip of the pen makes it."""
    place = int(rng.integers(2, len(value) - 2))
    return value[:place] + str((int(value[place]) + int(rng.integers(1, 9))) % 10) + value[place + 1 :]


def _strike(_template: Template, asked: FormField, answers: Answers, rng: Generator) -> bool:
    answer = answers[asked.name]
    if asked.box is None or asked.comb or asked.lines or not isinstance(answer.value, str):
        return False
    if asked.kind not in (*_WRITTEN_TEXTS, "date", "phone") or asked.box[2] < 11 * (len(answer.value) + 2):
        return False
    answers[asked.name] = replace(answer, struck=_slip(answer.value, asked, rng))
    return True


def _slip(value: str, asked: FormField, rng: Generator) -> str:
    """A wrong value as one slips into it, in the characters of the paper."""
    if asked.kind == "date":
        year, month, day = value.split("-")
        return f"{int(month)}/{int(day) % 28 + 1}/{year[2:]}"
    if asked.kind == "phone":
        return f"{value[:3]}-{value[3:6]}-{value[6:8]}"
    keep = max(2, int(len(value) * float(rng.uniform(0.5, 0.9))))
    return value[:keep]


def _strike_tick(_template: Template, asked: FormField, answers: Answers, rng: Generator) -> bool:
    answer = answers[asked.name]
    if asked.kind not in ("yes_no", "choice") or not isinstance(answer.value, str):
        return False
    wrong = [option.value for option in asked.options if option.value != answer.value]
    if not wrong:
        return False
    answers[asked.name] = replace(answer, struck=wrong[int(rng.integers(len(wrong)))])
    return True


def _mark_two(_template: Template, asked: FormField, answers: Answers, rng: Generator) -> bool:
    answer = answers[asked.name]
    if asked.kind not in ("yes_no", "choice") or not isinstance(answer.value, str):
        return False
    others = [option.value for option in asked.options if option.value != answer.value]
    if not others:
        return False
    both = (answer.value, others[int(rng.integers(len(others)))])
    answers[asked.name] = replace(answer, value=None, also_marked=both)
    return True


def _say_not_applicable(_template: Template, asked: FormField, answers: Answers, _rng: Generator) -> bool:
    answer = answers[asked.name]
    if asked.box is None or asked.comb or answer.value is not None or asked.box[2] < 24:
        return False
    if asked.kind in ("check", "signature", "office_use") or asked.name.startswith("office_"):
        return False
    text = asked.kind in _WRITTEN_TEXTS
    answers[asked.name] = replace(answer, value="N/A" if text else None, written="N/A", not_applicable=True)
    return True


def _leave_out(template: Template, asked: FormField, answers: Answers, _rng: Generator) -> bool:
    answer = answers[asked.name]
    values = {name: each.value for name, each in answers.items()}
    if asked.kind in ("signature", "check") or answer.value is None or not is_required(asked, values):
        return False
    # A question that others hang on would leave them without reason.
    if any(asked.name in other.required for other in template.fields):
        return False
    answers[asked.name] = replace(answer, value=None)
    return True
