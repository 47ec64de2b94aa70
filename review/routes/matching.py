"""Who is meant by a form, which forms belong together, and who is one person: settled by people."""

from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import Field
from sqlalchemy import select

from review.context import Me, TheDesk
from review.errors import NotHere
from review.web.places import safe_path
from review.web.routing import Asked, DeskRouter, Done, Order, PageModel
from store.database import reading
from store.registers.deciding import join, link, merge, unmerge
from store.registers.questions import (
    JoinQuestion,
    MatchQuestion,
    joining_questions,
    matching_question,
    matching_questions,
)
from store.tables import Document
from validators.program.mentions import Role as FormRole
from validators.program.rems_ids import PartyKind

router = DeskRouter("matching")

DocumentId = Annotated[str, Path(max_length=64, pattern=r"^[\w-]+$")]
NEW = "new"
"""In place of a party: somebody whom the registers do not know yet."""

Reason = Annotated[str, Field(min_length=3, max_length=2000)]
Party = Annotated[str, Field(min_length=1, max_length=64)]


class Where(Asked):
    """Where the list begins."""

    offset: int = Field(default=0, ge=0, le=1_000_000)


class MatchingView(PageModel):
    """What is open."""

    matches: tuple[MatchQuestion, ...]
    joins: tuple[JoinQuestion, ...]
    offset: int
    next_offset: int | None


class QuestionView(PageModel):
    """One question, with the pages that it is about."""

    question: MatchQuestion
    transmission_id: str
    pages: tuple[int, ...]


class Link(Order):
    """Whom a form means."""

    party: Party
    reason: Reason


class Join(Order):
    """How a form relates to an earlier one."""

    document_id: str = Field(max_length=64)
    earlier_id: str = Field(max_length=64)
    how: Literal["resend", "late_page", "corrected", "returned_print", "separate"]
    reason: Reason


class Merge(Order):
    """Two parties that are one; identifiers are REMS IDs, NPIs or NCPDP numbers."""

    kind: PartyKind
    kept: Party
    gone: Party
    reason: Reason


class Undo(Order):
    """Why it was not right."""

    reason: Reason
    go: str = Field(default="/matching", max_length=500)


class Followed(Done):
    """What followed: the decision, and how many parties it touched."""

    decision_id: str
    parties: int


@router.page("/matching", "matching.html")
def show_matching(desk: TheDesk, where: Annotated[Where, Query()]) -> MatchingView:
    """The questions that wait for a person."""
    rows = desk.settings.list_rows
    matches = matching_questions(desk.database, desk.program, limit=rows, offset=where.offset)
    joins = joining_questions(desk.database, desk.program, limit=rows, offset=where.offset)
    full = max(len(matches), len(joins)) == rows
    return MatchingView(
        matches=matches, joins=joins, offset=where.offset, next_offset=where.offset + rows if full else None
    )


@router.page("/matching/{document_id}/{form_role}", "match.html")
def show_question(document_id: DocumentId, form_role: FormRole, desk: TheDesk) -> QuestionView:
    """Who is meant in this role of this form?"""
    question = matching_question(desk.database, desk.program, document_id, form_role)
    with reading(desk.database) as session:
        where = select(Document.transmission_id, Document.pages).where(Document.id == document_id)
        place = session.execute(where).tuples().one_or_none()
    if question is None or place is None:
        raise NotHere("Nothing is asked about this form; it may have been settled meanwhile. See the list.")
    return QuestionView(question=question, transmission_id=place[0], pages=tuple(place[1]))


@router.action("/matching/{document_id}/{form_role}/link")
def say_who(document_id: DocumentId, form_role: FormRole, order: Link, desk: TheDesk, me: Me) -> Followed:
    """Say whom a form means: one of the registers, or somebody new."""
    done = link(
        desk.database,
        desk.program,
        document_id,
        form_role,
        None if order.party == NEW else order.party,
        by=me.account,
        role=me.role,
        reason=order.reason,
    )
    return Followed(decision_id=done.decision_id, parties=len(done.parties), go="/matching", said="saved")


@router.action("/matching/joins")
def say_how(order: Join, desk: TheDesk, me: Me) -> Followed:
    """Say how a form relates to an earlier one."""
    done = join(
        desk.database,
        desk.program,
        order.document_id,
        order.earlier_id,
        order.how,
        by=me.account,
        role=me.role,
        reason=order.reason,
    )
    return Followed(decision_id=done.decision_id, parties=len(done.parties), go="/matching", said="saved")


@router.action("/matching/merges")
def merge_parties(order: Merge, desk: TheDesk, me: Me) -> Followed:
    """Say that two parties are one; it can be undone."""
    done = merge(
        desk.database,
        desk.program,
        order.kind,
        order.kept,
        order.gone,
        by=me.account,
        role=me.role,
        reason=order.reason,
    )
    go = f"/registers/{order.kind}/{order.kept}"
    return Followed(decision_id=done.decision_id, parties=len(done.parties), go=go, said="saved")


@router.action("/matching/merges/{merge_id}/undo")
def undo_merge(merge_id: DocumentId, order: Undo, desk: TheDesk, me: Me) -> Followed:
    """Say that two parties are two after all."""
    done = unmerge(desk.database, desk.program, merge_id, by=me.account, role=me.role, reason=order.reason)
    go = safe_path(order.go, "/matching")
    return Followed(decision_id=done.decision_id, parties=len(done.parties), go=go, said="saved")
