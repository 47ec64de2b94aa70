"""Looking up parties by identifiers and the beginnings of names, on both databases."""

from datetime import date

import pytest
from register_samples import PROGRAM, play
from sqlalchemy.engine import Engine

from benchmarks.program_cases import Story, patient_values
from store.registers.looking import look_up, state_counts
from validators.program.rems_ids import PartyKind

FIRST = Story()
SECOND = Story(2, person=patient_values("Marisol", "Fernandes", "1991-12-01"))


@pytest.fixture
def people(engine: Engine) -> Engine:
    play(engine, [*FIRST.before_infusion(), SECOND.enrollment()], fold=True)
    return engine


def last_names(engine: Engine, kind: PartyKind, text: str, born_on: date | None = None) -> list[str]:
    return [
        one.particulars.last or one.particulars.name for one in look_up(engine, PROGRAM, kind, text, born_on)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fer", ["fernandes", "ferreira lund"]),
        ("FERREIRA", ["ferreira lund"]),
        ("mari fern", ["fernandes"]),
        ("lund mara", ["ferreira lund"]),
        ("(555) 555-0123", ["fernandes", "ferreira lund"]),
        ("mara fernandes", []),
        ("%", []),
        ("f", []),
    ],
)
def test_patients_by_what_a_caller_says(people: Engine, text: str, expected: list[str]) -> None:
    assert last_names(people, "patient", text) == expected


def test_a_date_of_birth_tells_namesakes_apart(people: Engine) -> None:
    assert last_names(people, "patient", "fer", date(1991, 12, 1)) == ["fernandes"]


def test_prescribers_by_npi_and_sites_by_any_word(people: Engine) -> None:
    assert last_names(people, "prescriber", str(FIRST.prescriber["prescriber_npi"])) == ["abernathy"]
    assert last_names(people, "facility", "creek infus") == ["cedar creek infusion center"]
    assert last_names(people, "pharmacy", "creek") == []


def test_everybody_is_counted_by_state(people: Engine) -> None:
    counts = {(one.kind, one.state): one.parties for one in state_counts(people, PROGRAM)}
    assert counts["prescriber", "certified"] == 1
    assert sum(parties for (kind, _), parties in counts.items() if kind == "patient") == 2
