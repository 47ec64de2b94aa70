"""Possible adverse events: the day by which each has to be forwarded."""

from datetime import date, timedelta

from register_samples import PROGRAM
from sqlalchemy import update
from sqlalchemy.engine import Engine
from store_samples import FIRST, facts, fax, sha

from store.database import writing
from store.inbox import receive
from store.model import TaskRecord
from store.recording import record
from store.registers.events_due import EventDue, events_to_forward
from store.tables import ReviewTask

MONDAY = FIRST.date()


def events(engine: Engine) -> None:
    """Two faxes of one day; the first with two flags, the second with a doubtful page alone."""
    for number, kinds in ((1, ("adverse_event", "adverse_event")), (2, ("page",))):
        tasks = tuple(TaskRecord(kind, "AE-01", 0, page=at) for at, kind in enumerate(kinds, start=1))
        receive(engine, facts(number))
        record(engine, fax(number, tasks=tasks))


def close(engine: Engine, page: int, hours: int) -> None:
    done = {"status": "done", "done_by": "ana", "done_at": FIRST + timedelta(hours=hours)}
    with writing(engine) as session:
        mine = ReviewTask.transmission_id == sha(1), ReviewTask.page == page
        session.execute(update(ReviewTask).where(*mine).values(done))


def test_an_event_is_forwarded_within_a_business_day_of_the_receipt(engine: Engine) -> None:
    events(engine)
    assert date(2026, 11, 2) == MONDAY
    tuesday = MONDAY + timedelta(days=1)
    assert events_to_forward(engine, PROGRAM, FIRST - timedelta(hours=1)) == ()
    assert events_to_forward(engine, PROGRAM, FIRST + timedelta(hours=1)) == (
        EventDue(tuesday, sha(1), overdue=False),
    )
    assert events_to_forward(engine, PROGRAM, FIRST + timedelta(days=2))[0].overdue


def test_the_clock_stops_with_the_last_flag_and_an_earlier_moment_still_shows_it(engine: Engine) -> None:
    events(engine)
    close(engine, 1, hours=2)
    assert len(events_to_forward(engine, PROGRAM, FIRST + timedelta(hours=30))) == 1
    close(engine, 2, hours=20)
    assert events_to_forward(engine, PROGRAM, FIRST + timedelta(hours=30)) == ()
    assert len(events_to_forward(engine, PROGRAM, FIRST + timedelta(hours=3))) == 1
