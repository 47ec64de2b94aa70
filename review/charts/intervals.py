"""Shares with their intervals against a target."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

WIDTH_PX = 720
LABEL_PX = 150
ROW_PX = 28
HEAD_PX = 22
WORDS_PX = 150


@dataclass(frozen=True)
class Measured:
    """One share with what it may be."""

    name: str
    share: float
    low: float
    high: float
    words: str


def interval_chart(title: str, rows: Sequence[Measured], target: float) -> str:
    """A point and its interval a row, and the target as a line through all.

    Args:
        title: what is shown, for those who cannot see it.
        rows: shares between 0 and 1.
        target: the share that is not to be passed.
    """
    most = max([target * 2, *(row.share * 1.5 for row in rows)], default=1) or 1
    room = WIDTH_PX - LABEL_PX - WORDS_PX
    height = HEAD_PX + max(len(rows), 1) * ROW_PX

    def x(share: float) -> float:
        return LABEL_PX + min(share / most, 1) * room

    parts = [
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height}" '
        f'width="{WIDTH_PX}" height="{height}" role="img" aria-label={quoteattr(title)}>',
        f'<text x="{x(target):.1f}" y="12" text-anchor="middle">target {target * 1000:g} in 1,000</text>',
        f'<line class="target" x1="{x(target):.1f}" x2="{x(target):.1f}" y1="{HEAD_PX - 4}" y2="{height}"/>',
    ]
    for index, row in enumerate(rows):
        y = HEAD_PX + index * ROW_PX + ROW_PX / 2
        parts += [
            f'<text class="value" x="0" y="{y + 4}">{escape(row.name)}</text>',
            f'<line class="range" x1="{x(row.low):.1f}" x2="{x(row.high):.1f}" y1="{y}" y2="{y}"/>',
            f'<circle class="a" cx="{x(row.share):.1f}" cy="{y}" r="5"/>',
            f'<text x="{WIDTH_PX - WORDS_PX + 8}" y="{y + 4}">{escape(row.words)}</text>',
        ]
    return "".join([*parts, "</svg>"])
