"""A correction and everything that follows; and doubtful fields that the register settles."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from form_templates.catalog import Catalog, load_catalog
from pipelines.correcting import correct
from pipelines.registering import register
from pipelines.settings import PipelineSettings
from pipelines.stores import store_database
from store.audit import verify_audit
from store.corrections import REGISTER
from store.database import reading
from store.errors import UnknownField
from store.inbox import receive
from store.keys import document_key
from store.model import (
    CandidateRecord,
    DocumentRecord,
    FieldRecord,
    PageRecord,
    TaskRecord,
    TransmissionFacts,
    TransmissionRecord,
)
from store.recording import record
from store.registers.opening import Program
from store.registers.settling import evidence
from store.registers.tables import RecheckFinding
from store.schema import upgrade
from store.settings import StoreSettings
from store.tables import Correction, Field, Finding, Record, ReviewTask
from validators.program.settings import ProgramSettings

RECEIVED = datetime(2026, 11, 2, 15, tzinfo=UTC)
PRESCRIBER = {
    "prescriber_first_name": ("Ilse", "name"),
    "prescriber_last_name": ("Abernathy", "name"),
    "prescriber_npi": ("1234567893", "npi"),
    "prescriber_zip": ("02139", "zip"),
}
PHONE, MISREAD = "5555550123", "5555550128"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def settings(tmp_path: Path) -> PipelineSettings:
    return PipelineSettings(store=StoreSettings(database=f"sqlite:///{tmp_path / 'store.db'}"))


@pytest.fixture
def database(settings: PipelineSettings) -> Engine:
    engine = store_database(settings.store)
    upgrade(engine)
    return engine


def sure(**values: tuple[str, str]) -> tuple[FieldRecord, ...]:
    return tuple(
        FieldRecord(name, kind, value, value, 0.99, "accept", "print", "none", page=1)  # type: ignore[arg-type]
        for name, (value, kind) in values.items()
    )


def doubtful(name: str, kind: str, value: str, *offered: str) -> FieldRecord:
    candidates = tuple(CandidateRecord(one, 0.4, "handwriting") for one in (value, *offered))
    (field,) = sure(**{name: (value, kind)})
    return replace(field, decision="review", confidence=0.5, candidates=candidates, handwritten=True)


def send(database: Engine, number: int, form: str, fields: tuple[FieldRecord, ...]) -> str:
    """A fax with one form; each field in doubt is asked about. Gives the form's id."""
    sha = f"{number:064x}"
    receive(database, TransmissionFacts(sha, f"/inbox/{number}.tif", RECEIVED + timedelta(hours=number), 10))
    asked = tuple(
        TaskRecord("field", "unsure", 5, document=0, page=1, field=field.name)
        for field in fields
        if field.decision == "review"
    )
    outcome = "in_review" if asked else "recorded"
    record(
        database,
        TransmissionRecord(
            sha256=sha,
            outcome=outcome,
            format="tiff-g3",
            pages=(PageRecord(1, "form", 0, form, "2015-11", 1, 1.0),),
            documents=(DocumentRecord(form, "2015-11", (1,), outcome, fields, identified=1.0),),
            tasks=asked,
        ),
    )
    return document_key(sha, 0)


def test_a_correction_runs_every_rule_again_and_tells_what_followed(
    database: Engine, catalog: Catalog, settings: PipelineSettings
) -> None:
    patient = {"patient_first_name": ("Mara", "name"), "patient_last_name": ("Lund", "name")}
    fields = (
        *sure(**patient),
        doubtful("date_of_birth", "date", "1980-04-09"),
        doubtful("comments", "free_text", "well"),
    )
    form = send(database, 1, "patient_status", fields)
    register(database, catalog, settings)
    done = correct(
        database, catalog, settings, (form, "comments"), "He developed hives", by="ana", why="read"
    )
    assert any(one.rule.startswith("AE-") for one in done.rechecked.findings[form])
    future = correct(database, catalog, settings, (form, "date_of_birth"), "2031-01-01", by="ana", why="read")
    rules = {one.rule for one in future.rechecked.findings[form]}
    assert "X4-2" in rules, "a date in the future"
    assert future.registers.decision_id == form
    with reading(database) as session:
        kinds = {task.kind for task in session.query(ReviewTask) if task.status == "open"}
        assert "adverse_event" in kinds
        assert session.query(RecheckFinding).count() > session.query(Finding).count() == 0
        assert session.get_one(Record, form).state == "in_review"
        assert session.get_one(Record, form).content["comments"] == "He developed hives"
        assert verify_audit(session).whole
    with pytest.raises(UnknownField, match="look it up again"):
        correct(database, catalog, settings, ("0" * 36, "comments"), "x", by="ana", why="test")


def test_a_corrected_enrollment_moves_the_states_at_once(
    database: Engine, catalog: Catalog, settings: PipelineSettings
) -> None:
    names = {**PRESCRIBER, "prescriber_phone": (PHONE, "phone")}
    npi = names.pop("prescriber_npi")
    form = send(
        database, 1, "prescriber_enrollment", (*sure(**names), doubtful("prescriber_npi", *reversed(npi)))
    )
    register(database, catalog, settings)
    done = correct(database, catalog, settings, (form, "prescriber_npi"), "1993999998", by="ana", why="read")
    assert [one.kind for one in done.registers.parties] == ["prescriber"]
    assert done.registers.documents == {form}


def test_a_known_phone_settles_a_doubtful_digit_and_says_so(
    database: Engine, catalog: Catalog, settings: PipelineSettings
) -> None:
    enrollment = send(
        database, 1, "prescriber_enrollment", sure(**PRESCRIBER, prescriber_phone=(PHONE, "phone"))
    )
    read = (*sure(**PRESCRIBER), doubtful("prescriber_phone", "phone", MISREAD, PHONE))
    form = send(database, 2, "patient_status", read)
    moved = send(
        database, 3, "patient_status", (*sure(**PRESCRIBER), doubtful("prescriber_phone", "phone", MISREAD))
    )
    register(database, catalog, settings)
    with reading(database) as session:
        (row,) = session.query(Correction).all()
        assert (row.document_id, row.name, row.value, row.corrected_by) == (
            form,
            "prescriber_phone",
            PHONE,
            REGISTER,
        )
        assert enrollment in row.why
        assert session.get_one(Field, (form, "prescriber_phone")).value == MISREAD, "the reading stays"
        assert session.get_one(Record, form).content["prescriber_phone"] == PHONE
        states = {task.document_id: task.status for task in session.query(ReviewTask) if task.kind == "field"}
        assert states == {form: "done", moved: "open"}
        assert verify_audit(session).whole
    (told,) = evidence(database, Program(), moved)
    assert (told.relation, told.value, told.document_id) == ("differs", PHONE, enrollment)
    assert register(database, catalog, settings) == 0


def test_the_register_settles_nothing_where_it_is_told_not_to(
    database: Engine, catalog: Catalog, settings: PipelineSettings
) -> None:
    quiet = settings.model_copy(update={"program": ProgramSettings(settle_by_register=False)})
    send(database, 1, "prescriber_enrollment", sure(**PRESCRIBER, prescriber_phone=(PHONE, "phone")))
    send(database, 2, "patient_status", (*sure(**PRESCRIBER), doubtful("prescriber_phone", "phone", PHONE)))
    register(database, catalog, quiet)
    with reading(database) as session:
        assert session.query(Correction).count() == 0
