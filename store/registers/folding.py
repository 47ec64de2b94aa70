"""What lists need of each party, folded again after every change, and the REMS IDs of those who take part."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, cast

from sqlalchemy import delete, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.database import reading, writing
from store.registers.decisions import in_blocks
from store.registers.opening import Opened, Program, lock_registers, open_ledger
from store.registers.proof import keep_decision
from store.registers.tables import NonComplianceRow, PartyFinding, PartyState, SlotRow
from store.registers.upsert import add_new, put
from store.tables import Base
from validators.program.by_itself import care_changes_at, patient_changes_at, standing_changes_at
from validators.program.care import carer_at
from validators.program.certification import Standing
from validators.program.clocks import missed_from
from validators.program.compliance import MISSED, shown_by
from validators.program.decisions import RemsIdIssued
from validators.program.events import MACHINE
from validators.program.moments import start_of
from validators.program.patients import PatientState
from validators.program.rems_ids import PartyKind, issue
from validators.program.rules import ProgramFinding
from validators.program.settings import ProgramSettings

PARTIES_AT_ONCE = 50
"""Folded in one transaction: enough to be quick, few enough to hold nobody up for long."""

WITHOUT_ID = frozenset({"none", "pending"})
"""States in which nobody is enrolled, and no REMS ID is issued yet."""


def mark_stale(session: Session, parties: Iterable[str]) -> None:
    """Have the parties folded again; within the transaction that touched them."""
    names = sorted(parties)
    rows = [
        {"party": name, "kind": kind_of(name), "stale": True, "state": "none", "orphaned": False}
        for name in names
    ]
    add_new(session, PartyState, rows)
    for block in in_blocks(names):
        session.execute(update(PartyState).where(PartyState.party.in_(block)).values(stale=True))


def fold_stale(engine: Engine, program: Program, now: datetime | None = None, *, stages: bool = True) -> int:
    """Fold every party that something touched since, or that changed by itself; returns how many.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        now: the moment that the states are of; by default the present.
        stages: also the patients of whom the stage alone changed, at midnight often thousands. For lists
            of status forms, carers and events of non-compliance, which look at no stage, they may wait.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: the rest stays marked for the next call.
    """
    moment = now or datetime.now(UTC)
    count = 0
    by_itself = PartyState.changes_at if stages else PartyState.care_changes_at
    while block := _stale(engine, moment, by_itself):
        with writing(engine) as session:
            lock_registers(session)
            _fold(open_ledger(session, program), block, moment, program.settings)
        count += len(block)
    return count


def kind_of(party: str) -> PartyKind:
    """prescriber, patient, facility or pharmacy."""
    return cast("PartyKind", party.partition(":")[0])


def _stale(engine: Engine, moment: datetime, by_itself: InstrumentedAttribute[datetime | None]) -> list[str]:
    with reading(engine) as session:
        # Two questions, each in the order of its index: in one, or in another order, Postgres may choose to
        # read every party there is.
        for is_due, order in (
            (text("party_states.stale"), PartyState.party),
            (by_itself <= moment, by_itself),
        ):
            waiting = select(PartyState.party).where(is_due).order_by(order).limit(PARTIES_AT_ONCE)
            if parties := list(session.execute(waiting).scalars()):
                return parties
        return []


def _fold(opened: Opened, parties: Sequence[str], now: datetime, settings: ProgramSettings) -> None:
    """Fold parties together: what they rest on is read, and what becomes of them written, all at once."""
    session, ledger = opened.session, opened.ledger
    ledger.expect(parties)
    rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
    gone = []
    for party in parties:
        if ledger.registry.current(party) != party or not ledger.registry.founding_documents(party):
            # It was merged into another, or a form received earlier founds it now under another id.
            gone.append(party)
            continue
        state = (
            ledger.patient(party, now)
            if kind_of(party) == "patient"
            else ledger.standing(party, now) or Standing(party, ())
        )
        if isinstance(state, PatientState):
            rows[SlotRow] += slot_rows(state, settings)
            rows[NonComplianceRow] += non_compliance_rows(state, settings)
        rows[PartyFinding] += finding_rows(party, state.findings)
        rows[PartyState].append(state_row(state, ledger.registry.rems_id(party), now, settings))
    for keys in in_blocks(parties):
        for kept, whose in _FOLDED:
            session.execute(delete(kept).where(whose.in_(keys)))
    for keys in in_blocks(gone):
        session.execute(delete(PartyState).where(PartyState.party.in_(keys)))
    for kind, own in rows.items():
        put(session, kind, own)


_FOLDED: tuple[tuple[type[Base], InstrumentedAttribute[str]], ...] = (
    (SlotRow, SlotRow.party),
    (NonComplianceRow, NonComplianceRow.patient),
    (PartyFinding, PartyFinding.party),
)
"""What a fold leaves of a party beside its state, and by which column it is the party's."""


def state_row(
    state: PatientState | Standing, rems_id: str | None, now: datetime, settings: ProgramSettings
) -> dict[str, Any]:
    """A party's state as a row."""
    row: dict[str, Any] = {
        "party": state.party,
        "kind": kind_of(state.party),
        "stale": False,
        "rems_id": rems_id,
        "folded_at": now,
    }
    if isinstance(state, PatientState):
        moments = patient_changes_at(state, settings), care_changes_at(state, settings)
        own = {"state": state.stage, "prescriber": state.prescriber, "orphaned": state.orphaned}
    else:
        moments = standing_changes_at(state, now, settings), None
        own = {"state": state.at(now), "prescriber": None, "orphaned": False}
    return {**row, **own, "changes_at": moments[0], "care_changes_at": moments[1]}


def slot_rows(patient: PatientState, settings: ProgramSettings) -> list[dict[str, Any]]:
    """The status forms that have not come, as rows."""
    slots = patient.slots
    return [
        {
            "party": patient.party,
            "month": slot.month,
            "due_on": slot.due_on,
            "missed_on": missed_from(slot, follower, settings),
            "prescriber": carer.prescriber
            if (carer := carer_at(patient.links, start_of(slot.due_on, settings.zone)))
            else None,
        }
        for slot, follower in zip_longest(slots, slots[1:])
        if slot.document_id is None and slot.state != "not_applicable"
    ]


def non_compliance_rows(patient: PatientState, settings: ProgramSettings) -> list[dict[str, Any]]:
    """The events of non-compliance that a patient's forms show, as rows; missed forms are slots."""
    events = (one for one in shown_by(patient, settings) if one.kind != MISSED)
    return [
        {
            "patient": patient.party,
            "ordinal": ordinal,
            "party": one.party,
            "on": one.on,
            "kind": one.kind,
            "document_id": one.document_id,
        }
        for ordinal, one in enumerate(events)
    ]


def finding_rows(party: str, findings: Iterable[ProgramFinding]) -> list[dict[str, Any]]:
    """What somebody has to do something about, as rows."""
    return [
        {
            "party": party,
            "ordinal": ordinal,
            "rule": one.rule,
            "severity": one.severity,
            "message": one.message,
            "document_id": one.document_id,
            "fields": list(one.fields),
        }
        for ordinal, one in enumerate(one for one in findings if one.is_open)
    ]


def issue_rems_ids(engine: Engine, program: Program) -> int:
    """Give everybody who takes part and has no REMS ID one, in order of their ids; returns how many.

    Called at the end of a batch, when all that came is known: so the same faxes give the same REMS IDs.

    Raises:
        RemsIdsExhaustedError: every number of a kind is taken.
        StoreUnreachable, StoreBusy, DiskFull: the rest gets theirs with the next batch.
    """
    with reading(engine) as session:
        without = select(PartyState.party).where(
            PartyState.rems_id.is_(None), PartyState.stale.is_(False), PartyState.state.not_in(WITHOUT_ID)
        )
        parties = session.execute(without.order_by(PartyState.party)).scalars().all()
    for party in parties:
        with writing(engine) as session:
            lock_registers(session)
            _issue(open_ledger(session, program), party)
    return len(parties)


def _issue(opened: Opened, party: str) -> None:
    """Issue a REMS ID as of the moment from which the party takes part."""
    ledger, kind, now = opened.ledger, kind_of(party), datetime.now(UTC)
    if ledger.registry.current(party) != party or ledger.registry.rems_id(party) is not None:
        return
    standing = ledger.patient(party, now) if kind == "patient" else ledger.standing(party, now)
    changes = standing.changes if standing else ()
    since = next((change.at for change in changes if change.state not in WITHOUT_ID), None)
    if since is None:
        return
    seed = party.partition(":")[2]
    touched = keep_decision(
        opened,
        RemsIdIssued(
            decision_id=f"rems_id:{party}",
            at=since,
            who=MACHINE,
            reason="enrolled",
            party=party,
            rems_id=issue(kind, seed, lambda rems_id: opened.shelf.bearing(rems_id, kind)),
        ),
    )
    mark_stale(opened.session, touched.parties | opened.shelf.changed_parties | {party})
