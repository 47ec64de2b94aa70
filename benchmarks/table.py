"""One table for every benchmark: the figure, its bar, the value measured, and the machine it ran on."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Row:
    """One figure. ``holds`` is none where an issue sets no bar."""

    figure: str
    value: float | str
    unit: str
    bar: str
    holds: bool | None


def at_least(figure: str, value: float, bar: float, unit: str) -> Row:
    """A row that holds when the value reaches the bar."""
    return Row(figure, round(value, 4), unit, f"at least {bar:g}", value >= bar)


def at_most(figure: str, value: float, bar: float, unit: str) -> Row:
    """A row that holds when the value stays at or under the bar."""
    return Row(figure, round(value, 4), unit, f"at most {bar:g}", value <= bar)


def within(figure: str, value: float, low: float, high: float, unit: str) -> Row:
    """A row that holds when the value lies between two bars, or on one."""
    return Row(figure, round(value, 4), unit, f"{low:g} to {high:g}", low <= value <= high)


def exactly(figure: str, value: float | str, bar: float | str, unit: str) -> Row:
    """A row that holds when the value is the bar itself."""
    return Row(figure, value, unit, str(bar), value == bar)


def none_wrong(
    figure: str, wrong: Sequence[str], say: Callable[[str], None], unit: str, *, tried: int = 1
) -> Row:
    """A row that holds when nothing went wrong and something was tried; each that went wrong is said."""
    for one in wrong:
        say(f"{figure}: {one}")
    return exactly(figure, len(wrong) if tried else "none tried", 0, unit)


def reported(figure: str, value: float | str, unit: str) -> Row:
    """A row without a bar: measured and shown."""
    return Row(figure, round(value, 4) if isinstance(value, float) else value, unit, "none", None)


def machine() -> str:
    """The machine in one line: processor, cores, memory, system, Python."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, {system}"


def print_table(title: str, rows: Sequence[Row], console: Console) -> None:
    """Print the rows with bar and value, and the machine below."""
    table = Table("figure", "value", "unit", "bar", "holds", title=title)
    for row in rows:
        holds = {True: "yes", False: "[bold red]NO[/]", None: ""}[row.holds]
        table.add_row(
            row.figure,
            f"{row.value:g}" if isinstance(row.value, float) else str(row.value),
            row.unit,
            row.bar,
            holds,
        )
    console.print(table)
    console.print(machine(), style="dim")


def markdown(title: str, rows: Sequence[Row]) -> str:
    """The same table for ``docs/figures.md``."""
    lines = [f"## {title}", "", "| figure | value | unit | bar | holds |", "|---|---|---|---|---|"]
    for row in rows:
        holds = {True: "yes", False: "**no**", None: ""}[row.holds]
        value = f"{row.value:g}" if isinstance(row.value, float) else str(row.value)
        lines.append(f"| {row.figure} | {value} | {row.unit} | {row.bar} | {holds} |")
    return "\n".join([*lines, "", f"Measured on: {machine()}.", ""])


Mode = Literal["full", "quick"]


def main(title: str, measure: Callable[[Mode, Callable[[str], None]], Iterable[Row]]) -> int:
    """Run a benchmark from the command line.

    Args:
        title: the table's title.
        measure: takes the mode and a function that says what is being done; yields the rows.

    Returns:
        0 when every row holds, 1 when one falls short.
    """
    arguments = options_of(title).parse_args()
    mode: Mode = "quick" if arguments.quick else "full"
    return show(title, lambda say: measure(mode, say), arguments)


def options_of(title: str) -> argparse.ArgumentParser:
    """The options of every benchmark; one may add its own."""
    parser = argparse.ArgumentParser(description=f"{title}: measures every figure and prints the table.")
    parser.add_argument("--json", action="store_true", help="print the rows as a list of objects")
    parser.add_argument("--quick", action="store_true", help="the part that takes two minutes")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the table to this file")
    return parser


def show(
    title: str,
    measure: Callable[[Callable[[str], None]], Iterable[Row]],
    arguments: argparse.Namespace,
) -> int:
    """Measure, and print the rows as the options ask; returns 0 when every row holds, else 1."""
    notes = Console(stderr=True)
    rows = list(measure(lambda text: notes.print(f"[dim]{text}[/]")))
    if arguments.json:
        json.dump([asdict(row) for row in rows], sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        print_table(title, rows, Console())
    if arguments.markdown:
        arguments.markdown.write_text(markdown(title, rows))
    return 1 if any(row.holds is False for row in rows) else 0
