"""Bars: stacked by hour, and lying, one a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from xml.sax.saxutils import escape, quoteattr

WIDTH_PX = 720
LABEL_PX = 170
WORDS_PX = 230
ROW_PX = 26
HEIGHT_PX = 200
FOOT_PX = 24
LEFT_PX = 40
GRID_LINES = 4


@dataclass(frozen=True)
class Series:
    """One part of stacked bars; ``look`` is a class of the page's style sheet: a, b, c or d."""

    name: str
    look: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Row:
    """One lying bar with the words at its end."""

    name: str
    value: float
    words: str
    look: str = "a"


def stacked_bars(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Bars beside each other, each made of the series' values one upon the other.

    Args:
        title: what is shown, for those who cannot see it.
        labels: under the bars, one each; an empty one is not written.
        series: each with as many values as there are labels.
    """
    count = max(len(labels), 1)
    highest = max((sum(one.values[i] for one in series) for i in range(len(labels))), default=0)
    most = max(1, ceil(highest / GRID_LINES)) * GRID_LINES  # whole numbers at every line
    step = (WIDTH_PX - LEFT_PX) / count
    inner = HEIGHT_PX - FOOT_PX - 12

    def up(value: float) -> float:
        return value / most * inner

    parts = [_begin(title, HEIGHT_PX)]
    for line in range(GRID_LINES + 1):
        y = HEIGHT_PX - FOOT_PX - inner * line / GRID_LINES
        parts.append(f'<line class="axis" x1="{LEFT_PX}" x2="{WIDTH_PX}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(
            f'<text x="{LEFT_PX - 6}" y="{y + 4:.1f}" text-anchor="end">{most * line / GRID_LINES:.0f}</text>'
        )
    for index, label in enumerate(labels):
        x, y = LEFT_PX + index * step, float(HEIGHT_PX - FOOT_PX)
        for one in series:
            high = up(one.values[index])
            if high > 0:
                y -= high
                told = escape(f"{label}: {one.name} {one.values[index]:.0f}")
                parts.append(
                    f'<rect class="{one.look}" x="{x + 1:.1f}" y="{y:.1f}" width="{max(step - 2, 1):.1f}" '
                    f'height="{high:.1f}"><title>{told}</title></rect>'
                )
        if label:
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT_PX - 8}">{escape(label)}</text>')
    return "".join([*parts, "</svg>"])


def lying_bars(title: str, rows: Sequence[Row]) -> str:
    """One bar a row, the name before it and the words behind it."""
    most = max((row.value for row in rows), default=0) or 1
    room = WIDTH_PX - LABEL_PX - WORDS_PX
    parts = [_begin(title, max(len(rows), 1) * ROW_PX + 4)]
    for index, row in enumerate(rows):
        y = index * ROW_PX + 4
        long = max(row.value / most * room, 1)
        parts.append(f'<text class="value" x="0" y="{y + 14}">{escape(row.name)}</text>')
        parts.append(
            f'<rect class="{row.look}" x="{LABEL_PX}" y="{y}" width="{long:.1f}" height="18" rx="2"/>'
        )
        parts.append(f'<text x="{LABEL_PX + long + 6:.1f}" y="{y + 14}">{escape(row.words)}</text>')
    return "".join([*parts, "</svg>"])


def _begin(title: str, height_px: int) -> str:
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height_px}" '
        f'width="{WIDTH_PX}" height="{height_px}" role="img" aria-label={quoteattr(title)}>'
    )
