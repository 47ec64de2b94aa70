"""The fit of a calibration, on made-up cases whose true chances are known."""

import numpy as np
import pytest

from benchmarks.calibration.cases import Case, Step
from benchmarks.calibration.fitting import Looks, _gate, curve_of, fit, outcome
from benchmarks.calibration.report import ended, report
from extractors.calibrated import Calibrated, Fitted, Group, as_other

OTHERS: tuple[Group, ...] = ("mark", "signature", "empty")


def made(count: int, seed: int) -> list[Case]:
    """Cases of every group; a written one is right with the logistic chance of its first figure.

    Every fourth written one is a number by hand.
    """
    rng = np.random.default_rng(seed)
    cases = []
    for number in range(count):
        row = np.array([rng.normal(3, 3), rng.normal(), float(rng.random() < 0.5)])
        right = bool(rng.random() < 1 / (1 + np.exp(-row[0])))
        fax = f"fax-{number // 20}"
        group: Group = "written" if number % 4 else "number"
        step = Step("hand words", group, row, right, seen=bool(rng.random() < 0.05))
        cases.append(Case(fax, "clean", "name", hand=True, standard=False, group="written", nets=step))
        for group in OTHERS:
            other = Step(group, group, row, right=bool(rng.random() < 0.999))
            cases.append(Case(fax, "clean", "check", hand=True, standard=False, group=group, nets=other))
    return cases


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(made(2500, 1), "net 1")


def test_of_those_shown_as_sure_as_this_as_many_are_right(fitted: Fitted) -> None:
    unseen = [case for case in made(3000, 2) if case.group == "written"]
    sure = np.array([curve_of(fitted, case.nets)(case.nets.row) for case in unseen])
    right = np.array([case.nets.right for case in unseen])
    for low, high in ((0.5, 0.9), (0.9, 1.0)):
        shown = (sure >= low) & (sure < high)
        assert shown.sum() > 20
        assert right[shown].mean() == pytest.approx(sure[shown].mean(), abs=0.08)


def test_what_passes_keeps_its_target_on_cases_that_the_fit_never_saw(fitted: Fitted) -> None:
    judge = Calibrated(fitted)
    for target in (0.02, 0.05):
        ends = [ended(case, judge, target) for case in made(3000, 3) if case.group == "written"]
        passed = [end for end in ends if end.passes]
        assert len(passed) > 500
        assert sum(not end.right for end in passed) / len(passed) <= target


def test_a_number_by_hand_passes_only_when_it_is_surer(fitted: Fitted) -> None:
    judge, tried = Calibrated(fitted), np.linspace(0, 1, 2001)
    pairs: tuple[tuple[Group, Group], ...] = (("number", "written"), ("number alone", "alone"))
    for group, other in pairs:
        passes = [judge.passes(group, sure, 0.05) for sure in tried]
        assert passes == [judge.passes(other, as_other(sure), 0.05) for sure in tried]
        assert 0 < sum(passes) < sum(judge.passes(other, sure, 0.05) for sure in tried)


def test_a_target_that_the_cases_cannot_prove_has_no_gate(fitted: Fitted) -> None:
    assert min(gate.target_error for gate in fitted.gates["written"]) >= 0.0005
    few = Looks(np.full((100, 1), 0.99), np.ones((100, 1), bool))
    assert _gate(few, 0.001) is None
    enough = Looks(np.full((5000, 1), 0.99), np.ones((5000, 1), bool))
    gate = _gate(enough, 0.001)
    assert gate is not None
    assert gate.least == pytest.approx(0.99)


def test_what_a_person_must_see_never_passes(fitted: Fitted) -> None:
    sure = Step("hand words", "written", np.array([20.0, 0, 0]), right=True)
    case = Case("fax", "clean", "name", hand=True, standard=False, group="written", nets=sure)
    judge = Calibrated(fitted)
    assert outcome(case, judge, 0.05)[2]
    seen = Step(sure.model, sure.group, sure.row, right=True, seen=True)
    asked = Case("fax", "clean", "name", hand=True, standard=False, group="written", nets=seen)
    assert not outcome(asked, judge, 0.05)[2]


def test_each_look_counts_what_was_decided_at_it() -> None:
    looks = Looks(
        np.array([[0.9, 0.99], [0.99, -1.0], [0.5, 0.6]]),
        np.array([[False, True], [True, True], [False, False]]),
    )
    assert looks.passed(0.95) == (2, 0)
    assert looks.passed(0.85) == (2, 1)
    assert looks.passed(0.0) == (3, 2)


def test_the_report_names_every_group(fitted: Fitted) -> None:
    cases = made(50, 4)
    text = report([ended(case, Calibrated(fitted), 0.02) for case in cases], cases)
    assert all(name in text for name in ("all", "mark", "signature", "empty", "hand name"))
