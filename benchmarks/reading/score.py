"""From rows to figures: shares of whole values right, character errors, what passes unseen, and how honestly.

Pure. Fields of pages that were not recognized count as wrong; only the row of emptiness leaves them out,
because nothing was said about them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import Levenshtein
from scipy.stats import binomtest  # type: ignore[import-untyped]

from benchmarks.reading.rows import Row
from form_templates.model import MARKED_KINDS

NUMBER_KINDS = frozenset(
    {"date", "time", "phone", "npi", "dea", "state_license", "rems_id", "ncpdp", "zip", "number"}
)
COMB_KINDS = NUMBER_KINDS - {"time", "number"}
"""Dates, phones, NPIs, ZIPs and identifiers: what the issue names."""
ADDRESS_ENDS = ("_street", "_street_2", "_city")

Class = Literal["typed", "handwritten numbers", "handwritten names and lines", "ticks", "signatures"]
CLASSES: tuple[Class, ...] = (
    "typed",
    "handwritten numbers",
    "handwritten names and lines",
    "ticks",
    "signatures",
)

Choice = Callable[[Row], bool]


@dataclass(frozen=True)
class Share:
    """So many of so many, with the exact 95 % interval of a binomial share."""

    hits: int
    of: int

    @property
    def percent(self) -> float:
        """In percent; 0 of nothing."""
        return 100 * self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the 95 % interval, percent."""
        if not self.of:
            return 0.0, 100.0
        found = binomtest(self.hits, self.of).proportion_ci(0.95, method="exact")
        return 100 * float(found.low), 100 * float(found.high)


def is_written(row: Row) -> bool:
    """Whether a field is one of writing, not of marks or a signature."""
    return row.kind not in MARKED_KINDS and row.kind != "signature"


def is_answer(row: Row) -> bool:
    """Whether something is written in a field of writing."""
    return is_written(row) and row.filled


def is_tick(row: Row) -> bool:
    """Whether a field is answered by a mark."""
    return row.kind in MARKED_KINDS


def is_typed(row: Row) -> bool:
    """Whether a written answer was typed or stamped."""
    return is_answer(row) and not row.hand


def is_by_hand(row: Row) -> bool:
    """Whether a written answer was written by hand."""
    return is_answer(row) and row.hand


def is_comb_number(row: Row) -> bool:
    """Whether a number was written by hand in the cells of a comb."""
    return is_answer(row) and row.hand and row.kind in COMB_KINDS and row.comb is not None


def is_free_number(row: Row) -> bool:
    """Whether a number was written by hand on a line."""
    return is_answer(row) and row.hand and row.kind in COMB_KINDS and row.comb is None


def is_hand_name(row: Row) -> bool:
    """Whether a name was written by hand."""
    return is_answer(row) and row.hand and row.kind == "name"


def is_hand_address(row: Row) -> bool:
    """Whether a street or a city was written by hand."""
    return is_answer(row) and row.hand and row.name.endswith(ADDRESS_ENDS)


def class_of(row: Row) -> Class:
    """The class by which the share of accepted fields is told."""
    if is_tick(row):
        return "ticks"
    if row.kind == "signature":
        return "signatures"
    if not row.hand:
        return "typed"
    return "handwritten numbers" if row.kind in NUMBER_KINDS else "handwritten names and lines"


def right(rows: Iterable[Row]) -> Share:
    """Rows whose whole value is right."""
    hits = [row.right for row in rows]
    return Share(sum(hits), len(hits))


def emptiness(rows: Iterable[Row]) -> Share:
    """Written fields that were told empty or filled as they are."""
    hits = [(row.reader != "none") == row.filled for row in rows if is_written(row) and not row.lost]
    return Share(sum(hits), len(hits))


def is_accepted(row: Row) -> bool:
    """Whether a field passes unseen, as a value or as empty."""
    return row.decision in ("accept", "empty")


def wrong_among_accepted(rows: Iterable[Row]) -> Share:
    """Of the fields that pass unseen, those that are wrong; an overlooked answer is wrong too."""
    passed = [row.right for row in rows if is_accepted(row)]
    return Share(len(passed) - sum(passed), len(passed))


def accepted_by_class(rows: Iterable[Row]) -> dict[Class, Share]:
    """Of the fields with an answer (of ticks: all), those that pass unseen."""
    counted: dict[Class, list[bool]] = {name: [] for name in CLASSES}
    for row in rows:
        if row.filled or not is_written(row):
            counted[class_of(row)].append(is_accepted(row))
    return {name: Share(sum(hits), len(hits)) for name, hits in counted.items()}


def shown_as(rows: Iterable[Row], confidence: float, reach: float = 0.025) -> dict[str, Share]:
    """By kind: of the answers shown with about a confidence, those that are right."""
    counted: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if (row.filled or not is_written(row)) and abs(row.confidence - confidence) <= reach:
            counted[row.kind].append(row.right)
    return {kind: Share(sum(hits), len(hits)) for kind, hits in sorted(counted.items())}


def character_error(row: Row, read: str) -> tuple[int, int]:
    """Characters to change, and characters written.

    Case and the width of gaps do not count; in numbers nothing but letters and digits does, since some
    readers leave out the marks between them on purpose.
    """
    one, other = _plain(row, read), _plain(row, " ".join(row.written))
    return Levenshtein.distance(one, other), len(other)


def _plain(row: Row, text: str) -> str:
    if row.kind in NUMBER_KINDS:
        return "".join(filter(str.isalnum, text)).casefold()
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class Cell:
    """One combination of kind, writing, resolution and line: whole values right and character error."""

    exact: Share
    characters: Share


Key = tuple[str, ...]


def table_by(rows: Iterable[Row], key: Callable[[Row], Key]) -> Mapping[Key, Cell]:
    """Answers of writing by a key."""
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        if is_answer(row):
            groups[key(row)].append(row)
    return {key: Cell(right(group), characters(group)) for key, group in sorted(groups.items())}


def characters(rows: Iterable[Row]) -> Share:
    """Characters misread, of those written."""
    errors = [character_error(row, row.raw) for row in rows if row.written]
    return Share(sum(wrong for wrong, _ in errors), sum(count for _, count in errors))


def risk_coverage(rows: Sequence[Row]) -> Iterator[tuple[float, float]]:
    """Points of the curve: share of answers accepted, and share of wrong ones among them, surest first."""
    ordered = sorted(rows, key=lambda row: -row.confidence)
    wrong = 0
    for count, row in enumerate(ordered, start=1):
        wrong += not row.right
        if count == len(ordered) or ordered[count].confidence < row.confidence:
            yield count / len(ordered), wrong / count


def reliability(rows: Sequence[Row], edges: Sequence[float]) -> Iterator[tuple[float, Share]]:
    """By bins of confidence: the mean confidence, and how many were right."""
    for low, high in pairwise(edges):
        part = [row for row in rows if low <= row.confidence < high or (high == edges[-1] == row.confidence)]
        if part:
            yield sum(row.confidence for row in part) / len(part), right(part)
