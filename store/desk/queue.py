"""The review queue: what a person works on next, held by a lease while the person is at it.

A person holds all open tasks of one form at once, so that the cursor goes from doubt to doubt. A lease is no
lock: whoever saves first has saved, and the version of the task refuses the second (``answering``). Whatever
changes the tasks of a fax holds the row of the fax, so two can never wait for each other.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import BindParameter, Select, bindparam, false, func, literal_column, select, text, update
from sqlalchemy.engine import CursorResult, Engine
from sqlalchemy.orm import Session

from store import trail
from store.database import writing
from store.desk.at_hand import FaxAtHand, take_in_hand
from store.desk.counting import kept
from store.desk.entitled import EVENT, besides_units, is_free, kinds_of, may_work, of_unit
from store.desk.errors import HeldByAnother, StaleSave, UnknownTask, VerdictRefused
from store.desk.loading import load_work
from store.desk.looks import add_looks
from store.desk.model import Comment, Person, Work
from store.desk.settings import ReviewSettings
from store.desk.tables import CommentRow
from store.tables import OPEN_WORK, ReviewTask, Transmission

POSTPONED = "postponed"
COMMENT_CHARS = 4_000
LOOK_AHEAD = (64, 1024)
"""Tasks looked at for one that can be had; the second look is for when the first ones are all being taken."""

OF_KEY: BindParameter[str] = bindparam("key")
FAX = (
    select(Transmission)
    .where(Transmission.id == OF_KEY)
    .with_for_update()
    .execution_options(populate_existing=True)
)
FAX_IF_FREE = FAX.with_for_update(skip_locked=True)
FAX_OF_TASK = (
    select(Transmission)
    .where(
        Transmission.id == select(ReviewTask.transmission_id).where(ReviewTask.id == OF_KEY).scalar_subquery()
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)
"""A fax by its own key or a task's, held from now on."""

Unit = tuple[str, str | None]
"""A fax and a form of it, or none for the fax as a whole."""


def next_work(
    engine: Engine,
    settings: ReviewSettings,
    person: Person,
    *,
    besides: Collection[Unit] = (),
) -> Work | None:
    """What the person works on next, held from now on.

    What the person holds already comes first, then the next form of the same fax, then the most urgent form,
    the oldest first.

    Args:
        engine: of the store.
        settings: of the review.
        person: who asks.
        besides: forms to pass over even where the person holds them, for fetching ahead.

    Returns:
        None when there is nothing that this person may do.
    """
    now = datetime.now(UTC)
    with writing(engine) as session:
        for unit in _candidates(session, settings, person, list(besides), now):
            work = _take(session, settings, person, unit, now)
            if work is not None:
                return work
    return None


def open_work(
    engine: Engine,
    settings: ReviewSettings,
    person: Person,
    transmission_id: str,
    document_id: str | None,
) -> Work | None:
    """One certain form, held from now on; none when it has nothing that this person may do.

    Raises:
        HeldByAnother: somebody else is at all of it.
    """
    now, unit = datetime.now(UTC), (transmission_id, document_id)
    with writing(engine) as session:
        work = _take(session, settings, person, unit, now, wait=True)
        if work is None:
            _refuse_held(session, settings, person, unit, now)
        return work


def renew(
    engine: Engine, settings: ReviewSettings, person: Person, transmission_id: str, document_id: str | None
) -> bool:
    """Prolong the lease while somebody types; false when the person holds nothing of the form any more."""
    until = datetime.now(UTC) + timedelta(seconds=settings.lease_seconds)
    mine = ReviewTask.claimed_by == person.account, ReviewTask.status != "done"
    with writing(engine) as session:
        return _update(session, (*of_unit(transmission_id, document_id), *mine), claimed_until=until) > 0


def release(
    engine: Engine, person: Person, transmission_id: str | None = None, document_id: str | None = None
) -> int:
    """Give back what the person holds: of one form, or everything where no fax is named; returns how many."""
    conditions: tuple[Any, ...] = (ReviewTask.claimed_by == person.account,)
    if transmission_id is not None:
        conditions += of_unit(transmission_id, document_id)
    with writing(engine) as session:
        return _update(session, conditions, claimed_by=None, claimed_until=None)


def postpone(engine: Engine, person: Person, task_id: str, version: int, until: datetime) -> int:
    """Put a task off until a moment, for everybody; returns its new version.

    Raises:
        UnknownTask, StaleSave, HeldByAnother: nothing was changed.
    """
    with writing(engine) as session:
        task = held_task(session, task_id)
        refuse_stale(task, version)
        refuse_others(task, person, datetime.now(UTC))
        task.postponed_until, task.claimed_by, task.claimed_until = until, None, None
        task.version += 1
        when = {"until": until.astimezone(UTC).isoformat(timespec="seconds")}
        session.flush()
        trail.append(
            session,
            trail.Event(task.transmission_id, POSTPONED, task_id, actor=person.account, details=when),
        )
        return task.version


def add_comment(engine: Engine, person: Person, task_id: str, remark: str) -> None:
    """Keep a remark on a task.

    Raises:
        UnknownTask: there is no such task.
        VerdictRefused: the remark is empty or too long.
    """
    if not 0 < len(remark.strip()) <= COMMENT_CHARS:
        raise VerdictRefused(f"A comment has 1 to {COMMENT_CHARS} characters; shorten it.")
    with writing(engine) as session:
        if session.get(ReviewTask, task_id) is None:
            raise UnknownTask("There is no such task; look the fax up again.")
        session.add(
            CommentRow(
                id=str(uuid4()),
                task_id=task_id,
                account=person.account,
                at=datetime.now(UTC),
                text=remark.strip(),
            )
        )


def comments_of(session: Session, task_id: str) -> tuple[Comment, ...]:
    """The remarks on a task, the earliest first."""
    rows = session.scalars(
        select(CommentRow).where(CommentRow.task_id == task_id).order_by(CommentRow.at, CommentRow.id)
    )
    return tuple(Comment(row.account, row.at, row.text) for row in rows)


def queue_counts(session: Session, person: Person) -> dict[str, int]:
    """How much waits, and how much of it the person has ``held`` now.

    By ``open`` for anybody, ``second``, ``lead``, ``outreach``, ``postponed`` and ``adverse_event``.
    """
    now = datetime.now(UTC)
    held = select(func.count()).where(
        ReviewTask.claimed_by == person.account, ReviewTask.claimed_until >= now, text("status <> 'done'")
    )
    counts = kept(session, "queue", lambda: _count(session, now))
    return counts | {"held": session.execute(held).scalar_one()}


def _count(session: Session, now: datetime) -> dict[str, int]:
    postponed = func.coalesce(ReviewTask.postponed_until > now, false()).label("postponed")
    rows = session.execute(
        select(ReviewTask.stage, ReviewTask.kind, postponed, func.count())
        .where(text("status = 'open'"))
        .group_by(ReviewTask.stage, ReviewTask.kind, literal_column("postponed"))
    )
    counts = dict.fromkeys(("open", "second", "lead", "outreach", "postponed", "adverse_event"), 0)
    for stage, kind, put_off, count in rows:
        if kind == EVENT:
            counts["adverse_event"] += count
        elif put_off:
            counts["postponed"] += count
        else:
            counts["open" if stage == "first" else stage] += count
    return counts


def held_task(session: Session, task_id: str) -> ReviewTask:
    """A task as it is now, with the row of its fax held until the transaction ends.

    Raises:
        UnknownTask: there is no such task.
    """
    hand = _hold(session, FAX_OF_TASK, task_id)
    task = next((one for one in hand.tasks if one.id == task_id), None) if hand is not None else None
    if task is None:
        raise UnknownTask("There is no such task; look the fax up again.")
    return task


def hold_fax(session: Session, transmission_id: str) -> FaxAtHand | None:
    """Let nobody else change anything about a fax until the transaction ends; none where there is no such."""
    return _hold(session, FAX, transmission_id)


def _hold(session: Session, which: Select[tuple[Transmission]], key: str) -> FaxAtHand | None:
    fax = session.scalars(which, {"key": key}).first()
    return None if fax is None else take_in_hand(session, fax)


def is_stale(task: ReviewTask, version: int) -> bool:
    """Whether a task is done, or changed since this version of it."""
    return task.status == "done" or task.version != version


def refuse_stale(task: ReviewTask, version: int, *, current: Any = None, yours: Any = None) -> None:
    """Refuse what was decided about an earlier version of a task.

    Raises:
        StaleSave: it is done, or it changed.
    """
    if is_stale(task, version):
        what = "was settled" if task.status == "done" else "changed"
        raise StaleSave(
            f"Task {task.id} {what} since it was shown; look at the value now and decide again.",
            current=current,
            yours=yours,
            by=task.done_by,
            at=task.done_at,
            version=task.version,
            open=task.status != "done",
        )


def refuse_others(task: ReviewTask, person: Person, now: datetime) -> None:
    """Refuse a change while somebody else is at it.

    Raises:
        HeldByAnother: somebody is.
    """
    by, until = task.claimed_by, task.claimed_until
    if by is not None and by != person.account and until is not None and until >= now:
        raise HeldByAnother(
            f"{by} works on task {task.id} now; wait until it comes back to the queue.", by=by, until=until
        )


def claim_tasks(
    session: Session, settings: ReviewSettings, person: Person, conditions: Any, now: datetime
) -> tuple[Sequence[ReviewTask], datetime]:
    """Hold all tasks under these conditions that the person may do; returns them and the lease's end."""
    until = now + timedelta(seconds=settings.lease_seconds)
    taken = session.execute(
        update(ReviewTask)
        .where(
            *conditions,
            text("status <> 'done'"),
            may_work(person, settings, now),
            is_free(person, now),
        )
        .values(claimed_by=person.account, claimed_until=until)
        .returning(ReviewTask)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return taken.scalars().all(), until


def _candidates(
    session: Session, settings: ReviewSettings, person: Person, besides: list[Unit], now: datetime
) -> Iterator[Unit]:
    """Units that the person may work on, the first first; others may take them meanwhile."""
    seen = set(besides)
    may, elsewhere = may_work(person, settings, now), besides_units(besides)
    in_order = ReviewTask.priority, ReviewTask.received_at, ReviewTask.id
    unit = ReviewTask.transmission_id, ReviewTask.document_id
    held = ReviewTask.claimed_by == person.account, ReviewTask.claimed_until >= now
    questions = [select(*unit).where(*held, text("status <> 'done'"), may, elsewhere).limit(LOOK_AHEAD[0])]
    if besides:
        faxes = ReviewTask.transmission_id.in_({fax for fax, _ in besides})
        mine = faxes, text("status <> 'done'"), may, is_free(person, now), elsewhere
        questions.append(select(*unit).where(*mine).limit(LOOK_AHEAD[0]))
    free = may, is_free(person, now), elsewhere
    # In words, so that the partial indexes are seen to fit whatever the driver does with parameters.
    lanes = [OPEN_WORK]
    if EVENT in kinds_of(person, settings):
        lanes.insert(0, "status = 'open' AND kind = 'adverse_event'")
    if person.role == "lead":
        lanes.insert(0, "status <> 'done' AND stage = 'lead'")
    questions += [select(*unit).where(text(lane), *free).limit(most) for most in LOOK_AHEAD for lane in lanes]
    for question in questions:
        for fax, document in session.execute(question.order_by(*in_order)).tuples().all():
            if (fax, document) not in seen:
                seen.add((fax, document))
                yield fax, document


def _take(
    session: Session,
    settings: ReviewSettings,
    person: Person,
    unit: Unit,
    now: datetime,
    *,
    wait: bool = False,
) -> Work | None:
    fax, document = unit
    hand = _hold(session, FAX if wait else FAX_IF_FREE, fax)
    if hand is None:
        return None
    tasks, until = claim_tasks(session, settings, person, of_unit(fax, document), now)
    if not tasks:
        return None
    work = load_work(hand, document, tasks, until)
    add_looks(session, person, fax, {task.page for task in work.tasks if task.page is not None}, "review")
    return work


def _refuse_held(
    session: Session, settings: ReviewSettings, person: Person, unit: Unit, now: datetime
) -> None:
    held = session.execute(
        select(ReviewTask.claimed_by, ReviewTask.claimed_until)
        .where(*of_unit(*unit), text("status <> 'done'"), may_work(person, settings, now))
        .limit(1)
    ).first()
    if held is not None and held[0] is not None:
        raise HeldByAnother(
            f"{held[0]} works on this form now; wait until it comes back to the queue.",
            by=held[0],
            until=held[1],
        )


def _update(session: Session, conditions: Any, **values: Any) -> int:
    result = session.execute(
        update(ReviewTask).where(*conditions).values(**values).execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", result).rowcount
