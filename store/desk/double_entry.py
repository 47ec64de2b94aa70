"""Two pairs of eyes: what becomes of a field's task by one more entry. Pure but for the rows that it reads.

Two entries settle a field when their normal values are equal and two different people made them; else a
lead decides, who made neither. Of a sample the machine's value is the first entry, and two people who agree
against it show that it was wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast

from store.desk.model import Entry, Happened, Stage, Verdict
from store.desk.tables import AnswerRow
from store.model import Value

BLIND_STAGES = frozenset({"second"})
COMPARED_WITHOUT_CAPITALS = frozenset({"name", "text", "free_text", "email", "office_use"})
"""Kinds that keep the writer's capitals, which mean nothing when two are compared (the reading contract)."""

FIELD_VERDICTS = frozenset({"value", "empty", "unreadable", "ask_sender"})
HOLDS_A_VALUE = frozenset({"value", "empty"})


@dataclass(frozen=True)
class Step:
    """What an entry does to a field's task.

    Attributes:
        stage: of the task from now on.
        settled: what holds now; none while it is open, and for a sample that shows nothing.
    """

    happened: Happened
    stage: Stage
    settled: Entry | None = None

    @property
    def done(self) -> bool:
        """Whether nobody has to look at the task any more."""
        return self.happened in ("settled", "measured")


def same(one: Entry, other: Entry, kind: str | None) -> bool:
    """Whether two entries say the same of a field of this kind."""
    return one.verdict == other.verdict and normal(one.value, kind) == normal(other.value, kind)


def normal(value: Value, kind: str | None) -> Value:
    """A value as it is compared."""
    if isinstance(value, tuple | list):
        return tuple(sorted(value))
    if isinstance(value, str):
        spaced = " ".join(value.split())
        return spaced.casefold() if kind in COMPARED_WITHOUT_CAPITALS else spaced
    return value


def as_entry(value: Value) -> Entry:
    """What a value says as an entry."""
    return Entry("empty", None) if value is None or value == "" else Entry("value", value)


def step(stage: Stage, new: Entry, earlier: Iterable[Entry], *, double: bool, kind: str | None) -> Step:
    """What becomes of a doubtful field.

    Args:
        stage: of the task before.
        new: the entry.
        earlier: the entries of others that stand, the first first.
        double: two people must enter this field.
        kind: of the field.
    """
    if new.verdict == "ask_sender" or (stage in ("lead", "outreach") and new.verdict == "unreadable"):
        return Step("waits_for_sender", "outreach")
    if stage == "first" and double:
        return Step("waits_for_second", "second")
    if stage == "second" and not any(same(new, one, kind) for one in earlier):
        return Step("waits_for_lead", "lead")
    if new.verdict == "unreadable":
        return Step("waits_for_sender", "outreach")
    return Step("settled", stage, new)


def sample_step(stage: Stage, new: Entry, earlier: Iterable[Entry], machine: Entry, kind: str | None) -> Step:
    """What becomes of a sample; ``settled`` is the truth, by which the machine's entry is measured."""
    if new.verdict not in HOLDS_A_VALUE:
        return Step("measured", stage)
    if same(new, machine, kind):
        return Step("measured", stage, machine)
    if stage == "first":
        return Step("waits_for_second", "second")
    if stage == "lead" or any(same(new, one, kind) for one in earlier):
        return Step("measured", stage, new)
    return Step("waits_for_lead", "lead")


def entries_of(answers: Iterable[AnswerRow]) -> tuple[tuple[AnswerRow, Entry], ...]:
    """The first and second entry of a task that stand, from all its answers."""
    rows = sorted(answers, key=lambda row: row.version)
    undone = {row.undoes for row in rows if row.undoes}
    standing: dict[str, AnswerRow] = {}
    for row in rows:
        if row.verdict == "reopened":
            standing.clear()
        elif row.verdict != "undo" and row.id not in undone and row.stage in ("first", "second"):
            standing[row.stage] = row
    order: tuple[Literal["first", "second"], ...] = ("first", "second")
    kept = [standing[stage] for stage in order if stage in standing]
    return tuple((row, Entry(cast("Verdict", row.verdict), _value(row.value))) for row in kept)


def _value(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value
