"""Names of made-up people as often as they occur among people: the counts of the census of 1990."""

import random
from itertools import accumulate
from pathlib import Path

from names import FILES  # type: ignore[import-untyped]

Weighted = tuple[tuple[str, ...], tuple[float, ...]]


def _read(kind: str) -> Weighted:
    rows = [line.split() for line in Path(FILES[kind]).read_text(encoding="ascii").splitlines()]
    return tuple(row[0].capitalize() for row in rows), tuple(accumulate(float(row[1]) for row in rows))


LAST = _read("last")
FIRST = (_read("first:female"), _read("first:male"))
HYPHENATED = 0.02


def draw(rng: random.Random) -> tuple[str, str]:
    """A first and a last name."""
    first, last = _one(FIRST[rng.random() < 0.5], rng), _one(LAST, rng)
    return first, f"{last}-{_one(LAST, rng)}" if rng.random() < HYPHENATED else last


def _one(names: Weighted, rng: random.Random) -> str:
    return rng.choices(names[0], cum_weights=names[1])[0]
