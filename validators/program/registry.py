"""The register's people and sites: who founds an entry, and whom each form means.

An entry is founded by the earliest received of its enrollment forms (or assessments), and its id is that
form's document id with the role. A founding form looks only at founding forms received before it; a referring
form looks at everybody known. So what a form is resolved to follows from the set of forms, never from the
order in which they are processed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from validators.program.decisions import Decision, Linked, Merged, RemsIdIssued, Unmerged
from validators.program.matching import Match, match
from validators.program.mentions import KIND_OF, Mention, Particulars, Role, blocking_keys
from validators.program.settings import ProgramSettings

MentionKey = tuple[str, str]
Order = tuple[datetime, str]


def party_id(role: str, document_id: str) -> str:
    """The id of the party that a document founds."""
    return f"{KIND_OF[_role(role)]}:{document_id}"


def _role(role: str) -> Role:
    return next(known for known in KIND_OF if known == role)


@dataclass(frozen=True)
class Resolution:
    """Whom a mention means: a party's id, or none with the candidates of the match."""

    party: str | None
    match: Match


UNKNOWN = Match("unknown", None, ())
BY_PERSON = Match("certain", None, ())


@dataclass
class _Entry:
    mention: Mention
    order: Order
    keys: frozenset[str]
    resolution: Resolution = field(default_factory=lambda: Resolution(None, UNKNOWN))


class Registry:
    """Whom every form means. Knows mentions and what people decided about them, nothing of states."""

    def __init__(self, settings: ProgramSettings) -> None:
        self._settings = settings
        self._entries: dict[MentionKey, _Entry] = {}
        self._by_key: dict[str, set[MentionKey]] = defaultdict(set)
        self._members: dict[str, set[MentionKey]] = defaultdict(set)
        self._links: dict[MentionKey, Linked] = {}
        self._merges: dict[str, Merged] = {}
        self._undone: dict[str, Unmerged] = {}
        self._issued: dict[str, RemsIdIssued] = {}
        self._holders: dict[str, set[str]] = defaultdict(set)

    def resolution(self, document_id: str, role: str) -> Resolution:
        """Whom a form means in a role, after links and merges by people."""
        entry = self._entries.get((document_id, role))
        return entry.resolution if entry else Resolution(None, UNKNOWN)

    def party(self, document_id: str, role: str) -> str | None:
        """The id of the party that a form means in a role."""
        return self.current(self.resolution(document_id, role).party)

    def current(self, party: str | None) -> str | None:
        """The id that a party has now: its earliest form's, and after a merge the kept party's."""
        if party is None:
            return None
        own = self._anchor(party)
        merged = {self._anchor(merge.gone): self._anchor(merge.kept) for merge in self._standing_merges()}
        seen: set[str] = set()
        while own in merged and own not in seen:
            seen.add(own)
            own = merged[own]
        return own

    def documents(self, party: str) -> frozenset[str]:
        """The documents that mention a party in any role."""
        return frozenset(key[0] for own in self._merged_into(party) for key in self._members.get(own, ()))

    def _standing_merges(self) -> Iterable[Merged]:
        """The merges that nobody undid, in order, so that the last word on a party counts."""
        standing = [merge for name, merge in self._merges.items() if name not in self._undone]
        return sorted(standing, key=lambda merge: merge.order)

    def _merged_into(self, party: str) -> set[str]:
        """A party's own anchor and those of the parties merged into it."""
        gone = {self._anchor(merge.gone) for merge in self._standing_merges()}
        return {party} | {own for own in gone if self.current(own) == party}

    def parties(self) -> frozenset[str]:
        """Every party known."""
        return frozenset(
            current
            for key, entry in self._entries.items()
            if entry.mention.founding and (current := self.current(entry.resolution.party)) is not None
        )

    def unresolved(self) -> Iterable[tuple[Mention, Match]]:
        """The mentions that wait: doubtful ones with their candidates, and those that fit nobody."""
        for key in sorted(self._entries):
            entry = self._entries[key]
            if entry.resolution.party is None:
                yield entry.mention, entry.resolution.match

    def settled(self) -> Iterable[Linked]:
        """The mentions that a person decided about."""
        return [self._links[key] for key in sorted(self._links)]

    def rems_id(self, party: str) -> str | None:
        """The REMS ID of a party: the one issued first, else the one that its enrollment bears."""
        founders = sorted(
            (
                key
                for own in self._merged_into(party)
                for key in self._members.get(own, ())
                if self._entries[key].mention.founding
            ),
            key=self._place,
        )
        issued = [
            self._issued[name] for key in founders if (name := party_id(key[1], key[0])) in self._issued
        ]
        if issued:
            return min(issued, key=lambda one: one.order).rems_id
        return next(
            (given for key in founders if (given := self._entries[key].mention.particulars.rems_id)), None
        )

    def doubly_issued(self) -> Iterable[tuple[str, frozenset[str]]]:
        """REMS IDs that more than one party holds, with the parties."""
        for rems_id, names in sorted(self._holders.items()):
            parties = frozenset(party for name in names if (party := self.current(name)) is not None)
            if len(parties) > 1:
                yield rems_id, parties

    def record(self, mentions: Iterable[Mention], order: Order) -> frozenset[str]:
        """Take in the mentions of one form, or its corrected ones, and resolve what they touch.

        Returns:
            The documents whose parties changed: they have to be looked at again, and their parties' states.
        """
        changed: set[str] = set()
        for mention in mentions:
            self._forget(mention.key)
            entry = _Entry(mention, order, blocking_keys(mention.particulars))
            self._entries[mention.key] = entry
            for key in entry.keys:
                self._by_key[key].add(mention.key)
            changed.add(mention.document_id)
            changed |= self._resolve({mention.key})
        return frozenset(changed)

    def withdraw(self, document_id: str, roles: Iterable[str]) -> frozenset[str]:
        """Take back mentions that a correction removed from a form."""
        changed: set[str] = set()
        for role in roles:
            touched = self._forget((document_id, role))
            changed |= {document_id} | self._resolve(touched)
        return frozenset(changed)

    def decide(self, decision: Decision) -> frozenset[str]:
        """Take in a link, a merge, its undoing or an issued ID; other decisions are none of the register's.

        Returns:
            The documents whose parties changed.
        """
        if isinstance(decision, Linked):
            key = (decision.document_id, decision.role)
            earlier = self._links.get(key)
            if earlier is None or earlier.order < decision.order:
                self._links[key] = decision
            return self._resolve({key}) if key in self._entries else frozenset()
        if isinstance(decision, Merged | Unmerged):
            return self._decide_merge(decision)
        if isinstance(decision, RemsIdIssued):
            earliest = self._issued.get(decision.party)
            if earliest is None or decision.order < earliest.order:
                self._issued[decision.party] = decision
            self._holders[decision.rems_id].add(decision.party)
            kind = decision.party.partition(":")[0]
            return self._resolve(set(self._by_key.get(f"{kind[:2]}:r:{decision.rems_id}", ())))
        return frozenset()

    def _decide_merge(self, decision: Merged | Unmerged) -> frozenset[str]:
        """Merge or undo, where the role allows it; either may be processed before the other."""
        if decision.who.role not in self._settings.standing_roles:
            return frozenset()
        if isinstance(decision, Merged):
            self._merges[decision.decision_id] = decision
            merge: Merged | None = decision
        else:
            self._undone[decision.merge_id] = decision
            merge = self._merges.get(decision.merge_id)
        if merge is None:
            return frozenset()
        return self.documents(self.current(merge.kept) or "") | self.documents(self.current(merge.gone) or "")

    def _forget(self, key: MentionKey) -> set[MentionKey]:
        """Take a mention out; returns the founding mentions that may now resolve otherwise."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return set()
        for one in entry.keys:
            self._by_key[one].discard(key)
        party = entry.resolution.party
        if party is not None:
            self._members[party].discard(key)
        return self._neighbors(entry) | (set(self._members.get(party, ())) if party else set())

    def _neighbors(self, entry: _Entry) -> set[MentionKey]:
        """Mentions that share a key and come later, or refer."""
        return {
            key
            for one in entry.keys
            for key in self._by_key.get(one, ())
            if not self._entries[key].mention.founding or self._entries[key].order > entry.order
        }

    def _resolve(self, keys: set[MentionKey]) -> frozenset[str]:
        """Resolve mentions and whatever follows from a change, the earliest received first."""
        waiting = set(keys)
        changed: set[str] = set()
        while waiting:
            key = min(waiting, key=self._place)
            waiting.discard(key)
            entry = self._entries.get(key)
            if entry is None:
                continue
            before = entry.resolution
            after = self._judge(entry)
            if after == before:
                continue
            if before.party is not None:
                self._members[before.party].discard(key)
            entry.resolution = after
            if after.party is not None:
                self._members[after.party].add(key)
            changed.add(key[0])
            if entry.mention.founding or key in self._links:
                for party in {before.party, after.party} - {None}:
                    members = self._members.get(party or "", set()) | {key}
                    for member in members:
                        waiting |= self._neighbors(self._entries[member])
                    waiting |= members
                waiting.discard(key)
        return frozenset(changed)

    def _place(self, key: MentionKey) -> tuple[bool, Order, str]:
        entry = self._entries[key]
        return (not entry.mention.founding, entry.order, key[1])

    def _judge(self, entry: _Entry) -> Resolution:
        link = self._links.get(entry.mention.key)
        own = party_id(entry.mention.role, entry.mention.document_id)
        if link is not None:
            if link.party is not None:
                return Resolution(self._anchor(link.party), BY_PERSON)
            return Resolution(own if entry.mention.founding else None, BY_PERSON)
        result = match(entry.mention.particulars, self._profiles(entry), self._settings)
        if result.party is not None:
            return Resolution(result.party, result)
        if entry.mention.founding and result.outcome == "unknown":
            return Resolution(own, result)
        return Resolution(None, result)

    def _anchor(self, party: str) -> str:
        """The unmerged id of a party that is named by any of its forms."""
        kind, _, document_id = party.partition(":")
        entry = self._entries.get((document_id, kind))
        return entry.resolution.party or party if entry and entry.mention.founding else party

    def _profiles(self, entry: _Entry) -> dict[str, list[Particulars]]:
        """What is known of the parties that share a key, by founding forms and forms that a person linked."""
        kind = entry.mention.particulars.kind
        parties: set[str] = set()
        for one in entry.keys:
            for key in self._by_key.get(one, ()):
                other = self._entries[key]
                if self._teaches(key, entry) and other.resolution.party is not None:
                    parties.add(other.resolution.party)
        for name in self._holders.get(entry.mention.particulars.rems_id, ()):
            parties.add(self._anchor(name))
        profiles: dict[str, list[Particulars]] = {}
        for party in parties:
            teachers = [key for key in self._members.get(party, ()) if self._teaches(key, entry)]
            issued = [self._issued_to(key, entry) for key in teachers]
            rems_id = min(filter(None, issued), default="")
            known = [
                replace(own, rems_id=rems_id) if rems_id else own
                for key in sorted(teachers, key=self._place)
                if (own := self._entries[key].mention.particulars)
            ]
            if known and known[0].kind == kind:
                profiles[party] = known
        return profiles

    def _issued_to(self, key: MentionKey, entry: _Entry) -> str:
        """The REMS ID issued to the party that a form founds, as far as ``entry`` may go by it."""
        issued = self._issued.get(party_id(key[1], key[0])) if self._entries[key].mention.founding else None
        return (
            issued.rems_id if issued and (not entry.mention.founding or issued.at <= entry.order[0]) else ""
        )

    def _teaches(self, key: MentionKey, entry: _Entry) -> bool:
        """Whether a mention says something about a party that ``entry`` may go by."""
        other = self._entries[key]
        if key == entry.mention.key or other.resolution.party is None:
            return False
        if entry.mention.founding:
            return other.mention.founding and other.order < entry.order
        return other.mention.founding or key in self._links
