"""Recording a fax that was read again: the new reading takes the place of the old one, which is kept.

All of it is one transaction, so a process killed on the way leaves the old reading standing. What becomes of
documents, findings, tasks, corrections and registers is told in ``docs/store.md``.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

import rfc8785
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store import trail
from store.columns import plain
from store.contents import contents_hash, correction_hash
from store.database import writing
from store.desk.tables import Rejection
from store.keys import document_key, task_key
from store.model import Json, TaskRecord, TransmissionRecord
from store.projection import people_keys
from store.recording import check_record, conclude
from store.registers.waiting import wait_to_register
from store.rows import Row, rows_of
from store.suspects import link_suspects
from store.tables import (
    Base,
    Correction,
    Field,
    Finding,
    Page,
    PageText,
    Record,
    ReviewTask,
    Suspect,
    Transmission,
)
from store.triage.carrying import (
    REJECTED,
    Earlier,
    NewForm,
    SettledTask,
    TakenOver,
    earlier_of,
    take_over,
)
from store.triage.deciding import planned
from store.triage.plan import PagePlan, plan_json
from store.triage.requests import ClaimedRequest, conclude_request, held_fax
from store.triage.tables import CarriedCorrection, Rereading, RereadRequest, Succession, SupersededDocument

Recorded = Literal["recorded", "people_went_on", "no_longer_asked"]
"""What became of a re-reading: ``people_went_on`` while it was checked, so it has to be checked again."""

READ_AGAIN = "read again"
"""Why the tasks of an earlier reading are closed."""

CLOSED = "done"


@dataclass(frozen=True)
class Basis:
    """What a re-reading starts from.

    Attributes:
        plan: what people said of the fax.
        through: the last decision that the plan knows.
        earlier: what stands of the fax, and what people corrected in it.
    """

    plan: PagePlan
    through: int
    earlier: Earlier


def basis_of(session: Session, transmission_id: str) -> Basis:
    """What a re-reading of this fax starts from now."""
    plan, through = planned(session, transmission_id)
    return Basis(plan, through, earlier_of(session, transmission_id))


def record_again(
    engine: Engine,
    fax: TransmissionRecord,
    claimed: ClaimedRequest,
    basis: Basis,
    *,
    settled: Sequence[SettledTask] = (),
    suspect_distance_bits: int = 6,
) -> Recorded:
    """Put a new reading in the place of the one that stands: all of it or nothing.

    Args:
        engine: of the store.
        fax: everything about it, checked with the corrections that are taken over.
        claimed: the request that it answers.
        basis: by what it was read and checked.
        settled: questions that a person has answered before; they are not among the record's tasks.
        suspect_distance_bits: as of ``store.recording.record``.

    Returns:
        Whether it was recorded; nothing was written where people corrected something meanwhile, or where
        nobody asks for it any more.

    Raises:
        RecordRefused: the record contradicts itself.
        StoreUnreachable, StoreBusy, DiskFull: nothing was written; the request is still there.
    """
    check_record(fax)
    with writing(engine) as session:
        row = held_fax(session, claimed.transmission_id)
        request = session.get(RereadRequest, row.id, populate_existing=True)
        if request is None or request.asks < claimed.asks or request.failed_code is not None:
            return "no_longer_asked"
        now_stands = earlier_of(session, row.id)
        if now_stands.reading != basis.earlier.reading:
            return "no_longer_asked"
        if now_stands.said != basis.earlier.said:
            return "people_went_on"
        _Replacement(session, row, fax, now_stands).write(basis, settled, suspect_distance_bits)
        conclude_request(session, row.id, claimed.asks)
    return "recorded"


def new_forms(fax: TransmissionRecord) -> tuple[NewForm, ...]:
    """The forms of a record as ``take_over`` sees them."""
    return tuple(
        NewForm(one.form, one.version, one.pages, {field.name: field.page for field in one.fields})
        for one in fax.documents
    )


class _Replacement:
    """One reading taking the place of another, within one transaction."""

    def __init__(
        self, session: Session, row: Transmission, fax: TransmissionRecord, earlier: Earlier
    ) -> None:
        self._session, self._row, self._earlier = session, row, earlier
        self._fax = _with_open_events(fax, self._open_events())
        self._reading = earlier.reading + 1
        self._now = datetime.now(UTC)
        ordinals = range(earlier.documents, earlier.documents + len(fax.documents))
        self._keys = [document_key(fax.sha256, ordinal) for ordinal in ordinals]
        self._over: TakenOver = take_over(earlier, new_forms(fax))

    def write(self, basis: Basis, settled: Sequence[SettledTask], suspect_distance_bits: int) -> None:
        session, fax, row = self._session, self._fax, self._row
        reading = Rereading(
            transmission_id=row.id,
            reading=self._reading,
            through=basis.through,
            plan=plan_json(basis.plan),
            replaced=self._replaced(),
            read_at=self._now,
        )
        session.add(reading)
        self._clear()
        conclude(row, fax)
        session.flush()
        rows = rows_of(fax, row.received_at, reading=self._reading, first_ordinal=self._earlier.documents)
        for kind, new in rows:
            self._insert(kind, new)
        if row.assigned_to is not None:
            mine = ReviewTask.transmission_id == row.id, ReviewTask.status != CLOSED
            session.execute(update(ReviewTask).where(*mine).values(assigned_to=row.assigned_to))
        if not self._earlier.documents:
            row.sampled = False  # nothing could be drawn from it until now
        self._keep_answers(settled)
        self._link()
        corrections = self._carry()
        rejections = self._keep_rejections()
        trail.lock_trail(session)
        link_suspects(session, row.id, suspect_distance_bits)
        trail.append(session, self._event(reading))
        for correction, origin in corrections:
            trail.append(session, _carried_event(row.id, correction, origin))
        for rejection in rejections:
            trail.append(session, _rejected_event(row.id, rejection))

    @property
    def _closed(self) -> dict[str, Any]:
        """A task that no person will answer; whoever holds it learns that by its version."""
        return {
            "status": CLOSED,
            "done_by": trail.SYSTEM,
            "done_at": self._now,
            "version": ReviewTask.version + 1,
            "claimed_by": None,
            "claimed_until": None,
        }

    def _open_events(self) -> list[ReviewTask]:
        return list(
            self._session.execute(
                select(ReviewTask).where(
                    ReviewTask.transmission_id == self._row.id,
                    ReviewTask.kind == "adverse_event",
                    ReviewTask.status != CLOSED,
                )
            ).scalars()
        )

    def _replaced(self) -> dict[str, Any]:
        """The rows that the new ones take the place of, by table."""
        facts = {
            name: getattr(self._row, name)
            for name in (
                "status", "format", "page_count", "priority", "sender", "announced_pages",
                "set_aside_code", "set_aside_message", "software_version",
            )
        }  # fmt: skip
        facts["sent_at"] = self._row.sent_at.isoformat() if self._row.sent_at else None
        counting = [form.document_id for form in self._earlier.forms if form.counts]
        mine = Finding.transmission_id == self._row.id
        return {
            "transmission": facts,
            "pages": self._rows(Page, Page.transmission_id == self._row.id, Page.number),
            "page_texts": self._rows(PageText, PageText.transmission_id == self._row.id, PageText.ordinal),
            "findings": self._rows(Finding, mine, Finding.ordinal),
            "records": self._rows(Record, Record.document_id.in_(counting), Record.document_id),
        }

    def _rows(self, kind: type[Base], condition: Any, order: Any) -> list[dict[str, Any]]:
        columns = kind.__table__.columns
        rows = self._session.execute(select(*columns).where(condition).order_by(order)).mappings()
        return [{name: _json(value) for name, value in row.items()} for row in rows]

    def _clear(self) -> None:
        """Take out what only the newest reading has, and close what is open about the earlier one."""
        session, fax = self._session, self._row.id
        counting = [form.document_id for form in self._earlier.forms if form.counts]
        session.execute(
            delete(Suspect).where(or_(Suspect.transmission_id == fax, Suspect.other_transmission_id == fax))
        )
        session.execute(delete(PageText).where(PageText.transmission_id == fax))
        session.execute(delete(Finding).where(Finding.transmission_id == fax))
        session.execute(delete(Record).where(Record.document_id.in_(counting)))
        session.execute(
            update(ReviewTask)
            .where(ReviewTask.transmission_id == fax, ReviewTask.status != CLOSED)
            .values(**self._closed)
        )
        gone = [
            {"document_id": document, "reading": self._reading, "superseded_at": self._now}
            for document in counting
        ]
        if gone:
            session.execute(insert(SupersededDocument), gone)
        wait_to_register(session, sorted({form.root_id for form in self._earlier.forms if form.counts}))

    def _insert(self, kind: type[Base], rows: Sequence[Row]) -> None:
        if kind is Page:
            self._put_pages(rows)
        elif rows:
            self._session.execute(insert(kind), rows)

    def _put_pages(self, rows: Sequence[Row]) -> None:
        """Pages are written over, not taken out: what else speaks of a page goes on speaking of it."""
        for row in rows:
            self._session.merge(Page(**row))
        self._session.flush()
        kept = [row["number"] for row in rows]
        self._session.execute(
            delete(Page).where(Page.transmission_id == self._row.id, Page.number.not_in(kept))
        )

    def _keep_answers(self, settled: Sequence[SettledTask]) -> None:
        for one in settled:
            document = None if one.task.document is None else self._keys[one.task.document]
            self._session.add(
                ReviewTask(
                    id=task_key(self._row.id, one.task, self._reading),
                    transmission_id=self._row.id,
                    document_id=document,
                    page=one.task.page,
                    field=one.task.field,
                    kind=one.task.kind,
                    reason=one.task.reason,
                    priority=one.task.priority,
                    received_at=self._row.received_at,
                    status=CLOSED,
                    done_by=one.done_by,
                    done_at=one.done_at,
                )
            )
        self._session.flush()

    def _link(self) -> None:
        rows = [
            {
                "document_id": self._keys[index],
                "predecessor_id": form.document_id,
                "root_id": form.root_id,
                "since": self._now,
            }
            for index, form in sorted(self._over.forms.items())
        ]
        if rows:
            self._session.execute(insert(Succession), rows)

    def _carry(self) -> list[tuple[Correction, CarriedCorrection]]:
        """Copy the corrections that hold, with who, when and why, and put them into the records."""
        session = self._session
        carried = []
        for (index, name), said in sorted(self._over.corrections.items()):
            document = self._keys[index]
            field = session.get_one(Field, (document, name))
            correction = Correction(
                document_id=document,
                name=name,
                number=1,
                value_before=field.value,
                value=said.value,
                corrected_by=said.corrected_by,
                corrected_at=said.corrected_at,
                why=said.why,
                withdrawn=False,
            )
            session.add(correction)
            session.flush()
            session.refresh(correction)
            origin = CarriedCorrection(
                document_id=document,
                name=name,
                number=1,
                from_document_id=said.document_id,
                from_number=said.number,
            )
            session.add(origin)
            carried.append((correction, origin))
        session.flush()
        for document in {correction.document_id for correction, _ in carried}:
            record = session.get(Record, document)
            if record is not None:
                own = {one.name: one.value for one, _ in carried if one.document_id == document}
                record.content = {**record.content, **own}
                for column, key in people_keys(record.form, record.content).items():
                    setattr(record, column, key)
        session.flush()
        return carried

    def _keep_rejections(self) -> list[Rejection]:
        """A form that a person rejected stays rejected where it is the very same sheets."""
        session, kept = self._session, []
        for index, form in self._over.forms.items():
            if not form.rejected or set(form.pages) != set(self._fax.documents[index].pages):
                continue
            document = self._keys[index]
            session.execute(update(Record).where(Record.document_id == document).values(state=REJECTED))
            mine = ReviewTask.document_id == document, ReviewTask.status != CLOSED
            closed = session.execute(
                update(ReviewTask)
                .where(*mine, ReviewTask.kind != "adverse_event")
                .values(**self._closed)
                .returning(ReviewTask.id)
                .execution_options(synchronize_session=False)
            ).scalars()
            said = session.execute(
                select(Rejection)
                .where(Rejection.document_id == form.document_id)
                .order_by(Rejection.at.desc())
                .limit(1)
            ).scalar_one()
            kept.append(
                Rejection(
                    id=str(uuid4()),
                    document_id=document,
                    rejected=True,
                    account=said.account,
                    at=said.at,
                    why=said.why,
                    tasks=sorted(closed),
                )
            )
        session.add_all(kept)
        session.flush()
        if kept and self._row.status == "in_review" and not self._has_open_tasks():
            self._row.status = "recorded"
        return kept

    def _has_open_tasks(self) -> bool:
        mine = ReviewTask.transmission_id == self._row.id, ReviewTask.status == "open"
        return self._session.execute(select(ReviewTask.id).where(*mine).limit(1)).first() is not None

    def _event(self, reading: Rereading) -> trail.Event:
        self._session.flush()
        self._session.refresh(reading)  # as the database gives it back, so that the proof finds the same
        return trail.Event(
            self._row.id,
            trail.SET_ASIDE if self._fax.outcome == "set_aside" else trail.RECORDED,
            self._row.id,
            details={
                "outcome": self._fax.outcome,
                "documents": len(self._fax.documents),
                "tasks": len(self._fax.tasks),
                "contents": contents_hash(self._session, self._row.id),
                "reading": self._reading,
                "because": READ_AGAIN,
                "through": reading.through,
                "rereading": rereading_hash(reading),
            },
        )


def rereading_hash(row: Rereading) -> str:
    """SHA-256 over the canonical JSON of a re-reading, by which the trail vouches for what it replaced."""
    said = [row.transmission_id, row.reading, row.through, row.plan, row.replaced]
    return hashlib.sha256(rfc8785.dumps(plain(said))).hexdigest()


def _carried_event(fax: str, correction: Correction, origin: CarriedCorrection) -> trail.Event:
    return trail.Event(
        fax,
        trail.CORRECTED,
        f"{correction.document_id}/{correction.name}/{correction.number}",
        details={
            "correction": correction_hash(correction),
            "carried_from": f"{origin.from_document_id}/{correction.name}/{origin.from_number}",
        },
    )


def _rejected_event(fax: str, rejection: Rejection) -> trail.Event:
    details: dict[str, Json] = {"rejected": True, "rejection": rejection.id, "because": READ_AGAIN}
    return trail.Event(fax, trail.FORM_REJECTED, rejection.document_id, details=details)


def _with_open_events(fax: TransmissionRecord, open_events: Iterable[ReviewTask]) -> TransmissionRecord:
    """The record with every adverse-event flag that is open and that the new reading does not raise itself.

    A page turned away, a form taken apart: none of it closes a flag. A person does.
    """
    raised = {(task.reason, task.page, task.field) for task in fax.tasks if task.kind == "adverse_event"}
    # Of the page alone: the new reading may have no such form, or no such field.
    kept = {
        (task.reason, task.page): TaskRecord("adverse_event", task.reason, 0, page=task.page)
        for task in open_events
        if (task.reason, task.page, task.field) not in raised
    }
    if not kept:
        return fax
    outcome = "in_review" if fax.outcome == "recorded" else fax.outcome
    return replace(fax, tasks=(*fax.tasks, *kept.values()), outcome=outcome, priority=0)


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else plain(value)
