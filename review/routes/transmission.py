"""One fax opened for triage: its pages in order, what was decided of them, and what stands."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from review.accounts.model import Visitor
from review.context import DeskContext, Me, TheDesk
from review.errors import NotHere, Refused
from review.pictures import PictureError
from review.routes.page_kinds import PageKindChoice, choice_of, page_kinds
from review.web.routing import DeskRouter, Done, FaxId, Nothing, Order, PageModel, PageNumber
from store.database import reading
from store.desk.looks import happenings, note_look
from store.desk.model import Happening
from store.model import Json
from store.queries import TransmissionSummary, summaries
from store.tables import Document, Page, Record
from store.triage.deciding import decide
from store.triage.requests import ask_to_reread, withdraw_request
from store.triage.steps import Step, step_of
from store.triage.viewing import DecisionView, FaxMark, FaxPage, FaxView, PlannedForm, SuspectView, fax_view

router = DeskRouter("triage")

THUMBNAIL_PX = 240

StepName = Literal[
    "split_before",
    "join_forms",
    "move_page",
    "reorder",
    "turn",
    "say_page",
    "mark_page",
    "mark_fax",
    "send_back",
    "undo",
]


class TransmissionView(PageModel):
    """A fax as triage shows it."""

    fax: TransmissionSummary
    pages: tuple[FaxPage, ...]
    forms: tuple[PlannedForm, ...]
    decisions: tuple[DecisionView, ...]
    mark: FaxMark | None
    unread: bool
    waiting: Literal["waiting", "reading", "failed"] | None
    why_failed: str
    suspects: tuple[SuspectView, ...]
    kinds: tuple[PageKindChoice, ...]
    trail: tuple[Happening, ...]
    rejected: frozenset[str]
    """Ids of the forms that a person rejected."""


class Decide(Order):
    """One step of triage, as ``store.triage.steps`` has it; what a step does not need is left out.

    ``what`` says of a page what it is: ``cover``, ``lab_report``, ``blank``, ``unknown``, or
    ``FORM/VERSION/PAGE``.
    """

    step: StepName
    page: int | None = None
    with_page: int | None = None
    to_page: int | None = None
    before: int | None = None
    quarter_turns: int | None = None
    what: str | None = Field(default=None, max_length=200)
    mark: Literal["duplicate", "not_ours"] | None = None
    of_page: int | None = None
    of_transmission: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    number: int | None = None
    why: str = Field(default="", max_length=2000)
    decision_id: str | None = Field(default=None, max_length=64)


class Decided(Done):
    """The number of the decision, by which it can be undone."""

    number: int


@router.page("/transmissions/{fax}", "transmission.html")
def show_fax(fax: FaxId, desk: TheDesk, me: Me) -> TransmissionView:
    """One fax."""
    with reading(desk.database) as session:
        view = fax_view(session, fax)
        summary = next(iter(summaries(session, [fax])), None)
        trail = happenings(session, fax)
        rejected = frozenset(
            session.scalars(
                select(Record.document_id)
                .join(Document, Document.id == Record.document_id)
                .where(Document.transmission_id == fax, Record.state == "rejected")
            )
        )
    if view is None or summary is None:
        raise NotHere("The store knows no such fax; it may have been withdrawn. Go back to the inbox.")
    note_look(desk.database, me.person, fax, None, "fax")
    return TransmissionView(
        fax=summary,
        pages=view.pages,
        forms=view.forms,
        decisions=view.decisions,
        mark=view.mark,
        unread=view.unread,
        waiting=view.request.state if view.request else None,
        why_failed=_failure(view),
        suspects=view.suspects,
        kinds=page_kinds(desk.catalog),
        trail=trail,
        rejected=rejected,
    )


@router.action("/transmissions/{fax}/decide")
def decide_on_fax(fax: FaxId, order: Decide, desk: TheDesk, me: Me) -> Decided:
    """Keep one step of triage; every step can be undone."""
    done = decide(
        desk.database, fax, _step(order), by=me.account, why=order.why, decision_id=order.decision_id
    )
    page = f"#page-{order.page}" if order.page else ""
    return Decided(number=done.number, go=f"/transmissions/{fax}{page}")


@router.action("/transmissions/{fax}/reread")
def reread_fax(fax: FaxId, order: Nothing, desk: TheDesk, me: Me) -> Done:  # noqa: ARG001
    """Have the fax read again with what was decided."""
    ask_to_reread(desk.database, fax, by=me.account)
    return Done(go=f"/transmissions/{fax}", said="reread")


@router.action("/transmissions/{fax}/keep-reading")
def keep_reading(fax: FaxId, order: Nothing, desk: TheDesk) -> Done:  # noqa: ARG001
    """Take back that the fax is to be read again, as long as nobody does."""
    if not withdraw_request(desk.database, fax):
        raise Refused("It is being read, or nobody asked for it; look at the fax again in a moment.")
    return Done(go=f"/transmissions/{fax}", said="saved")


@router.get("/transmissions/{fax}/pages/{number}.png", response_class=Response)
def page_picture(
    fax: FaxId,
    number: PageNumber,
    desk: TheDesk,
    me: Me,
    turns: Annotated[int | None, Query(ge=0, le=3)] = None,
) -> Response:
    """A whole page, upright; ``turns`` are quarter turns counterclockwise of the page as received."""
    return _picture(desk, me, (fax, number), turns, None)


@router.get("/transmissions/{fax}/pages/{number}/thumbnail.png", response_class=Response)
def page_thumbnail(
    fax: FaxId,
    number: PageNumber,
    desk: TheDesk,
    me: Me,
    turns: Annotated[int | None, Query(ge=0, le=3)] = None,
) -> Response:
    """A small picture of a page."""
    return _picture(desk, me, (fax, number), turns, THUMBNAIL_PX)


def _picture(
    desk: DeskContext, me: Visitor, place: tuple[str, int], turns: int | None, width_px: int | None
) -> Response:
    with reading(desk.database) as session:
        of_page = Page.transmission_id == place[0], Page.number == place[1]
        read_turns = session.execute(select(Page.quarter_turns).where(*of_page)).scalar_one_or_none()
    if read_turns is None:
        raise NotHere("The fax has no such page; go back to the inbox.")
    upright = read_turns if turns is None else turns
    try:
        png = desk.pictures.page(*place, upright, width_px=width_px)
    except PictureError as error:
        raise NotHere(str(error)) from None
    note_look(desk.database, me.person, *place, "page" if width_px is None else "thumbnail")
    return Response(png, media_type="image/png")


def _step(order: Decide) -> Step:
    said: dict[str, Json] = order.model_dump(exclude={"what", "why", "decision_id"}, exclude_none=True)
    if order.step == "reorder":
        said["before"] = order.before
    if order.step == "say_page":
        said |= choice_of(order.what or "")
    return step_of(said)


def _failure(view: FaxView) -> str:
    failed = view.request.failure if view.request else None
    return failed.message if failed else ""
