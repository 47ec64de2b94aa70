"""What the register knows helps reading: doubtful fields of forms that surely mean somebody, settled by it.

A settled field is a correction by ``register`` with the enrollment as its reason: the reading stays, the
trail has its row, and the origin says so. It is dated by the forms alone, so that the same faxes give the
same rows.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine

from store.corrections import REGISTER, correct_in_session, note_correction
from store.database import reading, writing
from store.desk.rules import Rules
from store.desk.settling import recheck_form
from store.registers.opening import Opened, Program, open_ledger
from store.tables import Document, Field, ReviewTask, Transmission
from store.triage.lineage import root_of, still_counts
from validators.model import Value
from validators.program.known import (
    SETTLED_KINDS,
    Doubt,
    KnownValue,
    RegisterEvidence,
    evidence_of,
    role_of,
)
from validators.program.mentions import REFERRING

FORMS_AT_ONCE = 200
UNCERTAIN_SIGHT = frozenset({"crossed_out", "outside_box", "two_marked", "missing_page"})
"""Reasons of a reading that are no doubt about characters: a person looks, whatever the register says."""


def evidence(engine: Engine, program: Program, document_id: str) -> tuple[RegisterEvidence, ...]:
    """What the register says of each doubtful field of a form, for a person who looks at it."""
    with reading(engine) as session:
        document = session.get(Document, document_id)
        if document is None:
            return ()
        return tuple(_evidence(open_ledger(session, program), document))


def settle_by_register(engine: Engine, program: Program, rules: Rules) -> int:
    """Settle every doubtful field that waits for a person and that the register decides; returns how many.

    The rules of forms run again, and the forms wait for the registers again. Called at the end of a batch,
    when all that came is known: so the same faxes are settled alike.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: the rest is settled with the next batch.
    """
    if not program.settings.settle_by_register:
        return 0
    count, after = 0, ""
    while forms := _waiting(engine, after):
        for document_id in forms:
            count += _settle(engine, program, rules, document_id)
        after = forms[-1]
    return count


def _waiting(engine: Engine, after: str) -> list[str]:
    """The next forms with a doubtful field that somebody has to look at, of kinds that the register knows."""
    with reading(engine) as session:
        return list(
            session.scalars(
                select(ReviewTask.document_id)
                .join(Document, Document.id == ReviewTask.document_id)
                .join(
                    Field,
                    (Field.document_id == ReviewTask.document_id) & (Field.name == ReviewTask.field),
                )
                .where(
                    ReviewTask.status == "open",
                    ReviewTask.kind == "field",
                    ReviewTask.stage == "first",
                    ReviewTask.claimed_by.is_(None),
                    Field.kind.in_(SETTLED_KINDS),
                    Document.form.in_(REFERRING),
                    ReviewTask.document_id > after,
                    still_counts(),
                )
                .distinct()
                .order_by(ReviewTask.document_id)
                .limit(FORMS_AT_ONCE)
            )
        )


def _settle(engine: Engine, program: Program, rules: Rules, document_id: str) -> int:
    with writing(engine) as session:
        document = session.get_one(Document, document_id)
        # Held before the trail, as by everybody who writes about a fax.
        received_at = session.execute(
            select(Transmission.received_at)
            .where(Transmission.id == document.transmission_id)
            .with_for_update()
        ).scalar_one()
        opened = open_ledger(session, program)
        decided = [one for one in _evidence(opened, document) if one.decides]
        rows = [
            correct_in_session(
                session,
                document_id,
                one.name,
                one.value,
                by=REGISTER,
                why=f"{one.relation}: form {one.document_id} of {one.party}",
                at=max(received_at, opened.book.revisions(one.document_id)[0].received_at),
            )
            for one in decided
        ]
        if rows:
            recheck_form(session, rules, document_id, cause=f"{document_id}: register", by=REGISTER)
        for row in rows:
            note_correction(session, row)
        return len(rows)


def _evidence(opened: Opened, document: Document) -> Iterator[RegisterEvidence]:
    """What the register says of the fields in doubt that somebody is asked about."""
    session = opened.session
    fields = session.scalars(
        select(Field)
        .join(ReviewTask, (ReviewTask.document_id == Field.document_id) & (ReviewTask.field == Field.name))
        .where(
            Field.document_id == document.id,
            Field.kind.in_(SETTLED_KINDS),
            ReviewTask.kind == "field",
            ReviewTask.status == "open",
        )
        .order_by(Field.name)
    )
    form = root_of(session, document.id)
    for field in fields:
        role = role_of(field.name, document.form)
        if role is None or UNCERTAIN_SIGHT & set(field.reasons):
            continue
        entry = opened.shelf.entry((form, role))
        party = opened.ledger.party(form, role)
        if entry is None or entry.mention.founding or party is None:
            continue
        doubt = Doubt(
            field.name,
            field.kind,
            _value(field.value),
            tuple(_value(one["value"]) for one in field.candidates),
        )
        if (found := evidence_of(doubt, _known(opened, party, field.name))) is not None:
            yield found


def _known(opened: Opened, party: str, name: str) -> list[KnownValue]:
    """What the party's own enrollments say in the field of that name, the oldest first."""
    documents = opened.ledger.registry.founding_documents(party)
    opened.book.expect(documents)
    newest = [opened.book.revisions(document)[-1] for document in documents]
    return [
        KnownValue(party, form.document_id, value)
        for form in sorted(newest, key=lambda one: one.order)
        if (value := form.sure_values.get(name)) is not None
    ]


def _value(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value
