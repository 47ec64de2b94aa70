"""Made-up people who are hard to tell apart, and forms that mention them: what matching is measured on."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from benchmarks.program_cases import SUPERVISOR, at, recorded
from validators.model import Value
from validators.program.decisions import Linked, RemsIdIssued
from validators.program.events import RecordedForm
from validators.program.ledger import Ledger
from validators.program.registry import party_id
from validators.program.rems_ids import candidates
from validators.program.settings import ProgramSettings

_FIRST_NAMES = """
James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan
Joseph Jessica Thomas Sarah Charles Karen Daniel Nancy Matthew Lisa Anthony Betty Mark Sandra Donald
Ashley Steven Emily Andrew Kimberly Paul Margaret Joshua Donna Kenneth Michelle Kevin Carol Brian
Amanda Timothy Melissa Ana Anna Marla Maria Jon Joan Erin Eric Carla Carl Luis Luisa Dana Dane
"""
FIRST = tuple(_FIRST_NAMES.split())
_LAST_NAMES = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez
Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark
Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams
Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker
Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook
"""
LAST = tuple(_LAST_NAMES.split())
TWINS = (
    ("Ana", "Anna"),
    ("Maria", "Marla"),
    ("Jon", "John"),
    ("Carl", "Carla"),
    ("Dana", "Dane"),
    ("Eric", "Erin"),
)


@dataclass(frozen=True)
class Person:
    """A made-up patient as the patient really is."""

    number: int
    first: str
    last: str
    suffix: str
    born: date
    postal: str
    phone: str

    @property
    def document_id(self) -> str:
        """The enrollment form's."""
        return f"pat-{self.number:06d}"

    @property
    def rems_id(self) -> str:
        """The one that is issued."""
        return next(candidates("patient", self.document_id))

    def values(self) -> dict[str, Value]:
        """What a form without slips says."""
        return {
            "patient_first_name": self.first,
            "patient_last_name": f"{self.last} {self.suffix}".strip(),
            "date_of_birth": self.born.isoformat(),
            "patient_zip": self.postal,
            "patient_phone": self.phone,
        }


def people(count: int, seed: int = 1) -> list[Person]:
    """Made-up people, every fifth with a relative or namesake that is hard to tell from them.

    Twins (same day, place and phone; first names alike or not), juniors with or without their suffix,
    hyphened names, and strangers with the same whole name.
    """
    rng = random.Random(seed)
    found: list[Person] = []
    while len(found) < count:
        last = rng.choice(LAST)
        if rng.random() < 0.12:
            last = f"{last}-{rng.choice(LAST)}"
        one = Person(
            len(found),
            rng.choice(FIRST),
            last,
            "",
            date(1950, 1, 1) + timedelta(days=rng.randrange(18_000)),
            f"{rng.randrange(1000, 99950):05d}",
            f"{rng.randrange(200, 990)}55501{rng.randrange(100):02d}",
        )
        found.append(one)
        kind = rng.random()
        number = len(found)
        if kind < 0.10:
            pair = rng.choice(TWINS) if rng.random() < 0.5 else (one.first, rng.choice(FIRST))
            if pair[0] != pair[1]:
                found[-1] = replace(one, first=pair[0])
                found.append(replace(one, number=number, first=pair[1]))
        elif kind < 0.16:
            born = date(one.born.year + rng.randrange(20, 32), one.born.month, min(one.born.day, 28))
            if rng.random() < 0.5:
                born = one.born.replace(year=one.born.year + 30, day=min(one.born.day, 28))
            suffix = "Jr" if rng.random() < 0.7 else ""
            found.append(replace(one, number=number, suffix=suffix, born=born))
        elif kind < 0.20:
            born = one.born + timedelta(days=rng.randrange(1, 4000))
            found.append(
                replace(
                    one,
                    number=number,
                    born=born,
                    postal=f"{rng.randrange(1000, 99950):05d}",
                    phone="5555550100",
                )
            )
    return found[:count]


SLIPS = ("none", "moved", "hyphen", "birth", "zip", "first", "last", "phone_missing", "two")


def slipped(person: Person, slip: str, rng: random.Random) -> dict[str, Value]:
    """What a form says of a person after one slip of a pen or a reader."""
    values = person.values()
    if slip in ("moved", "two"):
        values |= {
            "patient_zip": f"{rng.randrange(1000, 99950):05d}",
            "patient_phone": f"31255501{rng.randrange(100):02d}",
        }
    if slip == "hyphen":
        parts = person.last.split("-")
        values["patient_last_name"] = parts[0] if len(parts) > 1 else f"{person.last}-{rng.choice(LAST)}"
    if slip in ("birth", "two"):
        values["date_of_birth"] = _other_day(person.born, rng)
    if slip == "zip":
        values["patient_zip"] = _other_digit(person.postal, rng)
    if slip == "first":
        values["patient_first_name"] = _other_letter(person.first, rng)
    if slip == "last":
        values["patient_last_name"] = _other_letter(person.last, rng)
    if slip == "phone_missing":
        values["patient_phone"] = None
    return values


def _other_digit(digits: str, rng: random.Random) -> str:
    index = rng.randrange(len(digits))
    other = rng.choice([digit for digit in "0123456789" if digit != digits[index]])
    return digits[:index] + other + digits[index + 1 :]


def _other_day(day: date, rng: random.Random) -> str:
    while True:
        text = _other_digit(f"{day:%Y%m%d}", rng)
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
        except ValueError:
            continue


def _other_letter(name: str, rng: random.Random) -> str:
    index = rng.randrange(1, len(name))
    return name[:index] + rng.choice("aeiourstln") + name[index + 1 :]


@dataclass(frozen=True)
class MatchingFigures:
    """What matching did.

    Attributes:
        pairs: mentions of people in the register.
        taken: matched without a person, rightly.
        offered: the right one was among the candidates for a person.
        wrong: taken as somebody else, enrollments and strangers included.
        asked: enrollments that a person had to settle.
    """

    pairs: int
    taken: int
    offered: int
    wrong: int
    strangers: int
    asked: int

    @property
    def found_share(self) -> float:
        """Share of true pairs found or offered."""
        return (self.taken + self.offered) / self.pairs


def measure_matching(count: int, seed: int = 1) -> MatchingFigures:
    """Enroll people, then let forms mention them with slips, and strangers who look like them.

    A person settles every doubtful enrollment, as at the desk; nobody settles the mentions that are counted.
    """
    rng = random.Random(seed)
    everybody = people(count, seed)
    strangers = [one for one in everybody if rng.random() < 0.06]
    enrolled = [one for one in everybody if one not in strangers]
    ledger = Ledger(ProgramSettings())
    enrollments = [_enroll(ledger, one) for one in enrolled]
    wrong = sum(merged for merged, _ in enrollments)
    asked = sum(settled for _, settled in enrollments)
    mentions = list(_mentions(enrolled, rng))
    taken = offered = 0
    for person, form in mentions:
        ledger.record(form)
        result = ledger.registry.resolution(form.document_id, "patient")
        truth = party_id("patient", person.document_id)
        taken += result.party == truth
        wrong += result.party not in (None, truth)
        offered += result.party is None and truth in [one.party for one in result.match.candidates]
    for one in strangers:
        form = recorded("patient_status", f"str-{one.number:06d}", date(2016, 6, 1), one.values())
        ledger.record(form)
        wrong += ledger.registry.party(form.document_id, "patient") is not None
    return MatchingFigures(len(mentions), taken, offered, wrong, len(strangers), asked)


def _enroll(ledger: Ledger, person: Person) -> tuple[bool, bool]:
    """Enroll a person and issue the ID; whether it was merged wrongly, whether somebody had to settle it."""
    when = date(2015, 1, 1) + timedelta(days=person.number % 300)
    form = recorded("patient_enrollment", person.document_id, at(when, person.number % 24), person.values())
    ledger.record(form)
    own = party_id("patient", person.document_id)
    party = ledger.registry.party(person.document_id, "patient")
    if party is None:
        ledger.decide(
            Linked(
                decision_id=f"new-{person.number}",
                at=at(when, 23),
                who=SUPERVISOR,
                reason="somebody new",
                document_id=person.document_id,
                role="patient",
                party=None,
            )
        )
    ledger.decide(
        RemsIdIssued(
            decision_id=f"id-{person.number}",
            at=at(when, 23),
            who=SUPERVISOR,
            reason="enrolled",
            party=own,
            rems_id=person.rems_id,
        )
    )
    return party not in (None, own), party is None


def _mentions(enrolled: list[Person], rng: random.Random) -> Iterator[tuple[Person, RecordedForm]]:
    for person in enrolled:
        for index, slip in enumerate(rng.sample(SLIPS, 3)):
            values = slipped(person, slip, rng)
            chance = rng.random()
            if chance < 0.4:
                values["patient_rems_id"] = person.rems_id
            elif chance < 0.5:
                values["patient_rems_id"] = (
                    person.rems_id[:2] + _other_digit(person.rems_id[2:9], rng) + person.rems_id[9:]
                )
            document_id = f"men-{person.number:06d}-{index}"
            yield person, recorded("patient_status", document_id, date(2016, 6, 1), values)
