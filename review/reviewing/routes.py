"""The review screen's page and actions."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4

from starlette.responses import Response

from form_templates.catalog import Catalog
from review.accounts.model import Visitor
from review.context import DeskContext, Me, TheDesk
from review.errors import Conflict, NotHere, Refused
from review.pictures import PictureError
from review.reviewing.asked import Asked, asked, asked_of, page_shapes, page_turns, pictured
from review.reviewing.model import (
    AcceptOrder,
    Answered,
    AnswerOrder,
    Checked,
    CheckOrder,
    CommentOrder,
    Comments,
    Counts,
    NextOrder,
    NextWork,
    Postponed,
    PostponeOrder,
    RejectOrder,
    ReleaseOrder,
    Renewed,
    RenewOrder,
    ReviewPage,
    ShownComment,
    ShownWork,
    UndoOrder,
)
from review.reviewing.showing import shown_findings, shown_task, shown_work
from review.reviewing.values import named, take, text_of
from review.web.routing import DeskRouter, Done, FaxId, PageNumber
from store.database import asking, reading
from store.desk import answering, looks, queue, rejecting
from store.desk.errors import StaleSave
from store.desk.model import Person, Said, Saved, Work
from store.model import Value
from store.tables import Document, ReviewTask

router = DeskRouter("review")

MORNING = time(8, 0)
"""When a task comes back that was put off."""
OTHER_FORM = "fax"
"""Stands in an address for the tasks about a fax as a whole."""


@router.page("/review", "review.html")
def review(desk: TheDesk, me: Me) -> ReviewPage:
    """The form that the person holds, else the most urgent one."""
    return _page(desk, me, queue.next_work(desk.database, desk.review, me.person))


@router.page("/review/{transmission_id}/{document_id}", "review.html")
def review_form(transmission_id: str, document_id: str, desk: TheDesk, me: Me) -> ReviewPage:
    """A certain form; ``fax`` in place of a form for the tasks about the fax as a whole."""
    form = None if document_id == OTHER_FORM else document_id
    work = queue.open_work(desk.database, desk.review, me.person, transmission_id, form)
    if work is None:
        raise NotHere("Nothing is left to review there. Go on with the next form.")
    return _page(desk, me, work)


@router.action("/review/next")
def next_form(order: NextOrder, desk: TheDesk, me: Me) -> NextWork:
    """The next form, besides those that the browser has."""
    besides = [(held.transmission_id, held.document_id) for held in order.besides]
    work = queue.next_work(desk.database, desk.review, me.person, besides=besides)
    return NextWork(go="/review", work=_shown(desk, me, work), counts=_counts(desk, me.person))


@router.action("/review/answer")
def answer(order: AnswerOrder, desk: TheDesk, me: Me) -> Answered:
    """Store what the person says of a task."""
    telling = Telling(order, desk.catalog)
    try:
        saved = answering.answer(
            desk.database, desk.review, desk.rules, me.person, order.decision_id, order.task_id, telling
        )
    except StaleSave as stale:
        raise _stale(stale, telling.task) from None
    return _answered(desk, telling.task, saved)


@router.action("/review/undo")
def undo(order: UndoOrder, desk: TheDesk, me: Me) -> Answered:
    """Take back one's own answer; its task comes back open."""
    saved = answering.undo(
        desk.database, desk.review, desk.rules, me.person, order.decision_id, order.undone_id
    )
    return _answered(desk, asked(desk.database, desk.catalog, saved.task_id), saved)


@router.action("/review/check")
def check(order: CheckOrder, desk: TheDesk) -> Checked:
    """What speaks against what is typed, and what would stand of the form."""
    task = asked(desk.database, desk.catalog, order.task_id)
    if task.field is None:
        raise Refused("This task asks for no value; choose one of its answers.")
    taken = take(task.field, order.text, order.chosen, blind=task.blind)
    findings = None
    if task.document_id is not None and not task.blind:
        with reading(desk.database) as session:
            standing = answering.what_stands(
                session, desk.rules, task.document_id, {task.field.name: taken.value}
            )
        findings = shown_findings(standing, task.template, task.field.name)
    return Checked(
        go="/review", problem=taken.problem, shown=text_of(task.field, taken.value), findings=findings
    )


@router.action("/review/postpone")
def postpone(order: PostponeOrder, desk: TheDesk, me: Me) -> Postponed:
    """Put a task off until the next morning."""
    until = next_morning(datetime.now(desk.pipeline.program.zone))
    try:
        version = queue.postpone(desk.database, me.person, order.task_id, order.version, until)
    except StaleSave as stale:
        raise _stale(stale, asked(desk.database, desk.catalog, order.task_id)) from None
    return Postponed(go="/review", version=version, until=until)


@router.action("/review/comment")
def comment(order: CommentOrder, desk: TheDesk, me: Me) -> Comments:
    """Add a remark to a task; gives all of them."""
    queue.add_comment(desk.database, me.person, order.task_id, order.text)
    return _comments(desk, order.task_id)


@router.get("/review/tasks/{task_id}/comments.json")
def comments(task_id: str, desk: TheDesk) -> Comments:
    """The remarks on a task."""
    asked(desk.database, desk.catalog, task_id)
    return _comments(desk, task_id)


@router.action("/review/renew")
def renew(order: RenewOrder, desk: TheDesk, me: Me) -> Renewed:
    """Keep forms for a person who still works on them."""
    kept = tuple(
        queue.renew(desk.database, desk.review, me.person, held.transmission_id, held.document_id)
        for held in order.held
    )
    return Renewed(go="/review", kept=kept)


@router.action("/review/release")
def release(order: ReleaseOrder, desk: TheDesk, me: Me) -> Done:
    """Give forms back, for others to take; a browser sends this when its page goes."""
    for held in order.forms:
        queue.release(desk.database, me.person, held.transmission_id, held.document_id)
    return Done(go="/")


@router.action("/review/reject")
def reject(order: RejectOrder, desk: TheDesk, me: Me) -> Done:
    """Reject a whole form; a possible adverse event on it stays open."""
    rejecting.reject_form(desk.database, desk.review, desk.rules, me.person, order.document_id, why=order.why)
    return Done(go="/review", said="saved")


@router.action("/review/accept-again")
def accept_again(order: AcceptOrder, desk: TheDesk, me: Me) -> Done:
    """Take a rejection back: the tasks that it closed are open again."""
    rejecting.accept_again(
        desk.database, desk.review, desk.rules, me.person, order.document_id, why=order.why
    )
    return Done(go=f"/transmissions/{order.transmission_id}", said="accepted-again")


@router.get("/review/tasks/{task_id}/snippet.png")
def snippet(task_id: str, desk: TheDesk) -> Response:
    """The field of a task as it was received, with a margin; a PNG."""
    place = pictured(desk.database, task_id)
    return picture(
        lambda: desk.pictures.snippet(place.transmission_id, place.page, place.box_px, place.quarter_turns)
    )


@router.get("/review/faxes/{transmission_id}/pages/{number}.png")
def page_picture(transmission_id: FaxId, number: PageNumber, desk: TheDesk, me: Me) -> Response:
    """A whole page, upright; a PNG. The look is noted."""
    turns = page_turns(desk.database, transmission_id, number)
    looks.note_look(desk.database, me.person, transmission_id, number, "page")
    return picture(lambda: desk.pictures.page(transmission_id, number, turns))


def picture(draw: Callable[[], bytes]) -> Response:
    """A picture as an answer; what cannot be drawn is explained."""
    try:
        return Response(draw(), media_type="image/png")
    except PictureError as error:
        raise NotHere(str(error)) from None


def next_morning(now: datetime) -> datetime:
    """When a task comes back that is put off now: the next morning in the program's time zone."""
    day = now.date() if now.time() < MORNING else now.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, now.tzinfo)


def _page(desk: DeskContext, me: Visitor, work: Work | None) -> ReviewPage:
    return ReviewPage(
        work=_shown(desk, me, work),
        counts=_counts(desk, me.person),
        lease_seconds=desk.review.lease_seconds,
        decision_id=str(uuid4()),
    )


def _shown(desk: DeskContext, me: Visitor, work: Work | None) -> ShownWork | None:
    if work is None:
        return None
    return shown_work(work, desk.catalog, may_reject=me.role in desk.review.reject_roles)


def _counts(desk: DeskContext, person: Person) -> Counts:
    with asking(desk.database) as session:
        counted = queue.queue_counts(session, person)
    return Counts(**{name: counted[name] for name in Counts.model_fields})


class Telling:
    """What a person says of a task, understood when the task is held; ``task`` is what it asks."""

    task: Asked

    def __init__(self, order: AnswerOrder, catalog: Catalog) -> None:
        self._order, self._catalog = order, catalog

    def __call__(self, task: ReviewTask, document: Document | None) -> Said:
        """Read the order by what the task asks."""
        self.task = asked_of(self._catalog, task, document)
        return _said(self._order, self.task)


def _said(order: AnswerOrder, task: Asked) -> Said:
    value: Value = None
    verdict = order.verdict
    if verdict == "value":
        if task.field is None:
            raise Refused("This task asks for no value; choose one of its answers.")
        taken = take(task.field, order.text, order.choices, blind=task.blind)
        if taken.problem and not order.insist:
            raise Refused(taken.problem, more={"insist": True})
        verdict, value = taken.verdict, taken.value
    return Said(
        decision_id=order.decision_id,
        task_id=order.task_id,
        version=order.version,
        verdict=verdict,
        value=value,
        why=order.why,
        seconds=order.seconds,
    )


def _answered(desk: DeskContext, task: Asked, saved: Saved) -> Answered:
    shapes = page_shapes(desk.database, task.transmission_id) if saved.opened else {}
    return Answered(
        go="/review",
        task_id=saved.task_id,
        happened=saved.happened,
        repeated=saved.repeated,
        version=saved.version,
        findings=shown_findings(saved.findings, task.template, ""),
        opened=tuple(shown_task(one, task.template, shapes) for one in saved.opened),
        closed=saved.closed,
        state=saved.state,
    )


def _comments(desk: DeskContext, task_id: str) -> Comments:
    with reading(desk.database) as session:
        remarks = queue.comments_of(session, task_id)
    return Comments(
        go="/review", comments=tuple(ShownComment(by=one.by, at=one.at, text=one.text) for one in remarks)
    )


def _stale(stale: StaleSave, task: Asked) -> Conflict:
    """Both values in words, so that the person can choose between them."""

    def words(value: Value) -> str:
        return named(task.field, value) if task.field else ""

    return Conflict(
        str(stale),
        more={
            "current": words(stale.current),
            "yours": words(stale.yours),
            "by": stale.by,
            "version": stale.version,
            "open": stale.open,
        },
    )
