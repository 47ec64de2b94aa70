"""What stands on the forms of the benchmark: other people, other numbers and other words than the samples'.

Names are drawn from the census lists by their frequency, each name in one part only. Numbers are drawn at
random over all that a field may hold: they belong to nobody but by chance, and the faxes are never kept.
"""

import random
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import names as census  # type: ignore[import-untyped]
from numpy.random import Generator
from stdnum import luhn

from benchmarks.training import split
from benchmarks.training.split import Part, part_of
from form_templates.model import FormField, Template
from sample_faxes.answers import Answers
from sample_faxes.cases import Case
from sample_faxes.people import Person, Place, Prescriber, Site

MOST_LAST_NAMES = 30_000
"""The rarest two thirds of the census list are borne by fewer than one in 200,000."""
LONG_TEXTS = 0.12
"""Share of free texts that are longer than their box."""

_WORDS = tuple(Path(split.__file__).with_name("words.txt").read_text(encoding="utf-8").split())
_STREETS = ("St", "Street", "Ave", "Avenue", "Rd", "Road", "Blvd", "Dr", "Drive", "Lane", "Ln", "Ct", "Way")
_SITES = ("Clinic", "Neurology", "Medical Center", "Infusion Center", "Hospital", "MS Center", "Pharmacy")


@dataclass(frozen=True)
class Census:
    """Names of one part with their frequencies."""

    first: tuple[tuple[str, ...], tuple[float, ...]]
    last: tuple[tuple[str, ...], tuple[float, ...]]

    def draw(self, rng: random.Random) -> tuple[str, str]:
        """A first and a last name."""
        first = rng.choices(self.first[0], self.first[1])[0]
        last = rng.choices(self.last[0], self.last[1])[0]
        if rng.random() < 0.03:
            last = f"{last}-{rng.choices(self.last[0], self.last[1])[0]}"
        return first, last


@cache
def census_of(part: Part) -> Census:
    """The census names of a part."""

    def load(*keys: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
        found: dict[str, float] = {}
        for key in keys:
            rows = Path(census.FILES[key]).read_text(encoding="ascii").splitlines()[:MOST_LAST_NAMES]
            for row in rows:
                name, share, *_ = row.split()
                if part_of(f"name-text-{name}") == part:
                    found[name.title()] = found.get(name.title(), 0.0) + float(share) + 0.0005
        return tuple(found), tuple(found.values())

    return Census(load("first:male", "first:female"), load("last"))


def other_people(case: Case, part: Part, rng: random.Random) -> Case:
    """The case with names, streets, phones and numbers of its own."""
    people = census_of(part)

    def place(old: Place) -> Place:
        return replace(old, street=street(people, rng))

    def person(old: Person) -> Person:
        first, last = people.draw(rng)
        return replace(
            old,
            first_name=first,
            last_name=last,
            place=place(old.place),
            phone=phone(rng),
            phone_2=phone(rng),
            email=f"{first[0]}{last}@{old.email.partition('@')[2]}".lower(),
        )

    def prescriber(old: Prescriber) -> Prescriber:
        return replace(
            old,
            person=person(old.person),
            contact=person(old.contact),
            practice=site_name(people, rng),
            npi=npi(rng),
            fax=phone(rng),
        )

    def site(old: Site) -> Site:
        return replace(
            old,
            name=site_name(people, rng),
            place=place(old.place),
            phone=phone(rng),
            fax=phone(rng),
            npi=npi(rng),
            representative=person(old.representative),
            contact=person(old.contact),
        )

    return replace(
        case,
        patient=replace(case.patient, person=person(case.patient.person)),
        guardian=person(case.guardian) if case.guardian else None,
        prescriber=prescriber(case.prescriber),
        new_prescriber=prescriber(case.new_prescriber),
        facility=site(case.facility),
        pharmacy=site(case.pharmacy),
        second_site=site(case.second_site),
    )


def street(people: Census, rng: random.Random) -> str:
    """A house on a street that is named after somebody."""
    _, last = people.draw(rng)
    side = rng.choice(("", "", "", "", "N ", "S ", "W. ", "East "))
    return f"{rng.randrange(1, 9999)} {side}{last} {rng.choice(_STREETS)}"


def site_name(people: Census, rng: random.Random) -> str:
    """A practice, hospital or pharmacy."""
    _, last = people.draw(rng)
    return f"{last} {rng.choice(_SITES)}"


def phone(rng: random.Random) -> str:
    """Ten digits that the numbering plan allows."""
    return f"{rng.randrange(201, 990)}{rng.randrange(200, 1000)}{rng.randrange(10_000):04d}"


def npi(rng: random.Random) -> str:
    """A number that passes the NPI's check and begins as they do."""
    stem = rng.choice("1112") + f"{rng.randrange(10**8):08d}"
    return stem + str(luhn.calc_check_digit("80840" + stem))


def other_words(template: Template, answers: Answers, part: Part, rng: random.Random) -> Answers:
    """Free texts in other words, some too long for their box."""
    people = census_of(part)
    changed = dict(answers)
    for asked in template.fields:
        answer = answers[asked.name]
        if asked.kind == "free_text" and isinstance(answer.value, str) and rng.random() < 0.8:
            changed[asked.name] = replace(answer, value=_words(asked, people, rng))
    return changed


def _word(people: Census, rng: random.Random) -> str:
    """A word of an office's notes; now and then a name, a dose or a day."""
    pick = rng.random()
    if pick < 0.12:
        return people.draw(rng)[1]
    if pick < 0.2:
        return f"{rng.randrange(1, 500)} {rng.choice(('mg', 'mL', 'K', 'wks', 'days'))}"
    if pick < 0.26:
        return f"{rng.randrange(1, 13)}/{rng.randrange(1, 29)}"
    return rng.choice(_WORDS)


def _words(asked: FormField, people: Census, rng: random.Random) -> str:
    room = (asked.box[2] if asked.box else 200) * (asked.lines or 1) / 6.5
    letters = room * (rng.uniform(1.1, 1.5) if rng.random() < LONG_TEXTS else rng.uniform(0.15, 0.9))
    text = _word(people, rng)
    while len(text) < letters:
        text = f"{text}{rng.choice((' ', ' ', ' ', ' ', ', '))}{_word(people, rng)}"
    return text[: max(4, int(letters))].strip()


def chance(rng: Generator) -> random.Random:
    """A generator of the standard library, decided by one of numpy's."""
    return random.Random(int(rng.integers(2**31)))
