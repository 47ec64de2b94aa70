"""Where the lines of acceptance belong, by what people settled. Pure.

A line becomes stricter than the gate of the calibration once it is shown that more fields pass wrongly than
the target allows. It goes back when that is measured no more. Nothing here makes it looser than the gate:
what could bear that is said (``least_supported``), and a lead decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from store.desk.intervals import lower_bound, upper_bound
from store.desk.model import LineWhy, Place

CLOSED = 2.0
"""A least confidence that none reaches: nothing of the sort passes."""

FEW = 100
"""Sorts with fewer measured fields are judged together with those of their class that have few, too."""

CHANCE = 1
"""So many wrong fields alone move nothing: of so many sorts, every night, one is always unlucky."""

CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("name", "text", "free_text", "email", "office_use"), "words"),
    **dict.fromkeys(
        (
            "date", "time", "phone", "npi", "dea", "state_license", "rems_id", "ncpdp", "state", "zip",
            "number",
        ),
        "numbers",
    ),
    **dict.fromkeys(("check", "yes_no", "choice", "choices"), "ticks"),
    "signature": "signatures",
    "empty": "empty fields",
}  # fmt: skip
"""Kinds that the machine reads in one way and errs in alike."""

LEVELS = 200
"""Confidences that are tried as acceptance."""


@dataclass(frozen=True)
class Measured:
    """One field whose truth is settled.

    Attributes:
        weight: how many fields of its sort it stands for.
    """

    confidence: float
    right: bool
    weight: float
    place: Place

    @property
    def passes_gate(self) -> bool:
        """Whether it would pass unseen if there were no lines."""
        return self.place in ("accepted", "held")


@dataclass(frozen=True)
class Now:
    """Where the line of one sort stands; the gate alone decides while ``least`` is none."""

    least: float | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class Move:
    """A line that has to move.

    Attributes:
        least: from where on fields pass; none: the gate alone decides again.
        basis: the sort itself, or the class that it was judged with.
        evidence: of the basis.
    """

    line_kind: str
    least: float | None
    why: LineWhy
    basis: str
    evidence: tuple[Measured, ...]


@dataclass(frozen=True)
class Totals:
    """What fields of several weights amount to.

    Attributes:
        wrong: weighted share.
        count: as many evenly weighed fields would be as sure of it (Korn and Graubard 1998).
    """

    wrong: float
    count: float


def totals(measured: Iterable[Measured]) -> Totals:
    """Share of wrong ones, and how many fields it is as good as; nothing is wrong of none."""
    weight = wrong = squares = 0.0
    for one in measured:
        weight += one.weight
        squares += one.weight**2
        wrong += 0.0 if one.right else one.weight
    return Totals(wrong / weight, weight**2 / squares) if squares else Totals(0.0, 0.0)


def is_exceeded(measured: Sequence[Measured], target_error: float, confidence: float) -> bool:
    """Whether it is shown that more than the target is wrong, by an exact one-sided bound."""
    if sum(not one.right for one in measured) <= CHANCE:
        return False
    found = totals(measured)
    return lower_bound(found.wrong * found.count, found.count, confidence) > target_error


def least_holding(measured: Sequence[Measured], target_error: float) -> float:
    """From which confidence on no more than the target was wrong; ``CLOSED`` where from none."""
    found = CLOSED
    for level, above in _from_the_top(measured):
        if above.wrong <= target_error:
            found = level
    return found


def least_supported(measured: Sequence[Measured], target_error: float, confidence: float) -> float | None:
    """The least confidence from which on it is shown that the target holds; none while it is for none."""
    found = None
    for level, above in _from_the_top(measured, LEVELS):
        if upper_bound(above.wrong * above.count, above.count, confidence) <= target_error:
            found = level
    return found


def moves(
    measured: Mapping[str, Sequence[Measured]],
    lines: Mapping[str, Now],
    target_error: float,
    confidence: float,
) -> Iterator[Move]:
    """The lines that have to move.

    Args:
        measured: what was settled of late, by sort.
        lines: where lines stand.
        target_error: share of wrong fields that may pass unseen.
        confidence: how sure it must be that a line is to move.
    """
    every = {**dict.fromkeys(lines, ()), **measured}
    for line_kind, (basis, evidence) in _by_basis(every).items():
        now, own = lines.get(line_kind, Now()), every[line_kind]
        passing = [one for one in evidence if one.passes_gate]
        least, why = _by_error(now, passing, target_error, confidence)
        if why is not None:
            if least != now.least or now.confirmed:
                yield Move(line_kind, least, why, basis, tuple(evidence))
        elif now.confirmed and not _is_borne(now, own, target_error, confidence):
            yield Move(line_kind, None, "not_supported", line_kind, tuple(own))


def could_pass(measured: Iterable[Measured]) -> list[Measured]:
    """Those that nothing but their confidence could send to a person."""
    return [one for one in measured if one.place != "odd"]


def _by_error(
    now: Now, passing: Sequence[Measured], target_error: float, confidence: float
) -> tuple[float | None, LineWhy | None]:
    """Where a line belongs by the error of what passes, and why; no reason where it stays."""
    if is_exceeded(passing, target_error, confidence):
        return least_holding(passing, target_error), "above_target"
    if now.least is None or now.confirmed or not passing:
        return now.least, None
    if totals(passing).wrong > target_error:
        return least_holding(passing, target_error), "above_target"
    return None, "back_to_gate"


def _is_borne(now: Now, own: Sequence[Measured], target_error: float, confidence: float) -> bool:
    """Whether what was measured still shows that the target holds from a confirmed line on."""
    supported = least_supported(could_pass(own), target_error, confidence)
    return supported is not None and now.least is not None and supported <= now.least


def _by_basis(measured: Mapping[str, Sequence[Measured]]) -> dict[str, tuple[str, list[Measured]]]:
    """For each sort what it is judged by: itself, or the sorts of its class of which little was measured."""
    few: dict[str, list[str]] = defaultdict(list)
    found: dict[str, tuple[str, list[Measured]]] = {}
    for line_kind, own in measured.items():
        if sum(one.passes_gate for one in own) >= FEW or line_kind not in CLASSES:
            found[line_kind] = line_kind, list(own)
        else:
            few[CLASSES[line_kind]].append(line_kind)
    for basis, kinds in few.items():
        together = [one for line_kind in kinds for one in measured[line_kind]]
        for line_kind in kinds:
            found[line_kind] = line_kind if len(kinds) == 1 else basis, together
    return {line_kind: found[line_kind] for line_kind in sorted(found)}


def _from_the_top(measured: Sequence[Measured], most: int | None = None) -> Iterator[tuple[float, Totals]]:
    """Confidences from the highest down, at most about so many, each with what all from it on amount to."""
    in_order = sorted(measured, key=lambda one: -one.confidence)
    every = 1 if most is None else max(1, len(in_order) // most)
    weight = wrong = squares = 0.0
    followers: list[Measured | None] = [*in_order[1:], None] if in_order else []
    for at, (one, follower) in enumerate(zip(in_order, followers, strict=True)):
        weight += one.weight
        squares += one.weight**2
        wrong += 0.0 if one.right else one.weight
        if follower is not None and (follower.confidence == one.confidence or at % every):
            continue
        yield one.confidence, Totals(wrong / weight, weight**2 / squares)
