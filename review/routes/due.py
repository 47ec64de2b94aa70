"""What is due: status forms by day, and patients whom nobody cares for."""

from datetime import date
from typing import Annotated

from fastapi import Query

from review.context import TheDesk
from review.web.routing import Asked, DeskRouter, PageModel
from store.registers.asking import due
from validators.program.due import Due

router = DeskRouter("registers")

MOST_LINES = 500


class Window(Asked):
    """Which days."""

    since: date | None = None
    until: date | None = None


class DueView(PageModel):
    """Open status forms, the earliest first.

    Attributes:
        lines: at most ``MOST_LINES``.
        whole: how many there are.
        rems_ids: of the parties named, where they have one.
    """

    window: Window
    lines: tuple[Due, ...]
    whole: int
    orphaned: tuple[str, ...]
    rems_ids: dict[str, str]


@router.page("/due", "due.html")
def show_due(desk: TheDesk, window: Annotated[Window, Query()]) -> DueView:
    """Status forms that are reminded, due, overdue or missed, and patients without a prescriber."""
    listed = due(desk.database, desk.program, since=window.since, until=window.until)
    lines, orphaned = listed.lines[:MOST_LINES], listed.orphaned[:MOST_LINES]
    named = {line.patient for line in lines} | {line.prescriber for line in lines} | {*orphaned}
    return DueView(
        window=window,
        lines=lines,
        whole=len(listed.lines),
        orphaned=orphaned,
        rems_ids={party: given for party, given in listed.rems_ids.items() if party in named},
    )
