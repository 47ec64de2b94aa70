"""Possible adverse events that nobody has closed, and the day by which each has to be forwarded."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Engine

from store.database import reading
from store.registers.opening import Program
from store.tables import ReviewTask
from validators.program.moments import day_of
from validators.program.receipt import forward_by


@dataclass(frozen=True, order=True)
class EventDue:
    """A fax on which a possible adverse event is open.

    Attributes:
        forward_by: the last day on which it is forwarded in time.
        overdue: that day is over.
    """

    forward_by: date
    transmission_id: str
    overdue: bool


def events_to_forward(
    engine: Engine, program: Program, as_of: datetime | None = None
) -> tuple[EventDue, ...]:
    """The faxes with a possible adverse event that was open at a moment, the most urgent first.

    The clock runs from the receipt of the fax, whoever looks at it when (V4, decision 7). It stops when
    somebody closes the last flag: confirmed, which means forwarded, or dismissed.

    Args:
        engine: of the store.
        program: settings: how many business days there are, and which days are none.
        as_of: the moment asked about; by default the present.
    """
    now = datetime.now(UTC)
    moment = min(as_of or now, now)
    is_open = (
        ReviewTask.status == "open"
        if moment == now
        else or_(ReviewTask.done_at.is_(None), ReviewTask.done_at > moment)
    )
    with reading(engine) as session:
        received = session.execute(
            select(ReviewTask.transmission_id, func.min(ReviewTask.received_at))
            .where(ReviewTask.kind == "adverse_event", ReviewTask.received_at <= moment, is_open)
            .group_by(ReviewTask.transmission_id)
        ).tuples()
        settings = program.settings
        days = {fax: forward_by(day_of(came, settings.zone), settings) for fax, came in received}
    today = day_of(moment, settings.zone)
    return tuple(sorted(EventDue(day, fax, today > day) for fax, day in days.items()))
