"""One form under check: its template, its answers, what is known around it, and what checks ask of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from form_templates.conditions import is_required, parse_condition
from form_templates.model import FormField, Kind, Template
from validators.catalog import RULES, finding
from validators.model import Answer, CheckedForm, Finding, ProgramState, Receipt, Severity, Value
from validators.nothing import says_nothing
from validators.settings import RuleSettings

_WAITS = " The answer was not read with certainty: review it first."

WRITTEN_KINDS: frozenset[Kind] = frozenset({"text", "free_text"})
"""Kinds whose answer is words of the writer's own choice."""


def is_empty(value: Value) -> bool:
    """Whether nothing was answered: no value, no tick, no signature, only blanks."""
    return not (value.strip() if isinstance(value, str) else value)


def parse_date(value: Value) -> date | None:
    """The date of a normal value ``YYYY-MM-DD``; none for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


@dataclass(frozen=True)
class Case:
    """What every check is handed.

    Attributes:
        state: what the program knew on the day asked about; the checks of registers and gates use it.
    """

    template: Template
    form: CheckedForm
    receipt: Receipt
    state: ProgramState
    settings: RuleSettings

    @property
    def received_on(self) -> date:
        """The day of receipt, as the fax server tells it."""
        return self.receipt.received_at.date()

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """The fields whose page arrived and that are not for the program's own use."""
        return tuple(
            field
            for field in self.template.fields
            if field.page not in self.form.missing_pages
            and field.kind != "office_use"
            and not field.name.startswith("office_")
        )

    @cached_property
    def _by_name(self) -> dict[str, FormField]:
        return {field.name: field for field in self.fields}

    def has(self, name: str) -> bool:
        """Whether the form asks for this field and its page arrived."""
        return name in self._by_name

    def answer(self, name: str) -> Answer:
        """The answer of one field; an empty one where nothing was handed in."""
        found = self.form.answers.get(name)
        if found is not None:
            return found
        field = self._by_name.get(name)
        return Answer(name=name, kind=field.kind if field else "text", value=None)

    def value(self, name: str) -> Value:
        """The normal value of one field, none where its page did not arrive."""
        return self.answer(name).value if self.has(name) else None

    def date(self, name: str) -> date | None:
        """The date in one field, none when it is empty, impossible or not on the pages received."""
        return parse_date(self.value(name))

    def sure(self, *names: str) -> bool:
        """Whether a person or an accepted reading stands behind every one of these answers."""
        return all(self.answer(name).sure for name in names)

    @cached_property
    def _values(self) -> dict[str, Value]:
        # "N/A" in the name of a second site asks for nothing more about it.
        return {
            field.name: None if self._says_nothing(field) else self.answer(field.name).value
            for field in self.template.fields
        }

    def _says_nothing(self, field: FormField) -> bool:
        value = self.answer(field.name).value
        written = field.kind == "name" or field.kind in WRITTEN_KINDS
        return written and isinstance(value, str) and says_nothing(value)

    def due(self, field: FormField) -> bool | None:
        """Whether an answer is due; none when that hangs on an answer nobody is sure of."""
        if field.required in ("yes", "no"):
            return field.required == "yes"
        asked = parse_condition(field.required).fields
        if not all(self.has(name) and self.sure(name) for name in asked):
            return None
        return is_required(field, self._values)

    @cached_property
    def _doubled_labels(self) -> frozenset[str]:
        labels = [field.label for field in self.template.fields]
        return frozenset(label for label in labels if labels.count(label) > 1)

    @cached_property
    def _section_titles(self) -> dict[str, str]:
        return {section.name: section.title for section in self.template.sections}

    def label(self, name: str) -> str:
        """The field's printed label, with its section where the form prints the label twice."""
        field = self._by_name[name]
        label = field.label.rstrip(" *:")
        if field.label not in self._doubled_labels:
            return label
        return f"{label} ({self._section_titles.get(field.section, field.section.replace('_', ' '))})"

    def holds(self, rule: str) -> bool:
        """Whether the catalog applies this rule to this form."""
        return RULES[rule].holds_for(self.form.form)

    def find(self, rule: str, *names: str, severity: Severity | None = None, **words: str | int) -> Finding:
        """A finding about some fields, the first of which gives the ``{label}`` of the sentence.

        A finding that rests on an answer nobody is sure of is lowered to information: it waits for review.
        """
        if names:
            words.setdefault("label", self.label(names[0]))
        pages = {self.answer(name).page for name in names}
        found = finding(
            rule,
            fields=names,
            pages=tuple(sorted(page for page in pages if page is not None)),
            severity=severity,
            **words,
        )
        if self.sure(*names) or rule.startswith("AE-"):
            return found
        return Finding(rule, "info", found.message + _WAITS, found.fields, found.pages)


Check = Callable[[Case], Iterable[Finding]]
"""One check: a pure function from a case to its findings; later rules join ``validators.check.CHECKS``."""
