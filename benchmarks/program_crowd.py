"""A register of many made-up patients with their prescribers and sites, written into the tables by COPY.

What is written is what the registers themselves write (a test compares the two); left out are
the readings of the fields, the audit trail, and of most patients what their records say beside the registers:
none of the measured questions looks at them.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from typing import cast

from sqlalchemy.engine import Engine
from stdnum.iso7064 import mod_37_36

from benchmarks.program_cases import Story, at, npi
from benchmarks.program_names import draw
from benchmarks.program_stamps import (
    LONG_BEFORE,
    Prototype,
    Stamp,
    document_row,
    stamps_of,
    starts,
    transmission_row,
)
from store.database import writing
from store.registers.opening import Program, lock_registers, open_ledger
from store.registers.registering import take_in
from store.registers.shelf import particular_rows
from store.registers.upsert import add_new
from store.tables import Document, Transmission
from validators.model import Value
from validators.program.events import RecordedForm
from validators.program.matching import may_matter
from validators.program.mentions import Particulars, Role, particulars_of
from validators.program.rems_ids import LETTERS, PartyKind

PROGRAM = Program()
PATIENTS_OF_A_PRESCRIBER = 100
PATIENTS_OF_A_SITE = 1000
NOW = at(date.today(), 0)
"""The moment of the crowd: what comes later has not come."""

HABITS = (
    Prototype(LONG_BEFORE),
    Prototype(LONG_BEFORE, missed=frozenset({12, 42})),
    Prototype(LONG_BEFORE, late=frozenset({18})),
    Prototype(LONG_BEFORE, missed=frozenset({6, 24}), late=frozenset({36})),
)
"""How the prescribers' offices send status forms; every fourth patient of a kind."""

STARTS = starts(NOW.date() - timedelta(days=2_600), NOW.date() - timedelta(days=120), 14)
"""Twelve forms a patient, on average."""

NEWCOMERS_START = NOW.date() - timedelta(days=40)
"""So that their forms up to the first checklist have just come."""

WHOLE_RECORDS_EVERY = 20
"""The records of one patient in so many hold what the forms say; only they are asked for their status."""

TABLES = (
    "transmissions", "documents", "records", "form_revisions", "particulars", "particular_keys", "mentions",
    "decisions", "party_states", "slots", "non_compliance", "party_findings",
)  # fmt: skip


def phone(number: int) -> str:
    """A made-up number: an area, 555, and 01xx."""
    return f"{200 + number // 100 % 800}55501{number % 100:02d}"


def _digest(kind: str, number: int) -> str:
    return sha256(f"{kind}:{number}".encode()).hexdigest()


Person = tuple[str, str, str, str, str]
"""First and last name, day of birth, ZIP and phone of a patient."""

_PERSON = ("patient_first_name", "patient_last_name", "date_of_birth", "patient_zip", "patient_phone")


def values_of(person: Person) -> dict[str, Value]:
    """What a form says of a patient."""
    return dict(zip(_PERSON, person, strict=True))


@dataclass(frozen=True)
class Crowd:
    """Made-up patients by number, with the prescribers and sites that they share."""

    patients: int
    seed: int = 1

    @cached_property
    def people(self) -> list[Person]:
        """The patients' particulars, and some more patients to come.

        Nobody is so like another that a person would have to tell them apart: such enrollments wait at the
        desk, and would be no part of a register that is up to date.
        """
        rng, seen = random.Random(self.seed), _Seen()
        found: list[Person] = []
        while len(found) < self.patients + NEWCOMERS:
            first, last = draw(rng)
            born = (date(1940, 1, 1) + timedelta(days=rng.randrange(23_000))).isoformat()
            postal = f"{rng.randrange(1000, 99_950):05d}"
            person = first, last, born, postal, phone(rng.randrange(80_000))
            if seen.is_new(person):
                found.append(person)
        return found

    def prescriber(self, number: int) -> dict[str, Value]:
        """The prescriber of that number."""
        rng = random.Random(f"prescriber {self.seed} {number}")
        first, last = draw(rng)
        return {
            "prescriber_first_name": first,
            "prescriber_last_name": last,
            "prescriber_npi": npi(number + 1),
            "prescriber_phone": phone(number * 7),
            "prescriber_zip": f"{rng.randrange(1000, 99_950):05d}",
        }

    def site(self, role: str, number: int) -> dict[str, Value]:
        """The facility or pharmacy of that number."""
        rng = random.Random(f"{role} {self.seed} {number}")
        words = ("Infusion Center", "Hospital") if role == "facility" else ("Specialty Pharmacy", "Pharmacy")
        return {
            f"{role}_name": f"{draw(rng)[1]} {draw(rng)[1]} {rng.choice(words)}",
            f"{role}_npi": npi(50_000_000 + 2 * number + (role == "pharmacy")),
            f"{role}_phone": phone(number * 11 + (role == "pharmacy")),
            f"{role}_zip": f"{rng.randrange(1000, 99_950):05d}",
            f"{role}_street": f"{rng.randrange(1, 999)} {draw(rng)[1]} Road",
        }

    def prototype(self, number: int) -> Prototype:
        """When the patient of that number started, and how the office sends status forms.

        Who is not in the crowd starts now: a new form is one of today, not of years ago.
        """
        start = STARTS[number * 389 % len(STARTS)] if number < self.patients else NEWCOMERS_START
        return replace(HABITS[number % len(HABITS)], start=start)

    def story(self, number: int) -> Story:
        """The patient of that number."""
        return Story(
            number=number,
            start=self.prototype(number).start,
            person=values_of(self.people[number]),
            prescriber=self.prescriber(number // PATIENTS_OF_A_PRESCRIBER),
            facility=self.site("facility", number // PATIENTS_OF_A_SITE),
            pharmacy=self.site("pharmacy", number // PATIENTS_OF_A_SITE),
            base=base("patient", number),
        )

    def asked(self, rng: random.Random) -> int:
        """The number of a patient drawn from those whose records are whole."""
        return rng.randrange(-(-self.patients // WHOLE_RECORDS_EVERY)) * WHOLE_RECORDS_EVERY

    def rems_id(self, number: int) -> str:
        """The REMS ID issued to a patient: a number of its own, so that no two are alike."""
        return rems_id("patient", number)


NEWCOMERS = 1_000


def base(kind: str, number: int) -> str:
    """What the document ids of a party's own forms begin with."""
    return _digest(kind, number)[:24]


def rems_id(kind: PartyKind, number: int) -> str:
    """A REMS ID with a right check character."""
    body = f"{LETTERS[kind]}{number:07d}"
    return f"{body[0]}-{body[1:]}{mod_37_36.calc_check_digit(body)}"


class _Seen:
    """People drawn so far, by what two of them may have in common."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], list[str]] = defaultdict(list)

    def is_new(self, person: Person) -> bool:
        """Whether nobody drawn before may be the same; remembers the person then."""
        one = replace(particulars_of(values_of(person), "patient"), zip="", phone="")
        shared = {
            "date_of_birth": ("last", "first"),
            "first": ("last", "date_of_birth"),
            "last": ("first", "date_of_birth"),
        }
        keys = {name: (name, *(getattr(one, other) for other in others)) for name, others in shared.items()}
        for name, key in keys.items():
            for other in self._known.get(key, ()):
                if may_matter(one, replace(one, **{name: other}), PROGRAM.settings):  # type: ignore[arg-type]
                    return False
        for name, key in keys.items():
            self._known[key].append(getattr(one, name))
        return True


def place(engine: Engine, form: RecordedForm) -> None:
    """One form into the registers, with the rows that it rests on, in one transaction."""
    fax = sha256(form.document_id.encode()).hexdigest()
    with writing(engine) as session:
        lock_registers(session)
        add_new(session, Transmission, [transmission_row(fax, form)])
        add_new(session, Document, [document_row(fax, form)])
        take_in(open_ledger(session, PROGRAM), [form])


class Stamper:
    """Fills the stamps for each party of a crowd, table by table."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._stamps: dict[tuple[Prototype, bool], dict[str, Stamp]] = {}
        self._shared: dict[str, tuple[int, dict[str, str]]] = {}
        self.columns: dict[str, tuple[str, ...]] = {
            "particulars": ("id", "kind", "data"),
            "particular_keys": ("key", "particulars_id"),
        }

    def others(self) -> Iterator[tuple[str, str]]:
        """The rows of every prescriber and site."""
        counts: dict[Role, int] = {"prescriber": PATIENTS_OF_A_PRESCRIBER, "facility": PATIENTS_OF_A_SITE}
        counts["pharmacy"] = PATIENTS_OF_A_SITE
        for role, served in counts.items():
            stamp = self._stamp(HABITS[0], whole=True)[role]
            for number in range(-(-self._crowd.patients // served)):
                holes = self._other(role, number)
                yield from stamp.texts(holes)
                yield from _particular_texts(self._particulars(role, holes))

    def patient(self, number: int) -> Iterator[tuple[str, str]]:
        """The rows of one patient."""
        person = values_of(self._crowd.people[number])
        unknown = particulars_of(person, "patient")
        known = replace(unknown, rems_id=self._crowd.rems_id(number))
        holes = {
            **{name: str(value) for name, value in person.items()},
            **self._names("patient", number),
            **self._other("prescriber", number // PATIENTS_OF_A_PRESCRIBER),
            **self._other("facility", number // PATIENTS_OF_A_SITE),
            **self._other("pharmacy", number // PATIENTS_OF_A_SITE),
            "folded_last_name": str(person["patient_last_name"]).casefold(),
            "patient_particulars": particular_rows(unknown)[0]["id"],
            "known_patient_particulars": particular_rows(known)[0]["id"],
        }
        whole = number % WHOLE_RECORDS_EVERY == 0
        yield from self._stamp(self._crowd.prototype(number), whole=whole)["patient"].texts(holes)
        yield from _particular_texts(unknown)
        yield from _particular_texts(known)

    def _stamp(self, prototype: Prototype, *, whole: bool) -> dict[str, Stamp]:
        if (prototype, whole) not in self._stamps:
            stamps = stamps_of(prototype, NOW, PROGRAM, whole=whole)
            for stamp in stamps.values():
                self.columns |= stamp.columns
            self._stamps[prototype, whole] = stamps
        return self._stamps[prototype, whole]

    def _other(self, role: Role, number: int) -> dict[str, str]:
        kept = self._shared.get(role)
        if kept is not None and kept[0] == number:
            return kept[1]
        crowd = self._crowd
        values = crowd.prescriber(number) if role == "prescriber" else crowd.site(role, number)
        holes = {name: str(value) for name, value in values.items()} | self._names(role, number)
        holes[f"{role}_particulars"] = particular_rows(self._particulars(role, holes))[0]["id"]
        self._shared[role] = number, holes
        return holes

    def _particulars(self, role: Role, holes: dict[str, str]) -> Particulars:
        return particulars_of(cast("dict[str, Value]", holes), role)

    def _names(self, role: Role, number: int) -> dict[str, str]:
        digest = _digest(role, number)
        kind = cast("PartyKind", role)
        return {f"{role}_base": digest[:24], f"{role}_fax": digest[:60], f"{role}_id": rems_id(kind, number)}


def _particular_texts(particulars: Particulars) -> Iterator[tuple[str, str]]:
    row, keys = particular_rows(particulars)
    yield "particulars", f"{row['id']}\t{row['kind']}\t{json.dumps(row['data'])}\n"
    yield "particular_keys", "".join(f"{one['key']}\t{one['particulars_id']}\n" for one in keys)
