"""What people decided, as one transaction reads it: by the parties and the forms that it is about.

Everything about a party is read at once and only once, so that a state costs a few questions however many
kinds of decisions there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.registers.decision_rows import COLUMNS, STANDING_KINDS, decision_of, row_of
from store.registers.tables import DecisionRow
from store.registers.upsert import add_new
from validators.program.decisions import (
    CaseOpened,
    Decision,
    Joined,
    Linked,
    Merged,
    NonComplianceNoted,
    RemsIdIssued,
)

LENGTHS = (1, 4, 16, 64, 500)
"""How many keys a question holds."""

KEYS_IN_ONE_QUESTION = LENGTHS[-1]
_STANDING = frozenset(STANDING_KINDS)


class StoreDecisions:
    """The decisions of the store, read once; for one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._about: dict[str, list[tuple[str, Decision]]] = {}
        self._on: dict[str, list[Decision]] = {}
        self._undone: dict[str, bool] = {}
        self._holders: dict[str, list[str]] = {}

    def keep(self, decision: Decision) -> bool:
        """Keep a decision, once; returns whether it is new."""
        new = self._session.get(DecisionRow, decision.decision_id) is None
        if new:
            add_new(self._session, DecisionRow, [row_of(decision)])
            self._about.clear()
            self._on.clear()
            self._undone.clear()
            self._holders.clear()
        return new

    def expect(self, names: Iterable[str]) -> None:
        """Read what was decided about parties of these names, as far as it was not read."""
        for keys in in_blocks(sorted({one for one in names if one not in self._about})):
            wanted = set(keys)
            found: dict[str, list[tuple[str, Decision]]] = {key: [] for key in keys}
            either = or_(DecisionRow.party.in_(keys), DecisionRow.other_party.in_(keys))
            for row in self._rows(either):
                decision = decision_of(row)
                for name in {row.party, row.other_party} & wanted:
                    found[name].append((row.kind, decision))
            self._about |= found
            merges = [one.decision_id for own in found.values() for kind, one in own if kind == "merged"]
            if merges:
                self._read_undone(merges)

    def standing(self, names: Collection[str]) -> list[Decision]:
        """What was decided on the standing of a party of these names, in order."""
        self.expect(names)
        return _ordered(one for name in names for kind, one in self._about[name] if kind in _STANDING)

    def noted(self, names: Collection[str]) -> list[NonComplianceNoted]:
        """The events of non-compliance that people noted about a party of these names, in order."""
        self.expect(names)
        every = _ordered(one for name in names for _, one in self._about[name])
        return [one for one in every if isinstance(one, NonComplianceNoted)]

    def merges(self, names: Collection[str]) -> list[Merged]:
        """The merges that nobody undid and that name a party by any of these names, in order."""
        self.expect(names)
        every = _ordered(one for name in names for _, one in self._about[name] if isinstance(one, Merged))
        return [one for one in every if isinstance(one, Merged) and not self._undone[one.decision_id]]

    def issued(self, name: str) -> RemsIdIssued | None:
        """The REMS ID issued under one of a party's names; the first where there are several."""
        self.expect((name,))
        return next((one for _, one in self._about[name] if isinstance(one, RemsIdIssued)), None)

    def expect_holders(self, rems_ids: Iterable[str]) -> None:
        """Read to whom these REMS IDs were issued, as far as it was not read."""
        for keys in in_blocks(sorted({one for one in rems_ids if one and one not in self._holders})):
            found: dict[str, set[str]] = {key: set() for key in keys}
            issued = DecisionRow.rems_id.in_(keys), DecisionRow.kind == "rems_id_issued"
            for rems_id, party in self._session.execute(
                select(DecisionRow.rems_id, DecisionRow.party).where(*issued)
            ).tuples():
                found[rems_id or ""].add(party or "")
            self._holders |= {key: sorted(own) for key, own in found.items()}

    def holders(self, rems_id: str) -> list[str]:
        """The names of parties to whom a REMS ID was issued."""
        self.expect_holders((rems_id,))
        return self._holders.get(rems_id, [])

    def merge(self, merge_id: str) -> Merged | None:
        """A merge, undone or not."""
        row = next(self._rows(DecisionRow.id == merge_id), None)
        decision = None if row is None else decision_of(row)
        return decision if isinstance(decision, Merged) else None

    def is_undone(self, merge_id: str) -> bool:
        """Whether somebody undid a merge."""
        if merge_id not in self._undone:
            self._read_undone([merge_id])
        return self._undone[merge_id]

    def expect_on(self, documents: Collection[str]) -> None:
        """Read what was decided about these forms, as far as it was not read."""
        for keys in in_blocks([one for one in documents if one not in self._on]):
            found: dict[str, list[Decision]] = defaultdict(list)
            for row in self._rows(DecisionRow.document_id.in_(keys)):
                found[row.document_id].append(decision_of(row))
            self._on |= {key: found.get(key, []) for key in keys}

    def link(self, document_id: str, role: str) -> Linked | None:
        """What a person last said of whom a form means in a role."""
        self.expect_on((document_id,))
        said = [one for one in self._on[document_id] if isinstance(one, Linked) and one.role == role]
        return said[-1] if said else None

    def case_of(self, document_id: str) -> str | None:
        """Number of the case that was opened for a form."""
        self.expect_on((document_id,))
        opened = (one for one in self._on[document_id] if isinstance(one, CaseOpened))
        return next((one.case_number for one in opened), None)

    def opener(self, case_number: str) -> str | None:
        """The form for which a case was opened; none where there is no such case."""
        row = next(self._rows(DecisionRow.id == case_decision_id(case_number)), None)
        return None if row is None else row.document_id

    def joined(self, documents: Collection[str], moment: datetime) -> dict[str, Joined]:
        """What a person last said, up to a moment, of how each of the forms relates to an earlier one."""
        self.expect_on(documents)
        said = (one for key in documents for one in self._on[key] if isinstance(one, Joined))
        return {one.document_id: one for one in said if one.at <= moment}

    def shared_rems_ids(self) -> list[str]:
        """The REMS IDs that were issued under several names; for lists only."""
        shared = (
            select(DecisionRow.rems_id)
            .where(DecisionRow.kind == "rems_id_issued")
            .group_by(DecisionRow.rems_id)
            .having(func.count(DecisionRow.party.distinct()) > 1)
        )
        return sorted(one for one in self._session.execute(shared).scalars() if one)

    def every(self) -> list[Decision]:
        """Every decision; for lists only."""
        return [decision_of(row) for row in self._rows()]

    def named(self, names: Collection[str], documents: Collection[str]) -> list[Decision]:
        """The decisions about parties of these names or about these forms, whatever their kind."""
        self.expect(names)
        self.expect_on(documents)
        found = {one.decision_id: one for name in names for _, one in self._about[name]}
        found |= {one.decision_id: one for document in documents for one in self._on[document]}
        for keys in in_blocks(list(found)):
            undoing = self._rows(DecisionRow.merge_id.in_(keys))
            found |= {row.id: decision_of(row) for row in undoing}
        return list(found.values())

    def _read_undone(self, merges: list[str]) -> None:
        self._undone |= dict.fromkeys(merges, False)
        for keys in in_blocks(merges):
            undone = select(DecisionRow.merge_id).where(DecisionRow.merge_id.in_(keys))
            self._undone |= {one: True for one in self._session.execute(undone).scalars() if one}

    def _rows(self, *conditions: Any) -> Iterator[Any]:
        return iter(
            self._session.execute(
                select(*COLUMNS).where(*conditions).order_by(DecisionRow.at, DecisionRow.id)
            ).all()
        )


def case_decision_id(case_number: str) -> str:
    """Id of the decision that opened a case: so a case is found by its number."""
    return f"case:{case_number}"


def in_blocks(keys: Iterable[str]) -> Iterator[list[str]]:
    """The keys, as many at once as one question may hold.

    A block is filled up by its last key to one of a few lengths: a question of each length is another one to
    the database, which plans anew what it has not met before.
    """
    rest = iter(keys)
    while block := list(islice(rest, KEYS_IN_ONE_QUESTION)):
        length = next(one for one in LENGTHS if one >= len(block))
        yield block + block[-1:] * (length - len(block))


def _ordered(decisions: Iterable[Decision]) -> list[Decision]:
    return sorted({one.decision_id: one for one in decisions}.values(), key=lambda one: one.order)
