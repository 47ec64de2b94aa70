"""Made-up forms of the program, as recorded: what the program's figures and tests are measured on.

Everybody is made up: 555-01xx phones, NPIs that only have a right check digit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from stdnum import luhn

from validators.model import Value
from validators.program.care import PartyEvent, References
from validators.program.certification import AssessmentKey
from validators.program.events import RecordedForm, Who
from validators.program.ledger import SPECIMEN_KEY
from validators.program.moments import add_months
from validators.program.reading_forms import events_of
from validators.program.settings import ProgramSettings

SUPERVISOR = Who("a supervisor", "supervisor")
AGENT = Who("an agent", "reviewer")
BASELINE = ("cbc", "creatinine", "urinalysis", "thyroid")


def npi(number: int) -> str:
    """A made-up NPI: nine digits from ``number`` and the check digit (X1)."""
    body = f"1{number % 100_000_000:08d}"
    return body + str(luhn.calc_check_digit("80840" + body))


def at(day: date, hour: int = 15, minute: int = 0) -> datetime:
    """A moment of a day, by universal time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def recorded(
    form: str, document_id: str, received: date | datetime, values: Mapping[str, Value], **more: object
) -> RecordedForm:
    """A recorded form of version 2015-11 unless told otherwise."""
    moment = received if isinstance(received, datetime) else at(received)
    base = RecordedForm(document_id, form, "2015-11", moment, dict(values))
    return RecordedForm(**{**base.__dict__, **more})


def prescriber_values(
    first: str = "Ilse", last: str = "Abernathy", number: int = 1, role: str = "prescriber"
) -> dict[str, Value]:
    """The particulars of a prescriber."""
    return {
        f"{role}_first_name": first,
        f"{role}_last_name": last,
        f"{role}_npi": npi(number),
        f"{role}_phone": f"55555501{number % 100:02d}",
        f"{role}_zip": f"{10000 + number % 80000:05d}",
    }


def site_values(role: str, name: str = "Cedar Creek Infusion Center", number: int = 1) -> dict[str, Value]:
    """The particulars of a facility or a pharmacy."""
    return {
        f"{role}_name": name,
        f"{role}_npi": npi(50_000_000 + number),
        f"{role}_phone": f"55555501{number % 100:02d}",
        f"{role}_zip": f"{20000 + number % 70000:05d}",
        f"{role}_street": f"{100 + number} Mill Road",
    }


def patient_values(
    first: str = "Mara", last: str = "Ferreira-Lund", born: str = "1980-04-09", postal: str = "02139"
) -> dict[str, Value]:
    """The particulars of a patient."""
    return {
        "patient_first_name": first,
        "patient_last_name": last,
        "date_of_birth": born,
        "patient_zip": postal,
        "patient_phone": "5555550123",
    }


SIGNED: dict[str, Value] = {"signature": True}


def enrollment_values(person: Mapping[str, Value], prescriber: Mapping[str, Value]) -> dict[str, Value]:
    """A patient enrollment with both signatures."""
    signatures: dict[str, Value] = {
        "patient_signature": True,
        "prescriber_signature": True,
        "counseled": True,
    }
    return {**person, **prescriber, **signatures}


def site_enrollment_values(site: Mapping[str, Value]) -> dict[str, Value]:
    """A complete enrollment of a facility or pharmacy."""
    more: dict[str, Value] = {
        "request": "new",
        "representative_first_name": "Odile",
        "representative_last_name": "Brandt",
        "training_done": True,
        "equipment_on_site": True,
    }
    return {**site, **more, **SIGNED}


def assessment_values(
    prescriber: Mapping[str, Value], key: AssessmentKey = SPECIMEN_KEY, wrong: int = 0
) -> dict[str, Value]:
    """An assessment with ``wrong`` wrong answers."""
    answers: dict[str, Value] = {
        f"question_{number}": right if number > wrong else "a" for number, right in enumerate(key, start=1)
    }
    return {**prescriber, **answers, **SIGNED}


def baseline_values(
    person: Mapping[str, Value],
    prescriber: Mapping[str, Value],
    planned: date,
    course: str = "first",
    days: Mapping[str, int] | None = None,
) -> dict[str, Value]:
    """An authorization; each lab 10 days before the planned day, or as ``days`` says."""
    labs: dict[str, Value] = {}
    for lab in BASELINE:
        before = (days or {}).get(lab, 10)
        labs |= {f"{lab}_done": "yes", f"{lab}_date": (planned - timedelta(days=before)).isoformat()}
    more: dict[str, Value] = {
        "course": course,
        "first_infusion_date": planned.isoformat(),
        "authorized": "yes",
    }
    return {**person, **prescriber, **labs, **more, **SIGNED}


def checklist_values(
    person: Mapping[str, Value],
    facility: Mapping[str, Value],
    first_day: date,
    course: str = "first",
    days: int = 5,
) -> dict[str, Value]:
    """A checklist of a course that was completed."""
    rows: dict[str, Value] = {}
    for number in range(1, days + 1):
        rows |= {
            f"day_{number}_date": (first_day + timedelta(days=number - 1)).isoformat(),
            f"day_{number}_infused": "yes",
            f"day_{number}_observed": "yes",
            f"day_{number}_reaction": "no",
        }
    last = (first_day + timedelta(days=days - 1)).isoformat()
    more: dict[str, Value] = {"course": course, "course_outcome": "completed", "course_end_date": last}
    return {**person, **facility, **rows, **more, **SIGNED}


@dataclass
class Story:
    """One patient's forms with a prescriber, a facility and a pharmacy, in order of time.

    Attributes:
        number: makes document ids and particulars differ between stories.
        start: the day on which the prescriber's forms come; the patient's first infusion is a month later.
        base: what document ids begin with, where not with the number.
    """

    number: int = 1
    start: date = date(2015, 9, 5)
    person: dict[str, Value] = field(default_factory=patient_values)
    prescriber: dict[str, Value] = field(default_factory=prescriber_values)
    facility: dict[str, Value] = field(default_factory=lambda: site_values("facility"))
    pharmacy: dict[str, Value] = field(
        default_factory=lambda: site_values("pharmacy", "Northgate Specialty Pharmacy", 2)
    )
    base: str = ""

    def id(self, name: str) -> str:
        """A document's id."""
        return f"{self.base or f'doc-{self.number:05d}'}-{name}"

    @property
    def first_infusion(self) -> date:
        """Day 1 of the first course."""
        return self.start + timedelta(days=30)

    def certification(self) -> list[RecordedForm]:
        """The prescriber's assessment and enrollment."""
        return [
            recorded("knowledge_assessment", self.id("pka"), self.start, assessment_values(self.prescriber)),
            recorded("prescriber_enrollment", self.id("pre"), self.start, {**self.prescriber, **SIGNED}),
        ]

    def sites(self) -> list[RecordedForm]:
        """The facility's and the pharmacy's enrollment."""
        facility = site_enrollment_values(self.facility)
        pharmacy = site_enrollment_values(self.pharmacy)
        return [
            recorded("facility_enrollment", self.id("hcf"), self.start, facility),
            recorded("pharmacy_enrollment", self.id("pha"), self.start, pharmacy),
        ]

    def enrollment(self) -> RecordedForm:
        """The patient's enrollment, five days after the start."""
        values = enrollment_values(self.person, self.prescriber)
        return recorded("patient_enrollment", self.id("pat"), self.start + timedelta(days=5), values)

    def order(self, course: str = "first", vials: str = "5", planned: date | None = None) -> RecordedForm:
        """The order, 15 days before the infusion."""
        planned = planned or self.first_infusion
        more: dict[str, Value] = {
            "course": course,
            "vials": vials,
            "first_infusion_date": planned.isoformat(),
            "order_date": (planned - timedelta(days=15)).isoformat(),
            "dispensing": "certified_pharmacy",
        }
        values = {**self.person, **self.prescriber, **self.facility, **self.pharmacy, **more, **SIGNED}
        return recorded("prescription_order", self.id(f"rxo-{course}"), planned - timedelta(days=15), values)

    def authorization(
        self, course: str = "first", planned: date | None = None, **more: object
    ) -> RecordedForm:
        """The authorization, eight days before the infusion."""
        planned = planned or self.first_infusion
        values = baseline_values(self.person, self.prescriber, planned, course)
        return recorded(
            "patient_authorization", self.id(f"pab-{course}"), planned - timedelta(days=8), values, **more
        )

    def checklist(self, course: str = "first", first_day: date | None = None, days: int = 5) -> RecordedForm:
        """The checklist, two days after the course."""
        first_day = first_day or self.first_infusion
        values = checklist_values(self.person, self.facility, first_day, course, days)
        return recorded(
            "infusion_checklist", self.id(f"inf-{course}"), first_day + timedelta(days=days + 1), values
        )

    def status(self, month: int, late_days: int = 0, **answers: Value) -> RecordedForm:
        """The status form of a month."""
        more: dict[str, Value] = {
            "reporting_month": str(month),
            "alive": "yes",
            "still_under_care": "yes",
            **answers,
        }
        day = add_months(self.first_infusion, month) + timedelta(days=late_days)
        values = {**self.person, **self.prescriber, **more, **SIGNED}
        return recorded("patient_status", self.id(f"psf-{month}"), day, values)

    def before_infusion(self) -> list[RecordedForm]:
        """Everything up to the first infusion."""
        return [*self.certification(), *self.sites(), self.enrollment(), self.order(), self.authorization()]

    def whole(self, months: int = 48) -> list[RecordedForm]:
        """Two courses and the status forms up to ``months``."""
        second = add_months(self.first_infusion, 12)
        forms = [*self.before_infusion(), self.checklist()]
        forms += [self.status(month) for month in range(6, months + 1, 6)]
        forms += [
            self.order("second", "3", second),
            self.authorization("second", second),
            self.checklist("second", second, 3),
        ]
        return forms


def party_events(
    forms: list[RecordedForm], references: References, settings: ProgramSettings
) -> list[PartyEvent]:
    """The events of one patient's forms, all naming the same others."""
    return [PartyEvent(event, references) for form in forms for event in events_of(form, settings)]
