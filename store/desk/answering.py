"""What a person says of a task, and what follows: stored once with all that it changes, or not at all.

One transaction holds the answer, the correction, the rules run again, the tasks, the record, the fax and the
trail. The row of the fax is held from the beginning, so that two savers follow each other; the second finds
the task done or changed and is refused with both values.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.database import writing
from store.desk.admission import refuse_role, refuse_verdict
from store.desk.answer_rows import (
    REOPENED,
    UNDO,
    bare_answer,
    check_decision_id,
    repeated_answer,
    taken,
    vouch,
)
from store.desk.at_hand import FaxAtHand, at_hand
from store.desk.double_entry import (
    HOLDS_A_VALUE,
    Step,
    as_entry,
    entries_of,
    sample_step,
    step,
)
from store.desk.entitled import of_unit
from store.desk.errors import (
    NothingToUndo,
    UnknownDecision,
)
from store.desk.loading import is_blind, load_tasks
from store.desk.measuring import SAMPLED, forget, measure
from store.desk.model import (
    Entry,
    Happened,
    Person,
    RecordState,
    Said,
    Saved,
    Stage,
    Standing,
)
from store.desk.queue import claim_tasks, held_task, is_stale, refuse_others, refuse_stale
from store.desk.rules import Rules, findings_if, plain_value
from store.desk.settings import ReviewSettings
from store.desk.settling import Cause, correct_in, recheck_in, withdraw_in
from store.desk.tables import AnswerRow
from store.model import Status, Value
from store.tables import Document, Field, ReviewTask

SECONDS_MOST = 3_600.0
"""Whoever took longer for one field was not at it."""

WHY = {
    "first": "entered",
    "second": "two entries agree",
    "lead": "decided between two entries",
    "outreach": "asked the sender",
}
"""Why a correction was made, by the stage at which the field was settled."""


@dataclass(frozen=True)
class Acting:
    """A person who saves, within one transaction."""

    session: Session
    settings: ReviewSettings
    rules: Rules
    person: Person

    def hand(self, task: ReviewTask) -> FaxAtHand:
        """The fax of a task; the transaction holds it."""
        return at_hand(self.session, task.transmission_id)


def answer(  # noqa: PLR0917 - who, what, and by which rules
    engine: Engine,
    settings: ReviewSettings,
    rules: Rules,
    person: Person,
    decision_id: str,
    task_id: str,
    say: Callable[[ReviewTask, Document | None], Said],
) -> Saved:
    """Store what a person says of a task, and all that follows, once.

    The same decision again changes nothing and gives what stands now.

    Args:
        engine: of the store.
        settings: of the review.
        rules: the checks of forms.
        person: who answers.
        decision_id: made by the browser.
        task_id: that is answered.
        say: what the person says, given the task and its form as they are now.

    Raises:
        StaleSave: somebody else was there before; carries both values.
        HeldByAnother: somebody else works on it.
        OwnWork: the person would confirm itself.
        RoleRefused: the role may not say this.
        VerdictRefused: the task cannot be answered like that.
        DecisionTaken: the decision id belongs to another decision.
        UnknownTask: there is no such task.
    """
    check_decision_id(decision_id)
    try:
        with writing(engine) as session:
            acting = Acting(session, settings, rules, person)
            task = held_task(session, task_id)
            form = acting.hand(task).forms[task.document_id].document if task.document_id else None
            said = say(task, form)
            repeated = repeated_answer(session, person, decision_id, task)
            if repeated is not None:
                return _saved(acting, task, repeated, before=None)
            before = _open_tasks(acting, task)
            row = answer_in(acting, task, said)
            return _saved(acting, task, row, before=before)
    except IntegrityError:
        raise taken() from None


def answer_in(acting: Acting, task: ReviewTask, said: Said, *, on_wall: bool = False) -> AnswerRow:
    """Store a new answer to a task that is held, within the caller's transaction; raises as ``answer``."""
    now, session, person = datetime.now(UTC), acting.session, acting.person
    field = _field(acting, task)
    if is_stale(task, said.version):
        refuse_stale(task, said.version, current=_current(acting, task, field), yours=said.value)
    refuse_others(task, person, now)
    refuse_role(acting.settings, person, task, field)
    refuse_verdict(task, said)
    new = _entry(said)
    moved = _step(acting, task, field, new)
    if moved.done:
        acting.hand(task).ask_for_rules()
    stage_before, was_sample = task.stage, task.status == "sample"
    if task.stage == "first" and moved.stage in ("second", "lead"):
        task.first_by = person.account
    elif task.stage == "second":
        task.second_by = person.account
    task.stage, task.version = moved.stage, task.version + 1
    task.claimed_by = task.claimed_until = task.postponed_until = None
    if moved.done:
        task.status, task.done_by, task.done_at = "done", person.account, now
    row = AnswerRow(
        id=said.decision_id,
        task_id=task.id,
        account=person.account,
        at=now,
        verdict=said.verdict,
        value=list(new.value) if isinstance(new.value, tuple) else new.value,
        why=said.why.strip(),
        happened=moved.happened,
        stage=stage_before,
        sample=was_sample,
        on_wall=on_wall,
        version=task.version,
        seconds=_seconds(said.seconds),
        form=_form(acting, task),
        field=task.field,
        field_kind=field.kind if field is not None else None,
    )
    session.add(row)
    if field is not None and task.kind == "field" and moved.settled is not None:
        measure(session, acting.settings, task, field, moved.settled)
    if moved.done and not was_sample:
        _follow(acting, task, moved, WHY[stage_before])
    vouch(session, task, row)
    return row


def undo(  # noqa: PLR0917 - who, what, and by which rules
    engine: Engine,
    settings: ReviewSettings,
    rules: Rules,
    person: Person,
    decision_id: str,
    undone_id: str,
) -> Saved:
    """Take back one of one's own answers, as long as nothing was built on it; the task is the person's again.

    Args:
        engine: of the store.
        settings: of the review.
        rules: the checks of forms.
        person: who answered.
        decision_id: of this undoing, made by the browser; the same one again changes nothing.
        undone_id: the decision to take back.

    Raises:
        NothingToUndo: it is not one's own, it was undone, or others have gone on from it.
        UnknownDecision, DecisionTaken: nothing was changed.
    """
    check_decision_id(decision_id)
    try:
        with writing(engine) as session:
            task_id = session.execute(
                select(AnswerRow.task_id).where(AnswerRow.id == undone_id)
            ).scalar_one_or_none()
            if task_id is None:
                raise UnknownDecision("There is no such answer; it was never stored.")
            task = held_task(session, task_id)
            acting = Acting(session, settings, rules, person)
            known = repeated_answer(session, person, decision_id, task)
            before = _open_tasks(acting, task) - {task.id}
            row = known or _undo(acting, task, decision_id, undone_id)
            saved = _saved(acting, task, row, before=before)
            return replace(saved, repeated=known is not None)
    except IntegrityError:
        raise taken() from None


def what_stands(
    session: Session, rules: Rules, document_id: str, edits: Mapping[str, Value]
) -> tuple[Standing, ...]:
    """What the rules say of a form with values that were typed and not saved; writes nothing."""
    return findings_if(session, rules, document_id, edits)


def _step(acting: Acting, task: ReviewTask, field: Field | None, new: Entry) -> Step:
    stage = cast("Stage", task.stage)
    if task.kind != "field":
        return Step("waits_for_sender", "outreach") if new.verdict == "ask_sender" else Step("settled", stage)
    # At its first version nobody can have answered a task yet.
    answers = _answers(acting.session, task) if task.version else ()
    earlier = [entry for _, entry in entries_of(answers)]
    kind = field.kind if field is not None else None
    if task.status == "sample":
        machine = as_entry(plain_value(field.value) if field is not None else None)
        return sample_step(stage, new, earlier, machine, kind)
    return step(stage, new, earlier, double=_is_double(acting, task, field), kind=kind)


def _is_double(acting: Acting, task: ReviewTask, field: Field | None) -> bool:
    settings = acting.settings
    if field is None:
        return False
    named = any(fnmatchcase(field.name, one) for one in settings.double_fields)
    if named or field.kind in settings.double_kinds:
        return True
    if not settings.double_on_event:
        return False
    findings = acting.hand(task).findings.get(task.document_id, ())
    events = (found for found in findings if found.rule.startswith("AE-") and found.severity != "info")
    return any(field.name in found.fields for found in events)


def _follow(acting: Acting, task: ReviewTask, moved: Step, why: str) -> None:
    """What a settled task changes: the record, the rules, the other tasks, the fax."""
    settled, by = moved.settled, acting.person.account
    if task.kind == "field" and task.document_id and task.field and settled is not None:
        value = settled.value if settled.verdict == "value" else None
        correct_in(acting.session, acting.rules, task.document_id, task.field, value, by=by, why=why)
    else:
        recheck_in(acting.session, acting.rules, Cause(task, "settled"), by=by)


def _undo(acting: Acting, task: ReviewTask, decision_id: str, undone_id: str) -> AnswerRow:
    session, person = acting.session, acting.person
    undone = session.get_one(AnswerRow, undone_id)
    if undone.account != person.account or undone.verdict in (UNDO, REOPENED):
        raise NothingToUndo("Only one's own answers can be taken back; ask whoever gave it.")
    if task.version != undone.version:
        raise NothingToUndo("Somebody or something has gone on from this answer; correct the field instead.")
    now = datetime.now(UTC)
    row = bare_answer(person, task, decision_id, UNDO)
    row.undoes, row.happened = undone_id, "undone"
    if undone.stage == "first":
        task.first_by = None
    elif undone.stage == "second":
        task.second_by = None
    task.stage, task.version = undone.stage, row.version
    task.status, task.done_by, task.done_at = "sample" if undone.sample else "open", None, None
    task.claimed_by = person.account
    task.claimed_until = now + timedelta(seconds=acting.settings.lease_seconds)
    session.add(row)
    forget(session, task.id)
    if undone.happened == "settled" and not undone.sample:
        by = person.account
        if task.kind == "field" and task.document_id and task.field:
            withdraw_in(session, acting.rules, task.document_id, task.field, by=by, why="taken back")
        else:
            recheck_in(session, acting.rules, Cause(task, "open again"), by=by)
    vouch(session, task, row)
    return row


def _saved(acting: Acting, task: ReviewTask, row: AnswerRow, *, before: frozenset[str] | None) -> Saved:
    """What stands after an answer; new tasks of the same form become the person's."""
    session, hand = acting.session, acting.hand(task)
    findings = hand.findings.get(task.document_id, ())
    opened: tuple[Any, ...] = ()
    closed: frozenset[str] = frozenset()
    if before is not None:
        after = _open_tasks(acting, task)
        closed = before - after - {task.id}
        new = after - before
        if new:
            unit = *of_unit(task.transmission_id, task.document_id), ReviewTask.id.in_(new)
            session.flush()
            mine, _ = claim_tasks(session, acting.settings, acting.person, unit, datetime.now(UTC))
            opened = load_tasks(session, mine, findings)
    record = None if task.document_id is None else hand.forms[task.document_id].record
    hides = row.sample
    return Saved(
        decision_id=row.id,
        task_id=task.id,
        happened=_shown(row),
        repeated=before is None,
        version=task.version,
        findings=findings,
        opened=opened,
        closed=tuple(sorted(closed)),
        state=None if record is None else "in_review" if hides else cast("RecordState", record.state),
        status="in_review" if hides else cast("Status", hand.fax.status),
    )


def _shown(row: AnswerRow) -> Happened:
    """What a person is told; that it was a sample is not."""
    if row.happened == "measured":
        return "settled"
    if row.sample and row.happened == "waits_for_second":
        return "waits_for_lead"
    return cast("Happened", row.happened)


def _open_tasks(acting: Acting, task: ReviewTask) -> frozenset[str]:
    own = (one for one in acting.hand(task).tasks if one.document_id == task.document_id)
    return frozenset(one.id for one in own if one.status == "open")


def _answers(session: Session, task: ReviewTask) -> Iterable[AnswerRow]:
    return session.scalars(select(AnswerRow).where(AnswerRow.task_id == task.id)).all()


def _current(acting: Acting, task: ReviewTask, field: Field | None) -> Value:
    """The value as it stands, for whoever came too late; none while it must not be seen."""
    hidden = task.reason == SAMPLED or (task.status != "done" and is_blind(task))
    if field is None or task.kind != "field" or hidden:
        return None
    record = acting.hand(task).forms[task.document_id].record if task.document_id else None
    content = record.content if record is not None else {}
    return plain_value(content.get(field.name, field.value))


def _field(acting: Acting, task: ReviewTask) -> Field | None:
    if task.document_id is None or task.field is None:
        return None
    return acting.hand(task).fields(task.document_id).get(task.field)


def _form(acting: Acting, task: ReviewTask) -> str | None:
    return None if task.document_id is None else acting.hand(task).forms[task.document_id].document.form


def _entry(said: Said) -> Entry:
    value = said.value if said.verdict in HOLDS_A_VALUE else None
    return Entry(said.verdict, value.strip() if isinstance(value, str) else value)


def _seconds(given: float | None) -> float | None:
    return None if given is None or not 0 <= given <= SECONDS_MOST else round(given, 3)
