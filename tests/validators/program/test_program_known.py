"""What the register says of a field that was read in doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.program.known import Doubt, KnownValue, evidence_of, role_of

PARTY = "prescriber:doc-1"
READ, OTHER = "5555550128", "5555550123"


def known(*values: str) -> list[KnownValue]:
    return [KnownValue(PARTY, f"doc-{number}", value) for number, value in enumerate(values, start=1)]


def doubt(value: str | None, *offered: str, kind: str = "phone") -> Doubt:
    return Doubt("prescriber_phone", kind, value, offered)


@pytest.mark.parametrize(
    ("read", "offered", "register", "relation", "value"),
    [
        (READ, (), [READ], "confirms", READ),
        (READ, (OTHER,), [OTHER], "settles", OTHER),
        (None, (OTHER,), [OTHER], "settles", OTHER),
        (READ, (), [OTHER], "differs", OTHER),
        (READ, (), ["(555) 555-0128"], "confirms", "(555) 555-0128"),
        (READ, (), [OTHER, READ], "confirms", READ),
    ],
)
def test_the_register_confirms_settles_or_differs(
    read: str | None, offered: tuple[str, ...], register: list[str], relation: str, value: str
) -> None:
    found = evidence_of(doubt(read, *offered), known(*register))
    assert found is not None
    assert (found.relation, found.value, found.decides) == (relation, value, relation != "differs")
    assert found.party == PARTY


def test_two_numbers_that_both_fit_say_nothing() -> None:
    assert evidence_of(doubt(READ, OTHER), known(READ, OTHER)) is None
    assert evidence_of(doubt(READ), []) is None


@pytest.mark.parametrize("kind", ["name", "date", "text", "signature", "rems_id"])
def test_what_tells_people_apart_is_never_settled(kind: str) -> None:
    assert evidence_of(doubt(READ, kind=kind), known(READ)) is None


@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_nothing_that_no_reader_offered_is_ever_decided(read: str, register: str) -> None:
    found = evidence_of(doubt(read), known(register))
    assert found is not None
    assert found.decides == (read == register)


@pytest.mark.parametrize(
    ("name", "form", "role"),
    [
        ("prescriber_phone", "patient_status", "prescriber"),
        ("new_prescriber_npi", "care_transfer", "new_prescriber"),
        ("facility_zip", "infusion_checklist", "facility"),
        ("prescriber_phone", "prescriber_enrollment", None),
        ("cbc_date", "patient_authorization", None),
    ],
)
def test_a_field_is_about_somebody_to_whom_the_form_refers(name: str, form: str, role: str | None) -> None:
    assert role_of(name, form) == role
