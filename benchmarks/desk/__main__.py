"""``python -m benchmarks.desk``: every figure of the web desk."""

import sys
from collections.abc import Callable, Iterator

from benchmarks.desk import access, hostile, keyboard, load, races, refusals
from benchmarks.table import Mode, Row, main


def measure(mode: Mode, say: Callable[[str], None]) -> Iterator[Row]:
    """Every row: keystrokes, many people at once, races, refusals, hard input, and the desk for everybody."""
    yield from keyboard.rows(mode, say)
    yield from load.rows(mode, say)
    yield from races.rows(mode, say)
    yield from refusals.rows(mode, say)
    yield from hostile.rows(say)
    yield from access.rows(mode, say)


if __name__ == "__main__":
    sys.exit(main("The web desk", measure))
