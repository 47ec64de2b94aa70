"""How sure a reading is, and what may pass unseen: fitted where the voices are known, cautious where not.

``python -m benchmarks.calibration`` fits a calibration on faxes whose truth is known, read by the very files
of weights that are shipped, and writes it to ``extractors/calibration/fitted.json``. Another voice, or the
same with other weights, is another reader: for it the table in ``confidence`` speaks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict

from extractors import confidence
from extractors.confidence import EmptyEvidence, Evidence
from extractors.features import (
    WORD_KINDS,
    Row,
    empty_features,
    mark_features,
    signature_features,
    written_class,
    written_features,
)
from extractors.marks import MarkReading
from extractors.signatures import SignatureReading
from form_templates.model import Kind

FITTED = Path(__file__).parent / "calibration" / "fitted.json"

THIRD_FROM = 0.985
"""With two fitted nets the third voice makes hardly a field pass that they left open, and only where they
were nearly sure."""

Group = Literal["alone", "written", "number alone", "number", "mark", "signature", "empty"]
"""What may pass: a written field, a number written by hand (``alone``: on the word of the quick net only),
ticks, a signature, an empty field."""

ALONE: frozenset[Group] = frozenset({"alone", "number alone"})
NUMBERS: Mapping[Group, Group] = MappingProxyType({"number": "written", "number alone": "alone"})
"""Numbers by hand, and whose gate they pass."""

TIMES_SURER = 3
"""A number by hand passes when it is so many times as sure as other writing must be: a wrong one looks valid,
and of the surest ones on calibration's faxes 10 of 5,900 were wrong, of all other writing 5 of 15,900."""


def written_group(kind: Kind, *, by_hand: bool, alone: bool) -> Group:
    """What a written field passes as, by what the quick net read ``alone`` or by all that was asked."""
    if by_hand and kind not in WORD_KINDS:
        return "number alone" if alone else "number"
    return "alone" if alone else "written"


def as_other(sure: float) -> float:
    """How sure other writing is that passes where a number by hand does that is so sure."""
    return 1 - (1 - sure) * TIMES_SURER


class Judge(Protocol):
    """Says how sure readings are, as a probability, and which may pass unseen."""

    @property
    def name(self) -> str:
        """For the record of where a confidence came from."""

    def written(self, evidence: Evidence) -> float:
        """That the value of a written field is right."""

    def empty(self, evidence: EmptyEvidence) -> float:
        """That a field in which nothing was found is empty."""

    def mark(self, kind: Kind, reading: MarkReading, *, standard: bool, residual_px: float) -> float:
        """That the answer of a ticked field is right."""

    def signature(self, reading: SignatureReading, *, standard: bool, residual_px: float) -> float:
        """That a signature is there, or is not, as read."""

    def passes(self, group: Group, sure: float, target_error: float) -> bool:
        """Whether a reading as sure as this may pass unseen at a target."""

    @property
    def third_from(self) -> float:
        """How sure the nets must leave a typed field for the third voice to be worth asking."""


@dataclass(frozen=True)
class Cautious:
    """The table of ``confidence``, for voices that nothing was fitted for."""

    name: str = "calibration none"
    third_from: float = 0.0

    def written(self, evidence: Evidence) -> float:
        """By the table."""
        return confidence.written(evidence)

    def empty(self, evidence: EmptyEvidence) -> float:
        """By the table."""
        return confidence.empty(evidence)

    def mark(
        self,
        kind: Kind,  # noqa: ARG002 - judges' form
        reading: MarkReading,
        *,
        standard: bool,  # noqa: ARG002
        residual_px: float,
    ) -> float:
        """As the marks themselves say."""
        return reading.probability - (0.003 if residual_px > 3 else 0.0)

    def signature(
        self,
        reading: SignatureReading,
        *,
        standard: bool,  # noqa: ARG002 - judges' form
        residual_px: float,  # noqa: ARG002
    ) -> float:
        """As the ink itself says."""
        return reading.probability

    def passes(self, group: Group, sure: float, target_error: float) -> bool:
        """Whether the error is at most the target; one net alone settles nothing."""
        return group not in ALONE and 1 - sure <= target_error


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tree(_Frozen):
    """One regression tree, its nodes in rows; the first is the root.

    Attributes:
        figure: which figure of the row a node asks about; -1 for a leaf.
        most: a figure up to this goes left.
        left, right: where to go on.
        value: what a leaf adds to the score.
    """

    figure: tuple[int, ...]
    most: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def __call__(self, row: Sequence[float]) -> float:
        """What the tree adds to the score of a row."""
        node = 0
        while (figure := self.figure[node]) >= 0:
            node = self.left[node] if row[figure] <= self.most[node] else self.right[node]
        return self.value[node]


class Curve(_Frozen):
    """A score of boosted trees laid over a monotone table.

    Attributes:
        bias: score without any tree.
        trees: what they add.
        scores, sure: the table: probability of being right at some scores, both growing; straight in between.
    """

    bias: float
    trees: tuple[Tree, ...]
    scores: tuple[float, ...]
    sure: tuple[float, ...]

    def __call__(self, row: Row) -> float:
        """The probability of being right."""
        return float(np.interp(self.score(row), self.scores, self.sure))

    def score(self, row: Row) -> float:
        """The trees' log odds."""
        figures = row.tolist()
        return self.bias + sum(tree(figures) for tree in self.trees)


class Gate(_Frozen):
    """What may pass at a target: ``least`` confidence that keeps ``target_error`` with 95 % confidence."""

    target_error: float
    least: float


class Fitted(_Frozen):
    """A calibration for certain voices.

    Attributes:
        voices: names and versions of the nets that it was fitted for.
        fields: how many fields it was fitted on, by group.
        written: a curve for each class of ``written_class``.
        gates: by group, targets growing; ``NUMBERS`` have those of other writing.
    """

    voices: str
    fields: dict[Group, int]
    written: dict[str, Curve]
    empties: Curve
    marks: Curve
    signatures: Curve
    gates: dict[Group, tuple[Gate, ...]]


@dataclass(frozen=True)
class Calibrated:
    """A fitted calibration as a judge."""

    fitted: Fitted
    third_from: float = THIRD_FROM

    @property
    def name(self) -> str:
        """For the record."""
        return f"calibration on {sum(self.fitted.fields.values())} fields"

    def written(self, evidence: Evidence) -> float:
        """By the curve of its class."""
        return self.fitted.written[written_class(evidence)](written_features(evidence))

    def empty(self, evidence: EmptyEvidence) -> float:
        """By its curve."""
        return self.fitted.empties(empty_features(evidence))

    def mark(self, kind: Kind, reading: MarkReading, *, standard: bool, residual_px: float) -> float:
        """By its curve."""
        return self.fitted.marks(mark_features(kind, reading, standard=standard, residual_px=residual_px))

    def signature(self, reading: SignatureReading, *, standard: bool, residual_px: float) -> float:
        """By its curve."""
        return self.fitted.signatures(signature_features(reading, standard=standard, residual_px=residual_px))

    def passes(self, group: Group, sure: float, target_error: float) -> bool:
        """By the gate of the largest fitted target that is no larger; below the least nothing passes."""
        if group in NUMBERS:
            return self.passes(NUMBERS[group], as_other(sure), target_error)
        kept = [gate for gate in self.fitted.gates[group] if gate.target_error <= target_error]
        return bool(kept) and sure >= kept[-1].least


@cache
def fitted() -> Fitted | None:
    """The shipped calibration; none where there is none."""
    try:
        return Fitted.model_validate_json(FITTED.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def judge_of(voices: str) -> Judge:
    """The judge for nets, by their names and versions: cautious unless these were fitted."""
    shipped = fitted()
    return Calibrated(shipped) if shipped is not None and shipped.voices == voices else Cautious()
