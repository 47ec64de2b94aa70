"""One thread a process, and people first."""

import os

ONE_THREAD = {
    "OMP_THREAD_LIMIT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}
"""One process a core, each with one thread: several of tesseract's at once are slower than one, and those of
OpenCV take the other processes' cores for work that is too small to share."""


def one_thread_each() -> None:
    """Keep this process, and what it starts, to one thread, unless the operator has said otherwise."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)


BEHIND_PEOPLE = 10
"""Niceness of processes that read, where the system does not let them wait for idle cores."""


def give_way() -> None:
    """Let whatever a person waits for have the cores first; alone, this process is as fast as before.

    With ``SCHED_IDLE`` a core that only reads counts as free for whoever wakes up, and reading goes as fast.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except OSError:
        os.setpriority(os.PRIO_PROCESS, 0, max(BEHIND_PEOPLE, os.getpriority(os.PRIO_PROCESS, 0)))
