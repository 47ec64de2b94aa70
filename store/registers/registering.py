"""Taking forms and decisions into the registers: one transaction each, repeatable, in any order."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from store.database import reading, writing
from store.errors import StoreError
from store.registers.cases import await_case, open_cases
from store.registers.folding import fold_stale, issue_rems_ids, mark_stale
from store.registers.following import Followed, told, what_is_known
from store.registers.forms import Judge, versions_of
from store.registers.opening import Opened, Program, lock_registers, open_ledger
from store.registers.proof import keep_decision
from store.registers.tables import FormToRegister
from store.triage.lineage import root_of
from validators.program.decisions import Decision
from validators.program.events import RecordedForm
from validators.program.ledger import Touched


class FormsNotRegistered(StoreError):
    """Forms that a fault of the program keeps out of the registers."""


def register_waiting(engine: Engine, program: Program, judge: Judge, *, issue_ids: bool = True) -> int:
    """Take in every form that was recorded or changed since, then fold the parties it touched.

    A process killed on the way leaves the rest to the next call; a form taken in twice changes nothing.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        judge: says whether a form is complete.
        issue_ids: give REMS IDs to those who take part now, and cases to forms that lack something; not while
            more of a batch is to come.

    Returns:
        How many forms were taken in.

    Raises:
        FormsNotRegistered: a fault of the program kept some out; the others are in.
        StoreUnreachable, StoreBusy, DiskFull: what was not taken in waits for the next call.
    """
    with reading(engine) as session:
        waiting = session.execute(select(FormToRegister.document_id)).scalars().all()
    taken, failed = 0, []
    for document_id in sorted(waiting):
        try:
            taken += record_form(engine, document_id, program, judge)
        except StoreError:
            raise
        except Exception as error:  # one form must not hold up the others, and is told below
            failed.append(error)
    fold_stale(engine, program)
    if issue_ids:
        issue_rems_ids(engine, program)
        open_cases(engine, program)
        fold_stale(engine, program)
    if failed:
        raise FormsNotRegistered(
            f"{len(failed)} forms could not be taken into the registers and wait there; "
            "report it with the last entry of the log."
        ) from failed[0]
    return taken


def record_form(engine: Engine, document_id: str, program: Program, judge: Judge) -> bool:
    """Take one waiting form in, every version of it that is new; returns whether it was still waiting."""
    with writing(engine) as session:
        lock_registers(session)
        return _take_waiting(open_ledger(session, program), document_id, program, judge) is not None


def follow_form(engine: Engine, document_id: str, program: Program, judge: Judge) -> Followed:
    """Take one form in at once if it waits, fold whom it touches, and tell what changed.

    Args:
        engine: of the store.
        document_id: of the form that a person changed; the answer's ``decision_id``.
        program: settings and the key of the assessment.
        judge: says whether a form is complete.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: the form waits for the next batch.
    """
    with writing(engine) as session:
        lock_registers(session)
        opened = open_ledger(session, program)
        touched = _take_waiting(opened, document_id, program, judge) or Touched(frozenset(), frozenset())
        form, before = root_of(session, document_id), what_is_known(session, touched.parties)
    fold_stale(engine, program)
    if open_cases(engine, program, (form,)):
        fold_stale(engine, program)
    with reading(engine) as session:
        after = what_is_known(session, touched.parties)
    return told(document_id, before, after, touched.documents)


def _take_waiting(opened: Opened, document_id: str, program: Program, judge: Judge) -> Touched | None:
    """Take a form in, if it still waits; what it touches."""
    session, mine = opened.session, FormToRegister.document_id == document_id
    if not session.execute(delete(FormToRegister).where(mine).returning(FormToRegister.document_id)).all():
        return None
    form = root_of(session, document_id)
    versions = versions_of(session, form, judge, program.settings.case_number_pattern)
    known = len(opened.book.revisions(form)) if versions else 0
    for newest in versions[-1:]:
        await_case(session, newest)
    # The newest is taken in again where none is new: its time of receipt may have become earlier.
    return take_in(opened, versions[known:] or versions[-1:])


def take_in(opened: Opened, forms: Iterable[RecordedForm]) -> Touched:
    """Take versions of forms into the registers, and mark the parties that they touch."""
    parties, documents = set[str](), set[str]()
    for form in forms:
        touched = opened.ledger.record(form)
        parties |= touched.parties | opened.shelf.changed_parties
        documents |= touched.documents
        _mark(opened, touched)
    return Touched(frozenset(parties), frozenset(documents))


def take_decision(opened: Opened, decision: Decision) -> Touched:
    """Keep a decision, with its row in the audit trail, and mark the parties that it touches."""
    touched = keep_decision(opened, decision)
    _mark(opened, touched)
    return touched


def decide(engine: Engine, program: Program, decision: Decision) -> Touched:
    """Keep what a person decided, and fold what it touches again.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: nothing was kept.
    """
    with writing(engine) as session:
        lock_registers(session)
        touched = take_decision(open_ledger(session, program), decision)
    fold_stale(engine, program)
    return touched


def _mark(opened: Opened, touched: Touched) -> None:
    mark_stale(opened.session, touched.parties | opened.shelf.changed_parties)
    opened.shelf.changed_parties.clear()
