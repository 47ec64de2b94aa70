"""What followed from a change: whose state was looked at again, what became of it, what is asked now."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.registers.decisions import in_blocks
from store.registers.folding import kind_of
from store.registers.tables import PartyFinding, PartyState
from validators.model import Severity
from validators.program.rems_ids import PartyKind
from validators.program.rules import ProgramFinding


@dataclass(frozen=True, order=True)
class PartyChange:
    """A party that was looked at again.

    Attributes:
        before: its state until then; none for a party that was not known.
        after: its state from now on; none for one that is gone (merged, or founded by another form).
    """

    party: str
    kind: PartyKind
    rems_id: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Followed:
    """What followed from a decision.

    Attributes:
        parties: everybody who was looked at again, those whose state changed first.
        documents: the forms whose meaning or joining changed, or that lean on it.
        opened: what the program's rules ask now and did not before.
        closed: what they asked before and do not any more.
    """

    decision_id: str
    parties: tuple[PartyChange, ...]
    documents: frozenset[str]
    opened: tuple[ProgramFinding, ...]
    closed: tuple[ProgramFinding, ...]


@dataclass(frozen=True)
class Known:
    """States, REMS IDs and open findings of some parties, as last folded."""

    states: dict[str, tuple[str | None, str | None]]
    findings: frozenset[ProgramFinding]


def what_is_known(session: Session, parties: Collection[str]) -> Known:
    """The states of parties as they were last folded."""
    states: dict[str, tuple[str | None, str | None]] = dict.fromkeys(parties, (None, None))
    findings: set[ProgramFinding] = set()
    for keys in in_blocks(sorted(parties)):
        rows = select(PartyState.party, PartyState.state, PartyState.rems_id, PartyState.folded_at)
        for party, state, rems_id, folded_at in session.execute(rows.where(PartyState.party.in_(keys))):
            states[party] = None if folded_at is None else state, rems_id
        asked = select(
            PartyFinding.rule,
            PartyFinding.severity,
            PartyFinding.message,
            PartyFinding.party,
            PartyFinding.document_id,
            PartyFinding.fields,
        )
        for rule, severity, message, party, document_id, fields in session.execute(
            asked.where(PartyFinding.party.in_(keys))
        ):
            level: Severity = severity
            findings.add(ProgramFinding(rule, level, message, party, document_id, tuple(fields)))
    return Known(states, frozenset(findings))


def told(decision_id: str, before: Known, after: Known, documents: frozenset[str]) -> Followed:
    """What is different."""
    changes = [
        PartyChange(
            party,
            kind_of(party),
            after.states[party][1] or before.states[party][1],
            before.states[party][0],
            after.states[party][0],
        )
        for party in before.states
    ]
    return Followed(
        decision_id,
        tuple(sorted(changes, key=lambda one: (one.before == one.after, one.party))),
        documents,
        tuple(sorted(after.findings - before.findings, key=_place)),
        tuple(sorted(before.findings - after.findings, key=_place)),
    )


def _place(finding: ProgramFinding) -> tuple[str, str, str, str]:
    return finding.rule, finding.party or "", finding.document_id or "", finding.message
