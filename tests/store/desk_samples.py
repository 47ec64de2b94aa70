"""A care transfer as it may lie before a reviewer: every field of a sample fax, some of them in doubt."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.engine import Engine
from store_samples import FIRST, facts, sha

from form_templates.catalog import load_catalog
from store.database import reading
from store.desk import answering
from store.desk.model import Person, Said, Saved
from store.desk.rules import Rules
from store.desk.settings import ReviewSettings
from store.inbox import receive
from store.keys import document_key
from store.model import (
    CandidateRecord,
    DocumentRecord,
    FieldRecord,
    PageRecord,
    TaskRecord,
    TransmissionRecord,
    Value,
)
from store.recording import record
from store.tables import ReviewTask
from validators.settings import RuleSettings

TRUTH = Path(__file__).parents[2] / "sample_faxes" / "faxes" / "2026-10-12-0006.json"
FORM, VERSION = "care_transfer", "2015-11"

ANA = Person("ana", "reviewer")
BEN = Person("ben", "reviewer")
EVA = Person("eva", "reviewer")
LEA = Person("lea", "lead")
SAM = Person("sam", "safety")
TIM = Person("tim", "triage")
AUDITOR = Person("ada", "auditor")

SETTINGS = ReviewSettings()

# One of each sort: entered once, a tick, and one that two people enter.
SURNAME, NPI, REASON = "patient_last_name", "prescriber_npi", "reason"


@cache
def rules() -> Rules:
    return Rules(load_catalog(), RuleSettings(), ZoneInfo("America/New_York"), 0.5)


@cache
def truth() -> dict[str, Value]:
    (form,) = json.loads(TRUTH.read_text())["documents"]
    return {
        name: tuple(one["value"]) if isinstance(one["value"], list) else one["value"]
        for name, one in form["fields"].items()
    }


def care_transfer(doubtful: dict[str, Value], **read: Value) -> DocumentRecord:
    """The form, with what was read of the doubtful fields, and what was accepted and is not the truth."""
    template = load_catalog().get(FORM, VERSION)
    fields = []
    for at, field in enumerate(template.fields):
        value = {**truth(), **read, **doubtful}[field.name]
        doubt = field.name in doubtful
        fields.append(
            FieldRecord(
                name=field.name,
                kind=field.kind,
                value=value,
                raw="" if value is None else str(value),
                confidence=0.6 if doubt else 0.9995,
                decision="review" if doubt else "empty" if value is None else "accept",
                reader="print",
                model_version="test",
                page=1,
                box_px=(100, 40 * at, 400, 40 * at + 30),
                candidates=(CandidateRecord(value, 0.6, "print"), CandidateRecord("x", 0.2, "tesseract")),
                reasons=("disagree",) if doubt else (),
            )
        )
    return DocumentRecord(
        form=FORM,
        version=VERSION,
        pages=(1,),
        outcome="in_review" if doubtful else "recorded",
        fields=tuple(fields),
        identified=0.999,
    )


def care_fax(
    number: int, *documents: DocumentRecord, asked: bool = True, **changes: Any
) -> TransmissionRecord:
    """A fax of such forms; with ``asked`` each doubtful field has its task."""
    tasks = tuple(
        TaskRecord("field", "disagree", 4, index, 1, field.name)
        for index, document in enumerate(documents)
        for field in document.fields
        if asked and field.decision == "review"
    )
    tasks += changes.pop("tasks", ())
    fax = TransmissionRecord(
        sha256=sha(number),
        outcome="in_review" if tasks else "recorded",
        format="tiff-g4",
        pages=tuple(
            PageRecord(at + 1, "form", at, FORM, VERSION, 1, 0.999, 1728, 2156, 204, 196)
            for at in range(len(documents))
        ),
        documents=documents,
        tasks=tasks,
        priority=4,
        sender="+1 555 010 0123",
    )
    return replace(fax, **changes)


def put(engine: Engine, number: int, *documents: DocumentRecord, **changes: Any) -> str:
    """Record such a fax, received late enough for its dates to be past; returns the key of its first form."""
    arrival = replace(facts(number), received_at=FIRST + timedelta(minutes=number), announced_pages=None)
    receive(engine, arrival)
    record(engine, care_fax(number, *documents, **changes))
    return document_key(sha(number), 0)


def new_id() -> str:
    return str(uuid.uuid4())


def task_of(engine: Engine, document: str, field: str) -> ReviewTask:
    with reading(engine) as session:
        task = session.scalars(
            select(ReviewTask)
            .where(ReviewTask.document_id == document, ReviewTask.field == field)
            .order_by(ReviewTask.kind != "field", ReviewTask.status != "open")
        ).first()
        assert task is not None
        session.expunge(task)
        return task


def answer(engine: Engine, settings: ReviewSettings, rules: Rules, person: Person, said: Said) -> Saved:
    """Store what a person says, whatever the task asks."""
    return answering.answer(engine, settings, rules, person, said.decision_id, said.task_id, lambda *_: said)


def say(engine: Engine, document: str, field: str, value: Value = None, **more: Any) -> Said:
    """What somebody says of a field's task as it stands now."""
    task = task_of(engine, document, field)
    verdict = more.pop("verdict", "empty" if value is None else "value")
    given = {"decision_id": new_id(), "task_id": task.id, "version": task.version, "seconds": 2.5}
    return Said(**(given | {"verdict": verdict, "value": value} | more))
