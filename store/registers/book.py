"""The ledger's book over the tables: versions of forms, and decisions.

One book serves one transaction. What it has read once it reads no more, so a patient's state costs a handful
of questions however many forms the patient has.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from store.registers.decision_rows import STANDING_KINDS, decision_of, row_of
from store.registers.tables import DecisionRow, FormRevision
from store.registers.upsert import add_new
from store.tables import Document, Transmission
from validators.model import Value
from validators.program.decisions import Decision, Joined
from validators.program.events import RecordedForm, Who

KEYS_IN_ONE_QUESTION = 500


class StoreBook:
    """A book over the tables of the store; see ``validators.program.book.Book``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._revisions: dict[str, list[RecordedForm]] = {}
        self._standing: dict[frozenset[str], Sequence[Decision]] = {}

    def expect(self, documents: Collection[str]) -> None:
        """Read the forms of these documents, as far as they were not read."""
        for keys in in_blocks(one for one in documents if one not in self._revisions):
            found: dict[str, list[RecordedForm]] = defaultdict(list)
            for row, received_at in self._session.execute(
                _with_receipt().where(FormRevision.document_id.in_(keys)).order_by(FormRevision.revision)
            ):
                found[row.document_id].append(_form(row, received_at))
            self._revisions |= {key: found.get(key, []) for key in keys}

    def revisions(self, document_id: str) -> Sequence[RecordedForm]:
        """Every version of a form, the first one first; empty for an unknown one."""
        self.expect((document_id,))
        return self._revisions[document_id]

    def save(self, form: RecordedForm) -> None:
        """Keep a version of a form; one that is there already stays as it is."""
        add_new(self._session, FormRevision, [_row(form)])
        self._revisions.pop(form.document_id, None)

    def case(self, case_number: str) -> frozenset[str]:
        """The documents whose newest version names a case."""
        named = self._session.execute(
            select(FormRevision.document_id).where(FormRevision.case_number == case_number)
        ).scalars()
        documents = frozenset(named)
        self.expect(documents)
        return frozenset(one for one in documents if self._revisions[one][-1].case_number == case_number)

    def decide(self, decision: Decision) -> None:
        """Keep a decision; the same one again changes nothing."""
        add_new(self._session, DecisionRow, [row_of(decision)])
        self._standing.clear()

    def standing_decisions(self, names: frozenset[str]) -> Sequence[Decision]:
        """The decisions on standing that name a party by any of its names."""
        if names not in self._standing:
            mine = DecisionRow.party.in_(names), DecisionRow.kind.in_(STANDING_KINDS)
            self._standing[names] = list(self._decisions(*mine))
        return self._standing[names]

    def joined(self, documents: Collection[str], moment: datetime) -> Mapping[str, Joined]:
        """What a person last said, up to a moment, of how each of the documents relates to an earlier one."""
        said: list[Joined] = []
        for keys in in_blocks(documents):
            mine = DecisionRow.document_id.in_(keys), DecisionRow.kind == "joined", DecisionRow.at <= moment
            said += [one for one in self._decisions(*mine) if isinstance(one, Joined)]
        return {one.document_id: one for one in sorted(said, key=lambda decision: decision.order)}

    def forms(self) -> Iterable[RecordedForm]:
        """Every version of every form; for lists only."""
        return [_form(row, at) for row, at in self._session.execute(_with_receipt())]

    def decisions(self) -> Iterable[Decision]:
        """Every decision that a person made, and every REMS ID issued; for lists only."""
        return list(self._decisions())

    def named(self, names: Collection[str], documents: Collection[str]) -> list[Decision]:
        """The decisions about parties of these names or about these documents, whatever their kind."""
        found: dict[str, Decision] = {}
        for keys in in_blocks(names):
            either = or_(DecisionRow.party.in_(keys), DecisionRow.other_party.in_(keys))
            found |= {one.decision_id: one for one in self._decisions(either)}
        for keys in in_blocks(documents):
            found |= {one.decision_id: one for one in self._decisions(DecisionRow.document_id.in_(keys))}
        for keys in in_blocks(list(found)):
            found |= {one.decision_id: one for one in self._decisions(DecisionRow.merge_id.in_(keys))}
        return list(found.values())

    def _decisions(self, *conditions: Any) -> Iterator[Decision]:
        rows = self._session.execute(
            select(DecisionRow).where(*conditions).order_by(DecisionRow.at, DecisionRow.id)
        ).scalars()
        return (decision_of(row) for row in rows)


def in_blocks(keys: Iterable[str]) -> Iterator[list[str]]:
    """The keys, as many at once as one question may hold."""
    rest = iter(keys)
    while block := list(islice(rest, KEYS_IN_ONE_QUESTION)):
        yield block


def _with_receipt() -> Select[tuple[FormRevision, datetime]]:
    return (
        select(FormRevision, Transmission.received_at)
        .join(Document, Document.id == FormRevision.document_id)
        .join(Transmission, Transmission.id == Document.transmission_id)
    )


def _form(row: FormRevision, received_at: datetime) -> RecordedForm:
    return RecordedForm(
        document_id=row.document_id,
        form=row.form,
        version=row.version,
        received_at=received_at,
        values={name: _value(value) for name, value in row.values.items()},
        complete=row.complete,
        unsure=frozenset(row.unsure),
        missing_pages=tuple(row.missing_pages),
        revision=row.revision,
        known_at=row.known_at,
        case_number=row.case_number,
        returned_print=row.returned_print,
        by=Who(row.by_name, row.by_role),
    )


def _row(form: RecordedForm) -> dict[str, Any]:
    return {
        "document_id": form.document_id,
        "revision": form.revision,
        "form": form.form,
        "version": form.version,
        "values": {name: value for name, value in form.sure_values.items() if value not in (None, "", ())},
        "unsure": sorted(form.unsure),
        "missing_pages": list(form.missing_pages),
        "complete": form.complete,
        "known_at": form.known_at,
        "case_number": form.case_number,
        "returned_print": form.returned_print,
        "by_name": form.by.name,
        "by_role": form.by.role,
    }


def _value(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value
