import multiprocessing
import os

from pipelines.threads import BEHIND_PEOPLE, give_way


def nicenesses(already: int) -> tuple[int, int]:
    """How nice a process is, and how nice once it has given way."""
    os.setpriority(os.PRIO_PROCESS, 0, already)
    before = os.getpriority(os.PRIO_PROCESS, 0)
    give_way()
    give_way()
    return before, os.getpriority(os.PRIO_PROCESS, 0)


def test_a_process_gives_way_once_and_never_pushes_forward() -> None:
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        assert pool.apply(nicenesses, (BEHIND_PEOPLE - 2,)) == (BEHIND_PEOPLE - 2, BEHIND_PEOPLE)
        assert pool.apply(nicenesses, (BEHIND_PEOPLE + 5,)) == (BEHIND_PEOPLE + 5, BEHIND_PEOPLE + 5)
