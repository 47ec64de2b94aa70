"""What the receipt of a fax settles: the moment that orders all, the number called, the event clock."""

from datetime import date, datetime

from validators.program.moments import add_business_days, moment_of
from validators.program.names import digits
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


def wrong_number(called: str | None, document_id: str, settings: ProgramSettings) -> ProgramFinding | None:
    """A finding where the fax was sent to another number than the program's (decision 12)."""
    number = digits(called)[-10:]
    return found("FAX-01", document_id=document_id) if number and number != settings.fax_number else None


def forward_by(received_on: date, settings: ProgramSettings) -> date:
    """The day by which a possible adverse event is forwarded, counted from the receipt (V4, decision 7)."""
    return add_business_days(received_on, settings.adverse_event_business_days, settings.holidays)
