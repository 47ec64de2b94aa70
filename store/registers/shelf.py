"""The register's shelf over the tables: whom forms mention, found by indexed keys.

One shelf serves one transaction. Forms of one person mostly say the same of that person, so particulars and
their keys are kept once and mentions refer to them.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from typing import cast as typed

from sqlalchemy import Text, cast, delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.registers.decisions import StoreDecisions, in_blocks
from store.registers.tables import MentionRow, ParticularKey, ParticularSet
from store.registers.upsert import add_new, put
from validators.program.decisions import Linked, Merged, RemsIdIssued, Unmerged
from validators.program.matching import UNKNOWN_LEVELS, Candidate, Evidence, Match
from validators.program.mentions import KIND_OF, Mention, Particulars, blocking_keys
from validators.program.rems_ids import PartyKind
from validators.program.shelf import Entry, Likeness, MentionKey, Near, Resolution, founder_name


class StoreShelf:
    """A shelf over the tables of the store; see ``validators.program.shelf.Shelf``.

    What is saved is written when something is read from the tables next, or the change is complete: the
    mentions of one form go there together.
    """

    def __init__(self, session: Session, decisions: StoreDecisions) -> None:
        self._session = session
        self._decisions = decisions
        self._entries: dict[MentionKey, Entry] = {}
        self._whole: set[str] = set()
        self._by_party = _Index(lambda entry: entry.resolution.party)
        self._by_set = _Index(lambda entry: named_particulars(entry.mention.particulars)[0])
        self._sets: dict[str, dict[str, Particulars]] = {}
        self._stored: set[str] = set()
        self._unwritten: dict[MentionKey, Entry | None] = {}
        self.changed_parties: set[str] = set()
        """Parties that gained or lost a form of their own through this shelf."""

    def expect(self, documents: Collection[str]) -> None:
        """Read the mentions of these documents, as far as they were not read."""
        for keys in in_blocks(one for one in documents if one not in self._whole):
            self._read(MentionRow.document_id.in_(keys))
            self._whole.update(keys)

    def expect_parties(self, parties: Collection[str], *, whole: Collection[str] = ()) -> None:
        """Read what teaches of these parties, and what was decided about them, as far as it was not read."""
        self._expect_of(self._by_party, MentionRow.party, whole, teachers=False)
        self._expect_of(self._by_party, MentionRow.party, parties, teachers=True)
        self._decisions.expect(
            {
                name
                for party in parties
                for name in (party, *(founder_name(one) for one in self.members(party, teachers=True)))
            }
        )

    def expect_like(self, mentions: Collection[Mention], near: Likeness) -> None:
        """Read what matching these mentions asks for: four questions, however many mentions there are."""
        asked = [(blocking_keys(one.particulars), one) for one in mentions]
        self._expect_sets({key for keys, _ in asked for key in keys})
        names = {
            name
            for keys, mention in asked
            for name, known in self._sets_of(keys).items()
            if near(mention.particulars, known)
        }
        self._expect_of(self._by_set, MentionRow.particulars_id, names, teachers=True)
        alike = [one for name in sorted(names) for one in self._by_set.of(name, teachers=True)]
        own = [f"{KIND_OF[one.role]}:{one.document_id}" for one in mentions if one.founding]
        self._decisions.expect_holders({one.particulars.rems_id for one in mentions})
        holders = [name for one in mentions for name in self.holders(one.particulars.rems_id)]
        parties = [one.resolution.party for one in alike if one.resolution.party is not None]
        self.expect_parties({*parties, *own, *holders})

    def written(self) -> None:
        """Write what was saved and removed, all of a kind at once."""
        changes, self._unwritten = self._unwritten, {}
        kept = [entry for entry in changes.values() if entry is not None]
        names = {named_particulars(one.mention.particulars)[0]: one.mention.particulars for one in kept}
        sets = [particular_rows(own) for name, own in names.items() if name not in self._stored]
        add_new(self._session, ParticularSet, [row for row, _ in sets])
        add_new(self._session, ParticularKey, [key for _, keys in sets for key in keys])
        self._stored |= names.keys()
        put(self._session, MentionRow, [mention_row(entry) for entry in kept])
        for document_id, role in (key for key, entry in changes.items() if entry is None):
            mine = MentionRow.document_id == document_id, MentionRow.role == role
            self._session.execute(delete(MentionRow).where(*mine))

    def entry(self, key: MentionKey) -> Entry | None:
        """The entry of one mention."""
        if key not in self._entries and key[0] not in self._whole:
            self.expect((key[0],))
        return self._entries.get(key)

    def save(self, entry: Entry) -> None:
        """Keep an entry, in place of an earlier one of the same mention."""
        before = self.entry(entry.mention.key)
        self._note_change(before, entry)
        self._change(entry.mention.key, before, entry)
        name = named_particulars(entry.mention.particulars)[0]
        for key in entry.keys & self._sets.keys():
            self._sets[key][name] = entry.mention.particulars

    def remove(self, key: MentionKey) -> None:
        """Take an entry away."""
        before = self.entry(key)
        self._note_change(before, None)
        self._change(key, before, None)

    def sharing(
        self, keys: frozenset[str], *, teachers: bool = False, near: Near | None = None
    ) -> Iterable[Entry]:
        """The entries with any of the blocking keys, each once; see ``validators.program.shelf.Shelf``."""
        # Two questions, each by an index: in one, Postgres may choose to read all mentions. What is far from
        # the particulars asked about is left out between them: most of those who share a key do not matter.
        self._expect_sets(keys)
        names = [name for name, known in self._sets_of(keys).items() if near is None or near(known)]
        self._expect_of(self._by_set, MentionRow.particulars_id, names, teachers=teachers)
        return [one for name in names for one in self._by_set.of(name, teachers=teachers)]

    def members(self, party: str, *, teachers: bool = False) -> Iterable[Entry]:
        """The entries that mean a party before merges; teachers alone where asked."""
        self._expect_of(self._by_party, MentionRow.party, (party,), teachers=teachers)
        return self._by_party.of(party, teachers=teachers)

    def founded(self) -> Iterable[str]:
        """Every party that an entry founds or belongs to as a founder, before merges; for lists only."""
        self.written()
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

    def _change(self, key: MentionKey, before: Entry | None, after: Entry | None) -> None:
        self._by_party.change(before, after)
        self._by_set.change(before, after)
        self._entries.pop(key, None)
        if after is not None:
            self._entries[key] = after
        self._unwritten[key] = after

    def _expect_sets(self, keys: Collection[str]) -> None:
        """Read the sets of particulars with any of the blocking keys, as far as they were not read."""
        for block in in_blocks(sorted(set(keys) - self._sets.keys())):
            self.written()
            self._sets |= {key: {} for key in block}
            read: dict[str, Particulars] = {}
            for key, name, data in self._session.execute(_ALIKE.where(ParticularKey.key.in_(block))):
                # One set comes once for each of its keys; it is made out of its text but once.
                if name not in read:
                    read[name] = Particulars(**json.loads(data))
                self._sets[key][name] = read[name]
            self._stored |= read.keys()

    def _sets_of(self, keys: Iterable[str]) -> dict[str, Particulars]:
        return {name: known for key in sorted(keys) for name, known in self._sets[key].items()}

    def _read(self, *conditions: Any) -> list[Entry]:
        """The mentions asked for, as they are now."""
        self.written()
        found = [_entry(row) for row in self._session.execute(_MENTIONS.where(*conditions))]
        self._entries |= {entry.mention.key: entry for entry in found}
        return found

    def _expect_of(
        self, index: "_Index", column: InstrumentedAttribute[Any], names: Collection[str], *, teachers: bool
    ) -> None:
        """Read the mentions of these parties or sets of particulars, as far as they were not read."""
        for block in in_blocks(index.unknown(names, teachers=teachers)):
            taught = [MentionRow.teaches.is_(True)] if teachers else []
            index.learn(block, self._read(column.in_(block), *taught), teachers=teachers)


class _Index:
    """Mentions by a name that they have, as far as they were asked for: all of a name, or its teachers."""

    def __init__(self, name_of: Callable[[Entry], str | None]) -> None:
        self._name_of = name_of
        self._found: dict[tuple[str, bool], dict[MentionKey, Entry]] = {}

    def unknown(self, names: Iterable[str], *, teachers: bool) -> list[str]:
        """The names whose mentions were not read yet."""
        known = self._found
        return sorted(
            name
            for name in set(names)
            if (name, False) not in known and not (teachers and (name, True) in known)
        )

    def learn(self, names: Iterable[str], entries: Iterable[Entry], *, teachers: bool) -> None:
        """Take in all mentions of these names, or all that teach."""
        self._found |= {(name, teachers): {} for name in names}
        for entry in entries:
            self._found[self._name_of(entry) or "", teachers][entry.mention.key] = entry

    def of(self, name: str, *, teachers: bool) -> list[Entry]:
        """The mentions of a name; it was read before."""
        if (name, False) in self._found:
            return [one for one in self._found[name, False].values() if one.teaches or not teachers]
        return list(self._found[name, True].values())

    def change(self, before: Entry | None, after: Entry | None) -> None:
        """Let a mention follow its names."""
        for entry in (before, after):
            name = self._name_of(entry) if entry is not None else None
            for teachers in (False, True):
                found = self._found.get((name or "", teachers))
                if found is None or entry is None:
                    continue
                found.pop(entry.mention.key, None)
                if entry is after and (entry.teaches or not teachers):
                    found[entry.mention.key] = entry


_ALIKE = select(ParticularKey.key, ParticularSet.id, cast(ParticularSet.data, Text)).join(
    ParticularSet, ParticularSet.id == ParticularKey.particulars_id
)
_MENTIONS = select(
    MentionRow.document_id,
    MentionRow.role,
    MentionRow.founding,
    MentionRow.linked,
    MentionRow.received_at,
    MentionRow.party,
    MentionRow.match,
    # Looked up row by row: for a join of some hundred mentions Postgres would read every particular there is.
    select(ParticularSet.data)
    .where(ParticularSet.id == MentionRow.particulars_id)
    .scalar_subquery()
    .label("data"),
)


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
    levels = {**UNKNOWN_LEVELS[typed("PartyKind", row["party"].partition(":")[0])], **row["levels"]}
    evidence = Evidence(MappingProxyType(levels), row["log_odds"])
    return Candidate(row["party"], evidence.probability, evidence)
