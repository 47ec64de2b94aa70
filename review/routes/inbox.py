"""The inbox: every fax in a list, the most urgent first, filtered, searched, assigned."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from review.context import DeskContext, Me, TheDesk
from review.errors import NotHere, Refused
from review.web.routing import Asked, DeskRouter, Done, Order, PageModel
from store.database import reading
from store.desk.accounts import list_accounts
from store.desk.inbox import assign, cursor_of, inbox, state_counts
from store.desk.model import Cursor, InboxFilter, InboxRow
from store.model import Status
from store.queries import Unreadable, unreadable_arrivals
from store.triage.requests import RequestState, ask_to_reread, request_states
from store.triage.viewing import FaxMark, marks_of

router = DeskRouter("inbox")

Tab = Literal["in_review", "set_aside", "received", "recorded", "all"]
TABS: tuple[Tab, ...] = ("in_review", "set_aside", "received", "recorded", "all")
NOBODY = "-"
"""Of ``assigned``: faxes that are assigned to nobody."""

Fax = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MOST_AT_ONCE = 200


class Filters(Asked):
    """What the list is narrowed to; names and numbers looked for come by POST, never in an address."""

    tab: Tab = "in_review"
    priority: int | None = Field(default=None, ge=0, le=9)
    form: str | None = Field(default=None, max_length=64)
    assigned: str | None = Field(default=None, max_length=64)
    order: Literal["urgent", "newest"] = "urgent"
    after: str | None = Field(default=None, max_length=200)


class Find(Order):
    """What is looked for, beside the filters."""

    patient: str | None = Field(default=None, max_length=100)
    rems_id: str | None = Field(default=None, max_length=32)
    sender: str | None = Field(default=None, max_length=100)
    tab: Tab = "all"
    after: str | None = Field(default=None, max_length=200)


class Line(PageModel):
    """One fax, and what people said of it as a whole."""

    fax: InboxRow
    mark: FaxMark | None
    request: RequestState | None


class InboxView(PageModel):
    """The list."""

    filters: Filters
    find: Find | None
    counts: dict[Status, int]
    lines: tuple[Line, ...]
    unreadable: tuple[Unreadable, ...]
    next: str | None
    people: tuple[str, ...]
    forms: tuple[str, ...]


class Picked(Order):
    """The faxes that something is done with."""

    ids: tuple[Fax, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    go: str = Field(default="/inbox", max_length=500)


class Assign(Picked):
    """Whom they go to; nobody in particular where it is left out."""

    to: str | None = Field(default=None, max_length=64)


class Counted(Done):
    """How many faxes it touched."""

    faxes: int


@router.page("/inbox", "inbox.html")
def show_inbox(desk: TheDesk, filters: Annotated[Filters, Query()]) -> InboxView:
    """The inbox."""
    asked = InboxFilter(
        status=None if filters.tab == "all" else filters.tab,
        priority=filters.priority,
        form=filters.form,
        assigned_to="" if filters.assigned == NOBODY else filters.assigned,
    )
    return _view(desk, asked, filters, None, _cursor(filters.after))


@router.search("/inbox/find", "inbox.html")
def find_faxes(order: Find, desk: TheDesk) -> InboxView:
    """The faxes of a patient, a REMS ID or a sender."""
    if not (order.patient or order.rems_id or order.sender):
        raise Refused("Say what to look for: a last name, a REMS ID or a sender.")
    asked = InboxFilter(
        status=None if order.tab == "all" else order.tab,
        patient=order.patient,
        rems_id=order.rems_id.upper() if order.rems_id else None,
        sender=order.sender,
    )
    return _view(desk, asked, Filters(tab=order.tab), order, _cursor(order.after))


@router.action("/inbox/assign")
def assign_faxes(order: Assign, desk: TheDesk, me: Me) -> Counted:
    """Hand faxes to somebody."""
    with reading(desk.database) as session:
        known = {account.account for account in list_accounts(session) if not account.disabled}
    if order.to is not None and order.to not in known:
        raise NotHere("There is no such account; choose one from the list.")
    faxes = assign(desk.database, me.person, order.ids, order.to)
    return Counted(faxes=faxes, go=order.go, said="assigned")


@router.action("/inbox/reread")
def reread_faxes(order: Picked, desk: TheDesk, me: Me) -> Counted:
    """Have faxes read again, in the background."""
    asked = [ask_to_reread(desk.database, fax, by=me.account) for fax in order.ids]
    return Counted(faxes=sum(asked), go=order.go, said="reread")


def _cursor(text: str | None) -> Cursor | None:
    if text is None:
        return None
    cursor = cursor_of(text)
    if cursor is None:
        raise NotHere("This page of the list does not exist; begin at the top of the list.")
    return cursor


def _view(
    desk: DeskContext, asked: InboxFilter, filters: Filters, find: Find | None, after: Cursor | None
) -> InboxView:
    with reading(desk.database) as session:
        page = inbox(session, asked, order=filters.order, after=after, limit=desk.settings.list_rows)
        ids = [row.id for row in page.rows]
        marks, requests = marks_of(session, ids), request_states(session, ids)
        unreadable = unreadable_arrivals(session) if filters.tab == "set_aside" and find is None else ()
        people = tuple(one.account for one in list_accounts(session) if not one.disabled)
        counts = state_counts(session)
    return InboxView(
        filters=filters,
        find=find,
        counts=counts,
        lines=tuple(Line(fax=row, mark=marks.get(row.id), request=requests.get(row.id)) for row in page.rows),
        unreadable=unreadable,
        next=page.next.text() if page.next else None,
        people=people,
        forms=desk.catalog.forms,
    )
