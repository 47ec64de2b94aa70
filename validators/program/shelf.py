"""Where the register keeps mentions and what people decided about them: a protocol, and one in memory.

A store implements the same protocol over its tables. Everything is asked for by key, so that a register of a
million costs no more than one of a hundred.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Protocol

from validators.program.decisions import Linked, Merged, RemsIdIssued, Unmerged
from validators.program.matching import Match
from validators.program.mentions import KIND_OF, Mention, Particulars, blocking_keys

MentionKey = tuple[str, str]
Order = tuple[datetime, str]
Near = Callable[[Particulars], bool]
"""Whether a set of particulars may bear on a match at all; see ``matching.may_matter``."""
Likeness = Callable[[Particulars, Particulars], bool]
"""The same of any two: what a mention says, and what is known."""

UNKNOWN = Match("unknown", None, ())


@dataclass(frozen=True)
class Resolution:
    """Whom a mention means: a party's id, or none with the candidates of the match."""

    party: str | None = None
    match: Match = UNKNOWN


@dataclass(frozen=True)
class Entry:
    """A mention on the shelf.

    Attributes:
        order: place of its form in the order of receipt.
        linked: a person said whom it means.
    """

    mention: Mention
    order: Order
    linked: bool = False
    resolution: Resolution = Resolution()

    @cached_property
    def keys(self) -> frozenset[str]:
        """Its blocking keys."""
        return blocking_keys(self.mention.particulars)

    @property
    def teaches(self) -> bool:
        """Whether others may go by its particulars: enrollments, and forms that a person linked."""
        return self.mention.founding or self.linked


def founder_name(entry: Entry) -> str:
    """What a founding form calls its party; after a merge, or an earlier form, one name of several."""
    return f"{KIND_OF[entry.mention.role]}:{entry.mention.document_id}"


class Shelf(Protocol):
    """What the register asks of its place of keeping."""

    def expect(self, documents: Collection[str]) -> None:
        """A hint that the mentions of these documents will be asked for."""

    def expect_parties(self, parties: Collection[str], *, whole: Collection[str] = ()) -> None:
        """A hint that what teaches of these parties, and what was decided about them, will be asked for.

        Args:
            parties: whom the hint is about.
            whole: those of them of whom every mention will be asked for.
        """

    def expect_like(self, mentions: Collection[Mention], near: Likeness) -> None:
        """A hint that these mentions will be matched: what teaches and is near any of them is asked for."""

    def written(self) -> None:
        """A change is complete: all that was saved and removed is where others find it."""

    def entry(self, key: MentionKey) -> Entry | None:
        """The entry of one mention."""

    def save(self, entry: Entry) -> None:
        """Keep an entry, in place of an earlier one of the same mention."""

    def remove(self, key: MentionKey) -> None:
        """Take an entry away."""

    def sharing(
        self, keys: frozenset[str], *, teachers: bool = False, near: Near | None = None
    ) -> Iterable[Entry]:
        """The entries with any of the blocking keys, each once.

        Args:
            keys: of ``blocking_keys``.
            teachers: those alone by which others may go.
            near: leaves out entries whose particulars cannot matter.
        """

    def members(self, party: str, *, teachers: bool = False) -> Iterable[Entry]:
        """The entries that mean a party before merges; teachers alone where asked."""

    def founded(self) -> Iterable[str]:
        """Every party that an entry founds or belongs to as a founder, before merges; for lists only."""

    def unresolved(self) -> Iterable[Entry]:
        """The entries that mean nobody known, in order of their keys; for lists only."""

    def decide(self, decision: Linked | Merged | Unmerged | RemsIdIssued) -> None:
        """Keep a decision; of two about one mention the later, of two IDs of one party the earlier."""

    def link(self, key: MentionKey) -> Linked | None:
        """What a person said about a mention."""

    def merges_of(self, names: frozenset[str]) -> Iterable[Merged]:
        """The merges that nobody undid and that name a party by any of these names, in order."""

    def issued(self, name: str) -> RemsIdIssued | None:
        """The REMS ID issued under one of a party's names."""

    def holders(self, rems_id: str) -> Iterable[str]:
        """The names of parties to whom a REMS ID was issued."""

    def merge(self, merge_id: str) -> Merged | None:
        """A merge, undone or not."""

    def shared_rems_ids(self) -> Iterable[str]:
        """The REMS IDs that were issued under several names; for lists only."""


class MemoryShelf:
    """A shelf in memory."""

    def __init__(self) -> None:
        self._entries: dict[MentionKey, Entry] = {}
        self._by_key: dict[str, set[MentionKey]] = defaultdict(set)
        self._members: dict[str, set[MentionKey]] = defaultdict(set)
        self._links: dict[MentionKey, Linked] = {}
        self._merges: dict[str, Merged] = {}
        self._undone: set[str] = set()
        self._issued: dict[str, RemsIdIssued] = {}
        self._holders: dict[str, set[str]] = defaultdict(set)

    def expect(self, documents: Collection[str]) -> None:
        """Everything is at hand."""

    def expect_parties(self, parties: Collection[str], *, whole: Collection[str] = ()) -> None:
        """Everything is at hand."""

    def expect_like(self, mentions: Collection[Mention], near: Likeness) -> None:
        """Everything is at hand."""

    def written(self) -> None:
        """Nothing is put off."""

    def entry(self, key: MentionKey) -> Entry | None:
        """The entry of one mention."""
        return self._entries.get(key)

    def save(self, entry: Entry) -> None:
        """Keep an entry, in place of an earlier one of the same mention."""
        key = entry.mention.key
        self.remove(key)
        self._entries[key] = entry
        for one in entry.keys:
            self._by_key[one].add(key)
        if entry.resolution.party is not None:
            self._members[entry.resolution.party].add(key)

    def remove(self, key: MentionKey) -> None:
        """Take an entry away."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        for one in entry.keys:
            self._by_key[one].discard(key)
        if entry.resolution.party is not None:
            self._members[entry.resolution.party].discard(key)

    def sharing(
        self, keys: frozenset[str], *, teachers: bool = False, near: Near | None = None
    ) -> Iterable[Entry]:
        """The entries with any of the blocking keys, each once; see ``Shelf``."""
        found = {key for one in keys for key in self._by_key.get(one, ())}
        return [
            entry
            for key in found
            if (entry := self._entries[key]).teaches or not teachers
            if near is None or near(entry.mention.particulars)
        ]

    def members(self, party: str, *, teachers: bool = False) -> Iterable[Entry]:
        """The entries that mean a party before merges; teachers alone where asked."""
        own = [self._entries[key] for key in self._members.get(party, ())]
        return [entry for entry in own if not teachers or entry.teaches]

    def founded(self) -> Iterable[str]:
        """Every party that an entry founds or belongs to as a founder, before merges; for lists only."""
        founders = (entry for entry in self._entries.values() if entry.mention.founding)
        return {party for entry in founders if (party := entry.resolution.party) is not None}

    def unresolved(self) -> Iterable[Entry]:
        """The entries that mean nobody known, in order of their keys; for lists only."""
        waiting = (self._entries[key] for key in sorted(self._entries))
        return [entry for entry in waiting if entry.resolution.party is None]

    def decide(self, decision: Linked | Merged | Unmerged | RemsIdIssued) -> None:
        """Keep a decision; of two about one mention the later, of two IDs of one party the earlier."""
        if isinstance(decision, Linked):
            key = (decision.document_id, decision.role)
            earlier = self._links.get(key)
            if earlier is None or earlier.order < decision.order:
                self._links[key] = decision
        elif isinstance(decision, Merged):
            self._merges[decision.decision_id] = decision
        elif isinstance(decision, Unmerged):
            self._undone.add(decision.merge_id)
        else:
            first = self._issued.get(decision.party)
            if first is None or decision.order < first.order:
                self._issued[decision.party] = decision
            self._holders[decision.rems_id].add(decision.party)

    def link(self, key: MentionKey) -> Linked | None:
        """What a person said about a mention."""
        return self._links.get(key)

    def merges_of(self, names: frozenset[str]) -> Iterable[Merged]:
        """The merges that nobody undid and that name a party by any of these names, in order."""
        standing = [merge for name, merge in self._merges.items() if name not in self._undone]
        own = [merge for merge in standing if merge.kept in names or merge.gone in names]
        return sorted(own, key=lambda merge: merge.order)

    def merge(self, merge_id: str) -> Merged | None:
        """A merge, undone or not."""
        return self._merges.get(merge_id)

    def issued(self, name: str) -> RemsIdIssued | None:
        """The REMS ID issued under one of a party's names."""
        return self._issued.get(name)

    def holders(self, rems_id: str) -> Iterable[str]:
        """The names of parties to whom a REMS ID was issued."""
        return sorted(self._holders.get(rems_id, ()))

    def shared_rems_ids(self) -> Iterable[str]:
        """The REMS IDs that were issued under several names; for lists only."""
        return sorted(rems_id for rems_id, names in self._holders.items() if len(names) > 1)
