"""Every forbidden order of events is refused, with the rule named."""

import pytest

from benchmarks.program import windows_right
from benchmarks.program_forbidden import Forbidden, forbidden, forbidden_second, gates_of, refusals_of
from validators.program.settings import ProgramSettings

CASES = [(case, gate) for case in (*forbidden(), *forbidden_second()) for gate in gates_of(case)]


@pytest.mark.parametrize(
    ("case", "gate"), CASES, ids=[f"{case.course}-{case.name}-{gate}" for case, gate in CASES]
)
def test_a_forbidden_order_is_refused_by_its_rule(case: Forbidden, gate: str) -> None:
    refusals = refusals_of(case, gate)
    assert case.rule in [refusal.rule for refusal in refusals]
    assert all("{" not in refusal.message for refusal in refusals)


@pytest.mark.parametrize("course", [1, 2])
@pytest.mark.parametrize("gate", ["dispensing", "infusion"])
def test_what_is_in_order_goes_through(course: int, gate: str) -> None:
    assert refusals_of(Forbidden("in order", "", course=course), gate) == ()


@pytest.mark.parametrize(("days", "refused"), [(0, False), (20, False), (21, True)])
def test_an_authorization_lives_until_its_oldest_lab_is_thirty_days_old(days: int, refused: bool) -> None:
    assert bool(refusals_of(Forbidden("later", "A1", days_late=days), "infusion")) is refused


def test_every_baseline_window_is_judged_right() -> None:
    right, total = windows_right()
    assert right == total == 432


def test_a_settings_life_shortens_an_authorization() -> None:
    settings = ProgramSettings(authorization_life_days=7)
    assert [one.rule for one in refusals_of(Forbidden("short", "A1", settings=settings), "infusion")] == [
        "A1"
    ]
