"""What was known on an earlier day: what came and was decided later is taken away, the rest played again."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.registers.decisions import in_blocks
from store.registers.opening import Opened, Program
from store.registers.tables import MentionRow
from store.triage.lineage import lineage_of, roots_of
from store.triage.tables import SupersededDocument
from validators.program.ledger import Ledger
from validators.program.mentions import FOUNDING, KIND_OF, Mention, blocking_keys, mentions_of
from validators.program.shelf import Entry

ROUNDS = 2
"""How far likeness is followed when an earlier day is made again: people alike, and those alike them."""


def known_at(opened: Opened, program: Program, party: str, moment: datetime) -> tuple[Ledger, str | None]:
    """The ledger of an earlier moment as far as it bears on a party, and the party's id of then.

    What was received, corrected and decided later is taken away, and so is whom a form was found to mean
    later: the forms of the party, of people like it, and of those whom they name are played again.
    """
    kind, registry = party.partition(":")[0], opened.ledger.registry
    own = registry.documents(party) if kind == "patient" else registry.founding_documents(party)
    withdrawn = _withdrawn_since(opened, program, moment)
    meant = {
        document for document, mentions in withdrawn.items() if _means(opened, party, document, mentions)
    }
    around = _around(opened, own, [one for document in meant for one in withdrawn[document]])
    keys = {key for entry in _entries(opened, around) for key in entry.keys}
    like = {
        document
        for document, mentions in withdrawn.items()
        if any(keys & blocking_keys(one.particulars) for one in mentions)
    }
    earlier = _replayed(opened, program, around | meant | like, moment)
    order = sorted({*own, *meant}, key=lambda one: (_received(opened, one) or moment, one))
    parties = (earlier.party(document, kind) for document in order)
    return earlier, next((one for one in parties if one is not None), None)


def everything_known_at(opened: Opened, program: Program, moment: datetime) -> Ledger:
    """The whole ledger of an earlier moment; costs about a millisecond a form."""
    documents = set(opened.session.execute(select(MentionRow.document_id).distinct()).scalars())
    return _replayed(opened, program, documents | _superseded_since(opened.session, moment), moment)


def read_at(session: Session, root: str, moment: datetime) -> str | None:
    """The document that stood for a form at a moment; none where its fax had no such form then."""
    for stretch in lineage_of(session, root):
        begun = stretch.since is None or stretch.since <= moment
        if begun and (stretch.until is None or stretch.until > moment):
            return stretch.document_id
    return None


def _superseded_since(session: Session, moment: datetime) -> set[str]:
    """The forms whose fax was read again after a moment, by the document as which they were first read."""
    later = select(SupersededDocument.document_id).where(SupersededDocument.superseded_at > moment)
    return set(roots_of(session, session.execute(later).scalars().all()).values())


def _withdrawn_since(opened: Opened, program: Program, moment: datetime) -> dict[str, tuple[Mention, ...]]:
    """The forms of then that are gone since their fax was read again, and whom they mentioned."""
    documents = _superseded_since(opened.session, moment)
    opened.book.expect(documents)
    opened.shelf.expect(documents)
    found = {}
    for document in sorted(documents):
        then = [one for one in opened.book.revisions(document) if (one.known_at or one.received_at) <= moment]
        if then and not _entries(opened, [document]):
            found[document] = mentions_of(then[-1], program.settings.rems_id_pattern)
    return found


def _means(opened: Opened, party: str, document: str, mentions: Iterable[Mention]) -> bool:
    """Whether a withdrawn form founded a party, or bore its REMS ID."""
    rems_id = _rems_id(opened, party)
    return any(
        party == f"{KIND_OF[one.role]}:{document}" or (rems_id != "" and one.particulars.rems_id == rems_id)
        for one in mentions
    )


def _rems_id(opened: Opened, party: str) -> str:
    """The REMS ID of a party, though its own forms be withdrawn; empty where it has none."""
    issued = opened.shelf.issued(party)
    return opened.ledger.registry.rems_id(party) or (issued.rems_id if issued else "")


def _replayed(opened: Opened, program: Program, documents: set[str], moment: datetime) -> Ledger:
    opened.book.expect(documents)
    opened.shelf.expect(documents)
    earlier, names = Ledger(program.settings, program.key), set[str]()
    for document in sorted(documents):
        for form in opened.book.revisions(document):
            if (form.known_at or form.received_at) <= moment:
                earlier.record(form)
                if (founded := FOUNDING.get(form.form)) is not None:
                    names.add(f"{KIND_OF[founded]}:{document}")
    for decision in opened.decisions.named(names, documents):
        if decision.at <= moment:
            earlier.decide(decision)
    return earlier


def _around(opened: Opened, own: frozenset[str], withdrawn: Iterable[Mention]) -> set[str]:
    """The documents of a party, of parties like it, and the enrollments of everybody whom those name.

    Args:
        opened: the registers.
        own: the party's documents.
        withdrawn: whom forms mentioned that were the party's, and are no more.
    """
    shelf = opened.shelf
    documents, asked = set(own), set[str]()
    more: dict[bool, set[str]] = {True: set(), False: set()}
    for mention in withdrawn:
        more[mention.role == "patient"] |= blocking_keys(mention.particulars)
    for _ in range(ROUNDS):
        shelf.expect(documents)
        found = {key for entry in _entries(opened, documents) if _is_patient(entry) for key in entry.keys}
        keys = (found | more[True]) - asked
        asked |= keys
        documents |= _sharing(opened, keys, teachers=False)
    for _ in range(ROUNDS):
        shelf.expect(documents)
        others = [entry for entry in _entries(opened, documents) if not _is_patient(entry)]
        keys = ({key for entry in others for key in entry.keys} | more[False]) - asked
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


def _is_patient(entry: Entry) -> bool:
    return entry.mention.role == "patient"


def _received(opened: Opened, document: str) -> datetime | None:
    revisions = opened.book.revisions(document)
    return revisions[0].received_at if revisions else None
