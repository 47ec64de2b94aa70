"""The ledger's book over the tables: versions of forms, and decisions.

One book serves one transaction. What it has read once it reads no more, so a patient's state costs a handful
of questions however many forms the patient has.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from store.registers.decisions import StoreDecisions, in_blocks
from store.registers.tables import FormRevision
from store.registers.upsert import add_new
from store.tables import Document, Transmission
from validators.model import Value
from validators.program.book import with_case
from validators.program.decisions import CaseOpened, Decision, Joined
from validators.program.events import RecordedForm, Who


class StoreBook:
    """A book over the tables of the store; see ``validators.program.book.Book``."""

    def __init__(self, session: Session, decisions: StoreDecisions) -> None:
        self._session = session
        self._decisions = decisions
        self._revisions: dict[str, Sequence[RecordedForm]] = {}

    def expect(self, documents: Collection[str]) -> None:
        """Read the forms of these documents and what was decided about them, as far as they were not read."""
        for keys in in_blocks(one for one in documents if one not in self._revisions):
            found: dict[str, list[RecordedForm]] = defaultdict(list)
            for row in self._session.execute(
                _VERSIONS.where(FormRevision.document_id.in_(keys)).order_by(FormRevision.revision)
            ):
                found[row.document_id].append(_form(row))
            self._decisions.expect_on(keys)
            self._revisions |= {
                key: with_case(found.get(key, []), self._decisions.case_of(key), self._is_open)
                for key in keys
            }

    def revisions(self, document_id: str) -> Sequence[RecordedForm]:
        """Every version of a form, the first one first, with its case; empty for an unknown one."""
        self.expect((document_id,))
        return self._revisions[document_id]

    def save(self, form: RecordedForm) -> None:
        """Keep a version of a form; one that is there already stays as it is."""
        add_new(self._session, FormRevision, [revision_row(form)])
        self._revisions.pop(form.document_id, None)

    def case(self, case_number: str) -> frozenset[str]:
        """The document for which a case was opened, and those whose newest version names it."""
        opener = self._decisions.opener(case_number)
        if opener is None:
            return frozenset()
        named = self._session.execute(
            select(FormRevision.document_id).where(FormRevision.case_number == case_number)
        ).scalars()
        documents = frozenset({opener, *named})
        self.expect(documents)
        return frozenset(
            one
            for one in documents
            if (forms := self._revisions[one]) and (one == opener or forms[-1].case_number == case_number)
        )

    def _is_open(self, case_number: str) -> bool:
        return bool(case_number) and self._decisions.opener(case_number) is not None

    def decide(self, decision: Decision) -> None:
        """Keep a decision; the same one again changes nothing."""
        self._decisions.keep(decision)
        if isinstance(decision, CaseOpened):
            self._revisions.clear()

    def standing_decisions(self, names: frozenset[str]) -> Sequence[Decision]:
        """The decisions on standing that name a party by any of its names."""
        return self._decisions.standing(names)

    def joined(self, documents: Collection[str], moment: datetime) -> Mapping[str, Joined]:
        """What a person last said, up to a moment, of how each of the documents relates to an earlier one."""
        return self._decisions.joined(documents, moment)

    def forms(self) -> Iterable[RecordedForm]:
        """Every version of every form; for lists only."""
        return [_form(row) for row in self._session.execute(_VERSIONS)]

    def decisions(self) -> Iterable[Decision]:
        """Every decision that a person made, and every REMS ID issued; for lists only."""
        return self._decisions.every()


_VERSIONS = (
    select(*inspect(FormRevision).columns, Transmission.received_at)
    .join(Document, Document.id == FormRevision.document_id)
    .join(Transmission, Transmission.id == Document.transmission_id)
)


def _form(row: Any) -> RecordedForm:
    return RecordedForm(
        document_id=row.document_id,
        form=row.form,
        version=row.version,
        received_at=row.received_at,
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


def revision_row(form: RecordedForm) -> dict[str, Any]:
    """One version of a form as a row."""
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
