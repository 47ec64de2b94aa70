"""Seconds per stage of one fax."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stages:
    """A stop-watch that adds up by name; a stage may be entered once a page, and within another."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._within: list[float] = []

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time what stands under ``with``, less what other stages within it take."""
        self._seconds.setdefault(stage, 0.0)
        self._within.append(0.0)
        began = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - began
            self._seconds[stage] += spent - self._within.pop()
            if self._within:
                self._within[-1] += spent

    @property
    def seconds(self) -> dict[str, float]:
        """What was measured so far, in the order of first entry, to the millisecond."""
        return {stage: round(spent, 3) for stage, spent in self._seconds.items()}
