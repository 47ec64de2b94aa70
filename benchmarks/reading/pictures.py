"""Risk-coverage curves and reliability diagrams, a small picture for each kind."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from benchmarks.reading.rows import Row
from benchmarks.reading.score import is_tick, is_written, reliability, risk_coverage

TARGET = 0.0014
EDGES = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.97, 0.99, 0.998, 1.0)
FEWEST = 20
COLUMNS = 4
COLORS = {"typed": "tab:blue", "hand": "tab:orange", "marks": "tab:green"}

Draw = Callable[[Axes, Sequence[Row], str, str], None]


def draw_pictures(rows: Sequence[Row], folder: Path) -> tuple[Path, Path]:
    """Write ``risk-coverage.png`` and ``reliability.png``."""
    mpl.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    curve, diagram = folder / "risk-coverage.png", folder / "reliability.png"
    _panels(rows, _risk, "wrong among the accepted, by share of answers accepted", curve)
    _panels(rows, _reliable, "right, by confidence shown", diagram)
    return curve, diagram


def _panels(rows: Sequence[Row], draw: Draw, title: str, file: Path) -> None:
    groups = dict(_by_kind(rows))
    down = max(1, -(-len(groups) // COLUMNS))
    figure, axes = plt.subplots(down, COLUMNS, figsize=(3.2 * COLUMNS, 2.6 * down), squeeze=False)
    for place in axes.flat[len(groups) :]:
        place.set_axis_off()
    for place, (kind, writings) in zip(axes.flat, groups.items(), strict=False):
        for writing, part in writings.items():
            draw(place, part, f"{writing} ({len(part)})", COLORS[writing])
        place.set_title(kind, fontsize=9)
        place.legend(fontsize=6)
        place.tick_params(labelsize=7)
    figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    figure.savefig(file, dpi=110)
    plt.close(figure)


def _by_kind(rows: Sequence[Row]) -> Iterator[tuple[str, dict[str, list[Row]]]]:
    groups: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.filled or not is_written(row):
            writing = "marks" if is_tick(row) or not is_written(row) else "hand" if row.hand else "typed"
            groups[row.kind][writing].append(row)
    for kind in sorted(groups):
        enough = {name: part for name, part in groups[kind].items() if len(part) >= FEWEST}
        if enough:
            yield kind, enough


def _risk(place: Axes, part: Sequence[Row], label: str, color: str) -> None:
    points = list(risk_coverage(part))
    place.step(
        [x for x, _ in points], [max(y, 1e-4) for _, y in points], where="pre", label=label, color=color
    )
    place.axhline(TARGET, color="gray", linewidth=0.7, linestyle=":")
    place.set_yscale("log")
    place.set_ylim(1e-4, 1)
    place.set_xlim(0, 1)
    place.xaxis.set_major_formatter(PercentFormatter(1.0))


def _reliable(place: Axes, part: Sequence[Row], label: str, color: str) -> None:
    points = list(reliability(part, EDGES))
    x = [mean for mean, _ in points]
    y = [share.percent / 100 for _, share in points]
    low = [value - share.interval[0] / 100 for value, (_, share) in zip(y, points, strict=True)]
    high = [share.interval[1] / 100 - value for value, (_, share) in zip(y, points, strict=True)]
    place.errorbar(x, y, yerr=[low, high], marker="o", markersize=3, linewidth=0.8, label=label, color=color)
    place.plot([0, 1], [0, 1], color="gray", linewidth=0.7, linestyle=":")
    place.set_xlim(0, 1.02)
    place.set_ylim(0, 1.02)
