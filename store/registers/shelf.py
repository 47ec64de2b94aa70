"""The register's shelf over the tables: whom forms mention, found by indexed keys.

One shelf serves one transaction. Forms of one person mostly say the same of that person, so particulars and
their keys are kept once and mentions refer to them.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.registers.decisions import StoreDecisions, in_blocks
from store.registers.tables import MentionRow, ParticularKey, ParticularSet
from store.registers.upsert import add_new, put
from validators.program.decisions import Linked, Merged, RemsIdIssued, Unmerged
from validators.program.matching import UNKNOWN_LEVELS, Candidate, Evidence, Match
from validators.program.mentions import Mention, Particulars, blocking_keys
from validators.program.rems_ids import PartyKind
from validators.program.shelf import Entry, MentionKey, Near, Resolution, founder_name


class StoreShelf:
    """A shelf over the tables of the store; see ``validators.program.shelf.Shelf``."""

    def __init__(self, session: Session, decisions: StoreDecisions) -> None:
        self._session = session
        self._decisions = decisions
        self._entries: dict[MentionKey, Entry] = {}
        self._whole: set[str] = set()
        self._members: dict[tuple[str, bool], list[Entry]] = {}
        self.changed_parties: set[str] = set()
        """Parties that gained or lost a form of their own through this shelf."""

    def expect(self, documents: Collection[str]) -> None:
        """Read the mentions of these documents, as far as they were not read."""
        for keys in in_blocks(one for one in documents if one not in self._whole):
            self._read(MentionRow.document_id.in_(keys))
            self._whole.update(keys)

    def expect_parties(self, parties: Collection[str]) -> None:
        """Read what teaches of these parties, and what was decided about them, as far as it was not read."""
        for keys in in_blocks(sorted({one for one in parties if (one, True) not in self._members})):
            found: dict[str, list[Entry]] = {key: [] for key in keys}
            for entry in self._read(MentionRow.party.in_(keys), MentionRow.teaches.is_(True)):
                found[entry.resolution.party or ""].append(entry)
            self._members |= {(key, True): own for key, own in found.items()}
        self._decisions.expect(
            {
                name
                for party in parties
                for name in (party, *(founder_name(one) for one in self._members[party, True]))
            }
        )

    def entry(self, key: MentionKey) -> Entry | None:
        """The entry of one mention."""
        if key not in self._entries and key[0] not in self._whole:
            self.expect((key[0],))
        return self._entries.get(key)

    def save(self, entry: Entry) -> None:
        """Keep an entry, in place of an earlier one of the same mention."""
        mention = entry.mention
        self._note_change(self.entry(mention.key), entry)
        self._keep(mention.particulars)
        put(self._session, MentionRow, mention_row(entry))
        self._entries[mention.key] = entry
        self._members.clear()

    def remove(self, key: MentionKey) -> None:
        """Take an entry away."""
        self._note_change(self.entry(key), None)
        mine = MentionRow.document_id == key[0], MentionRow.role == key[1]
        self._session.execute(delete(MentionRow).where(*mine))
        self._entries.pop(key, None)
        self._members.clear()

    def sharing(
        self, keys: frozenset[str], *, teachers: bool = False, near: Near | None = None
    ) -> Iterable[Entry]:
        """The entries with any of the blocking keys, each once; see ``validators.program.shelf.Shelf``."""
        if not keys:
            return []
        # Two questions, each by an index: in one, Postgres may choose to read all mentions. What is far from
        # the particulars asked about is left out between them: most of those who share a key do not matter.
        alike = select(ParticularKey.particulars_id).where(ParticularKey.key.in_(keys))
        sets = self._session.execute(
            select(ParticularSet.id, ParticularSet.data).where(ParticularSet.id.in_(alike))
        )
        names = [name for name, data in sets if near is None or near(Particulars(**data))]
        taught = [MentionRow.teaches.is_(True)] if teachers else []
        return [
            entry
            for block in in_blocks(names)
            for entry in self._read(MentionRow.particulars_id.in_(block), *taught)
        ]

    def members(self, party: str, *, teachers: bool = False) -> Iterable[Entry]:
        """The entries that mean a party before merges; teachers alone where asked."""
        if teachers and (party, False) in self._members:
            return [entry for entry in self._members[party, False] if entry.teaches]
        if (party, teachers) not in self._members:
            taught = [MentionRow.teaches.is_(True)] if teachers else []
            self._members[party, teachers] = self._read(MentionRow.party == party, *taught)
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
        self._decisions.keep(decision)

    def link(self, key: MentionKey) -> Linked | None:
        """What a person said about a mention."""
        return self._decisions.link(*key)

    def merges_of(self, names: frozenset[str]) -> Iterable[Merged]:
        """The merges that nobody undid and that name a party by any of these names, in order."""
        return self._decisions.merges(names)

    def issued(self, name: str) -> RemsIdIssued | None:
        """The REMS ID issued under one of a party's names; the first where there are several."""
        return self._decisions.issued(name)

    def holders(self, rems_id: str) -> Iterable[str]:
        """The names of parties to whom a REMS ID was issued."""
        return self._decisions.holders(rems_id)

    def merge(self, merge_id: str) -> Merged | None:
        """A merge, undone or not."""
        return self._decisions.merge(merge_id)

    def shared_rems_ids(self) -> Iterable[str]:
        """The REMS IDs that were issued under several names; for lists only."""
        return self._decisions.shared_rems_ids()

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

    def _keep(self, particulars: Particulars) -> None:
        row, keys = particular_rows(particulars)
        add_new(self._session, ParticularSet, [row])
        add_new(self._session, ParticularKey, keys)

    def _read(self, *conditions: Any) -> list[Entry]:
        """The mentions asked for; of those changed in this transaction, as they are now."""
        found = [_entry(row) for row in self._session.execute(_MENTIONS.where(*conditions))]
        self._entries |= {entry.mention.key: entry for entry in found}
        return found


_MENTIONS = select(
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
    return Entry(
        mention=Mention(row.document_id, row.role, row.founding, Particulars(**row.data)),
        order=(row.received_at, row.document_id),
        linked=row.linked,
        resolution=Resolution(row.party, _match(row.match)),
    )


def mention_row(entry: Entry) -> dict[str, Any]:
    """A mention as a row; its particulars have rows of their own."""
    return {
        "document_id": entry.mention.document_id,
        "role": entry.mention.role,
        "particulars_id": named_particulars(entry.mention.particulars)[0],
        "received_at": entry.order[0],
        "founding": entry.mention.founding,
        "linked": entry.linked,
        "teaches": entry.teaches,
        "party": entry.resolution.party,
        "match": match_row(entry.resolution.match),
    }


def particular_rows(particulars: Particulars) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A set of particulars as a row, and its blocking keys as rows."""
    name, data = named_particulars(particulars)
    keys = [{"key": key, "particulars_id": name} for key in sorted(blocking_keys(particulars))]
    return {"id": name, "kind": particulars.kind, "data": data}, keys


@lru_cache(maxsize=4096)
def named_particulars(particulars: Particulars) -> tuple[str, dict[str, str]]:
    """The id of a set of particulars, made of what it says, and what it says."""
    data = {name: value for name, value in asdict(particulars).items() if value}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32], data


def match_row(match: Match) -> dict[str, Any]:
    """A match as the table keeps it; what is unknown of a candidate, and what follows, is left out."""
    return {
        "outcome": match.outcome,
        "party": match.party,
        "id_claimed": match.id_claimed,
        "candidates": [
            {
                "party": one.party,
                "log_odds": one.evidence.log_odds,
                "levels": {name: level for name, level in one.evidence.levels.items() if level != "unknown"},
            }
            for one in match.candidates
        ],
    }


def _match(row: Mapping[str, Any]) -> Match:
    candidates = tuple(_candidate(one) for one in row["candidates"])
    return Match(row["outcome"], row["party"], candidates, row["id_claimed"])


def _candidate(row: Mapping[str, Any]) -> Candidate:
    levels = {**UNKNOWN_LEVELS[cast("PartyKind", row["party"].partition(":")[0])], **row["levels"]}
    evidence = Evidence(MappingProxyType(levels), row["log_odds"])
    return Candidate(row["party"], evidence.probability, evidence)
