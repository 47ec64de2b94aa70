"""How sure a reading is, and what may pass unseen: fitted where the voices are known, cautious where not.

``benchmarks.calibration`` fits a calibration on faxes whose truth is known, for the very files of weights
that read them, and writes it to ``extractors/calibration/fitted.json``. Any other voice, or another file of
weights, makes another reader: for it the table in ``confidence`` speaks.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from extractors import confidence
from extractors.confidence import EmptyEvidence, Evidence

Group = Literal["written", "mark", "signature", "empty"]
"""What is accepted together: each group keeps the target error by itself."""


class Judge(Protocol):
    """Says how sure readings are, as a probability, and which may pass unseen."""

    @property
    def name(self) -> str:
        """For the record of where a confidence came from."""

    def written(self, evidence: Evidence) -> float:
        """That the value of a written field is right."""

    def empty(self, evidence: EmptyEvidence) -> float:
        """That a field in which nothing was found is empty."""

    def passes(self, group: Group, sure: float, target_error: float) -> bool:
        """Whether a reading as sure as this may pass unseen at a target."""


@dataclass(frozen=True)
class Cautious:
    """The table of ``confidence``, for voices that nothing was fitted for."""

    name: str = "calibration cautious"

    def written(self, evidence: Evidence) -> float:
        """By the table."""
        return confidence.written(evidence)

    def empty(self, evidence: EmptyEvidence) -> float:
        """By the table."""
        return confidence.empty(evidence)

    def passes(self, group: Group, sure: float, target_error: float) -> bool:  # noqa: ARG002 - judges' form
        """Whether the error is at most the target."""
        return 1 - sure <= target_error


def judge_of(voices: str) -> Judge:  # noqa: ARG001
    """The judge for voices, by their names and versions."""
    return Cautious()
