"""The same number of cores for both sides of a comparison, and what their processes used of them."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pinned(cores: int | None) -> Iterator[None]:
    """Keep this process and those it starts to so many cores; none leaves them all.

    Where the system cannot pin processes (macOS), every core is left to both sides.
    """
    if cores is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:cores]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def seconds_used() -> float:
    """Processor time, user and system, of this process and all those that it started and has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
