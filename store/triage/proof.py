"""That decisions of triage, and what re-readings replaced, still stand as the trail vouches for them."""

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import AuditRow
from store.trail import RECORDED, SET_ASIDE
from store.triage.deciding import DECIDED, decision_hash
from store.triage.superseding import rereading_hash
from store.triage.tables import Rereading, TriageDecision

READ_IN_ONE_GO = 500


def triage_breaks(session: Session) -> Iterator[str]:
    """A sentence for each decision or replaced reading that is not as it was written."""
    decisions = _promised(session, (DECIDED,), "decision")
    stored = 0
    for row in session.execute(select(TriageDecision).execution_options(yield_per=READ_IN_ONE_GO)).scalars():
        stored += 1
        if decision_hash(row) not in decisions:
            yield f"Decision {row.number} about transmission {row.transmission_id} was changed."
    if stored != len(decisions):
        yield f"The trail knows {len(decisions)} decisions of triage, the store holds {stored}."
    rereadings, kept = _promised(session, (RECORDED, SET_ASIDE), "rereading"), 0
    for again in session.execute(select(Rereading).execution_options(yield_per=READ_IN_ONE_GO)).scalars():
        kept += 1
        if rereading_hash(again) not in rereadings:
            yield (
                f"What reading {again.reading} of transmission {again.transmission_id} replaced was changed."
            )
    if kept != len(rereadings):
        yield f"The trail knows {len(rereadings)} re-readings, the store holds {kept}."


def _promised(session: Session, actions: tuple[str, ...], name: str) -> set[str]:
    rows = session.execute(
        select(AuditRow.details)
        .where(AuditRow.action.in_(actions))
        .execution_options(yield_per=READ_IN_ONE_GO)
    ).scalars()
    found: set[str] = set()
    for details in rows:
        try:
            said = json.loads(details).get(name)
        except (ValueError, AttributeError):  # a row that somebody changed; the chain tells of it
            continue
        if isinstance(said, str):
            found.add(said)
    return found
