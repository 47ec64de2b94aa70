"""What lists need of each party, folded again after every change, and the REMS IDs of those who take part."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store.database import reading, writing
from store.registers.decisions import in_blocks
from store.registers.opening import Opened, Program, lock_registers, open_ledger
from store.registers.tables import PartyState, SlotRow
from store.registers.upsert import add_new, put
from validators.program.clocks import Slot, missed_from
from validators.program.decisions import RemsIdIssued
from validators.program.events import MACHINE
from validators.program.rems_ids import PartyKind, issue
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


def fold_stale(engine: Engine, program: Program, now: datetime | None = None) -> int:
    """Fold every party that something touched since; returns how many.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        now: the moment that the states are of; by default the present.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: the rest stays marked for the next call.
    """
    count = 0
    while block := _stale(engine):
        with writing(engine) as session:
            lock_registers(session)
            opened = open_ledger(session, program)
            for party in block:
                _fold(opened, party, now or datetime.now(UTC), program.settings)
        count += len(block)
    return count


def kind_of(party: str) -> PartyKind:
    """prescriber, patient, facility or pharmacy."""
    return cast("PartyKind", party.partition(":")[0])


def _stale(engine: Engine) -> list[str]:
    with reading(engine) as session:
        waiting = (
            select(PartyState.party)
            .where(PartyState.stale.is_(True))
            .order_by(PartyState.party)
            .limit(PARTIES_AT_ONCE)
        )
        return list(session.execute(waiting).scalars())


def _fold(opened: Opened, party: str, now: datetime, settings: ProgramSettings) -> None:
    session, registry = opened.session, opened.ledger.registry
    session.execute(delete(SlotRow).where(SlotRow.party == party))
    if registry.current(party) != party or not registry.founding_documents(party):
        # It was merged into another, or a form received earlier founds it now under another id.
        session.execute(delete(PartyState).where(PartyState.party == party))
        return
    row: dict[str, Any] = {"party": party, "kind": kind_of(party), "stale": False, "folded_at": now}
    if kind_of(party) == "patient":
        patient = opened.ledger.patient(party, now)
        row |= {"state": patient.stage, "prescriber": patient.prescriber, "orphaned": patient.orphaned}
        _keep_slots(session, party, patient.slots, settings)
    else:
        standing = opened.ledger.standing(party, now)
        row |= {"state": standing.at(now) if standing else "none", "prescriber": None, "orphaned": False}
    row["rems_id"] = registry.rems_id(party)
    put(session, PartyState, row)


def _keep_slots(session: Session, party: str, slots: tuple[Slot, ...], settings: ProgramSettings) -> None:
    rows = [
        {
            "party": party,
            "month": slot.month,
            "due_on": slot.due_on,
            "missed_on": missed_from(slot, follower, settings),
        }
        for slot, follower in zip_longest(slots, slots[1:])
        if slot.document_id is None and slot.state != "not_applicable"
    ]
    if rows:
        session.execute(insert(SlotRow), rows)


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
    touched = ledger.decide(
        RemsIdIssued(
            decision_id=f"rems_id:{party}",
            at=since,
            who=MACHINE,
            reason="enrolled",
            party=party,
            rems_id=issue(kind, seed, lambda rems_id: opened.shelf.bearing(rems_id, kind)),
        )
    )
    mark_stale(opened.session, touched.parties | opened.shelf.changed_parties | {party})
