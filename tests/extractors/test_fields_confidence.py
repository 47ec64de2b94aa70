"""What makes a reading more or less sure, and what may pass unseen: the cautious table and fitted curves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import calibrated
from extractors.calibrated import Calibrated, Cautious, Curve, Fitted, Gate, Tree, judge_of
from extractors.confidence import ERROR, STEPS, EmptyEvidence, Evidence, empty, written
from extractors.features import KINDS, WRITTEN, written_class, written_features
from extractors.readers.null import NullReader
from extractors.readers.protocol import Readers

SURE = Evidence(
    kind="text",
    handwritten=False,
    standard=False,
    share=0.99,
    first=-0.01,
    witness=-0.02,
    first_agrees=True,
    witness_agrees=True,
    third="agree",
    plausible=True,
    known=True,
    placed=None,
    letters=8,
    joints=0,
    lines=1,
    height_px=30,
    pieces=8,
    residual_px=1.0,
    alien_share=0.0,
    outside_share=0.0,
)


def passes(evidence: Evidence, target_error: float) -> bool:
    return Cautious().passes("written", written(evidence), target_error)


def test_voices_that_agree_pass_unseen_and_handwriting_does_not() -> None:
    assert passes(SURE, 0.003)
    assert not passes(replace(SURE, handwritten=True, third="alone"), 0.003)
    assert not passes(replace(SURE, third="disagree"), 0.003)


@pytest.mark.parametrize(
    "worse",
    [
        {"first": -0.4},
        {"third": "alone"},
        {"third": "disagree"},
        {"witness_agrees": False},
        {"plausible": False},
        {"first_agrees": False},
        {"alien_share": 0.4},
        {"residual_px": 5.0},
        {"letters": 60},
        {"handwritten": True},
        {"reasons": ("crossed_out",)},
    ],
)
def test_whatever_speaks_against_a_reading_lowers_its_confidence(worse: dict[str, object]) -> None:
    assert written(replace(SURE, **worse)) < written(SURE)  # type: ignore[arg-type]


def test_a_check_digit_raises_confidence() -> None:
    by_hand = replace(SURE, handwritten=True)
    assert written(replace(by_hand, kind="npi")) > written(by_hand)
    assert written(replace(by_hand, kind="npi", plausible=False)) < written(by_hand)


def test_a_repaired_number_never_passes_unseen() -> None:
    assert written(replace(SURE, kind="npi", first_agrees=False)) <= 0.8


@given(
    st.floats(-40, 0),
    st.booleans(),
    st.sampled_from(["agree", "disagree", "alone"]),
    st.booleans(),
    st.floats(0, 1),
)
def test_confidence_is_a_probability(
    first: float, hand: bool, third: str, plausible: bool, alien: float
) -> None:
    evidence = replace(
        SURE,
        first=first,
        handwritten=hand,
        third=third,  # type: ignore[arg-type]
        plausible=plausible,
        alien_share=alien,
    )
    assert 0 < written(evidence) < 1
    assert np.isfinite(written_features(evidence)).all()


def test_error_grows_as_the_path_gets_less_probable() -> None:
    for errors in ERROR.values():
        assert len(errors) == len(STEPS)
        assert list(errors) == sorted(errors)


def test_an_empty_field_is_less_sure_where_a_neighbor_wrote_across() -> None:
    judge = Cautious()
    clear, crossed = (
        EmptyEvidence(alien_share=share, standard=False, residual_px=1.0) for share in (0.0, 0.9)
    )
    assert judge.passes("empty", empty(clear), 0.003)
    assert not judge.passes("empty", empty(crossed), 0.003)


def test_one_net_alone_settles_nothing_where_nothing_was_fitted() -> None:
    assert not Cautious().passes("alone", 1.0, 0.5)


def test_figures_have_their_names() -> None:
    row = written_features(replace(SURE, kind="zip"))
    assert len(row) == len(WRITTEN)
    assert dict(zip(WRITTEN, row, strict=True))["zip"] == 1
    assert sum(row[-len(KINDS) :]) == 1


def test_type_and_hand_words_and_numbers_one_net_and_two_are_judged_apart() -> None:
    kinds = {
        written_class(replace(SURE, kind=kind, handwritten=hand, witness=witness))
        for kind in ("name", "date")
        for hand in (True, False)
        for witness in (-0.1, None)
    }
    assert len(kinds) == 8


STUMP = Tree(figure=(0, -1, -1), most=(1.5, 0, 0), left=(1, 0, 0), right=(2, 0, 0), value=(0, -1.0, 2.0))
CURVE = Curve(bias=0.5, trees=(STUMP, STUMP), scores=(-2.0, 0.0, 3.0), sure=(0.1, 0.5, 0.999))


def test_a_curve_adds_up_its_trees() -> None:
    assert CURVE.score(np.array([1.5])) == -1.5
    assert CURVE.score(np.array([1.6])) == 4.5
    assert CURVE(np.array([1.6])) == 0.999
    assert CURVE(np.array([0.0])) == pytest.approx(0.2)


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_a_curve_never_falls(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert CURVE(np.array([low])) <= CURVE(np.array([high]))
    assert 0.1 <= CURVE(np.array([one])) <= 0.999


def fitted(voices: str) -> Fitted:
    flat = Curve(bias=0.0, trees=(), scores=(0.0,), sure=(0.75,))
    gates = (Gate(target_error=0.001, least=0.9995), Gate(target_error=0.01, least=0.99))
    return Fitted(
        voices=voices,
        fields={"written": 10},
        written={written_class(SURE): flat},
        empties=CURVE,
        marks=CURVE,
        signatures=CURVE,
        gates={"written": gates, "alone": (), "mark": gates, "signature": gates, "empty": gates},
    )


def test_what_passes_at_a_target_is_what_was_fitted_for_the_next_lower_one() -> None:
    judge = Calibrated(fitted("net 1"))
    assert judge.written(SURE) == 0.75
    assert judge.passes("written", 0.9995, 0.0014)
    assert not judge.passes("written", 0.9994, 0.0014)
    assert judge.passes("written", 0.99, 0.02)
    assert not judge.passes("written", 1.0, 0.0005)
    assert not judge.passes("alone", 1.0, 0.1)


def test_other_weights_are_judged_by_the_cautious_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = Readers(NullReader(), NullReader())
    shipped = tmp_path / "fitted.json"
    monkeypatch.setattr(calibrated, "FITTED", shipped)
    calibrated.fitted.cache_clear()
    try:
        assert isinstance(judge_of(readers.nets), Cautious)
        calibrated.fitted.cache_clear()
        shipped.write_text(fitted(readers.nets).model_dump_json(), encoding="utf-8")
        assert isinstance(judge_of(readers.nets), Calibrated)
        assert readers.version.endswith("calibration on 10 fields")
        assert isinstance(judge_of("another net 2"), Cautious)
    finally:
        calibrated.fitted.cache_clear()
