"""The glyph wall: short values and ticks that were read as the same thing, confirmed many at once."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import func, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from form_templates.model import Kind
from store.database import writing
from store.desk.answer_rows import check_decision_id
from store.desk.answering import Acting, answer_in
from store.desk.entitled import is_free, may_work
from store.desk.errors import DeskRefused
from store.desk.model import Person, Said, Tile, Verdict, Wall, WallGroup, WallSaved
from store.desk.queue import claim_tasks, hold_fax
from store.desk.rules import Rules
from store.desk.settings import ReviewSettings
from store.desk.tables import AnswerRow
from store.model import BoxPx, Value
from store.tables import Document, Field, Page, ReviewTask

WALL_KINDS: frozenset[Kind] = frozenset(
    {"check", "yes_no", "choice", "state", "date", "time", "zip", "number"}
)
"""Kinds that one sees at a glance. Two people enter identifiers, so these are never on a wall."""

KEY_CHARS = 32
ON_WALL = "status = 'open' AND stage = 'first' AND wall_key IS NOT NULL"


def wall_key(kind: str, name: str, value: Value) -> str | None:
    """What a field was read as, in short; none where it does not belong on a wall.

    Args:
        kind: of the field.
        name: of the field; options of different fields are different words, however alike they look.
        value: as read.
    """
    if kind not in WALL_KINDS or value is None or isinstance(value, tuple | list):
        return None
    words = json.dumps(value) if isinstance(value, bool) else value
    key = f"{name}={words}" if kind == "choice" else words
    return key if 0 < len(key) <= KEY_CHARS else None


def wall_groups(
    session: Session, settings: ReviewSettings, person: Person, *, limit: int = 50
) -> tuple[WallGroup, ...]:
    """Tasks that may be confirmed together, the largest groups first."""
    now = datetime.now(UTC)
    rows = session.execute(
        select(ReviewTask.field_kind, ReviewTask.wall_key, func.count())
        .where(text(ON_WALL), may_work(person, settings, now), is_free(person, now))
        .group_by(ReviewTask.field_kind, ReviewTask.wall_key)
        .having(func.count() > 1)
        .order_by(func.count().desc(), ReviewTask.field_kind, ReviewTask.wall_key)
        .limit(limit)
    )
    return tuple(WallGroup(kind or "", key or "", count) for kind, key, count in rows.tuples())


def claim_wall(
    engine: Engine, settings: ReviewSettings, person: Person, field_kind: str, value: str
) -> Wall | None:
    """Hold as many tasks of a group as one screen shows; none where nothing is left of it.

    Args:
        engine: of the store.
        settings: of the review.
        person: who looks.
        field_kind: of a ``WallGroup``.
        value: of the same group.
    """
    now = datetime.now(UTC)
    with writing(engine) as session:
        group = ReviewTask.field_kind == field_kind, ReviewTask.wall_key == value
        picked = (
            select(ReviewTask.id)
            .where(text(ON_WALL), *group, may_work(person, settings, now), is_free(person, now))
            .order_by(
                ReviewTask.claimed_by.is_distinct_from(person.account),
                ReviewTask.priority,
                ReviewTask.received_at,
            )
            .limit(settings.wall_tiles)
            .with_for_update(skip_locked=True)
        )
        chosen = session.scalars(picked).all()
        mine = ReviewTask.id.in_(chosen), text(ON_WALL)
        taken, until = claim_tasks(session, settings, person, mine, now)
        tiles = _tiles(session, [task.id for task in taken])
        if not tiles:
            return None
        read = session.get_one(Field, (tiles[0].document_id, tiles[0].field)).value
        return Wall(field_kind, read, tiles, until)


def confirm_wall(  # noqa: PLR0917 - who, what, and by which rules
    engine: Engine,
    settings: ReviewSettings,
    rules: Rules,
    person: Person,
    decision_id: str,
    value: Value,
    confirmed: Collection[tuple[str, int]],
    exceptions: Collection[str],
    seconds: float | None = None,
) -> WallSaved:
    """Confirm that tiles show what they were read as; the odd ones go to the queue and to no wall again.

    All in one transaction. The same decision again confirms what was not confirmed, and nothing twice.

    Args:
        engine: of the store.
        settings: of the review.
        rules: the checks of forms.
        person: who looked.
        decision_id: made by the browser; each tile's own follows from it.
        value: what all of them show.
        confirmed: tasks with the versions that were shown.
        exceptions: tasks that show something else.
        seconds: spent on the whole wall.

    Raises:
        VerdictRefused: the decision id is none.
    """
    check_decision_id(decision_id)
    share = None if seconds is None or not confirmed else seconds / len(confirmed)
    done: list[str] = []
    refused: list[str] = []
    with writing(engine) as session:
        acting = Acting(session, settings, rules, person)
        tasks = _held_tasks(session, [*(task for task, _ in confirmed), *exceptions])
        for task_id, version in sorted(confirmed):
            own_id = str(uuid5(UUID(decision_id), task_id))
            verdict: Verdict = "empty" if value is None else "value"
            said = Said(own_id, task_id, version, verdict, value, seconds=share)
            good = _confirm(acting, tasks.get(task_id), said)
            (done if good else refused).append(task_id)
        session.execute(
            update(ReviewTask)
            .where(ReviewTask.id.in_(exceptions), text("status = 'open'"))
            .where(ReviewTask.claimed_by == person.account)
            .values(wall_key=None, claimed_by=None, claimed_until=None)
            .execution_options(synchronize_session=False)
        )
    return WallSaved(tuple(done), tuple(refused))


def _held_tasks(session: Session, task_ids: Collection[str]) -> dict[str, ReviewTask]:
    """The tasks of all faxes concerned, held in one order, so that two walls cannot wait for each other."""
    faxes = session.scalars(
        select(ReviewTask.transmission_id).where(ReviewTask.id.in_(task_ids)).distinct()
    ).all()
    held = [hold_fax(session, fax) for fax in sorted(faxes)]
    return {task.id: task for hand in held if hand is not None for task in hand.tasks}


def _confirm(acting: Acting, task: ReviewTask | None, said: Said) -> bool:
    known = acting.session.get(AnswerRow, said.decision_id)
    if known is not None:
        return known.account == acting.person.account
    if task is None or task.kind != "field":
        return False
    try:
        answer_in(acting, task, said, on_wall=True)
    except DeskRefused:
        return False
    return True


def _tiles(session: Session, task_ids: Sequence[str]) -> tuple[Tile, ...]:
    rows = session.execute(
        select(ReviewTask, Field, Document, Page.quarter_turns)
        .join(Document, Document.id == ReviewTask.document_id)
        .join(Field, (Field.document_id == ReviewTask.document_id) & (Field.name == ReviewTask.field))
        .join(Page, (Page.transmission_id == ReviewTask.transmission_id) & (Page.number == Field.page))
        .where(ReviewTask.id.in_(task_ids), Field.box_px.is_not(None))
        .order_by(ReviewTask.priority, ReviewTask.received_at, ReviewTask.id)
        .execution_options(populate_existing=True)
    )
    return tuple(
        Tile(
            task_id=task.id,
            version=task.version,
            transmission_id=task.transmission_id,
            document_id=document.id,
            form=document.form,
            form_version=document.version,
            field=field.name,
            page=field.page or 0,
            box_px=cast("BoxPx", tuple(field.box_px or ())),
            quarter_turns=turns,
        )
        for task, field, document, turns in rows.tuples()
    )
