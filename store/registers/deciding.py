"""What a person decides about a party's standing, by the identifier at hand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.engine import Engine

from store.database import reading
from store.registers.finding import find
from store.registers.opening import Program, open_ledger
from store.registers.registering import decide
from validators.program.decisions import Decertified, Reinstated, Suspended
from validators.program.events import Who
from validators.program.rems_ids import PartyKind

STEPS: dict[str, type[Suspended | Decertified | Reinstated]] = {
    "suspend": Suspended,
    "decertify": Decertified,
    "reinstate": Reinstated,
}


@dataclass(frozen=True)
class Decided:
    """What followed from a decision.

    Attributes:
        party: whom it was about.
        state: the standing from now on.
        patients: how many patients' states lean on it.
    """

    party: str
    state: str
    patients: int


def decide_on_standing(
    engine: Engine,
    program: Program,
    step: str,
    kind: PartyKind,
    identifier: str,
    *,
    by: str,
    role: str,
    reason: str,
) -> Decided:
    """Suspend, decertify or reinstate a prescriber or a site, as of now.

    A decision without a reason, or in a role that may not take it, is kept and has no effect (N2).

    Raises:
        UnknownParty, AmbiguousParty: nobody, or several, bear the identifier.
        StoreUnreachable, StoreBusy, DiskFull: nothing was kept.
    """
    with reading(engine) as session:
        party = find(open_ledger(session, program), kind, identifier)
    now = datetime.now(UTC)
    touched = decide(
        engine,
        program,
        STEPS[step](decision_id=str(uuid4()), at=now, who=Who(by, role), reason=reason, party=party),
    )
    with reading(engine) as session:
        standing = open_ledger(session, program).ledger.standing(party, now)
    patients = sum(one.startswith("patient:") for one in touched.parties)
    return Decided(party, standing.at(now) if standing else "none", patients)
