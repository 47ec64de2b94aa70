"""Whom to call, what to ask, and what came of earlier calls."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Path
from pydantic import Field

from review.context import Me, TheDesk
from review.web.routing import DeskRouter, Done, Order, PageModel
from store.database import reading
from store.desk.model import Comment, OutreachLine
from store.desk.outreach import back_to_queue, outreach
from store.desk.queue import add_comment, comments_of
from store.queries import forms_of
from store.registers.cases import case_numbers

router = DeskRouter("outreach")

TaskId = Annotated[str, Path(max_length=64, pattern=r"^[\w-]+$")]
CALLS: tuple[tuple[str, str], ...] = (
    ("contact_name", "contact_phone"),
    ("contact_2_name", "contact_2_phone"),
    ("prescriber_last_name", "prescriber_phone"),
    ("facility_name", "facility_phone"),
    ("pharmacy_name", "pharmacy_phone"),
)
"""Fields of a form that say whom to call, the office's own contact first."""


class Whom(PageModel):
    """Somebody to call, as the form itself says it."""

    name: str
    phone: str


class Call(PageModel):
    """One thing to ask a sender, whom to call, and what came of earlier attempts.

    Attributes:
        case_number: under which the answer joins the form, where the form lacks something.
    """

    line: OutreachLine
    case_number: str | None
    whom: tuple[Whom, ...]
    attempts: tuple[Comment, ...]


class OutreachView(PageModel):
    """The calls to make, the most urgent first."""

    calls: tuple[Call, ...]


class Attempt(Order):
    """What came of a call."""

    text: str = Field(min_length=1, max_length=4000)


class Back(Order):
    """The version of the task as it was shown, and a name for this decision, so that it counts once."""

    version: int
    decision_id: UUID = Field(default_factory=uuid4)


@router.page("/outreach", "outreach.html")
def show_calls(desk: TheDesk) -> OutreachView:
    """What has to be asked of senders."""
    with reading(desk.database) as session:
        lines = outreach(session, limit=desk.settings.list_rows)
        documents = {line.document_id for line in lines if line.document_id}
        contents = {form.document_id: form.content for form in forms_of(session, documents)}
        cases = case_numbers(session, documents)
        return OutreachView(
            calls=tuple(
                Call(
                    line=line,
                    case_number=cases.get(line.document_id or ""),
                    whom=_whom(contents.get(line.document_id or "", {})),
                    attempts=comments_of(session, line.task_id),
                )
                for line in lines
            )
        )


@router.action("/outreach/{task_id}/attempts")
def note_attempt(task_id: TaskId, order: Attempt, desk: TheDesk, me: Me) -> Done:
    """Keep what came of a call."""
    add_comment(desk.database, me.person, task_id, order.text)
    return Done(go=f"/outreach#call-{task_id}", said="saved")


@router.action("/outreach/{task_id}/back")
def send_back(task_id: TaskId, order: Back, desk: TheDesk, me: Me) -> Done:
    """Give the question back to the review queue: the sender need not be asked, or has answered."""
    back_to_queue(desk.database, me.person, str(order.decision_id), task_id, order.version)
    return Done(go="/outreach", said="saved")


def _whom(content: dict[str, object]) -> tuple[Whom, ...]:
    return tuple(
        Whom(name=str(content.get(name) or ""), phone=str(content[phone]))
        for name, phone in CALLS
        if content.get(phone)
    )
