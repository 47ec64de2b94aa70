import multiprocessing
import os

from pipelines.threads import BEHIND_PEOPLE, give_way


def _manners(already: int, *, refused: bool) -> tuple[int, int]:
    """The policy and niceness of a process that has given way, twice, where the system lets it or not."""
    os.setpriority(os.PRIO_PROCESS, 0, already)
    if refused:
        os.sched_setscheduler = _refuse
    give_way()
    give_way()
    return os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)


def _refuse(*_: object) -> None:
    raise PermissionError


def in_a_process(already: int, *, refused: bool) -> tuple[int, int]:
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        return pool.apply(_manners, (already,), {"refused": refused})


def test_a_process_that_gives_way_waits_for_idle_cores() -> None:
    assert in_a_process(2, refused=False) == (os.SCHED_IDLE, 2)


def test_where_that_is_refused_it_is_nice_and_never_pushes_forward() -> None:
    assert in_a_process(BEHIND_PEOPLE - 2, refused=True) == (os.SCHED_OTHER, BEHIND_PEOPLE)
    assert in_a_process(BEHIND_PEOPLE + 5, refused=True) == (os.SCHED_OTHER, BEHIND_PEOPLE + 5)
