"""From the fax server's clock to the moment that everything is ordered by."""

from datetime import datetime

from validators.program.moments import moment_of
from validators.program.rules import ProgramFinding, found
from validators.program.settings import ProgramSettings


def received_moment(
    clock_time: datetime, document_id: str, settings: ProgramSettings
) -> tuple[datetime, ProgramFinding | None]:
    """The moment of receipt, by universal time, and a finding where a clock change makes it doubtful.

    Args:
        clock_time: what the fax server says, with a time zone or in the program's.
        document_id: the form that the finding is about.
        settings: the program's time zone.
    """
    moment, change = moment_of(clock_time, settings.zone)
    return moment, found("CLOCK-01", document_id=document_id, change=change) if change else None
