"""Cases: a number for each form that lacks something, under which its office is asked.

A form that is found to lack something waits in ``cases_to_open`` until all that came with it is known: a page
or form of the same batch may complete it, or it may itself be the late page of another.
"""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store.database import reading, writing
from store.registers.decisions import case_decision_id, in_blocks
from store.registers.folding import mark_stale
from store.registers.opening import Opened, Program, lock_registers, open_ledger
from store.registers.proof import keep_decision
from store.registers.tables import CaseToOpen, DecisionRow
from store.registers.upsert import add_new
from store.triage.lineage import roots_of
from validators.program.case_numbers import case_number_for
from validators.program.decisions import CaseOpened
from validators.program.events import MACHINE, RecordedForm


def await_case(session: Session, newest: RecordedForm) -> None:
    """Have a case opened for a form whose newest version lacks something; within its transaction."""
    if newest.pending:
        add_new(session, CaseToOpen, [{"document_id": newest.document_id}])
    elif newest.revision:
        session.execute(delete(CaseToOpen).where(CaseToOpen.document_id == newest.document_id))


def open_cases(engine: Engine, program: Program, documents: Collection[str] | None = None) -> int:
    """Give every form that still lacks something a case; returns how many were opened.

    In order of the forms' ids, when all that came is known: so the same faxes give the same numbers. Whom an
    opened case concerns is marked to be folded again.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        documents: these forms alone; by default all that wait.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: the rest gets theirs with the next batch.
    """
    waiting = select(CaseToOpen.document_id).order_by(CaseToOpen.document_id)
    if documents is not None:
        waiting = waiting.where(CaseToOpen.document_id.in_(documents))
    with reading(engine) as session:
        keys = session.execute(waiting).scalars().all()
    count = 0
    for key in keys:
        with writing(engine) as session:
            lock_registers(session)
            count += _open(open_ledger(session, program), key)
    return count


def case_numbers(session: Session, document_ids: Collection[str]) -> dict[str, str]:
    """The numbers of the cases that were opened for forms, by document; those without one are left out."""
    roots, found = roots_of(session, document_ids), dict[str, str]()
    for keys in in_blocks(sorted(set(roots.values()))):
        opened = DecisionRow.document_id.in_(keys), DecisionRow.kind == "case_opened"
        rows = session.execute(select(DecisionRow.document_id, DecisionRow.detail).where(*opened)).tuples()
        found |= {document: number for document, number in rows if document and number}
    return {document: found[root] for document, root in roots.items() if root in found}


def _open(opened: Opened, document_id: str) -> bool:
    session, ledger, revisions = opened.session, opened.ledger, opened.book.revisions(document_id)
    if ledger.is_in_doubt(document_id):  # a person says first what it is to an earlier one
        return False
    session.execute(delete(CaseToOpen).where(CaseToOpen.document_id == document_id))
    if not ledger.lacks(document_id) or revisions[-1].case_number is not None:
        return False
    newest = revisions[-1]
    number = case_number_for(document_id, lambda one: opened.decisions.opener(one) is not None)
    touched = keep_decision(
        opened,
        CaseOpened(
            decision_id=case_decision_id(number),
            at=newest.known_at or newest.received_at,
            who=MACHINE,
            reason="pages are missing" if newest.missing_pages else "answers or signatures are missing",
            document_id=document_id,
            case_number=number,
        ),
    )
    mark_stale(session, touched.parties)
    return True
