"""The crowd that the program is measured with at scale: its rows are those that the registers write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.engine import Engine

from benchmarks.program_copy import copy_crowd
from benchmarks.program_crowd import NOW, PROGRAM, Crowd, place
from store.database import reading, writing
from store.registers.folding import fold_stale
from store.registers.opening import open_ledger
from store.registers.tables import (
    DecisionRow,
    FormRevision,
    MentionRow,
    NonComplianceRow,
    ParticularKey,
    ParticularSet,
    PartyFinding,
    PartyState,
    SlotRow,
)
from store.schema import upgrade
from store.tables import Base

WRITTEN = (
    DecisionRow, FormRevision, MentionRow, NonComplianceRow, ParticularKey, ParticularSet, PartyFinding,
    PartyState, SlotRow,
)  # fmt: skip
CROWD = Crowd(6)


def rows_of(engine: Engine, kind: type[Base]) -> list[dict[str, Any]]:
    table = cast("Table", kind.__table__)
    with reading(engine) as session:
        rows = session.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        return sorted((dict(row) for row in rows), key=repr)


def test_a_stamped_crowd_has_the_rows_that_the_registers_write(
    postgres_url: str, opened: Callable[..., Engine], tmp_path: Path
) -> None:
    copied, written = opened(postgres_url), opened(f"sqlite:///{tmp_path / 'written.db'}")
    upgrade(copied)
    upgrade(written)
    copy_crowd(postgres_url, CROWD, lambda _: None)
    with reading(copied) as session:
        book = open_ledger(session, PROGRAM).book
        forms, decisions = list(book.forms()), book.decisions()
    for form in forms:
        if "patient_rems_id" not in form.values:
            place(written, form)
    with writing(written) as session:
        for decision in decisions:
            open_ledger(session, PROGRAM).ledger.decide(decision)
    for form in forms:
        if "patient_rems_id" in form.values:
            place(written, form)
    fold_stale(written, PROGRAM, NOW)
    for kind in WRITTEN:
        own, real = rows_of(copied, kind), rows_of(written, kind)
        assert len(own) > 0 or kind is NonComplianceRow
        assert own == real, kind.__tablename__
