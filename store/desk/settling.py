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

from sqlalchemy import insert
from sqlalchemy.orm import Session

from form_templates.errors import UnknownForm
from store import trail
from store.corrections import Correctable, correct, note_correction, withdraw
from store.desk.at_hand import ByForm, FaxAtHand, at_hand
from store.desk.entitled import EVENT
from store.desk.model import RecordState, Standing
from store.desk.rules import CheckedDocument, Rules, check_document, check_fax, standing_values
from store.errors import UnknownField
from store.model import Status, TaskKind, TaskRecord, Value
from store.registers.tables import Recheck, RecheckFinding
from store.registers.waiting import wait_to_register
from store.tables import Correction, Document, Record, ReviewTask
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
    hand, asked = _correctable(session, document_id, name)
    row = correct(session, asked, value, by=by, why=why)
    for task in hand.tasks:
        of_field = task.kind == "field" and (task.document_id, task.field) == (document_id, name)
        if of_field and task.status == "open":
            close(task, by, row.corrected_at)
    return _follow_correction(hand, rules, row)


def withdraw_in(
    session: Session, rules: Rules, document_id: str, name: str, *, by: str, why: str
) -> Rechecked:
    """Take the last correction of a field back: the field is as it was before. Like ``correct_in``."""
    hand, asked = _correctable(session, document_id, name)
    return _follow_correction(hand, rules, withdraw(session, asked, by=by, why=why))


def _correctable(session: Session, document_id: str, name: str) -> tuple[FaxAtHand, Correctable]:
    hand = at_hand(session, session.get_one(Document, document_id).transmission_id)
    form, field = hand.forms[document_id], hand.fields(document_id).get(name)
    if field is None or not form.counts:
        raise UnknownField(
            f"Document {document_id} has no field {name}, or was read again since; look the fax up again."
        )
    earlier = [row for row in hand.corrections(document_id) if row.name == name]
    return hand, Correctable(field, form.record, earlier)


def _follow_correction(hand: FaxAtHand, rules: Rules, row: Correction) -> Rechecked:
    hand.corrections(row.document_id).append(row)
    cause = f"{row.document_id}/{row.name}/{row.number}"
    changed = recheck_form(hand.session, rules, row.document_id, cause=cause, by=row.corrected_by)
    note_correction(hand.session, row)
    return changed


def recheck_in(session: Session, rules: Rules, cause: Cause, *, by: str) -> Rechecked:
    """Let everything follow after a task was settled or opened again, with the row of the fax held."""
    document = cause.task.document_id
    if document is not None:
        return recheck_form(session, rules, document, cause=f"task {cause.task.id} {cause.what}", by=by)
    hand = at_hand(session, cause.task.transmission_id)
    states = _conclude(hand, by, {})
    return Rechecked(hand.findings, states=states, status=cast("Status", hand.fax.status))


def recheck_form(session: Session, rules: Rules, document_id: str, *, cause: str, by: str) -> Rechecked:
    """Run the rules over a form as it stands now, with the row of its fax held, and let everything follow."""
    document = session.get_one(Document, document_id)
    hand = at_hand(session, document.transmission_id)
    before, record = hand.findings, hand.forms[document_id].record
    rejected = record is not None and record.state == "rejected"
    checked = _checked(session, rules, document)
    found = dict(before)
    work = _Work(hand, by)
    if checked is not None:
        screened = tuple(one for one in before.get(None, ()) if one.rule.startswith("AE-"))
        found[document_id] = checked.findings
        found[None] = (*screened, *check_fax(hand, rules, {document_id: checked}))
        if _said(before) != _said(found):
            _keep_round(hand, found, cause=cause, by=by)
        for unit in (None,) if rejected else (document_id, None):
            work.follow_rules(unit, before.get(unit, ()), found[unit], checked.urgency)
    doubtful = unsettled_fields(hand, document_id) if checked is None else _doubtful(checked)
    if not rejected:
        work.ask_for_fields(document_id, doubtful)
    states = _conclude(hand, by, {document_id: doubtful})
    return Rechecked(found, tuple(work.opened), tuple(work.closed), states, cast("Status", hand.fax.status))


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


def _keep_round(hand: FaxAtHand, found: ByForm, *, cause: str, by: str) -> None:
    hand.rounds += 1
    of_round = {"transmission_id": hand.fax.id, "number": hand.rounds}
    once = {"checked_at": datetime.now(UTC), "checked_for": by, "cause": cause}
    rows = [
        {
            **of_round,
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
    with hand.session.no_autoflush:
        hand.session.execute(insert(Recheck), [{**of_round, **once}])
        if rows:
            hand.session.execute(
                insert(RecheckFinding), [{**row, "ordinal": at} for at, row in enumerate(rows)]
            )
    hand.findings = found


def close(task: ReviewTask, by: str, at: datetime) -> None:
    """Close a task that nobody answered: what it asks is settled."""
    task.status, task.done_by, task.done_at = "done", by, at
    task.claimed_by = task.claimed_until = None
    task.version += 1


class _Work:
    """The tasks of one fax, as a round of rules changes them."""

    def __init__(self, hand: FaxAtHand, by: str) -> None:
        self._hand, self._fax, self._by = hand, hand.fax, by
        self._now = datetime.now(UTC)
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

    def _tasks(self, document: str | None) -> Sequence[ReviewTask]:
        return [task for task in self._hand.tasks if task.document_id == document]

    def _close(self, task: ReviewTask) -> None:
        close(task, self._by, self._now)
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
        self._hand.session.add(task)
        self._hand.session.flush()
        self._hand.tasks.append(task)
        self.opened.append(task.id)


def unsettled_fields(hand: FaxAtHand, document_id: str) -> list[Doubt]:
    """Fields in doubt of which no person has said anything that stands, those of pages that came."""
    said = standing_values(hand, document_id)
    return [
        Doubt(one.name, one.page, tuple(one.reasons))
        for one in hand.fields(document_id).values()
        if one.decision == "review" and one.name not in said and MISSING_PAGE not in one.reasons
    ]


def _conclude(hand: FaxAtHand, by: str, doubts: Mapping[str, Sequence[Doubt]]) -> dict[str, RecordState]:
    """The states of the records of a fax and its own, as they follow from what is open."""
    fax, open_units = hand.fax, {task.document_id for task in hand.tasks if task.status == "open"}
    records = {key: one.record for key, one in hand.forms.items() if one.counts and one.record is not None}
    hand.know([key for key, record in records.items() if record.state != "rejected" and key not in doubts])
    states: dict[str, RecordState] = {}
    for key, record in records.items():
        if record.state != "rejected":
            stands = any(one.blocks for one in hand.findings.get(key, ()))
            doubts_of = doubts[key] if key in doubts else unsettled_fields(hand, key)
            in_doubt = key in open_units or stands or bool(doubts_of)
            _set_state(hand, record, "in_review" if in_doubt else "recorded", by)
        states[key] = cast("RecordState", record.state)
    if fax.status in ("in_review", "recorded"):
        settled = not open_units and all(state != "in_review" for state in states.values())
        fax.status = "recorded" if settled else "in_review"
    return states


def _set_state(hand: FaxAtHand, record: Record, state: RecordState, by: str) -> None:
    if record.state == state:
        return
    record.state = state
    wait_to_register(hand.session, (record.document_id,))
    action = FORM_RECORDED if state == "recorded" else FORM_REOPENED
    trail.append(hand.session, trail.Event(hand.fax.id, action, record.document_id, actor=by))


def _asks(one: Standing, task: ReviewTask) -> bool:
    """Whether a task asks for what a rule found."""
    return task.reason == one.rule and task.field == (one.fields[0] if one.fields else None)
