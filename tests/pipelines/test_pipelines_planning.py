"""Sizes of chunks."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.planning import ChunkPlanner


def chunks(planner: ChunkPlanner, faxes: int) -> list[int]:
    sizes = []
    while faxes:
        sizes.append(min(planner.size(faxes), faxes))
        faxes -= sizes[-1]
    return sizes


def test_chunks_are_worth_what_was_asked_and_small_at_the_end() -> None:
    assert chunks(ChunkPlanner(workers=2, chunk_seconds=20, fax_seconds=4), 40) == [5] * 5 + [
        3,
        3,
        2,
        1,
        1,
        1,
        1,
        1,
        1,
        1,
    ]


def test_slow_faxes_make_small_chunks() -> None:
    planner = ChunkPlanner(workers=2, chunk_seconds=20, fax_seconds=4)
    for _ in range(20):
        planner.measured(1, 12.0)
    assert planner.size(1000) == 1
    for _ in range(400):
        planner.measured(1, 0.5)
    assert 30 <= planner.size(1000) <= 40


@given(st.integers(1, 64), st.floats(0.1, 60), st.floats(0.001, 100), st.integers(1, 500))
def test_all_is_handed_out_and_the_last_chunk_is_one_fax(
    workers: int, chunk_seconds: float, fax_seconds: float, faxes: int
) -> None:
    sizes = chunks(ChunkPlanner(workers, chunk_seconds, fax_seconds), faxes)
    assert sum(sizes) == faxes
    assert sizes[-1] == 1
    assert all(first >= second for first, second in pairwise(sizes))


@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0.1, 50)), min_size=1, max_size=50))
def test_the_mean_stays_between_what_was_measured(measures: list[tuple[int, float]]) -> None:
    planner = ChunkPlanner(2, 20, fax_seconds=4.0)
    for faxes, seconds in measures:
        planner.measured(faxes, seconds)
    each = [seconds / faxes for faxes, seconds in measures]
    assert min(each) * 0.999 <= planner.fax_seconds <= max(each) * 1.001
