"""Decisions in the audit trail: each is vouched for by a row about the fax that it rests on."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from store import trail
from store.registers.decision_rows import COLUMNS, row_of
from store.registers.opening import Opened
from store.registers.tables import DecisionRow
from store.tables import AuditRow, Document, Transmission
from validators.program.decisions import CaseOpened, Decision, Joined, Linked, Merged, Unmerged
from validators.program.ledger import Touched

READ_IN_ONE_GO = 2000


def keep_decision(opened: Opened, decision: Decision) -> Touched:
    """Take a decision into the ledger, and into the audit trail where it is new."""
    new = opened.session.get(DecisionRow, decision.decision_id) is None
    touched = opened.ledger.decide(decision)
    if new:
        _append(opened, decision)
    return touched


def decision_breaks(session: Session) -> Iterator[str]:
    """A sentence for each decision that is not as it was taken, as far as the trail vouches for them."""
    promised: set[str] = set()
    rows = select(AuditRow.details).where(AuditRow.action == trail.DECIDED)
    for details in session.execute(rows.execution_options(yield_per=READ_IN_ONE_GO)).scalars():
        try:
            promised.add(str(json.loads(details).get("decision")))
        except (ValueError, AttributeError):  # a row that somebody changed; the chain tells of it
            continue
    stored = 0
    for row in session.execute(select(*COLUMNS).execution_options(yield_per=READ_IN_ONE_GO)):
        stored += 1
        if _hash({column.key: getattr(row, column.key) for column in COLUMNS}) not in promised:
            yield f"Decision {row.id} of the registers was changed."
    if stored != len(promised):
        yield f"The trail knows {len(promised)} decisions of the registers, the store holds {stored}."


def _append(opened: Opened, decision: Decision) -> None:
    session = opened.session
    # The fax before the trail, as everybody who writes about a fax: so nobody waits for each other in a ring.
    fax = session.execute(
        select(Transmission.id)
        .join(Document, Document.transmission_id == Transmission.id)
        .where(Document.id == _document_of(opened, decision))
        .with_for_update(of=Transmission)
    ).scalar_one()
    row = row_of(decision)
    details = {"kind": row["kind"], "role": decision.who.role, "decision": _hash(row)}
    trail.append(
        session,
        trail.Event(fax, trail.DECIDED, decision.decision_id, actor=decision.who.name, details=details),
    )


def _document_of(opened: Opened, decision: Decision) -> str:
    """The form that a decision rests on: that it is about, or that founded the party."""
    if isinstance(decision, Linked | Joined | CaseOpened):
        return decision.document_id
    if isinstance(decision, Unmerged):
        merge = opened.decisions.merge(decision.merge_id)
        party = merge.kept if merge else ""
    else:
        party = decision.kept if isinstance(decision, Merged) else getattr(decision, "party", "")
    return str(party).partition(":")[2]


def _hash(row: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a decision's row."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(rfc8785.dumps({**row, "at": at})).hexdigest()
