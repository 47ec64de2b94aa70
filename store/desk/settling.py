"""What follows from a person's word, within the same transaction: correction, rules, tasks, record and fax.

A form is recorded when nothing about it is open, no rule stands in the way and no field is in doubt; a fax
when all its forms are recorded or rejected and nothing about it is open. A possible adverse event is opened
here and never closed: only a person does that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from form_templates.errors import UnknownForm
from store import trail
from store.corrections import correct_in_session, note_correction, withdraw_in_session
from store.desk.entitled import EVENT
from store.desk.model import RecordState, Standing
from store.desk.rules import (
    ByForm,
    CheckedDocument,
    Rules,
    check_document,
    check_fax,
    findings_of_fax,
    remember_findings,
    standing_values,
)
from store.model import Status, TaskKind, TaskRecord, Value
from store.registers.tables import Recheck, RecheckFinding
from store.registers.waiting import wait_to_register
from store.tables import Correction, Document, Field, Record, ReviewTask, Transmission
from store.triage.lineage import still_counts
from validators.catalog import RULES

FORM_RECORDED = "form_recorded"
FORM_REOPENED = "form_reopened"
MISSING_PAGE = "missing_page"
"""Reason of a field whose page did not come: a rule speaks for all of them."""

TASK_NAMESPACE = UUID("d2a4d5a9-3b53-5c0e-8b0e-0d4c86f3a2b7")


@dataclass(frozen=True)
class Cause:
    """Why the rules run again where no value was changed: something was done about a task."""

    task: ReviewTask
    what: str


@dataclass(frozen=True)
class Doubt:
    """A field that is in doubt."""

    name: str
    page: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Rechecked:
    """What a round of rules changed.

    Attributes:
        findings: what stands now, by form, or none for the fax as a whole.
        opened, closed: ids of tasks.
        states: of the records of the fax's forms.
        status: of the fax.
    """

    findings: ByForm = field(default_factory=dict)
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    states: dict[str, RecordState] = field(default_factory=dict)
    status: Status = "in_review"


def correct_in(
    session: Session, rules: Rules, document_id: str, name: str, value: Value, *, by: str, why: str
) -> Rechecked:
    """Write a person's value of a field, and let everything follow; the form waits for the registers.

    The caller holds the row of the fax.
    """
    row = correct_in_session(session, document_id, name, value, by=by, why=why)
    return _follow_correction(session, rules, row)


def withdraw_in(
    session: Session, rules: Rules, document_id: str, name: str, *, by: str, why: str
) -> Rechecked:
    """Take the last correction of a field back: the field is as it was before. Like ``correct_in``."""
    row = withdraw_in_session(session, document_id, name, by=by, why=why)
    return _follow_correction(session, rules, row)


def _follow_correction(session: Session, rules: Rules, row: Correction) -> Rechecked:
    cause = f"{row.document_id}/{row.name}/{row.number}"
    changed = recheck_form(session, rules, row.document_id, cause=cause, by=row.corrected_by)
    note_correction(session, row)
    return changed


def recheck_in(session: Session, rules: Rules, cause: Cause, *, by: str) -> Rechecked:
    """Let everything follow after a task was settled or opened again, with the row of the fax held."""
    document, transmission = cause.task.document_id, cause.task.transmission_id
    if document is not None:
        return recheck_form(session, rules, document, cause=f"task {cause.task.id} {cause.what}", by=by)
    session.flush()
    fax = session.get_one(Transmission, transmission, populate_existing=True)
    found = findings_of_fax(session, fax.id)
    states = _conclude(session, fax, found, by, {})
    return Rechecked(found, states=states, status=cast("Status", fax.status))


def recheck_form(session: Session, rules: Rules, document_id: str, *, cause: str, by: str) -> Rechecked:
    """Run the rules over a form as it stands now, with the row of its fax held, and let everything follow."""
    session.flush()
    document = session.get_one(Document, document_id)
    fax = session.get_one(Transmission, document.transmission_id)
    before = findings_of_fax(session, fax.id)
    record = session.get(Record, document_id)
    rejected = record is not None and record.state == "rejected"
    checked = _checked(session, rules, document)
    found = dict(before)
    work = _Work(session, fax, by)
    if checked is not None:
        screened = tuple(one for one in before.get(None, ()) if one.rule.startswith("AE-"))
        found[document_id] = checked.findings
        found[None] = (*screened, *check_fax(session, rules, fax, {document_id: checked}))
        if _said(before) != _said(found):
            _keep_round(session, fax, found, cause=cause, by=by)
            remember_findings(session, fax.id, found)
        for unit in (None,) if rejected else (document_id, None):
            work.follow_rules(unit, before.get(unit, ()), found[unit], checked.urgency)
    doubtful = unsettled_fields(session, document_id) if checked is None else _doubtful(checked)
    if not rejected:
        work.ask_for_fields(document_id, doubtful)
    session.flush()
    states = _conclude(session, fax, found, by, {document_id: doubtful}, work=work)
    return Rechecked(found, tuple(work.opened), tuple(work.closed), states, cast("Status", fax.status))


def _checked(session: Session, rules: Rules, document: Document) -> CheckedDocument | None:
    try:
        return check_document(session, rules, document)
    except UnknownForm:
        # Its version was taken out of the catalog since: what was found of it before goes on standing.
        return None


def _doubtful(checked: CheckedDocument) -> list[Doubt]:
    answers = checked.form.answers.values()
    return [
        Doubt(one.name, one.page, one.reasons)
        for one in sorted(answers, key=lambda answer: answer.name)
        if not one.sure and MISSING_PAGE not in one.reasons
    ]


def _said(found: ByForm) -> ByForm:
    return {key: own for key, own in found.items() if own}


def _keep_round(session: Session, fax: Transmission, found: ByForm, *, cause: str, by: str) -> None:
    latest = select(func.coalesce(func.max(Recheck.number), 0)).where(Recheck.transmission_id == fax.id)
    number = session.execute(latest).scalar_one() + 1
    session.add(
        Recheck(
            transmission_id=fax.id, number=number, checked_at=datetime.now(UTC), checked_for=by, cause=cause
        )
    )
    session.flush()
    rows = [
        {
            "transmission_id": fax.id,
            "number": number,
            "document_id": document,
            "rule": one.rule,
            "severity": one.severity,
            "message": one.message,
            "fields": list(one.fields),
            "pages": list(one.pages),
        }
        for document, own in found.items()
        for one in own
    ]
    if rows:
        session.execute(insert(RecheckFinding), [{**row, "ordinal": at} for at, row in enumerate(rows)])


class _Work:
    """The tasks of one fax, as a round of rules changes them."""

    def __init__(self, session: Session, fax: Transmission, by: str) -> None:
        self._session, self._fax, self._by = session, fax, by
        self._now = datetime.now(UTC)
        self._all: list[ReviewTask] | None = None
        self.opened: list[str] = []
        self.closed: list[str] = []

    def follow_rules(
        self, document: str | None, before: Sequence[Standing], now: Sequence[Standing], urgency: int
    ) -> None:
        """Open a task for each rule that newly stands in the way, close those whose rule holds again."""
        tasks = self._tasks(document)
        for task in tasks:
            of_rule = task.kind == "document" and task.reason in RULES
            if of_rule and task.status == "open" and not any(_asks(one, task) for one in now if one.blocks):
                self._close(task)
        earlier = {(one.rule, one.fields) for one in before}
        for one in now:
            event = one.rule.startswith("AE-") and one.severity != "info"
            if not event and not one.blocks:
                continue
            kind: TaskKind = "adverse_event" if event else "document"
            own = [task for task in tasks if task.kind == kind and _asks(one, task)]
            if any(task.status == "open" for task in own):
                continue
            if event and own and (one.rule, one.fields) in earlier:
                continue  # a person has closed the flag of this very finding
            asks = TaskRecord(
                kind=kind,
                reason=one.rule,
                priority=0 if event else urgency,
                page=one.pages[0] if one.pages else None,
                field=one.fields[0] if one.fields else None,
            )
            self._open(own, document, asks)
            if event:
                self._raise_priority()

    def ask_for_fields(self, document: str, doubtful: Sequence[Doubt]) -> None:
        """Ask for fields in doubt that nobody asks for: their page was doubtful, and is settled now."""
        tasks = self._tasks(document)
        waiting = {task.page for task in tasks if task.kind == "page" and task.status == "open"}
        urgency = min((task.priority for task in tasks if task.kind != EVENT), default=self._fax.priority)
        asked: dict[str | None, list[ReviewTask]] = {}
        for task in tasks:
            if task.kind == "field" and task.status != "sample":
                asked.setdefault(task.field, []).append(task)
        for one in doubtful:
            own = asked.get(one.name, [])
            if one.page in waiting or any(task.status == "open" for task in own):
                continue
            reason = one.reasons[0] if one.reasons else "unsure"
            asks = TaskRecord("field", reason, urgency, page=one.page, field=one.name)
            self._open(own, document, asks)

    def open_units(self) -> set[str | None]:
        """The forms, and none for the fax as a whole, about which something is open."""
        return {task.document_id for task in self._loaded() if task.status == "open"}

    def _tasks(self, document: str | None) -> Sequence[ReviewTask]:
        return [task for task in self._loaded() if task.document_id == document]

    def _loaded(self) -> list[ReviewTask]:
        if self._all is None:
            mine = select(ReviewTask).where(ReviewTask.transmission_id == self._fax.id)
            self._all = list(self._session.scalars(mine.execution_options(populate_existing=True)))
        return self._all

    def _close(self, task: ReviewTask) -> None:
        task.status, task.done_by, task.done_at = "done", self._by, self._now
        task.claimed_by = task.claimed_until = None
        task.version += 1
        self.closed.append(task.id)

    def _raise_priority(self) -> None:
        """Put a fax in which somebody found a possible adverse event before all others in the inbox."""
        if self._fax.priority > 0:
            self._fax.read_priority, self._fax.priority = self._fax.priority, 0

    def _open(self, closed: Sequence[ReviewTask], document: str | None, asks: TaskRecord) -> None:
        """Open a task again, or a new one where there was none."""
        for task in closed:
            task.status, task.done_by, task.done_at = "open", None, None
            task.stage, task.first_by, task.second_by = "first", None, None
            task.version += 1
            self.opened.append(task.id)
            return
        words = f"{self._fax.id}/{document}/{asks.kind}/{asks.reason}/{asks.page}/{asks.field}"
        task = ReviewTask(
            id=str(uuid5(TASK_NAMESPACE, words)),
            transmission_id=self._fax.id,
            document_id=document,
            page=asks.page,
            field=asks.field,
            kind=asks.kind,
            reason=asks.reason,
            priority=asks.priority,
            received_at=self._fax.received_at,
            status="open",
            assigned_to=self._fax.assigned_to,
        )
        self._session.add(task)
        self._session.flush()
        self._loaded().append(task)
        self.opened.append(task.id)


def unsettled_fields(session: Session, document_id: str) -> list[Doubt]:
    """Fields in doubt of which no person has said anything that stands, those of pages that came."""
    doubtful = session.scalars(
        select(Field).where(Field.document_id == document_id, Field.decision == "review").order_by(Field.name)
    ).all()
    if not doubtful:
        return []
    said = standing_values(session, document_id)
    return [
        Doubt(one.name, one.page, tuple(one.reasons))
        for one in doubtful
        if one.name not in said and MISSING_PAGE not in one.reasons
    ]


def _conclude(
    session: Session,
    fax: Transmission,
    found: ByForm,
    by: str,
    doubts: Mapping[str, Sequence[Doubt]],
    *,
    work: _Work | None = None,
) -> dict[str, RecordState]:
    """The states of the records of a fax and its own, as they follow from what is open."""
    open_units = _open_units(session, fax) if work is None else work.open_units()
    records = session.scalars(
        select(Record)
        .join(Document, Document.id == Record.document_id)
        .where(Document.transmission_id == fax.id, still_counts())
        .execution_options(populate_existing=True)
    ).all()
    states: dict[str, RecordState] = {}
    for record in records:
        key = record.document_id
        if record.state != "rejected":
            stands = any(one.blocks for one in found.get(key, ()))
            doubts_of = doubts[key] if key in doubts else unsettled_fields(session, key)
            in_doubt = key in open_units or stands or bool(doubts_of)
            _set_state(session, fax, record, "in_review" if in_doubt else "recorded", by)
        states[key] = cast("RecordState", record.state)
    if fax.status in ("in_review", "recorded"):
        settled = not open_units and all(state != "in_review" for state in states.values())
        fax.status = "recorded" if settled else "in_review"
    session.flush()
    return states


def _open_units(session: Session, fax: Transmission) -> set[str | None]:
    rows = select(ReviewTask.document_id).where(
        ReviewTask.transmission_id == fax.id, ReviewTask.status == "open"
    )
    return set(session.scalars(rows.distinct()))


def _set_state(session: Session, fax: Transmission, record: Record, state: RecordState, by: str) -> None:
    if record.state == state:
        return
    record.state = state
    session.flush()
    wait_to_register(session, (record.document_id,))
    action = FORM_RECORDED if state == "recorded" else FORM_REOPENED
    trail.append(session, trail.Event(fax.id, action, record.document_id, actor=by))


def _asks(one: Standing, task: ReviewTask) -> bool:
    """Whether a task asks for what a rule found."""
    return task.reason == one.rule and task.field == (one.fields[0] if one.fields else None)
