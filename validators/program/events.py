"""What a recorded form says, as typed events: the only things that the state of a party is folded from."""

from dataclasses import dataclass
from datetime import date, datetime

from validators.program.answers import Values


@dataclass(frozen=True)
class Who:
    """Who stands behind something: a person with a role, or the machine."""

    name: str
    role: str


MACHINE = Who("machine", "machine")


@dataclass(frozen=True)
class RecordedForm:
    """One version of a form as recorded.

    Attributes:
        received_at: when the fax came, with time zone; this, not the order of processing, orders events.
        values: normal values by field name.
        complete: no required answer, signature or page is open.
        unsure: fields that wait for a person; they count as unanswered here.
        revision: 0 as first recorded, then one more for each correction.
        known_at: when this revision's values were known; none for the first, known since its receipt.
        case_number: of the case that this form answers, where it names one, or that was opened for it.
        returned_print: the hub printed this form and it came back.
        by: who stands behind the values.
        pending: something is missing that only the sender can give, and nothing else waits for a person; told
            when the form is taken in, and not kept.
    """

    document_id: str
    form: str
    version: str
    received_at: datetime
    values: Values
    complete: bool = True
    unsure: frozenset[str] = frozenset()
    missing_pages: tuple[int, ...] = ()
    revision: int = 0
    known_at: datetime | None = None
    case_number: str | None = None
    returned_print: bool = False
    by: Who = MACHINE
    pending: bool = False

    @property
    def order(self) -> tuple[datetime, str]:
        """The place in the order of receipt."""
        return self.received_at, self.document_id

    @property
    def sure_values(self) -> Values:
        """The values without those that wait for a person."""
        if not self.unsure:
            return self.values
        return {name: value for name, value in self.values.items() if name not in self.unsure}


@dataclass(frozen=True)
class Head:
    """What every event of a form carries.

    Attributes:
        received_on: the program's day of receipt.
        complete: of the form as a whole.
    """

    document_id: str
    form: str
    version: str
    received_at: datetime
    received_on: date
    complete: bool
    by: Who


@dataclass(frozen=True)
class FormEvent:
    """Something that a form says."""

    head: Head

    @property
    def order(self) -> tuple[datetime, str]:
        """The place in the order of receipt."""
        return self.head.received_at, self.head.document_id


@dataclass(frozen=True)
class PrescriberEnrolled(FormEvent):
    """A prescriber enrollment form (G1)."""

    signed: bool


@dataclass(frozen=True)
class AssessmentAnswered(FormEvent):
    """A knowledge assessment: the answers to questions 1 to 8, none where unanswered."""

    answers: tuple[str | None, ...]


@dataclass(frozen=True)
class SiteEnrolled(FormEvent):
    """An enrollment form of a facility or a pharmacy (G3, G4, E1)."""

    request: str | None
    signed: bool
    representative_named: bool
    trained: bool
    equipped: bool
    expires_on: date | None


@dataclass(frozen=True)
class PatientEnrolled(FormEvent):
    """A patient enrollment form (G7, G8)."""

    patient_signed: bool
    prescriber_signed: bool
    counseled: bool


@dataclass(frozen=True)
class OrderPlaced(FormEvent):
    """A prescription order (G9, D1)."""

    course: int | None
    vials: int | None
    first_infusion_on: date | None
    pharmacy_needed: bool
    signed: bool


@dataclass(frozen=True)
class BaselineLab:
    """One line of the authorization form: done or not, and when."""

    done: bool | None
    taken_on: date | None


@dataclass(frozen=True)
class BaselineFiled(FormEvent):
    """A patient authorization and baseline lab form (G10, W1 to W5)."""

    course: int | None
    first_infusion_on: date | None
    labs: dict[str, BaselineLab]
    authorized: bool | None
    signed: bool


@dataclass(frozen=True)
class StatusReported(FormEvent):
    """A status form's place in the schedule, and whether the prescriber still has the patient (T1)."""

    month: int | None
    period_to: date | None
    under_care: bool | None


@dataclass(frozen=True)
class InfusionReported(FormEvent):
    """Infusions that a form other than the checklist tells of; they move the clocks all the same (T4).

    Attributes:
        outside: given before this patient came into the program.
    """

    first_on: date | None
    last_on: date
    course: int | None
    outside: bool


@dataclass(frozen=True)
class InfusionDay:
    """One day's row of the checklist; ``number`` from 1, times ``HH:MM``."""

    number: int
    given_on: date | None
    infused: bool | None
    observed: bool | None
    reaction: bool | None
    serious: bool | None


@dataclass(frozen=True)
class ChecklistFiled(FormEvent):
    """An infusion checklist (C1, D4, D5)."""

    course: int | None
    authorized: bool | None
    equipped: bool | None
    days: tuple[InfusionDay, ...]
    steroid_days: tuple[bool | None, ...]
    antiviral: bool | None
    outcome: str | None
    ended_on: date | None


@dataclass(frozen=True)
class DeathReported(FormEvent):
    """A status form or notice that says that the patient died."""

    died_on: date | None


@dataclass(frozen=True)
class CareEnded(FormEvent):
    """The patient left this prescriber's care (L1, L2).

    Attributes:
        accepted: the new prescriber signed for the patient.
    """

    effective_on: date | None
    accepted: bool
