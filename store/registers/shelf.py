"""The register's shelf over the tables: whom forms mention, found by indexed keys.

One shelf serves one transaction. Forms of one person mostly say the same of that person, so particulars and
their keys are kept once and mentions refer to them.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from store.registers.book import in_blocks
from store.registers.decision_rows import decision_of, row_of
from store.registers.tables import DecisionRow, MentionRow, ParticularKey, ParticularSet
from store.registers.upsert import add_new, put
from validators.program.decisions import Decision, Linked, Merged, RemsIdIssued, Unmerged
from validators.program.matching import Candidate, Evidence, Match
from validators.program.mentions import Mention, Particulars, blocking_keys
from validators.program.shelf import Entry, MentionKey, Resolution

_UNDONE = aliased(DecisionRow)


class StoreShelf:
    """A shelf over the tables of the store; see ``validators.program.shelf.Shelf``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._entries: dict[str, dict[str, Entry]] = {}
        self._members: dict[tuple[str, bool], list[Entry]] = {}
        self._merges: dict[frozenset[str], list[Merged]] = {}
        self.changed_parties: set[str] = set()
        """Parties that gained or lost a form of their own through this shelf."""

    def expect(self, documents: Collection[str]) -> None:
        """Read the mentions of these documents, as far as they were not read."""
        for keys in in_blocks(one for one in documents if one not in self._entries):
            self._entries |= {key: {} for key in keys}
            for entry in self._read(MentionRow.document_id.in_(keys)):
                self._entries[entry.mention.document_id][entry.mention.role] = entry

    def entry(self, key: MentionKey) -> Entry | None:
        """The entry of one mention."""
        self.expect((key[0],))
        return self._entries[key[0]].get(key[1])

    def save(self, entry: Entry) -> None:
        """Keep an entry, in place of an earlier one of the same mention."""
        mention = entry.mention
        self._note_change(self.entry(mention.key), entry)
        put(
            self._session,
            MentionRow,
            {
                "document_id": mention.document_id,
                "role": mention.role,
                "particulars_id": self._keep(mention.particulars),
                "received_at": entry.order[0],
                "founding": mention.founding,
                "linked": entry.linked,
                "teaches": entry.teaches,
                "party": entry.resolution.party,
                "match": _match_row(entry.resolution.match),
            },
        )
        self._changed(mention.key)

    def remove(self, key: MentionKey) -> None:
        """Take an entry away."""
        self._note_change(self.entry(key), None)
        mine = MentionRow.document_id == key[0], MentionRow.role == key[1]
        self._session.execute(delete(MentionRow).where(*mine))
        self._changed(key)

    def sharing(self, keys: frozenset[str], *, teachers: bool = False) -> Iterable[Entry]:
        """The entries with any of the blocking keys, each once; teachers alone where asked."""
        if not keys:
            return []
        # Two questions, each by an index: in one, Postgres may choose to read all mentions.
        alike = select(ParticularKey.particulars_id).where(ParticularKey.key.in_(keys)).distinct()
        names = self._session.execute(alike).scalars().all()
        taught = [MentionRow.teaches.is_(True)] if teachers else []
        return [
            entry
            for block in in_blocks(names)
            for entry in self._read(MentionRow.particulars_id.in_(block), *taught)
        ]

    def members(self, party: str, *, teachers: bool = False) -> Iterable[Entry]:
        """The entries that mean a party before merges; teachers alone where asked."""
        if (party, teachers) not in self._members:
            conditions: list[Any] = [MentionRow.party == party]
            if teachers:
                conditions.append(MentionRow.teaches.is_(True))
            self._members[party, teachers] = list(self._read(*conditions))
        return self._members[party, teachers]

    def founded(self) -> Iterable[str]:
        """Every party that an entry founds or belongs to as a founder, before merges; for lists only."""
        known = MentionRow.founding.is_(True), MentionRow.party.is_not(None)
        return set(self._session.execute(select(MentionRow.party).where(*known)).scalars())  # type: ignore[arg-type]

    def unresolved(self) -> Iterable[Entry]:
        """The entries that mean nobody known, in order of their keys; for lists only."""
        return sorted(self._read(MentionRow.party.is_(None)), key=lambda entry: entry.mention.key)

    def decide(self, decision: Linked | Merged | Unmerged | RemsIdIssued) -> None:
        """Keep a decision; of two about one mention the later counts, of two IDs of one party the earlier."""
        add_new(self._session, DecisionRow, [row_of(decision)])
        self._merges.clear()

    def link(self, key: MentionKey) -> Linked | None:
        """What a person said about a mention."""
        mine = DecisionRow.document_id == key[0], DecisionRow.role == key[1], DecisionRow.kind == "linked"
        said = [one for one in self._decisions(*mine) if isinstance(one, Linked)]
        return said[-1] if said else None

    def merges_of(self, names: frozenset[str]) -> Iterable[Merged]:
        """The merges that nobody undid and that name a party by any of these names, in order."""
        if names not in self._merges:
            undone = select(_UNDONE.id).where(_UNDONE.merge_id == DecisionRow.id, _UNDONE.kind == "unmerged")
            named = or_(DecisionRow.party.in_(names), DecisionRow.other_party.in_(names))
            rows = self._decisions(DecisionRow.kind == "merged", named, ~undone.exists())
            self._merges[names] = [one for one in rows if isinstance(one, Merged)]
        return self._merges[names]

    def issued(self, name: str) -> RemsIdIssued | None:
        """The REMS ID issued under one of a party's names; the first where there are several."""
        rows = self._decisions(DecisionRow.party == name, DecisionRow.kind == "rems_id_issued")
        return next((one for one in rows if isinstance(one, RemsIdIssued)), None)

    def holders(self, rems_id: str) -> Iterable[str]:
        """The names of parties to whom a REMS ID was issued."""
        if not rems_id:
            return []
        rows = self._decisions(DecisionRow.rems_id == rems_id, DecisionRow.kind == "rems_id_issued")
        return sorted({one.party for one in rows if isinstance(one, RemsIdIssued)})

    def merge(self, merge_id: str) -> Merged | None:
        """A merge, undone or not."""
        rows = self._decisions(DecisionRow.id == merge_id, DecisionRow.kind == "merged")
        return next((one for one in rows if isinstance(one, Merged)), None)

    def shared_rems_ids(self) -> Iterable[str]:
        """The REMS IDs that were issued under several names; for lists only."""
        shared = (
            select(DecisionRow.rems_id)
            .where(DecisionRow.kind == "rems_id_issued")
            .group_by(DecisionRow.rems_id)
            .having(func.count(DecisionRow.party.distinct()) > 1)
        )
        return sorted(one for one in self._session.execute(shared).scalars() if one)

    def bearing(self, rems_id: str, kind: str) -> bool:
        """Whether an enrollment bears this REMS ID, or it was issued."""
        if self.holders(rems_id):
            return True
        return any(True for _ in self.sharing(frozenset({f"{kind[:2]}:r:{rems_id}"}), teachers=True))

    def _note_change(self, before: Entry | None, after: Entry | None) -> None:
        known = [one for one in (before, after) if one is not None]
        own = any(one.mention.role == "patient" or one.mention.founding for one in known)
        parties = {one.resolution.party for one in known}
        if own and (len(known) < 2 or len(parties) > 1):
            self.changed_parties |= {party for party in parties if party is not None}

    def _changed(self, key: MentionKey) -> None:
        self._entries.pop(key[0], None)
        self._members.clear()

    def _keep(self, particulars: Particulars) -> str:
        name, data = named_particulars(particulars)
        row = {"id": name, "kind": particulars.kind, "data": data}
        add_new(self._session, ParticularSet, [row])
        keys = [{"key": key, "particulars_id": name} for key in sorted(blocking_keys(particulars))]
        add_new(self._session, ParticularKey, keys)
        return name

    def _read(self, *conditions: Any) -> Iterator[Entry]:
        return (_entry(row) for row in self._session.execute(_mentions().where(*conditions)))

    def _decisions(self, *conditions: Any) -> Iterator[Decision]:
        rows = self._session.execute(
            select(DecisionRow).where(*conditions).order_by(DecisionRow.at, DecisionRow.id)
        ).scalars()
        return (decision_of(row) for row in rows)


def _mentions() -> Select[Any]:
    return select(
        MentionRow.document_id,
        MentionRow.role,
        MentionRow.founding,
        MentionRow.linked,
        MentionRow.received_at,
        MentionRow.party,
        MentionRow.match,
        ParticularSet.data,
    ).join(ParticularSet, ParticularSet.id == MentionRow.particulars_id)


def _entry(row: Any) -> Entry:
    particulars = Particulars(**row.data)
    return Entry(
        mention=Mention(row.document_id, row.role, row.founding, particulars),
        order=(row.received_at, row.document_id),
        keys=blocking_keys(particulars),
        linked=row.linked,
        resolution=Resolution(row.party, _match(row.match)),
    )


@lru_cache(maxsize=4096)
def named_particulars(particulars: Particulars) -> tuple[str, dict[str, str]]:
    """The id of a set of particulars, made of what it says, and what it says."""
    data = {name: value for name, value in asdict(particulars).items() if value}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32], data


def _match_row(match: Match) -> dict[str, Any]:
    return {
        "outcome": match.outcome,
        "party": match.party,
        "id_claimed": match.id_claimed,
        "candidates": [
            {
                "party": one.party,
                "probability": one.probability,
                "log_odds": one.evidence.log_odds,
                "levels": dict(one.evidence.levels),
            }
            for one in match.candidates
        ],
    }


def _match(row: Mapping[str, Any]) -> Match:
    candidates = tuple(
        Candidate(
            one["party"],
            one["probability"],
            Evidence(MappingProxyType(dict(one["levels"])), one["log_odds"]),
        )
        for one in row["candidates"]
    )
    return Match(row["outcome"], row["party"], candidates, row["id_claimed"])
