"""Types of the checks: what is checked, against what, and what is found."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Literal

from form_templates.model import Kind

Severity = Literal["error", "warning", "info"]
Value = str | bool | tuple[str, ...] | None


@dataclass(frozen=True)
class Answer:
    """One field's answer as the checks see it.

    Attributes:
        value: normal value, none for empty.
        sure: a person or an accepted reading stands behind it; an unsure answer never makes an ``error``.
        reasons: codes of the reading that a rule needs: two_marked, crossed_out, not_applicable, outside_box.
    """

    name: str
    kind: Kind
    value: Value
    raw: str = ""
    sure: bool = True
    reasons: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True)
class Text:
    """Words found on a page: a free text field, a cover sheet, a margin note, a letter."""

    text: str
    source: Literal["field", "margin", "cover", "lab_report", "unknown"]
    page: int
    field: str | None = None
    legible: bool = True


@dataclass(frozen=True)
class CheckedForm:
    """One form of a transmission, ready to be checked."""

    form: str
    version: str
    answers: dict[str, Answer]
    missing_pages: tuple[int, ...] = ()
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """What is known of the call that brought the forms."""

    received_at: datetime
    received_pages: int
    announced_pages: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something that is wrong or must be seen: rule, severity, the fields, and a sentence for staff.

    The message names what is wrong and what to do, and holds no patient data.
    """

    rule: str
    severity: Severity
    message: str
    fields: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule of the catalog: its identifier, what it says and where it comes from.

    Attributes:
        message: the sentence for staff; words in braces (``{label}``) are filled in by the check.
        source: the document or the row of the domain notes that the rule keeps.
        forms: the forms it holds for; none means every form.
    """

    rule: str
    severity: Severity
    title: str
    message: str
    source: str
    forms: tuple[str, ...] = ()

    def holds_for(self, form: str) -> bool:
        """Whether the rule applies to this form."""
        return not self.forms or form in self.forms


class Priority(IntEnum):
    """What is opened first on the desk: the lower the number, the sooner."""

    ADVERSE_EVENT = 0
    NEAR_INFUSION = 1
    ORDER = 2
    AUTHORIZATION = 3
    ENROLLMENT = 4
    STATUS = 5
    OTHER = 6


@dataclass(frozen=True)
class ProgramState:
    """What the program knew on the day asked about: the seam for registers, gates and clocks."""

    as_of: date
    prescribers: dict[str, str] = field(default_factory=dict)
    patients: dict[str, str] = field(default_factory=dict)
