"""Finding a party by what a caller has at hand, and what was known of it on an earlier day."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from store.errors import StoreError
from store.registers.decisions import in_blocks
from store.registers.opening import Opened, Program
from store.registers.tables import MentionRow
from validators.program.ledger import Ledger
from validators.program.mentions import KIND_OF
from validators.program.rems_ids import PartyKind
from validators.program.shelf import Entry

ROUNDS = 2
"""How far likeness is followed when an earlier day is made again: people alike, and those alike them."""


class UnknownParty(StoreError):
    """Nobody in the registers has this identifier."""


class AmbiguousParty(StoreError):
    """Several parties have this identifier (X3)."""


def find(opened: Opened, kind: PartyKind, identifier: str) -> str:
    """The id of the party with a REMS ID, an NPI, an NCPDP number, or the party's own id.

    Raises:
        UnknownParty: nobody of this kind has it.
        AmbiguousParty: several have it: a person has to say whose it is.
    """
    given = identifier.strip()
    registry, shelf = opened.ledger.registry, opened.shelf
    own = registry.current(given) if given.startswith(f"{kind}:") else None
    if own is not None and registry.founding_documents(own):
        return own
    given = given.upper()
    names = {name for name in shelf.holders(given) if name.startswith(f"{kind}:")}
    keys = frozenset(f"{kind[:2]}:{letter}:{given}" for letter in "rnc")
    named: set[str | None] = {*names}
    named |= {one.resolution.party for one in shelf.sharing(keys, teachers=True) if one.mention.founding}
    parties = {party for name in named if (party := registry.current(name)) is not None}
    if not parties:
        raise UnknownParty(
            f"No {kind} with this identifier is in the registers; check it, or look in the review queue."
        )
    if len(parties) > 1:
        raise AmbiguousParty(
            f"Several {_plural(kind)} bear this identifier (rule X3); a supervisor has to say whose it is."
        )
    return parties.pop()


def known_at(opened: Opened, program: Program, party: str, moment: datetime) -> tuple[Ledger, str | None]:
    """The ledger of an earlier moment as far as it bears on a party, and the party's id of then.

    What was received, corrected and decided later is taken away, and so is whom a form was found to mean
    later: the forms of the party, of people like it, and of those whom they name are played again.
    """
    kind, registry = party.partition(":")[0], opened.ledger.registry
    own = registry.documents(party) if kind == "patient" else registry.founding_documents(party)
    earlier = _replayed(opened, program, _around(opened, own), moment)
    order = sorted(own, key=lambda one: (_received(opened, one) or moment, one))
    parties = (earlier.party(document, kind) for document in order)
    return earlier, next((one for one in parties if one is not None), None)


def everything_known_at(opened: Opened, program: Program, moment: datetime) -> Ledger:
    """The whole ledger of an earlier moment; costs about a millisecond a form."""
    documents = set(opened.session.execute(select(MentionRow.document_id).distinct()).scalars())
    return _replayed(opened, program, documents, moment)


def _replayed(opened: Opened, program: Program, documents: set[str], moment: datetime) -> Ledger:
    opened.book.expect(documents)
    opened.shelf.expect(documents)
    earlier = Ledger(program.settings, program.key)
    for document in sorted(documents):
        for form in opened.book.revisions(document):
            if (form.known_at or form.received_at) <= moment:
                earlier.record(form)
    names = {
        f"{KIND_OF[entry.mention.role]}:{entry.mention.document_id}" for entry in _founders(opened, documents)
    }
    for decision in opened.decisions.named(names, documents):
        if decision.at <= moment:
            earlier.decide(decision)
    return earlier


def _around(opened: Opened, own: frozenset[str]) -> set[str]:
    """The documents of a party, of parties like it, and the enrollments of everybody whom those name."""
    shelf = opened.shelf
    documents, asked = set(own), set[str]()
    for _ in range(ROUNDS):
        shelf.expect(documents)
        keys = {
            key for entry in _entries(opened, documents) if _is_patient(entry) for key in entry.keys
        } - asked
        asked |= keys
        documents |= _sharing(opened, keys, teachers=False)
    for _ in range(ROUNDS):
        shelf.expect(documents)
        others = [entry for entry in _entries(opened, documents) if not _is_patient(entry)]
        keys = {key for entry in others for key in entry.keys} - asked
        asked |= keys
        documents |= _sharing(opened, keys, teachers=True)
    return documents


def _sharing(opened: Opened, keys: set[str], *, teachers: bool) -> set[str]:
    return {
        entry.mention.document_id
        for block in in_blocks(sorted(keys))
        for entry in opened.shelf.sharing(frozenset(block), teachers=teachers)
    }


def _entries(opened: Opened, documents: Iterable[str]) -> list[Entry]:
    return [
        entry for document in documents for role in KIND_OF if (entry := opened.shelf.entry((document, role)))
    ]


def _founders(opened: Opened, documents: Iterable[str]) -> list[Entry]:
    return [entry for entry in _entries(opened, documents) if entry.mention.founding]


def _is_patient(entry: Entry) -> bool:
    return entry.mention.role == "patient"


def _received(opened: Opened, document: str) -> datetime | None:
    revisions = opened.book.revisions(document)
    return revisions[0].received_at if revisions else None


def _plural(kind: PartyKind) -> str:
    return {"facility": "facilities", "pharmacy": "pharmacies"}.get(kind, f"{kind}s")
