from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from store.desk.acceptance import (
    CHANCE,
    CLOSED,
    FEW,
    Measured,
    Now,
    is_exceeded,
    least_holding,
    least_supported,
    moves,
    totals,
)

TARGET, SURE = 0.0014, 0.95

fields = st.lists(
    st.builds(
        Measured,
        confidence=st.sampled_from([0.9, 0.95, 0.99, 0.993, 0.999, 1.0]),
        right=st.sampled_from([True] * 9 + [False]),
        weight=st.sampled_from([1.0, 100.0]),
        place=st.sampled_from(["accepted", "held"]),
    ),
    max_size=80,
)
targets = st.sampled_from([0.0014, 0.01, 0.1])


def sample(confidence: float = 0.9995, *, right: bool = True) -> Measured:
    return Measured(confidence, right, 100.0, "accepted")


def some(count: int, wrong: int = 0, confidence: float = 0.9995) -> list[Measured]:
    return [sample(confidence, right=at >= wrong) for at in range(count)]


def moved(measured: dict[str, list[Measured]], **lines: Now) -> dict[str, tuple[float | None, str]]:
    return {one.line_kind: (one.least, one.why) for one in moves(measured, lines, TARGET, SURE)}


@given(fields, targets)
def test_from_where_a_line_holds_no_more_than_the_target_was_wrong(
    own: list[Measured], target: float
) -> None:
    least = least_holding(own, target)
    assert totals(one for one in own if one.confidence >= least).wrong <= target
    for lower in {one.confidence for one in own if one.confidence < least}:
        assert totals(one for one in own if one.confidence >= lower).wrong > target
    if least == CLOSED:
        assert not own or not max(own, key=lambda one: (one.confidence, not one.right)).right


@given(fields, targets, st.data())
def test_a_field_more_that_was_right_never_makes_a_line_stricter(
    own: list[Measured], target: float, data: st.DataObject
) -> None:
    wrong = [at for at, one in enumerate(own) if not one.right]
    if wrong:
        at = data.draw(st.sampled_from(wrong))
        better = [*own[:at], replace(own[at], right=True), *own[at + 1 :]]
        assert least_holding(better, target) <= least_holding(own, target)
        assert is_exceeded(own, target, SURE) or not is_exceeded(better, target, SURE)


@given(st.integers(1, 400), st.integers(0, 6), targets)
def test_that_too_much_is_wrong_is_shown_by_the_exact_test(count: int, wrong: int, target: float) -> None:
    wrong = min(wrong, count)
    tested = binomtest(wrong, count, target, alternative="greater").pvalue
    if abs(tested - (1 - SURE)) > 1e-9:
        assert is_exceeded(some(count, wrong), target, SURE) == (wrong > CHANCE and tested < 1 - SURE)


@given(fields, targets)
def test_what_is_supported_is_no_looser_than_what_held(own: list[Measured], target: float) -> None:
    supported = least_supported(own, target, SURE)
    assert supported is None or supported >= least_holding(own, target)


@given(fields)
def test_a_line_moves_only_where_more_was_wrong_than_the_target(own: list[Measured]) -> None:
    many = [*own, *some(FEW)]
    found = moved({"date": many})
    assert bool(found) == is_exceeded(many, TARGET, SURE)
    assert all(least is not None and why == "above_target" for least, why in found.values())


def test_a_bad_week_moves_the_line_above_its_errors_and_a_good_one_moves_it_back() -> None:
    bad = [*some(400, confidence=0.9999), *some(200, 4, confidence=0.994)]
    assert moved({"date": bad}) == {"date": (0.9999, "above_target")}
    tight = Now(0.9999)
    assert moved({"date": bad}, date=tight) == {}
    # One wrong of many is no proof that more is wrong than allowed, and no reason to go back either.
    still = [*some(400, confidence=0.9999), *some(200, 1, confidence=0.994)]
    assert moved({"date": still}) == {}
    assert moved({"date": still}, date=tight) == {}
    good = [*some(400, confidence=0.9999), *some(400, confidence=0.994)]
    assert moved({"date": good}, date=tight) == {"date": (None, "back_to_gate")}
    assert moved({}, date=tight) == {}


def test_one_wrong_field_alone_moves_nothing() -> None:
    assert moved({"npi": some(1, 1)}) == {}
    assert moved({"npi": some(2, 2)}) == {"npi": (CLOSED, "above_target")}


def test_where_the_surest_are_wrong_nothing_passes() -> None:
    assert moved({"npi": some(150, 5)}) == {"npi": (CLOSED, "above_target")}


def test_kinds_of_which_little_was_measured_are_judged_by_their_class() -> None:
    few = {"dea": some(30), "ncpdp": some(30, 1), "npi": some(30, 1), "name": some(30)}
    assert set(moved(few)) == {"dea", "ncpdp", "npi"}
    assert {one.basis for one in moves(few, {}, TARGET, SURE)} == {"numbers"}
    assert set(moved({**few, "npi": some(3000, 1), "ncpdp": some(20)})) == set()


def test_a_confirmed_line_stands_as_long_as_what_is_measured_bears_it() -> None:
    proof = [*some(2600), *(Measured(0.97, True, 1.0, "doubtful") for _ in range(50))]
    assert least_supported(proof, TARGET, SURE) == pytest.approx(0.97)
    confirmed = Now(0.97, confirmed=True)
    assert moved({"date": proof}, date=confirmed) == {}
    assert moved({"date": proof[:500]}, date=confirmed) == {"date": (None, "not_supported")}
    assert moved({}, date=confirmed) == {"date": (None, "not_supported")}
    worse = [*some(2600), *some(60, 30, confidence=0.98)]
    assert moved({"date": worse}, date=confirmed) == {"date": (0.9995, "above_target")}


def test_fields_that_a_person_had_to_see_move_nothing() -> None:
    odd = [Measured(0.9999, False, 1.0, "odd")] * 500
    assert moved({"date": [*some(200), *odd]}) == {}
