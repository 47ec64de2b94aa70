"""Non-compliance: the events of prescribers and sites, and the step that their number calls for (N1).

No step closes a gate: a person suspends, with role and reason (``deciding``).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store.database import reading
from store.registers.decision_rows import COLUMNS, decision_of
from store.registers.earlier import everything_known_at
from store.registers.finding import find
from store.registers.folding import fold_stale, kind_of
from store.registers.opening import Opened, Program, open_ledger
from store.registers.tables import DecisionRow, NonComplianceRow, PartyState, SlotRow
from validators.program.compliance import (
    MISSED,
    Escalation,
    NonCompliance,
    counted_since,
    noted_by,
    shown_by,
    step_for,
)
from validators.program.compliance import (
    escalations as steps_of,
)
from validators.program.decisions import NonComplianceNoted
from validators.program.moments import day_of
from validators.program.rems_ids import PartyKind
from validators.program.settings import ProgramSettings


@dataclass(frozen=True, order=True)
class Escalated:
    """A party whose events of non-compliance call for a step.

    Attributes:
        events: within the period of the settings.
        step: as the settings call it.
    """

    party: str
    rems_id: str | None
    events: int
    step: str


@dataclass(frozen=True)
class Compliance:
    """The events of one prescriber or site.

    Attributes:
        events: all on record, the oldest first.
        escalation: the step that those within the period call for, if they do.
    """

    party: str
    rems_id: str | None
    events: tuple[NonCompliance, ...]
    escalation: Escalation | None


def escalations(engine: Engine, program: Program, as_of: datetime | None = None) -> tuple[Escalated, ...]:
    """Every party whose events call for a step, those with the most events first.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        as_of: the moment asked about; an earlier one is made again from all forms, which takes its time.
    """
    now = datetime.now(UTC)
    if as_of is not None and as_of < now:
        with reading(engine) as session:
            ledger = everything_known_at(open_ledger(session, program), program, as_of)
        parties = ledger.registry.parties()
        events = [
            event
            for party in parties
            if kind_of(party) == "patient"
            for event in shown_by(ledger.patient(party, as_of), program.settings)
        ]
        events += [noted for party in parties for noted in ledger.noted(party, as_of)]
        steps = steps_of(events, day_of(as_of, program.settings.zone), program.settings)
        return _most_first(
            Escalated(one.party, ledger.registry.rems_id(one.party), len(one.events), one.step)
            for one in steps
        )
    fold_stale(engine, program, stages=False)
    today = day_of(now, program.settings.zone)
    with reading(engine) as session:
        counts = _counts(open_ledger(session, program), today, program.settings)
        rems_ids = _rems_ids(session)
    return _most_first(
        Escalated(party, rems_ids.get(party), count, step)
        for party, count in counts.items()
        if (step := step_for(count, program.settings))
    )


def compliance_of(engine: Engine, program: Program, kind: PartyKind, identifier: str) -> Compliance:
    """The events of one prescriber or site, and the step that they call for.

    Raises:
        UnknownParty, AmbiguousParty: nobody, or several, bear the identifier.
    """
    fold_stale(engine, program, stages=False)
    today = day_of(datetime.now(UTC), program.settings.zone)
    with reading(engine) as session:
        opened = open_ledger(session, program)
        party = find(opened, kind, identifier)
        rows = session.execute(
            select(
                NonComplianceRow.on,
                NonComplianceRow.party,
                NonComplianceRow.kind,
                NonComplianceRow.patient,
                NonComplianceRow.document_id,
            ).where(NonComplianceRow.party == party)
        )
        events = [NonCompliance(*row) for row in rows.tuples()]
        missed = session.execute(
            select(SlotRow.due_on, SlotRow.party).where(
                SlotRow.prescriber == party, SlotRow.missed_on <= today
            )
        )
        events += [NonCompliance(due_on, party, MISSED, patient) for due_on, patient in missed.tuples()]
        noted = opened.decisions.noted(opened.ledger.registry.names(party))
        events += [
            noted_by(one, program.settings, party) for one in noted if isinstance(one, NonComplianceNoted)
        ]
        rems_id = opened.ledger.registry.rems_id(party)
    step = next(iter(steps_of(events, today, program.settings)), None)
    return Compliance(party, rems_id, tuple(sorted(events, key=lambda one: (one.on, one.kind))), step)


def _counts(opened: Opened, today: date, settings: ProgramSettings) -> Counter[str]:
    """Events within the period, by party."""
    session, since = opened.session, counted_since(today, settings)
    counts: Counter[str] = Counter()
    shown = (
        select(NonComplianceRow.party, func.count())
        .where(NonComplianceRow.on > since, NonComplianceRow.on <= today)
        .group_by(NonComplianceRow.party)
    )
    missed = (
        select(SlotRow.prescriber, func.count())
        .where(SlotRow.due_on > since, SlotRow.due_on <= today, SlotRow.missed_on <= today)
        .where(SlotRow.prescriber.is_not(None))
        .group_by(SlotRow.prescriber)
    )
    for question in (shown, missed):
        counts.update(dict(session.execute(question).tuples().all()))
    noted = select(*COLUMNS).where(DecisionRow.kind == "non_compliance")
    for decision in map(decision_of, session.execute(noted)):
        if isinstance(decision, NonComplianceNoted):
            party = opened.ledger.registry.current(decision.party)
            event = noted_by(decision, settings, party)
            counts[event.party] += since < event.on <= today
    return counts


def _rems_ids(session: Session) -> dict[str, str]:
    rows = select(PartyState.party, PartyState.rems_id).where(PartyState.kind != "patient")
    return {party: rems_id for party, rems_id in session.execute(rows).tuples() if rems_id}


def _most_first(escalated: Iterable[Escalated]) -> tuple[Escalated, ...]:
    return tuple(sorted(escalated, key=lambda one: (-one.events, one.party)))
