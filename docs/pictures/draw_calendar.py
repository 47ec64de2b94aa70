"""Draws ``calendar.svg``, the calendar of a made-up patient: ``python -m docs.pictures.draw_calendar``.

Two courses; status forms on time, one late, one missed, the next one due.
"""

from datetime import date
from pathlib import Path

from benchmarks.program_cases import Story, at
from validators.program.ledger import Ledger
from validators.program.registry import party_id
from validators.program.schedule_picture import schedule_svg
from validators.program.settings import ProgramSettings

STORY = Story(start=date(2023, 9, 10))
TODAY = date(2026, 4, 20)
LATE_DAYS = {18: 45}
NEVER_CAME = 24


def calendar_svg() -> str:
    """The picture."""
    ledger = Ledger(ProgramSettings())
    for form in STORY.whole(0):
        ledger.record(form)
    for month in range(6, 30, 6):
        if month != NEVER_CAME:
            ledger.record(STORY.status(month, LATE_DAYS.get(month, 4)))
    patient = ledger.patient(party_id("patient", STORY.id("pat")), at(TODAY))
    if patient.span is None:
        message = "A patient who was infused has a follow-up."
        raise AssertionError(message)
    title = "A made-up patient's calendar"
    return schedule_svg(patient.span, patient.treatment.courses, patient.slots, title)


if __name__ == "__main__":
    Path(__file__).with_name("calendar.svg").write_text(calendar_svg(), encoding="utf-8")
