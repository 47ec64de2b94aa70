"""How people mark a tick box."""

from typing import Literal

import numpy as np
from numpy.random import Generator

from sample_faxes.ink import PX_PER_PT, BoxPt, Gray, Points, curve, stroke

MarkStyle = Literal["tick", "cross", "blob", "circle", "slash", "typed"]
HAND_STYLES: tuple[MarkStyle, ...] = ("tick", "cross", "blob", "circle", "slash")


def mark(canvas: Gray, box: BoxPt, style: MarkStyle, rng: Generator, width_pt: float = 1.0) -> None:
    """Mark a tick box (points) the way ``style`` says; by hand, it may leave the box."""
    if style == "typed":
        _typed_cross(canvas, box)
        return
    for line in _MARKS[style](box, rng):
        stroke(canvas, line, width_pt * float(rng.uniform(0.85, 1.2)), int(rng.integers(0, 50)))


def scribble_out(canvas: Gray, box: BoxPt, rng: Generator, width_pt: float = 1.1) -> None:
    """Strike out what stands in a box: a zigzag of several strokes over it."""
    x, y, width, height = box
    turns = int(rng.integers(5, 8))
    xs = np.linspace(x - 1, x + width + 1, turns) + rng.normal(0, 0.5, turns)
    ys = np.where(np.arange(turns) % 2 == 0, y - 1, y + height + 1) + rng.normal(0, 0.8, turns)
    stroke(canvas, curve(np.column_stack([xs, ys]), 6), width_pt)
    stroke(canvas, [(x - 2, y + height * 0.6), (x + width + 3, y + height * 0.35)], width_pt)


def ring(canvas: Gray, box: BoxPt, rng: Generator, width_pt: float = 1.0) -> None:
    """A circle drawn around something."""
    for line in _circle(box, rng):
        stroke(canvas, line, width_pt)


def _typed_cross(canvas: Gray, box: BoxPt) -> None:
    x, y, width, height = box
    inset = 0.2 * min(width, height)
    left, right, top, bottom = x + inset, x + width - inset, y + inset, y + height - inset
    stroke(canvas, [(left, top), (right, bottom)], 4 / PX_PER_PT)
    stroke(canvas, [(left, bottom), (right, top)], 4 / PX_PER_PT)


def _jitter(rng: Generator, points: list[tuple[float, float]], size: float) -> Points:
    placed = np.asarray(points, np.float64)
    return placed + rng.normal(0, 0.07 * size, placed.shape)


def _tick(box: BoxPt, rng: Generator) -> list[Points]:
    x, y, width, height = box
    reach = float(rng.uniform(0.0, 0.7))
    points = [
        (x + 0.12 * width, y + 0.5 * height),
        (x + 0.4 * width, y + 0.92 * height),
        (x + (1.0 + reach) * width, y - (0.1 + reach * 0.7) * height),
    ]
    return [curve(_jitter(rng, points, width), 6)]


def _cross(box: BoxPt, rng: Generator) -> list[Points]:
    x, y, width, height = box
    over = float(rng.uniform(-0.12, 0.35))
    one = [(x - over * width, y - over * height), (x + (1 + over) * width, y + (1 + over) * height)]
    two = [(x + (1 + over) * width, y - over * height), (x - over * width, y + (1 + over) * height)]
    return [_jitter(rng, one, width), _jitter(rng, two, width)]


def _blob(box: BoxPt, rng: Generator) -> list[Points]:
    x, y, width, height = box
    count = 11
    xs = x + width * (0.15 + 0.7 * (np.arange(count) % 2)) + rng.normal(0, 0.08 * width, count)
    ys = np.linspace(y + 0.12 * height, y + 0.88 * height, count) + rng.normal(0, 0.05 * height, count)
    return [curve(np.column_stack([xs, ys]), 4)]


def _circle(box: BoxPt, rng: Generator) -> list[Points]:
    x, y, width, height = box
    angles = np.linspace(0, 2 * np.pi * float(rng.uniform(1.0, 1.12)), 14) + float(rng.uniform(0, 6))
    across, down = width * float(rng.uniform(0.85, 1.1)), height * float(rng.uniform(0.85, 1.1))
    ring_points = np.column_stack(
        [
            x + width / 2 + across * np.cos(angles) * rng.normal(1, 0.05, 14),
            y + height / 2 + down * np.sin(angles) * rng.normal(1, 0.05, 14),
        ]
    )
    return [curve(ring_points, 6)]


def _slash(box: BoxPt, rng: Generator) -> list[Points]:
    x, y, width, height = box
    return [_jitter(rng, [(x - 0.1 * width, y + 1.1 * height), (x + 1.1 * width, y - 0.1 * height)], width)]


_MARKS = {"tick": _tick, "cross": _cross, "blob": _blob, "circle": _circle, "slash": _slash}
