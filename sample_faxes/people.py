"""Invented people, offices and sites. Every identifier passes its check, and none belongs to anyone.

NPIs begin with 2, a number range that has never been given out; phones are 555-01xx; e-mail ends in .example.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import zipcodes
from numpy.random import Generator
from stdnum import luhn
from stdnum.iso7064 import mod_37_36

_WORDS: dict[str, list[str]] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
STATES = ("MA", "OH", "TX", "CA", "NC", "PA", "MN", "CO", "FL", "WA", "NY", "GA")


@dataclass(frozen=True)
class Place:
    """A postal address; ZIP, city and state belong together."""

    street: str
    street_2: str | None
    city: str
    state: str
    zip: str


@dataclass(frozen=True)
class Person:
    """A person with a name, a place and a phone."""

    first_name: str
    middle_initial: str | None
    last_name: str
    sex: str
    place: Place
    phone: str
    phone_2: str
    email: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Patient:
    """A patient of the program; birth date YYYY-MM-DD."""

    person: Person
    date_of_birth: str
    rems_id: str
    weight_kg: int


@dataclass(frozen=True)
class Prescriber:
    """A prescriber with a practice."""

    person: Person
    credentials: str
    practice: str
    npi: str
    dea: str
    license: str
    rems_id: str
    fax: str
    contact: Person


@dataclass(frozen=True)
class Site:
    """A facility or a pharmacy with its authorized representative."""

    name: str
    place: Place
    phone: str
    fax: str
    npi: str
    dea: str
    license: str
    ncpdp: str
    rems_id: str
    representative: Person
    contact: Person
    title: str


@lru_cache(maxsize=1)
def _towns() -> dict[str, tuple[tuple[str, str], ...]]:
    """ZIP and city of ordinary towns by state, sorted, so that a seed means the same town everywhere."""
    found: dict[str, list[tuple[str, str]]] = {state: [] for state in STATES}
    for entry in zipcodes.list_all():  # type: ignore[no-untyped-call]
        if entry["state"] in found and entry["zip_code_type"] == "STANDARD" and len(entry["city"]) <= 14:
            found[entry["state"]].append((entry["zip_code"], entry["city"].title()))
    return {state: tuple(sorted(towns)) for state, towns in found.items()}


def _one(rng: Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]


def _digits(rng: Generator, count: int) -> str:
    return "".join(str(int(digit)) for digit in rng.integers(0, 10, count))


def make_npi(rng: Generator) -> str:
    """A number that passes the NPI's check (Luhn over 80840 and the number), in the range never given out."""
    stem = "2" + _digits(rng, 8)
    return stem + str(luhn.calc_check_digit("80840" + stem))


def make_dea(rng: Generator, last_name: str) -> str:
    """A number that passes the DEA's check."""
    digits = [int(digit) for digit in rng.integers(0, 10, 6)]
    check = (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10
    return _one(rng, ("A", "B", "F", "M")) + last_name[0].upper() + "".join(map(str, digits)) + str(check)


def make_rems_id(rng: Generator, letter: str) -> str:
    """The program's invented pattern: letter, hyphen, seven digits, check character of ISO 7064 mod 37,36."""
    digits = _digits(rng, 7)
    return f"{letter}-{digits}{mod_37_36.calc_check_digit(letter + digits)}"


def make_phone(rng: Generator) -> str:
    """Ten digits of a number kept free for fiction: any area code, 555-01xx."""
    return (
        _one(rng, ("206", "303", "413", "512", "612", "614", "704", "717", "813", "919"))
        + "55501"
        + _digits(rng, 2)
    )


def make_place(rng: Generator, state: str, *, suite: bool = False) -> Place:
    """An address in a state."""
    towns = _towns()[state]
    code, city = towns[int(rng.integers(len(towns)))]
    second = None
    if suite:
        second = f"Suite {int(rng.integers(100, 620))}"
    elif rng.random() < 0.25:
        second = f"Apt {int(rng.integers(1, 40))}{_one(rng, ('', 'A', 'B', 'C'))}"
    return Place(f"{int(rng.integers(3, 9400))} {_one(rng, _WORDS['streets'])}", second, city, state, code)


def make_person(rng: Generator, state: str, *, office: bool = False) -> Person:
    """Anyone."""
    female = bool(rng.random() < 0.6)
    first = _one(rng, _WORDS["first_names_f"] if female else _WORDS["first_names_m"])
    last = _one(rng, _WORDS["last_names"])
    initial = chr(65 + int(rng.integers(26))) if rng.random() < 0.75 else None
    mailbox = f"{first[0]}{last}".lower().replace("'", "").replace("-", "")
    return Person(
        first_name=first,
        middle_initial=initial,
        last_name=last,
        sex="female" if female else "male",
        place=make_place(rng, state, suite=office),
        phone=make_phone(rng),
        phone_2=make_phone(rng),
        email=f"{mailbox}@{_one(rng, ('mail', 'post', 'clinic', 'office'))}.example",
    )


def make_patient(rng: Generator, state: str) -> Patient:
    """A patient of 19 to 64 years."""
    born = f"{int(rng.integers(1962, 2007))}-{int(rng.integers(1, 13)):02d}-{int(rng.integers(1, 29)):02d}"
    return Patient(make_person(rng, state), born, make_rems_id(rng, "P"), int(rng.integers(48, 112)))


def make_prescriber(rng: Generator, state: str) -> Prescriber:
    """A prescriber with an office in a state."""
    person = make_person(rng, state, office=True)
    return Prescriber(
        person=person,
        credentials=_one(rng, ("MD", "MD", "MD", "DO", "NP", "PA")),
        practice=_one(rng, _WORDS["practices"]),
        npi=make_npi(rng),
        dea=make_dea(rng, person.last_name),
        license=_one(rng, ("MD", "A", "G", "ME", "35.")) + _digits(rng, 6),
        rems_id=make_rems_id(rng, "D"),
        fax=make_phone(rng),
        contact=make_person(rng, state, office=True),
    )


def make_site(rng: Generator, state: str, letter: str) -> Site:
    """A facility (letter F) or a pharmacy (letter R)."""
    representative = make_person(rng, state, office=True)
    return Site(
        name=_one(rng, _WORDS["facilities"] if letter == "F" else _WORDS["pharmacies"]),
        place=make_place(rng, state, suite=bool(rng.random() < 0.5)),
        phone=make_phone(rng),
        fax=make_phone(rng),
        npi=make_npi(rng),
        dea=make_dea(rng, representative.last_name),
        license=_one(rng, ("PH", "HF", "RX")) + _digits(rng, 6),
        ncpdp=_digits(rng, 7),
        rems_id=make_rems_id(rng, letter),
        representative=representative,
        contact=make_person(rng, state, office=True),
        title=_one(
            rng, ("Pharmacy Director", "Infusion Nurse Manager", "Clinical Director", "Pharmacist in Charge")
        ),
    )
