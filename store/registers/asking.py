"""What the registers answer: a patient's state, a caller's question, what is due, and why.

``as_of`` none is the present. An earlier moment gives what was known then.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store.database import reading
from store.registers.compliance import compliance_of
from store.registers.decisions import in_blocks
from store.registers.earlier import everything_known_at, known_at, read_at
from store.registers.finding import UnknownParty, find
from store.registers.folding import fold_stale, kind_of
from store.registers.opening import Program, open_ledger
from store.registers.tables import PartyState, SlotRow
from store.tables import Delivery, Document, Transmission
from store.triage.lineage import newest_of, roots_of
from validators.program.answers_to_callers import (
    Verification,
    verify_dispensing,
    verify_patient,
    verify_standing,
)
from validators.program.clocks import OPEN, age_of
from validators.program.due import Due, due_list, orphans
from validators.program.ledger import Ledger, findings_of_match
from validators.program.mentions import FOUNDING, KIND_OF
from validators.program.moments import day_of
from validators.program.patients import PatientState
from validators.program.receipt import received_moment, wrong_number
from validators.program.rems_ids import PartyKind
from validators.program.rules import ProgramFinding
from validators.program.why import Reason, why_escalated, why_patient, why_standing

Purpose = Literal["infusion", "dispensing"]
"""What a caller wants to do for a patient."""


@dataclass(frozen=True)
class PatientAnswer:
    """A patient as known at a moment.

    Attributes:
        documents: every form that means the patient, by the reading that stood at that moment, in no order.
    """

    rems_id: str | None
    state: PatientState
    documents: frozenset[str]


@dataclass(frozen=True)
class DueList:
    """Status forms that are open, the earliest due first, and the patients whom nobody cares for.

    Attributes:
        rems_ids: of the patients and prescribers named, where they have one.
    """

    lines: tuple[Due, ...]
    orphaned: tuple[str, ...]
    rems_ids: dict[str, str]


def patient(
    engine: Engine, program: Program, identifier: str, as_of: datetime | None = None
) -> PatientAnswer:
    """A patient's state.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        identifier: the REMS ID, or the party's own id.
        as_of: the moment asked about.

    Raises:
        UnknownParty, AmbiguousParty: nobody, or several, bear the identifier.
    """
    with _asked(engine, program, "patient", identifier, as_of) as (ledger, party, moment):
        registry = ledger.registry
        roots = registry.documents(party)
        with reading(engine) as session:
            if as_of is None:
                stood = newest_of(session, roots)
            else:
                stood = {root: read_at(session, root, moment) for root in roots}
        documents = frozenset(one for root in roots if (one := stood[root]) is not None)
        return PatientAnswer(registry.rems_id(party), ledger.patient(party, moment), documents)


def verify(
    engine: Engine,
    program: Program,
    kind: PartyKind,
    identifier: str,
    as_of: datetime | None = None,
    *,
    purpose: Purpose = "infusion",
) -> Verification:
    """Whether a party may go on, with a confirmation number to write down; asked as ``patient`` is.

    Of a patient: whether the next course may begin today, or the newest open order be dispensed.
    """
    with _asked(engine, program, kind, identifier, as_of) as (ledger, party, moment):
        if kind == "patient":
            told = verify_dispensing if purpose == "dispensing" else verify_patient
            return told(ledger.patient(party, moment), ledger.ask(party, moment))
        return verify_standing(ledger.standing(party, moment), party, moment)


def why(
    engine: Engine, program: Program, kind: PartyKind, identifier: str, as_of: datetime | None = None
) -> tuple[Reason, ...]:
    """The documents, rules and people that led to a party's state; asked and refused as ``patient``."""
    with _asked(engine, program, kind, identifier, as_of) as (ledger, party, moment):
        if kind == "patient":
            return why_patient(ledger.patient(party, moment))
        standing = ledger.standing(party, moment)
        reasons = why_standing(standing) if standing else ()
    if as_of is not None:
        return reasons
    escalation = compliance_of(engine, program, kind, party).escalation
    return (*reasons, *((why_escalated(escalation),) if escalation else ()))


def due(
    engine: Engine,
    program: Program,
    as_of: datetime | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
) -> DueList:
    """The status forms that are reminded, due, overdue or missed, and the orphaned patients.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        as_of: the moment asked about; an earlier one is made again from all forms, which takes its time.
        since: leaves out what was due before this day.
        until: leaves out what is due after this day.
    """
    now = datetime.now(UTC)
    if as_of is not None and as_of < now:
        return _due_then(engine, program, as_of, since, until)
    fold_stale(engine, program, stages=False)
    today = day_of(as_of or now, program.settings.zone)
    latest = today + timedelta(days=program.settings.reminder_days)
    conditions = [SlotRow.due_on <= min(latest, until or latest)]
    if since is not None:
        conditions.append(SlotRow.due_on >= since)
    lines, rems_ids = [], {}
    with reading(engine) as session:
        rows = session.execute(
            select(
                SlotRow.party, SlotRow.month, SlotRow.due_on, SlotRow.missed_on,
                PartyState.prescriber, PartyState.orphaned, PartyState.rems_id,
            )
            .join(PartyState, PartyState.party == SlotRow.party)
            .where(*conditions)
            .order_by(SlotRow.due_on, SlotRow.party)
        )  # fmt: skip
        ages: dict[tuple[date, date], tuple[str, int]] = {}
        for party, month, due_on, missed_on, prescriber, orphaned, rems_id in rows.tuples():
            age = ages.get((due_on, missed_on))
            if age is None:
                age = ages[due_on, missed_on] = age_of(due_on, missed_on, today, program.settings)
            if age[0] not in OPEN:
                continue
            lines.append(Due(due_on, party, month, age[0], age[1], prescriber, orphaned))
            if rems_id is not None:
                rems_ids[party] = rems_id
        waiting = select(PartyState.party, PartyState.rems_id).where(PartyState.orphaned.is_(True))
        orphaned_now = dict(session.execute(waiting).tuples().all())
        named = {line.prescriber for line in lines if line.prescriber}
        carers = select(PartyState.party, PartyState.rems_id).where(PartyState.kind == "prescriber")
        rems_ids |= {
            party: rems_id
            for party, rems_id in session.execute(carers).tuples()
            if rems_id and party in named
        }
    rems_ids |= {party: rems_id for party, rems_id in orphaned_now.items() if rems_id}
    return DueList(tuple(lines), tuple(sorted(orphaned_now)), rems_ids)


def _due_then(
    engine: Engine, program: Program, as_of: datetime, since: date | None, until: date | None
) -> DueList:
    with reading(engine) as session:
        ledger = everything_known_at(open_ledger(session, program), program, as_of)
    states = [
        ledger.patient(party, as_of) for party in ledger.registry.parties() if kind_of(party) == "patient"
    ]
    lines = tuple(
        line
        for line in due_list(states)
        if (since is None or line.due_on >= since) and (until is None or line.due_on <= until)
    )
    without = orphans(states)
    named = {line.patient for line in lines} | {line.prescriber for line in lines} | {*without}
    rems_ids = {party: given for party in named if party and (given := ledger.registry.rems_id(party))}
    return DueList(lines, without, rems_ids)


def program_findings(
    engine: Engine, program: Program, documents: Collection[str], as_of: datetime | None = None
) -> dict[str, tuple[ProgramFinding, ...]]:
    """What the program's rules say of each of these forms now; forms without a finding are left out."""
    moment = as_of or datetime.now(UTC)
    with reading(engine) as session:
        asked = {root: document for document, root in roots_of(session, documents).items()}
        opened = open_ledger(session, program)
        ledger = opened.ledger
        opened.book.expect(asked)
        opened.shelf.expect(asked)
        findings: set[ProgramFinding] = set(_of_receipt(session, asked, program))
        parties: set[str] = set()
        for document in asked:
            revisions = opened.book.revisions(document)
            if not revisions:
                continue
            if (asked_under := ledger.case_finding(document)) is not None:
                findings.add(asked_under)
            for role in KIND_OF:
                entry = opened.shelf.entry((document, role))
                party = ledger.party(document, role)
                if entry is not None and party is None:
                    findings |= set(findings_of_match(entry.mention, entry.resolution.match))
                if party is not None and role in {"patient", FOUNDING.get(revisions[-1].form)}:
                    parties.add(party)
        for party in sorted(parties):
            if kind_of(party) == "patient":
                findings |= set(ledger.patient(party, moment).findings)
            elif (standing := ledger.standing(party, moment)) is not None:
                findings |= set(standing.findings)
    own = {
        document: tuple(
            sorted(replace(one, document_id=document) for one in findings if one.document_id == root)
        )
        for root, document in asked.items()
    }
    return {document: own[document] for document in sorted(own) if own[document]}


def _of_receipt(session: Session, documents: Collection[str], program: Program) -> Iterator[ProgramFinding]:
    """CLOCK-01 and FAX-01: what is odd about the call that first brought each of these forms."""
    settings = program.settings
    for keys in in_blocks(sorted(documents)):
        calls = session.execute(
            select(Document.id, Transmission.received_at, Delivery.called_number)
            .join(Transmission, Transmission.id == Document.transmission_id)
            .outerjoin(
                Delivery,
                (Delivery.transmission_id == Transmission.id)
                & (Delivery.received_at == Transmission.received_at),
            )
            .where(Document.id.in_(keys))
        )
        for document, received_at, called in calls.tuples():
            clock_time = received_at.astimezone(settings.zone).replace(tzinfo=None)
            _, doubtful = received_moment(clock_time, document, settings)
            misdialed = wrong_number(called, document, settings)
            yield from (one for one in (doubtful, misdialed) if one is not None)


@contextmanager
def _asked(
    engine: Engine, program: Program, kind: PartyKind, identifier: str, as_of: datetime | None
) -> Iterator[tuple[Ledger, str, datetime]]:
    """The ledger to ask, the party and the moment."""
    now = datetime.now(UTC)
    with reading(engine) as session:
        opened = open_ledger(session, program)
        party = find(opened, kind, identifier)
        if as_of is None or as_of >= now:
            yield opened.ledger, party, as_of or now
            return
        ledger, then = known_at(opened, program, party, as_of)
        if then is None:
            raise UnknownParty(f"This {kind} was not known at that time; ask about a later day.")
        yield ledger, then, as_of
