"""Taking forms and decisions into the registers: one transaction each, repeatable, in any order."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from store.database import reading, writing
from store.errors import StoreError
from store.registers.folding import fold_stale, issue_rems_ids, mark_stale
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
        issue_ids: give REMS IDs to those who take part now; not while more of a batch is to come.

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
    if issue_ids and issue_rems_ids(engine, program):
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
        mine = FormToRegister.document_id == document_id
        if not session.execute(
            delete(FormToRegister).where(mine).returning(FormToRegister.document_id)
        ).all():
            return False
        form = root_of(session, document_id)
        versions = versions_of(session, form, judge)
        if versions:
            opened = open_ledger(session, program)
            known = len(opened.book.revisions(form))
            # The newest is taken in again where none is new: its time of receipt may have become earlier.
            take_in(opened, versions[known:] or versions[-1:])
        return True


def take_in(opened: Opened, forms: Iterable[RecordedForm]) -> None:
    """Take versions of forms into the registers, and mark the parties that they touch."""
    for form in forms:
        _mark(opened, opened.ledger.record(form))


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
