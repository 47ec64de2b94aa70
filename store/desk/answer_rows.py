"""Answers as rows, and what vouches for them in the trail."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from store import trail
from store.desk.errors import DecisionTaken, VerdictRefused
from store.desk.model import Person
from store.desk.proof import answer_hash
from store.desk.tables import AnswerRow
from store.tables import ReviewTask

ANSWERED = "answered"
UNDO = "undo"
REOPENED = "reopened"


def check_decision_id(decision_id: str) -> None:
    """Refuse what is no UUID in its usual form.

    Raises:
        VerdictRefused: it is none.
    """
    try:
        usual = str(UUID(decision_id)) == decision_id
    except ValueError:
        usual = False
    if not usual:
        raise VerdictRefused("A decision needs an id of its own, a UUID in lower case; reload the page.")


def taken() -> DecisionTaken:
    """That a decision id belongs to another decision."""
    return DecisionTaken("This decision id belongs to another decision; reload the page and decide again.")


def repeated_answer(session: Session, person: Person, decision_id: str, task: ReviewTask) -> AnswerRow | None:
    """The answer that was stored already under a decision id.

    Raises:
        DecisionTaken: it is another person's, or of another task.
    """
    if not task.version:
        return None  # nobody has answered it yet; the id of another task's decision is refused when stored
    row = session.get(AnswerRow, decision_id)
    if row is not None and (row.account != person.account or row.task_id != task.id):
        raise taken()
    return row


def bare_answer(person: Person, task: ReviewTask, decision_id: str, verdict: str) -> AnswerRow:
    """An answer that says nothing of the task itself."""
    return AnswerRow(
        id=decision_id,
        task_id=task.id,
        account=person.account,
        at=datetime.now(UTC),
        verdict=verdict,
        value=None,
        why="",
        happened=verdict,
        stage=task.stage,
        sample=task.status == "sample",
        on_wall=False,
        version=task.version + 1,
        seconds=None,
        form=None,
        field=task.field,
        field_kind=task.field_kind,
    )


def vouch(session: Session, task: ReviewTask, row: AnswerRow) -> None:
    """Have the trail vouch for an answer, whose row is complete."""
    trail.append(
        session,
        trail.Event(
            task.transmission_id,
            ANSWERED,
            row.id,
            actor=row.account,
            details={"task": task.id, "verdict": row.verdict, "answer": answer_hash(row)},
        ),
    )
