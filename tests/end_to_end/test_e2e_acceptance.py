"""From what reviewers say of accepted fields to what the next batch lets pass."""

import uuid
from zoneinfo import ZoneInfo

import pytest
from office import Office
from sqlalchemy import select
from sqlalchemy.engine import Engine

from form_templates.catalog import load_catalog
from store.audit import verify_audit
from store.database import open_database, reading
from store.desk.answering import answer
from store.desk.lines import lines_now
from store.desk.model import Person, Said
from store.desk.rules import Rules
from store.desk.settings import ReviewSettings
from store.desk.tending import tend
from store.tables import Document, Field, ReviewTask
from validators.settings import RuleSettings

pytestmark = pytest.mark.slow

ALL = ReviewSettings(sample_share=1.0)
RULES = Rules(load_catalog(), RuleSettings(), ZoneInfo("America/New_York"), 0.5)
PEOPLE = (Person("ana", "reviewer"), Person("ben", "reviewer"))


def tasks(engine: Engine, field_kind: str) -> list[ReviewTask]:
    with reading(engine) as session:
        found = session.scalars(
            select(ReviewTask)
            .join(Field, (Field.document_id == ReviewTask.document_id) & (Field.name == ReviewTask.field))
            .where(ReviewTask.status == "sample", Field.kind == field_kind, Field.decision == "accept")
        ).all()
        session.expunge_all()
        return list(found)


def decisions(engine: Engine, field_kind: str, besides: set[str]) -> list[tuple[str, bool]]:
    """Of the fields of forms that came since: what became of them, and whether a line held them back."""
    with reading(engine) as session:
        rows = session.execute(
            select(Document.id, Field.decision, Field.reasons)
            .join(Field, Field.document_id == Document.id)
            .where(Field.kind == field_kind)
        ).tuples()
        return [(what, "held_back" in why) for document, what, why in rows if document not in besides]


def test_a_bad_week_moves_the_line_and_the_next_batch_asks_people(office: Office) -> None:
    office.put_samples(2)
    assert office.command("run", "inbox").code == 0
    engine = open_database(f"sqlite:///{office.folder / 'var' / 'remsfax.db'}")
    tend(engine, ALL)
    with reading(engine) as session:
        known = set(session.scalars(select(Document.id)))
    asked = tasks(engine, "date")
    assert len(asked) > 1
    for task in asked:
        for version, person in enumerate(PEOPLE):
            said = Said(str(uuid.uuid4()), task.id, version, "value", "1999-01-01", seconds=1.0)
            answer(engine, ALL, RULES, person, said.decision_id, task.id, lambda *_, said=said: said)

    office.put_samples(4)
    assert office.command("run", "inbox").code == 0
    with reading(engine) as session:
        lines = lines_now(session)
        assert verify_audit(session).whole
        held = session.scalars(select(ReviewTask).where(ReviewTask.reason == "held_back")).all()
    assert set(lines) == {"date"}
    assert lines["date"].why == "above_target"
    since = decisions(engine, "date", known)
    assert "accept" not in {what for what, _ in since}
    assert ("review", True) in since
    assert held
    others = [
        one for kind in ("name", "phone", "choice", "signature") for one in decisions(engine, kind, known)
    ]
    assert ("accept", False) in others
    engine.dispose()
