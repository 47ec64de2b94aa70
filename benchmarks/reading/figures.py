"""The rows of the benchmark: the two tables that the reader has to keep, and what is reported beside them."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.reading import score
from benchmarks.reading.reading import RivalRow
from benchmarks.reading.rivals import Rival
from benchmarks.reading.rows import Row as Field
from benchmarks.reading.score import Choice, Share
from benchmarks.table import Row, at_least, at_most, reported, within

FEWEST = 100
"""Kinds with fewer fields in a bin are shown, not judged: chance alone moves them by more than two points."""
TARGET_PERCENT = 0.14

WHOLE_VALUES: tuple[tuple[str, Choice, float, float], ...] = (
    ("typed fields, whole value right", score.is_typed, 99, 98),
    ("handwritten dates, phones, NPIs, ZIPs, IDs, in combs", score.is_comb_number, 97, 93),
    ("the same, free on a line", score.is_free_number, 92, 85),
    ("handwritten names", score.is_hand_name, 84, 76),
    ("handwritten street and city lines", score.is_hand_address, 75, 66),
    ("ticks right, all styles, to 5 % bad lines", score.is_tick, 99.8, 99.7),
)
"""Figure, which fields, and the bars at fine and at standard resolution."""
QUICK_FLOORS: tuple[tuple[str, Choice, float], ...] = (
    ("typed fields, whole value right", score.is_typed, 85),
    ("handwritten fields, whole value right", score.is_by_hand, 80),
    ("ticks right", score.is_tick, 99),
)
EMPTY_BARS = (99.9, 99.8)
ACCEPTED_BARS: dict[score.Class, float] = {
    "typed": 97,
    "handwritten numbers": 50,
    "handwritten names and lines": 25,
    "ticks": 99.5,
}


def whole_values(fields: Sequence[Field]) -> Iterator[Row]:
    """The first table: whole values right, by resolution."""
    for place, raster in enumerate(("fine", "standard")):
        part = [field for field in fields if field.raster == raster]
        for figure, choose, *bars in WHOLE_VALUES:
            yield _bar(f"{figure}, {raster}", score.right(filter(choose, part)), bars[place])
        yield _bar(f"empty against filled, {raster}", score.emptiness(part), EMPTY_BARS[place])


def quick(fields: Sequence[Field]) -> Iterator[Row]:
    """What a few faxes in unseen typefaces can tell: floors that only something broken falls under."""
    for figure, choose, floor in QUICK_FLOORS:
        yield _bar(figure, score.right(filter(choose, fields)), floor)
    yield _bar("empty against filled", score.emptiness(fields), 98)
    wrong = score.wrong_among_accepted(fields)
    yield at_most("wrong among accepted fields, all kinds", wrong.percent, 0.5, f"% of {wrong.of}")
    for name, share in score.accepted_by_class(fields).items():
        yield reported(f"accepted unseen, {name}", share.percent, f"% of {share.of}")


def _bar(figure: str, share: Share, bar: float) -> Row:
    return at_least(figure, share.percent, bar, f"% of {share.of}")


def passing_unseen(fields: Sequence[Field]) -> Iterator[Row]:
    """What passes unseen: how much is wrong, how much there is, and how honest the figures shown are."""
    wrong = score.wrong_among_accepted(fields)
    low, high = wrong.interval
    yield at_most("wrong among accepted fields, all kinds", wrong.percent, TARGET_PERCENT, f"% of {wrong.of}")
    yield reported("the same, 95 % interval", f"{low:.3f} to {high:.3f}", "%")
    yield at_least("fields measured", len(fields), 20_000, "fields")
    for name in score.CLASSES:
        part = [f for f in fields if (f.filled or not score.is_written(f)) and score.class_of(f) == name]
        own = score.wrong_among_accepted(part)
        yield reported(f"wrong among accepted, {name}", own.percent, f"% of {own.of}")
    for name, share in score.accepted_by_class(fields).items():
        figure = f"accepted unseen, {name}"
        if name in ACCEPTED_BARS:
            yield _bar(figure, share, ACCEPTED_BARS[name])
        else:
            yield reported(figure, share.percent, f"% of {share.of}")
    plain = [field for field in fields if not (field.two_marked or field.struck)]
    ticks = score.accepted_by_class(plain)["ticks"]
    figure = "accepted unseen, ticks but for two marked and crossed out, which a person must see"
    yield reported(figure, ticks.percent, f"% of {ticks.of}")
    for kind, share in score.shown_as(fields, 0.95).items():
        figure, unit = f"right of those shown as 0.95, {kind}", f"% of {share.of}"
        if share.of >= FEWEST:
            yield within(figure, share.percent, 93, 97, unit)
        else:
            yield reported(figure, share.percent, unit)


def beside(fields: Sequence[Field]) -> Iterator[Row]:
    """What has no bar: lost pages, real names apart, every kind by hand and in print, every line."""
    lost = Counter(field.lost for field in fields)
    yield reported("fields of pages not recognized or too doubtful", 100 * lost[True] / len(fields), "%")
    for raster in ("fine", "standard"):
        real = score.right(f for f in fields if f.real_name and f.raster == raster)
        yield reported(f"names that real people wrote, {raster}", real.percent, f"% of {real.of}")
    yield from _cells(fields, lambda f: (f.kind, _who(f), f.raster))
    yield from _cells(fields, lambda f: ("line " + f.line.replace("_", " "), _who(f), f.raster))


def _cells(fields: Sequence[Field], key: Callable[[Field], score.Key]) -> Iterator[Row]:
    for names, cell in score.table_by(fields, key).items():
        figure = ", ".join(names)
        yield reported(f"{figure}: whole value", cell.exact.percent, f"% of {cell.exact.of}")
        yield reported(f"{figure}: characters wrong", cell.characters.percent, f"% of {cell.characters.of}")


def _who(field: Field) -> str:
    return "hand" if field.hand else "typed"


def rivals(rows: Sequence[RivalRow], known: Sequence[Rival]) -> Iterator[Row]:
    """Ours and every rival on the same crops; a rival that is not at hand with the reason."""
    groups: dict[tuple[bool, str, str], list[RivalRow]] = defaultdict(list)
    for row in rows:
        groups[row.hand, row.raster, row.reader].append(row)
    for (hand, raster, reader), group in sorted(groups.items()):
        name = f"same crops, {'hand' if hand else 'typed'}, {raster}: {reader}"
        exact = Share(sum(row.right for row in group), len(group))
        letters = Share(sum(row.wrong_characters for row in group), sum(row.characters for row in group))
        yield reported(f"{name}, whole value", exact.percent, f"% of {exact.of}")
        yield reported(f"{name}, characters wrong", letters.percent, f"% of {letters.of}")
    for rival in known:
        if rival.read is None:
            yield reported(f"same crops: {rival.name}", "not measured", rival.why)


def write_cells(fields: Sequence[Field], file: Path) -> None:
    """Every kind by writing, resolution and line, as a CSV file."""
    cells = score.table_by(fields, lambda f: (f.kind, _who(f), f.raster, f.line))
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(("kind", "writing", "resolution", "line", "fields", "whole_value_percent",
                        "characters", "characters_wrong_percent"))  # fmt: skip
        for key, cell in cells.items():
            exact, letters = cell.exact, cell.characters
            table.writerow((*key, exact.of, f"{exact.percent:.2f}", letters.of, f"{letters.percent:.2f}"))
