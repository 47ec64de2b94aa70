"""What the store is asked: the inbox, one batch, one patient. Sessions are from ``database.reading``."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from store.model import Outcome, SetAside, Status, TaskKind
from store.registers.cases import case_numbers
from store.tables import (
    Delivery,
    Document,
    Finding,
    Record,
    ReviewTask,
    Suspect,
    Transmission,
    UnreadableArrival,
)
from store.triage.lineage import still_counts

KEYS_IN_ONE_QUESTION = 500


@dataclass(frozen=True)
class InboxCounts:
    """How many faxes stand where; ``received`` are left to do."""

    received: int = 0
    recorded: int = 0
    in_review: int = 0
    set_aside: int = 0
    unreadable: int = 0
    """Things in the inbox whose bytes could not be had."""
    open_tasks: int = 0


@dataclass(frozen=True)
class TaskSummary:
    """An open task; ``document`` is the index of the form in its transmission."""

    id: str
    transmission_id: str
    kind: TaskKind
    reason: str
    priority: int
    document: int | None
    page: int | None
    field: str | None


@dataclass(frozen=True)
class FindingSummary:
    """A finding; ``document`` is the index of the form, none for the transmission as a whole."""

    rule: str
    severity: str
    message: str
    fields: tuple[str, ...]
    pages: tuple[int, ...]
    document: int | None


@dataclass(frozen=True)
class DocumentSummary:
    """One form of a transmission and what became of it."""

    id: str
    form: str
    version: str
    pages: tuple[int, ...]
    missing_pages: tuple[int, ...]
    outcome: Outcome


@dataclass(frozen=True)
class TransmissionSummary:
    """One fax as a report shows it.

    Attributes:
        sources: where its deliveries lay, the earliest first.
        suspects: transmissions that may be the same paper.
    """

    id: str
    status: Status
    received_at: datetime
    sources: tuple[str, ...]
    page_count: int | None
    priority: int
    set_aside: SetAside | None
    documents: tuple[DocumentSummary, ...]
    findings: tuple[FindingSummary, ...]
    open_tasks: tuple[TaskSummary, ...]
    suspects: tuple[str, ...]
    seconds: dict[str, float]


@dataclass(frozen=True)
class PatientForm:
    """One form on record for a patient."""

    form: str
    version: str
    state: str
    received_at: datetime
    transmission_id: str
    document_id: str
    open_tasks: int
    content: dict[str, Any]
    case_number: str | None = None
    """Under which its sender was asked for what it lacks."""


@dataclass(frozen=True)
class Unreadable:
    """Something of the inbox whose bytes could not be had, and why."""

    source: str
    reason: SetAside


def inbox_counts(session: Session) -> InboxCounts:
    """How many faxes stand where."""
    rows = session.execute(select(Transmission.status, func.count()).group_by(Transmission.status))
    counts: dict[str, int] = dict(rows.tuples().all())
    unreadable = select(func.count()).where(UnreadableArrival.resolved.is_(False))
    open_tasks = select(func.count()).where(ReviewTask.status == "open")
    return InboxCounts(
        **counts,
        unreadable=session.execute(unreadable).scalar_one(),
        open_tasks=session.execute(open_tasks).scalar_one(),
    )


def unreadable_arrivals(session: Session) -> tuple[Unreadable, ...]:
    """What lies in the inbox and cannot be had, by source."""
    rows = session.execute(
        select(UnreadableArrival)
        .where(UnreadableArrival.resolved.is_(False))
        .order_by(UnreadableArrival.source)
    ).scalars()
    return tuple(Unreadable(row.source, SetAside(row.code, row.message)) for row in rows)


def open_tasks(session: Session, limit: int) -> tuple[TaskSummary, ...]:
    """What people have to look at first: by priority, then the oldest fax."""
    rows = session.execute(
        select(ReviewTask, Document.ordinal)
        .outerjoin(Document, Document.id == ReviewTask.document_id)
        .where(ReviewTask.status == "open")
        .order_by(ReviewTask.priority, ReviewTask.received_at, ReviewTask.id)
        .limit(limit)
    )
    return tuple(_task(task, ordinal) for task, ordinal in rows)


def summaries(session: Session, transmission_ids: Collection[str]) -> Iterator[TransmissionSummary]:
    """What became of these faxes, in each few hundred the most urgent first; unknown ones are left out."""
    rest = iter(sorted(set(transmission_ids)))
    while keys := list(islice(rest, KEYS_IN_ONE_QUESTION)):
        yield from _summaries(session, keys)


def patient_status(session: Session, patient_rems_id: str) -> tuple[PatientForm, ...]:
    """Every form on record that bears a patient's REMS ID, the earliest received first."""
    return _patient_forms(session, Record.patient_rems_id == patient_rems_id)


def forms_of(session: Session, document_ids: Collection[str]) -> tuple[PatientForm, ...]:
    """These forms as they are on record, the earliest received first."""
    rest, found = iter(sorted(document_ids)), list[PatientForm]()
    while keys := list(islice(rest, KEYS_IN_ONE_QUESTION)):
        found += _patient_forms(session, Record.document_id.in_(keys))
    return tuple(sorted(found, key=lambda form: (form.received_at, form.transmission_id)))


def _patient_forms(session: Session, condition: ColumnElement[bool]) -> tuple[PatientForm, ...]:
    tasks = (
        select(func.count())
        .where(ReviewTask.document_id == Record.document_id, ReviewTask.status == "open")
        .scalar_subquery()
    )
    rows = session.execute(
        select(Record, Document.transmission_id, Transmission.received_at, tasks)
        .join(Document, Document.id == Record.document_id)
        .join(Transmission, Transmission.id == Document.transmission_id)
        .where(condition)
        .order_by(Transmission.received_at, Document.transmission_id, Document.ordinal)
    ).all()
    cases = case_numbers(session, [record.document_id for record, *_ in rows])
    return tuple(
        PatientForm(
            form=record.form,
            version=record.version,
            state=record.state,
            received_at=received_at,
            transmission_id=fax,
            document_id=record.document_id,
            open_tasks=count,
            content=record.content,
            case_number=cases.get(record.document_id),
        )
        for record, fax, received_at, count in rows
    )


def _summaries(session: Session, keys: list[str]) -> list[TransmissionSummary]:
    faxes = session.execute(
        select(Transmission)
        .where(Transmission.id.in_(keys))
        .order_by(Transmission.priority, Transmission.received_at, Transmission.id)
    ).scalars()
    sources: dict[str, list[str]] = defaultdict(list)
    for fax, source in session.execute(
        select(Delivery.transmission_id, Delivery.source)
        .where(Delivery.transmission_id.in_(keys))
        .order_by(Delivery.received_at, Delivery.source)
    ):
        sources[fax].append(source)
    documents: dict[str, list[DocumentSummary]] = defaultdict(list)
    ordinals: dict[str | None, int] = {}
    for document in session.execute(
        select(Document).where(Document.transmission_id.in_(keys), still_counts()).order_by(Document.ordinal)
    ).scalars():
        ordinals[document.id] = document.ordinal
        documents[document.transmission_id].append(_document(document))
    findings: dict[str, list[FindingSummary]] = defaultdict(list)
    for finding in session.execute(
        select(Finding).where(Finding.transmission_id.in_(keys)).order_by(Finding.ordinal)
    ).scalars():
        findings[finding.transmission_id].append(_finding(finding, ordinals.get(finding.document_id)))
    tasks: dict[str, list[TaskSummary]] = defaultdict(list)
    for task in session.execute(
        select(ReviewTask)
        .where(ReviewTask.transmission_id.in_(keys), ReviewTask.status == "open")
        .order_by(ReviewTask.priority, ReviewTask.page, ReviewTask.field, ReviewTask.id)
    ).scalars():
        tasks[task.transmission_id].append(_task(task, ordinals.get(task.document_id)))
    suspects = _suspects(session, keys)
    return [
        TransmissionSummary(
            id=fax.id,
            status=cast("Status", fax.status),
            received_at=fax.received_at,
            sources=tuple(sources[fax.id]),
            page_count=fax.page_count,
            priority=fax.priority,
            set_aside=SetAside(fax.set_aside_code, fax.set_aside_message or "")
            if fax.set_aside_code
            else None,
            documents=tuple(documents[fax.id]),
            findings=tuple(findings[fax.id]),
            open_tasks=tuple(tasks[fax.id]),
            suspects=suspects.get(fax.id, ()),
            seconds=fax.seconds or {},
        )
        for fax in faxes
    ]


def _suspects(session: Session, keys: Collection[str]) -> dict[str, tuple[str, ...]]:
    pairs = session.execute(
        select(Suspect.transmission_id, Suspect.other_transmission_id)
        .where(or_(Suspect.transmission_id.in_(keys), Suspect.other_transmission_id.in_(keys)))
        .distinct()
    )
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return {key: tuple(sorted(others)) for key, others in found.items()}


def _document(row: Document) -> DocumentSummary:
    return DocumentSummary(
        id=row.id,
        form=row.form,
        version=row.version,
        pages=tuple(row.pages),
        missing_pages=tuple(row.missing_pages),
        outcome=cast("Outcome", row.outcome),
    )


def _finding(row: Finding, document: int | None) -> FindingSummary:
    return FindingSummary(row.rule, row.severity, row.message, tuple(row.fields), tuple(row.pages), document)


def _task(row: ReviewTask, document: int | None) -> TaskSummary:
    return TaskSummary(
        id=row.id,
        transmission_id=row.transmission_id,
        kind=cast("TaskKind", row.kind),
        reason=row.reason,
        priority=row.priority,
        document=document,
        page=row.page,
        field=row.field,
    )
