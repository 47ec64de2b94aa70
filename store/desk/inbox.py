"""The inbox as lists show it: filtered, searched, page by page, and who sees to which fax."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any, cast, get_args

from sqlalchemy import and_, func, or_, select, tuple_, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from store import trail
from store.database import writing
from store.desk.counting import kept
from store.desk.model import (
    Cursor,
    FormLine,
    InboxFilter,
    InboxPage,
    InboxRow,
    Order,
    Person,
    RecordState,
)
from store.desk.queue import hold_fax
from store.desk.rules import messages_of_faxes
from store.model import SetAside, Status
from store.projection import fold
from store.tables import Document, Page, Record, ReviewTask, Transmission
from store.triage.lineage import still_counts
from validators.catalog import RULES

ASSIGNED = "assigned"
STATUSES: tuple[Status, ...] = get_args(Status)
REMS_ID_COLUMNS = (
    Record.patient_rems_id,
    Record.prescriber_rems_id,
    Record.facility_rems_id,
    Record.pharmacy_rems_id,
)
LAST = "\U0010ffff"
"""Sorts behind every other character."""

CALLING_CODES = ("", "+", "+1", "+1 ")
"""How the same number may begin as fax machines write it."""


def inbox(
    session: Session,
    wanted: InboxFilter,
    *,
    order: Order = "urgent",
    after: Cursor | None = None,
    limit: int = 50,
) -> InboxPage:
    """One page of the faxes that a filter lets through.

    Args:
        session: of ``reading``.
        wanted: the filter.
        order: which come first.
        after: the end of the page before.
        limit: rows of a page.
    """
    conditions = _conditions(session, wanted)
    if order == "newest":
        faxes = session.scalars(_newest(conditions, wanted.status, after).limit(limit + 1)).all()
    else:
        statuses = (wanted.status,) if wanted.status is not None else STATUSES
        # One question a status: each reads its index in order, where one for all would sort a million rows.
        parts = [
            session.scalars(_urgent(conditions, status, after).limit(limit + 1)).all() for status in statuses
        ]
        faxes = list(islice(merge(*parts, key=_urgency), limit + 1))
    shown = faxes[:limit]
    last = shown[-1] if len(faxes) > limit else None
    return InboxPage(
        tuple(_rows(session, shown)),
        None if last is None else Cursor(last.priority, last.received_at, last.id),
    )


def cursor_of(words: str) -> Cursor | None:
    """A cursor from its text; none for anything else."""
    try:
        priority, seconds, key = words.split("~")
        return Cursor(int(priority), datetime.fromtimestamp(float(seconds), UTC), key)
    except (ValueError, OverflowError, OSError):
        return None


def state_counts(session: Session) -> dict[Status, int]:
    """How many faxes stand where; of the recorded ones, which are most, as of a moment ago."""

    def count(status: Status) -> int:
        return session.execute(select(func.count()).where(Transmission.status == status)).scalar_one()

    return {
        status: kept(session, status, lambda: count("recorded")) if status == "recorded" else count(status)
        for status in STATUSES
    }


def assign(engine: Engine, person: Person, transmission_ids: Collection[str], to: str | None) -> int:
    """Give faxes to a person, or to nobody; their review tasks go to that person alone.

    Returns:
        How many faxes changed hands; each is in the trail.
    """
    changed = 0
    with writing(engine) as session:
        for fax in sorted(set(transmission_ids)):
            hand = hold_fax(session, fax)
            if hand is None or hand.fax.assigned_to == to:
                continue
            hand.fax.assigned_to = to
            session.flush()
            session.execute(
                update(ReviewTask)
                .where(ReviewTask.transmission_id == fax, ReviewTask.status != "done")
                .values(assigned_to=to)
                .execution_options(synchronize_session=False)
            )
            changed += 1
            event = trail.Event(fax, ASSIGNED, fax, actor=person.account, details={"to": to})
            trail.append(session, event)
    return changed


def _urgency(fax: Transmission) -> tuple[int, datetime, str]:
    return fax.priority, fax.received_at, fax.id


def _urgent(conditions: list[ColumnElement[bool]], status: Status, after: Cursor | None) -> Any:
    key = tuple_(Transmission.priority, Transmission.received_at, Transmission.id)
    question = select(Transmission).where(Transmission.status == status, *conditions)
    if after is not None:
        question = question.where(key > _bound(after.priority, after.received_at, after.id))
    return question.order_by(Transmission.priority, Transmission.received_at, Transmission.id)


def _newest(conditions: list[ColumnElement[bool]], status: Status | None, after: Cursor | None) -> Any:
    question = select(Transmission).where(*conditions)
    if status is not None:
        question = question.where(Transmission.status == status)
    if after is not None:
        key = tuple_(Transmission.received_at, Transmission.id)
        question = question.where(key < _bound(after.received_at, after.id))
    return question.order_by(Transmission.received_at.desc(), Transmission.id.desc())


def _bound(*values: Any) -> Any:
    columns = {int: Transmission.priority, datetime: Transmission.received_at, str: Transmission.id}
    # Each with the type of its column, since SQLite keeps times without a zone.
    return tuple_(*values, types=[columns[type(value)].type for value in values])


def _conditions(session: Session, wanted: InboxFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.priority is not None:
        found.append(Transmission.priority == wanted.priority)
    if wanted.assigned_to is not None:
        mine = Transmission.assigned_to
        found.append(mine == wanted.assigned_to if wanted.assigned_to else mine.is_(None))
    if wanted.received_before is not None:
        found.append(Transmission.received_at < wanted.received_before)
    if wanted.received_since is not None:
        found.append(Transmission.received_at >= wanted.received_since)
    if wanted.sender:
        starts = (f"{code}{wanted.sender}" for code in CALLING_CODES)
        found.append(or_(*(begins_with(session, Transmission.sender, start) for start in starts)))
    if wanted.form:
        of_form = select(Document.id).where(
            Document.transmission_id == Transmission.id, Document.form == wanted.form, still_counts()
        )
        found.append(of_form.exists())
    name = fold(wanted.patient)
    if name:
        found.append(_on_record(begins_with(session, Record.patient_last_name, name), "named"))
    if wanted.rems_id:
        given = wanted.rems_id.strip().upper()
        found.append(_on_record(or_(*(column == given for column in REMS_ID_COLUMNS)), "identified"))
    return found


def _on_record(condition: ColumnElement[bool], name: str) -> ColumnElement[bool]:
    """A condition on faxes: one of their records fulfills a condition. The records are looked up first."""
    found = (
        select(Document.transmission_id)
        .join(Record, Record.document_id == Document.id)
        .where(condition)
        .distinct()
        .cte(name)
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return Transmission.id.in_(select(found.c.transmission_id))


def begins_with(session: Session, column: Any, start: str) -> ColumnElement[bool]:
    """A condition on a text that its index answers on either database."""
    if session.get_bind().dialect.name == "postgresql":
        return cast("ColumnElement[bool]", column.startswith(start, autoescape=True))
    return and_(column >= start, column < start + LAST)


def _rows(session: Session, faxes: Sequence[Transmission]) -> Iterator[InboxRow]:
    keys = [fax.id for fax in faxes]
    forms: dict[str, list[FormLine]] = defaultdict(list)
    for document, state in session.execute(
        select(Document, Record.state)
        .outerjoin(Record, Record.document_id == Document.id)
        .where(Document.transmission_id.in_(keys), still_counts())
        .order_by(Document.ordinal)
    ).tuples():
        forms[document.transmission_id].append(
            FormLine(
                document.id,
                document.form,
                document.version,
                tuple(document.pages),
                cast("RecordState | None", state),
            )
        )
    tasks: dict[str, list[ReviewTask]] = defaultdict(list)
    for task in session.scalars(
        select(ReviewTask)
        .where(ReviewTask.transmission_id.in_(keys), ReviewTask.status == "open")
        .order_by(ReviewTask.priority, ReviewTask.page, ReviewTask.id)
    ):
        tasks[task.transmission_id].append(task)
    first: dict[str, tuple[int, int]] = {}
    for fax, number, turns in session.execute(
        select(Page.transmission_id, Page.number, Page.quarter_turns)
        .where(Page.transmission_id.in_(keys))
        .order_by(Page.number.desc())
    ).tuples():
        first[fax] = (number, turns)
    messages = messages_of_faxes(session, keys)
    for fax_row in faxes:
        mine = tasks[fax_row.id]
        page, turns = first.get(fax_row.id, (None, 0))
        code = fax_row.set_aside_code
        yield InboxRow(
            id=fax_row.id,
            status=cast("Status", fax_row.status),
            received_at=fax_row.received_at,
            sender=fax_row.sender,
            priority=fax_row.priority,
            page_count=fax_row.page_count,
            forms=tuple(forms[fax_row.id]),
            missing=missing_line(mine, messages.get(fax_row.id, {})),
            open_tasks=len(mine),
            assigned_to=fax_row.assigned_to,
            set_aside=SetAside(code, fax_row.set_aside_message or "") if code else None,
            first_page=page,
            quarter_turns=turns,
        )


def missing_line(tasks: Iterable[ReviewTask], messages: dict[str, str]) -> str:
    """In one line, what keeps a fax from being recorded: what rules ask first, then pages, then fields.

    Args:
        tasks: the open tasks of the fax.
        messages: the sentence of each rule that stands, by rule.
    """
    rules: dict[str, None] = {}
    pages: Counter[str] = Counter()
    fields = asked = 0
    for task in tasks:
        if task.stage == "outreach":
            asked += 1
        elif task.kind == "field":
            fields += 1
        elif task.reason in RULES:
            rules[messages.get(task.reason) or RULES[task.reason].title] = None
        else:
            pages[task.reason.replace("_", " ")] += 1
    parts = [sentence.rstrip(".") for sentence in rules]
    parts += [reason if count == 1 else f"{count} times {reason}" for reason, count in pages.items()]
    if fields:
        parts.append(f"{fields} fields to read" if fields > 1 else "1 field to read")
    if asked:
        parts.append(
            f"{asked} answers of the sender to come" if asked > 1 else "1 answer of the sender to come"
        )
    return "; ".join(parts)
