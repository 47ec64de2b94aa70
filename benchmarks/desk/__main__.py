"""``python -m benchmarks.desk``: every figure of the web desk."""

import sys
from collections.abc import Callable, Iterator

from benchmarks.desk import keyboard, load, races
from benchmarks.table import Mode, Row, main


def measure(mode: Mode, say: Callable[[str], None]) -> Iterator[Row]:
    """The rows of the keyboard, of many people at once, and of races and restarts."""
    yield from keyboard.rows(mode, say)
    yield from load.rows(mode, say)
    yield from races.rows(mode, say)


if __name__ == "__main__":
    sys.exit(main("The web desk", measure))
