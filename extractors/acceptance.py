"""What may pass unseen: by the gate of a calibration, and by lines that measured errors have drawn since.

Pure: the lines come in with the work. A line that nobody confirmed can only hold back what the gate would let
pass. One that a person confirmed stands in the gate's place, but for what the quick net read alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from extractors.calibrated import ALONE, Group, Judge
from form_templates.model import Kind

HELD_BACK = "held_back"
"""Reason of a field that the gate would have let pass and a line did not."""

LineKind = Kind | Literal["empty"]
"""What a line is about: a kind of field in which something stands, or any written field that is empty."""


@dataclass(frozen=True)
class AcceptanceLine:
    """From where on fields of one sort may pass.

    Attributes:
        least: the least confidence that passes; more than 1 where nothing does.
        confirmed: a person lets it stand in the gate's place, also below it.
    """

    least: float
    confirmed: bool = False


Lines = Mapping[str, AcceptanceLine]
"""By ``LineKind``; what is not in it goes by its gate alone."""

NO_LINES: Lines = MappingProxyType({})


@dataclass(frozen=True)
class Acceptance:
    """Says which readings may pass unseen."""

    judge: Judge
    target_error: float
    lines: Lines = field(default_factory=lambda: NO_LINES)

    def passes(self, group: Group, kind: Kind, sure: float) -> bool:
        """Whether a reading as sure as this may pass."""
        line = self._line(group, kind)
        if line is None:
            return self._gate(group, sure)
        if line.confirmed and group not in ALONE:
            return sure >= line.least
        return sure >= line.least and self._gate(group, sure)

    def holds_back(self, group: Group, kind: Kind, sure: float) -> bool:
        """Whether a line alone keeps a reading from passing."""
        return self._gate(group, sure) and not self.passes(group, kind, sure)

    def _gate(self, group: Group, sure: float) -> bool:
        return self.judge.passes(group, sure, self.target_error)

    def _line(self, group: Group, kind: Kind) -> AcceptanceLine | None:
        return self.lines.get("empty" if group == "empty" else kind)
