"""Made-up forms in a store, without the faxes that they came on."""

import hashlib
from collections.abc import Iterable

from sqlalchemy.engine import Engine

from benchmarks.program_replay import Item
from store.database import reading, writing
from store.registers.folding import fold_stale, mark_stale
from store.registers.opening import Program, lock_registers, open_ledger
from store.registers.registering import take_in
from store.registers.upsert import add_new
from store.tables import Document, Transmission
from validators.program.events import RecordedForm
from validators.program.ledger import Snapshot

PROGRAM = Program()


def place(engine: Engine, form: RecordedForm) -> None:
    """The rows that a form of a fax rests on, and the form in the registers."""
    fax = hashlib.sha256(form.document_id.encode()).hexdigest()
    received = {"id": fax, "status": "recorded", "received_at": form.received_at, "size_bytes": 1}
    counts = {"priority": 5, "attempts": 1, "audit_count": 0}
    document = {
        "id": form.document_id, "transmission_id": fax, "ordinal": 0, "form": form.form,
        "version": form.version, "pages": [1], "missing_pages": list(form.missing_pages),
        "doubled_pages": [], "identified": 1.0, "outcome": "recorded",
    }  # fmt: skip
    with writing(engine) as session:
        lock_registers(session)
        add_new(session, Transmission, [received | counts])
        add_new(session, Document, [document])
        take_in(open_ledger(session, PROGRAM), [form])


def play(engine: Engine, items: Iterable[Item], *, fold: bool = False) -> None:
    for item in items:
        if isinstance(item, RecordedForm):
            place(engine, item)
        else:
            with writing(engine) as session:
                lock_registers(session)
                # Without its row in the trail: an order of play may know the decision before its form.
                touched = open_ledger(session, PROGRAM).ledger.decide(item)
                mark_stale(session, touched.parties)
    if fold:
        fold_stale(engine, PROGRAM)


def snapshot(engine: Engine, moment) -> Snapshot:
    with reading(engine) as session:
        return open_ledger(session, PROGRAM).ledger.snapshot(moment)
