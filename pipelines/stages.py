"""Seconds per stage of one fax."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stages:
    """A stop-watch that adds up by name; a stage may be entered once a page."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time what stands under ``with``."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[stage] = self._seconds.get(stage, 0.0) + time.perf_counter() - began

    @property
    def seconds(self) -> dict[str, float]:
        """What was measured so far, in the order of first entry, to the millisecond."""
        return {stage: round(spent, 3) for stage, spent in self._seconds.items()}
