"""The register's people and sites: who founds an entry, and whom each form means.

An entry is founded by the earliest received of its enrollment forms (or assessments), and its id is that
form's document id with the role. A founding form looks only at founding forms received before it; a referring
form looks at everybody known. So what a form is resolved to follows from the set of forms, never from the
order in which they are processed.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import partial

from validators.program.decisions import Decision, Linked, Merged, RemsIdIssued, Unmerged
from validators.program.matching import Match, match, may_matter
from validators.program.mentions import KIND_OF, Mention, Particulars, Role
from validators.program.settings import ProgramSettings
from validators.program.shelf import (
    Entry,
    MemoryShelf,
    MentionKey,
    Order,
    Resolution,
    Shelf,
    founder_name,
)

BY_PERSON = Match("certain", None, ())


def party_id(role: str, document_id: str) -> str:
    """The id of the party that a document founds."""
    kind = next(kind for known, kind in KIND_OF.items() if known == role)
    return f"{kind}:{document_id}"


class Registry:
    """Whom every form means. Knows mentions and what people decided about them, nothing of states."""

    def __init__(self, settings: ProgramSettings, shelf: Shelf | None = None) -> None:
        self._settings = settings
        self._shelf: Shelf = shelf if shelf is not None else MemoryShelf()

    def resolution(self, document_id: str, role: str) -> Resolution:
        """Whom a form means in a role, before merges."""
        entry = self._shelf.entry((document_id, role))
        return entry.resolution if entry else Resolution()

    def party(self, document_id: str, role: str) -> str | None:
        """The id of the party that a form means in a role, after merges."""
        return self.current(self.resolution(document_id, role).party)

    def current(self, party: str | None) -> str | None:
        """The id that a party has now: its earliest form's, and after a merge the kept party's."""
        if party is None:
            return None
        own = self._anchor(party)
        seen: set[str] = set()
        while own not in seen:
            seen.add(own)
            merges = [merge for merge in self._merges(own) if self._anchor(merge.gone) == own]
            if merges:
                own = self._anchor(merges[-1].kept)
        return own

    def documents(self, party: str) -> frozenset[str]:
        """The documents that mention a party in any role."""
        return frozenset(
            entry.mention.document_id
            for own in self._merged_into(party)
            for entry in self._shelf.members(own)
        )

    def founding_documents(self, party: str) -> frozenset[str]:
        """The documents that enroll a prescriber or site: its own forms."""
        return frozenset(entry.mention.document_id for entry in self._founders(party))

    def names(self, party: str) -> frozenset[str]:
        """Every id that a party is called by: of its founding forms, and of the parties merged into it."""
        return frozenset(name for own in self._merged_into(party) for name in self._names(own))

    def expect(self, documents: Collection[str]) -> frozenset[str]:
        """A hint that whom these documents mean will be asked; gives the enrollments of all of them."""
        self._shelf.expect(documents)
        entries = [
            entry
            for document in documents
            for role in KIND_OF
            if (entry := self._shelf.entry((document, role))) is not None
        ]
        named = {party for entry in entries if (party := entry.resolution.party) is not None}
        self._shelf.expect_parties(named)
        return frozenset(
            entry.mention.document_id
            for party in named
            for entry in self._shelf.members(party, teachers=True)
            if entry.mention.founding
        )

    def expect_parties(self, parties: Collection[str], *, whole: Collection[str] = ()) -> None:
        """A hint that these parties will be asked about, and of some every form that means them."""
        self._shelf.expect_parties(parties, whole=whole)

    def parties(self) -> frozenset[str]:
        """Every party known; for lists only."""
        return frozenset(
            party for anchor in self._shelf.founded() if (party := self.current(anchor)) is not None
        )

    def unresolved(self) -> Iterable[tuple[Mention, Match]]:
        """The mentions that wait: doubtful ones with their candidates, and those that fit nobody."""
        for entry in self._shelf.unresolved():
            yield entry.mention, entry.resolution.match

    def rems_id(self, party: str) -> str | None:
        """The REMS ID of a party: the one issued first, else the one that its enrollment bears."""
        founders = sorted(self._founders(party), key=_place)
        issued = [one for entry in founders if (one := self._shelf.issued(founder_name(entry))) is not None]
        if issued:
            return min(issued, key=lambda one: one.order).rems_id
        return next((given for entry in founders if (given := entry.mention.particulars.rems_id)), None)

    def doubly_issued(self) -> Iterable[tuple[str, frozenset[str]]]:
        """REMS IDs that more than one party holds, with the parties."""
        for rems_id in self._shelf.shared_rems_ids():
            holders = self._shelf.holders(rems_id)
            parties = frozenset(party for name in holders if (party := self.current(name)) is not None)
            if len(parties) > 1:
                yield rems_id, parties

    def matches(self, mentions: Collection[Mention], order: Order) -> dict[Role, Match]:
        """Whom the mentions of a form would mean by what they say; nothing is kept."""
        self._expect_like(mentions)
        return {
            one.role: match(one.particulars, self._profiles(Entry(one, order)), self._settings)
            for one in mentions
        }

    def record(self, mentions: Collection[Mention], order: Order) -> frozenset[str]:
        """Take in the mentions of one form, or its corrected ones, and resolve what they touch.

        Returns:
            The documents whose parties changed: they have to be looked at again, and their parties' states.
        """
        self._expect_like(mentions)
        changed: set[str] = set()
        for mention in mentions:
            touched = self._forget(mention.key)
            linked = self._shelf.link(mention.key) is not None
            self._shelf.save(Entry(mention, order, linked))
            changed |= {mention.document_id} | self._resolve(touched | {mention.key})
        self._shelf.written()
        return frozenset(changed)

    def withdraw(self, document_id: str, roles: Iterable[str]) -> frozenset[str]:
        """Take back mentions that a correction removed from a form."""
        changed: set[str] = set()
        for role in roles:
            if self._shelf.entry((document_id, role)) is not None:
                changed |= {document_id} | self._resolve(self._forget((document_id, role)))
        self._shelf.written()
        return frozenset(changed)

    def decide(self, decision: Decision) -> frozenset[str]:
        """Take in a link, a merge, its undoing or an issued ID; other decisions are none of the register's.

        A merge and its undoing need the role; either may be processed before the other.

        Returns:
            The documents whose parties changed.
        """
        changed = self._decide(decision)
        self._shelf.written()
        return changed

    def _decide(self, decision: Decision) -> frozenset[str]:
        if isinstance(decision, Linked):
            self._shelf.decide(decision)
            key = (decision.document_id, decision.role)
            entry = self._shelf.entry(key)
            if entry is None:
                return frozenset()
            self._shelf.save(replace(entry, linked=True))
            return self._resolve({key})
        if isinstance(decision, RemsIdIssued):
            self._shelf.decide(decision)
            kind = decision.party.partition(":")[0]
            bearing = self._shelf.sharing(frozenset({f"{kind[:2]}:r:{decision.rems_id}"}))
            return self._resolve({entry.mention.key for entry in bearing})
        if isinstance(decision, Merged | Unmerged) and decision.who.role in self._settings.standing_roles:
            self._shelf.decide(decision)
            merge = decision if isinstance(decision, Merged) else self._shelf.merge(decision.merge_id)
            names = (merge.kept, merge.gone) if merge else ()
            return frozenset(one for name in names for one in self.documents(self.current(name) or ""))
        return frozenset()

    def _expect_like(self, mentions: Collection[Mention]) -> None:
        self._shelf.expect_like(mentions, partial(may_matter, settings=self._settings))

    def _merged_into(self, party: str) -> set[str]:
        """A party's own anchor and those of the parties merged into it."""
        found, waiting = {party}, [party]
        while waiting:
            own = waiting.pop()
            gone = {self._anchor(merge.gone) for merge in self._merges(own)} - found
            joining = {one for one in gone if self.current(one) == party}
            found |= joining
            waiting += joining
        return found

    def _names(self, own: str) -> frozenset[str]:
        """The names of a party before merges."""
        members = self._shelf.members(own, teachers=True)
        return frozenset({own} | {founder_name(entry) for entry in members if entry.mention.founding})

    def _merges(self, own: str) -> Iterable[Merged]:
        """The merges in force that name a party, in order."""
        return self._shelf.merges_of(self._names(own))

    def _founders(self, party: str) -> list[Entry]:
        members = (
            entry for own in self._merged_into(party) for entry in self._shelf.members(own, teachers=True)
        )
        return [entry for entry in members if entry.mention.founding]

    def _anchor(self, party: str) -> str:
        """The unmerged id of a party that is named by any of its founding forms."""
        kind, _, document_id = party.partition(":")
        entry = self._shelf.entry((document_id, kind))
        return entry.resolution.party or party if entry and entry.mention.founding else party

    def _forget(self, key: MentionKey) -> set[MentionKey]:
        """Take a mention out; returns the mentions that may now resolve otherwise."""
        entry = self._shelf.entry(key)
        if entry is None:
            return set()
        self._shelf.remove(key)
        return self._leaning_on(entry) if entry.teaches else set()

    def _leaning_on(self, entry: Entry) -> set[MentionKey]:
        """The mentions that go by an entry: later ones and referring ones like it, and its party's."""
        known = entry.mention.particulars
        issued = self._shelf.issued(founder_name(entry)) if entry.mention.founding else None
        rems_id = issued.rems_id if issued else ""

        def near(mention: Particulars) -> bool:
            borne = bool(rems_id) and mention.rems_id == rems_id
            return borne or may_matter(mention, known, self._settings)

        own_id = {f"{known.kind[:2]}:r:{rems_id}"} if rems_id else set[str]()
        leaning = {
            other.mention.key
            for other in self._shelf.sharing(entry.keys | own_id, near=near)
            if not other.mention.founding or other.order > entry.order
        }
        if entry.resolution.party is not None:
            leaning |= {other.mention.key for other in self._shelf.members(entry.resolution.party)}
        return leaning - {entry.mention.key}

    def _resolve(self, keys: set[MentionKey]) -> frozenset[str]:
        """Resolve mentions and whatever follows from a change, the earliest received first."""
        waiting = {key: entry for key in keys if (entry := self._shelf.entry(key)) is not None}
        changed: set[str] = set()
        while waiting:
            key = min(waiting, key=lambda one: _place(waiting[one]))
            waiting.pop(key)
            before = self._shelf.entry(key)
            if before is None:
                continue
            after = replace(before, resolution=self._judge(before))
            if after == before:
                continue
            self._shelf.save(after)
            changed.add(key[0])
            if not after.teaches or self._teaches_nothing_new(before, after):
                continue
            leaning = self._leaning_on(before) | self._leaning_on(after)
            for party in {before.resolution.party, after.resolution.party} - {None}:
                for member in self._shelf.members(party or "", teachers=True):
                    leaning |= self._leaning_on(member)
            leaning.discard(key)
            waiting |= {one: entry for one in leaning if (entry := self._shelf.entry(one)) is not None}
        return frozenset(changed)

    def _teaches_nothing_new(self, before: Entry, after: Entry) -> bool:
        """Whether an earlier form of the same party says the very same, so that nobody resolves otherwise."""
        party = after.resolution.party
        if before.resolution.party is not None or party is None or not after.mention.founding:
            return False
        return any(
            other.mention.founding
            and other.order < after.order
            and other.mention.particulars == after.mention.particulars
            for other in self._shelf.members(party, teachers=True)
        )

    def _judge(self, entry: Entry) -> Resolution:
        mention = entry.mention
        link = self._shelf.link(mention.key)
        if link is not None and link.party is not None:
            return Resolution(self._anchor(link.party), BY_PERSON)
        result = BY_PERSON if link else match(mention.particulars, self._profiles(entry), self._settings)
        if result.party is not None:
            return Resolution(result.party, result)
        founds = mention.founding and (link is not None or result.outcome == "unknown")
        return Resolution(party_id(mention.role, mention.document_id) if founds else None, result)

    def _profiles(self, entry: Entry) -> dict[str, list[Particulars]]:
        """What is known of the parties that share a key, by founding forms and forms that a person linked."""
        mention = entry.mention.particulars
        alike = self._shelf.sharing(
            entry.keys, teachers=True, near=lambda known: may_matter(mention, known, self._settings)
        )
        parties = {other.resolution.party for other in alike if _may_learn(entry, other)}
        parties |= {self._anchor(name) for name in self._shelf.holders(mention.rems_id)}
        self._shelf.expect_parties([party for party in parties if party is not None])
        profiles: dict[str, list[Particulars]] = {}
        for party in sorted(parties - {None}, key=str):
            known = self._profile(party or "", entry)
            if known and known[0].kind == mention.kind:
                profiles[party or ""] = known
        return profiles

    def _profile(self, party: str, entry: Entry) -> list[Particulars]:
        """Every set of particulars of a party that ``entry`` may go by, with the REMS ID issued to it."""
        teachers = [other for other in self._shelf.members(party, teachers=True) if _may_learn(entry, other)]
        issued = [
            one.rems_id
            for other in teachers
            if other.mention.founding and (one := self._shelf.issued(founder_name(other))) is not None
            if not entry.mention.founding or one.at <= entry.order[0]
        ]
        rems_id = min(issued, default="")
        return [
            replace(other.mention.particulars, rems_id=rems_id) if rems_id else other.mention.particulars
            for other in sorted(teachers, key=_place)
        ]


def _may_learn(entry: Entry, other: Entry) -> bool:
    """A founding form goes by earlier founding forms, a referring one by all that teach."""
    if other.mention.key == entry.mention.key or other.resolution.party is None:
        return False
    if entry.mention.founding:
        return other.mention.founding and other.order < entry.order
    return other.teaches


def _name(entry: Entry) -> str:
    return party_id(entry.mention.role, entry.mention.document_id)


def _place(entry: Entry) -> tuple[bool, Order, str]:
    return not entry.mention.founding, entry.order, entry.mention.role
