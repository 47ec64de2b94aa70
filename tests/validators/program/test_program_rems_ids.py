"""REMS IDs: issued once, checked always."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.program.rems_ids import LETTERS, PartyKind, RemsIdsExhaustedError, candidates, is_valid, issue

KINDS: st.SearchStrategy[PartyKind] = st.sampled_from(list(LETTERS))


@given(kind=KINDS, seed=st.text())
def test_an_issued_id_is_valid_for_its_kind_only(kind: PartyKind, seed: str) -> None:
    rems_id = issue(kind, seed, lambda _: False)
    assert is_valid(rems_id, kind)
    assert not any(is_valid(rems_id, other) for other in LETTERS if other != kind)


@given(kind=KINDS, seed=st.text(), place=st.integers(2, 8), digit=st.sampled_from("0123456789"))
def test_a_misread_digit_is_never_another_id(kind: PartyKind, seed: str, place: int, digit: str) -> None:
    rems_id = next(candidates(kind, seed))
    misread = rems_id[:place] + digit + rems_id[place + 1 :]
    assert misread == rems_id or not is_valid(misread, kind)


def test_a_taken_id_is_never_issued_again() -> None:
    taken = set(islice(candidates("patient", "a document"), 500))
    assert len(taken) == 500
    assert issue("patient", "a document", taken.__contains__) not in taken


def test_the_same_founding_document_gives_the_same_id() -> None:
    assert issue("patient", "x", lambda _: False) == issue("patient", "x", lambda _: False)


def test_when_all_are_taken_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("validators.program.rems_ids.candidates", lambda kind, seed: iter([f"{kind}{seed}"]))
    with pytest.raises(RemsIdsExhaustedError, match="rems_id_pattern"):
        issue("patient", "x", lambda _: True)
