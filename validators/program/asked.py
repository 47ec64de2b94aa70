"""The question that a fold answers: about whom, on what day, with whom known, under which settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from validators.program.certification import Standing
from validators.program.moments import day_of
from validators.program.settings import ProgramSettings

StandingOf = Callable[[str | None], Standing | None]


@dataclass(frozen=True)
class Asked:
    """What is asked.

    Attributes:
        party: id of the patient.
        standing_of: prescribers and sites by id, as known at ``as_of``.
        as_of: nothing later is looked at.
    """

    party: str
    standing_of: StandingOf
    as_of: datetime
    settings: ProgramSettings

    @cached_property
    def today(self) -> date:
        """The program's day of ``as_of``."""
        return day_of(self.as_of, self.settings.zone)

    def state_of(self, party: str | None, at: datetime | None = None) -> str:
        """A prescriber's or site's state at a moment; ``none`` for nobody."""
        standing = self.standing_of(party)
        return standing.at(at or self.as_of) if standing else "none"
