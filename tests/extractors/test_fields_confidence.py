"""Who decides on a field, and what makes a reading more or less sure."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.confidence import ERROR, STEPS, Evidence, decide, empty, written

SURE = Evidence(
    kind="text",
    handwritten=False,
    probability=0.99,
    agreement="agree",
    plausible=True,
    repaired=False,
    letters=8,
    residual_px=1.0,
    alien_share=0.0,
)


def test_two_voices_that_agree_pass_unseen_and_handwriting_does_not() -> None:
    assert decide(written(SURE), 0.003) == "accept"
    assert decide(written(replace(SURE, handwritten=True, agreement="alone")), 0.003) == "review"
    assert decide(written(replace(SURE, agreement="disagree")), 0.003) == "review"


@pytest.mark.parametrize(
    "worse",
    [
        {"probability": 0.7},
        {"agreement": "alone"},
        {"agreement": "disagree"},
        {"plausible": False},
        {"repaired": True},
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
    by_hand = replace(SURE, handwritten=True, agreement="alone")
    assert written(replace(by_hand, kind="npi")) > written(by_hand)
    assert written(replace(by_hand, kind="npi", plausible=False)) < written(by_hand)


def test_a_repaired_number_never_passes_unseen() -> None:
    assert written(replace(SURE, kind="npi", repaired=True)) <= 0.8


@given(
    st.floats(0, 1),
    st.booleans(),
    st.sampled_from(["agree", "disagree", "alone"]),
    st.booleans(),
    st.floats(0, 1),
)
def test_confidence_is_a_probability(
    probability: float, hand: bool, agreement: str, plausible: bool, alien: float
) -> None:
    evidence = replace(
        SURE,
        probability=probability,
        handwritten=hand,
        agreement=agreement,  # type: ignore[arg-type]
        plausible=plausible,
        alien_share=alien,
    )
    assert 0 < written(evidence) < 1


def test_error_grows_as_the_path_gets_less_probable() -> None:
    for errors in ERROR.values():
        assert len(errors) == len(STEPS)
        assert list(errors) == sorted(errors)


def test_decisions_follow_the_target_error() -> None:
    assert decide(0.995, 0.01) == "accept"
    assert decide(0.995, 0.001) == "review"
    assert decide(0.999, 0.01, is_empty=True) == "empty"
    assert decide(0.9, 0.01, is_empty=True) == "review"
    assert decide(1.0, 0.01, must_see=True) == "review"


def test_an_empty_field_is_less_sure_where_a_neighbor_wrote_across() -> None:
    assert decide(empty(0.0, 0, 1.0), 0.003, is_empty=True) == "empty"
    assert decide(empty(0.9, 0, 1.0), 0.003, is_empty=True) == "review"
