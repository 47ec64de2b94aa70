"""The stop-watch."""

import time

from pipelines.stages import Stages


def test_a_stage_within_another_is_counted_once() -> None:
    stage = Stages()
    with stage("outer"):
        time.sleep(0.02)
        with stage("inner"):
            time.sleep(0.05)
    with stage("inner"):
        time.sleep(0.01)
    assert list(stage.seconds) == ["outer", "inner"]
    assert 0.02 <= stage.seconds["outer"] < 0.05
    assert 0.06 <= stage.seconds["inner"] < 0.12
