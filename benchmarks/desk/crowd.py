"""A desk with a long history: a million documents and a hundred thousand open tasks, made inside Postgres."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import cast

import psycopg
from sqlalchemy.engine import Engine

from benchmarks.main_job.command import SAMPLES
from form_templates.catalog import load_catalog
from store.archive import Archive
from store.desk.inbox import assign
from store.desk.model import Person
from store.inbox import receive
from store.model import (
    DocumentRecord,
    FieldRecord,
    Outcome,
    PageRecord,
    TaskRecord,
    TransmissionFacts,
    TransmissionRecord,
    Value,
)
from store.recording import record

FORM, VERSION = "care_transfer", "2015-11"
TRUTH = SAMPLES / "2026-10-12-0006.json"

IN_DOUBT = ("patient_last_name", "prescriber_last_name", "prescriber_phone", "last_visit_date", "reason")
"""Fields that a person has to look at in each open form: names, a number, a date, a tick."""

STATEMENTS = Path(__file__).with_name("crowd.sql")


@dataclass(frozen=True)
class Crowd:
    """How much a store holds.

    Attributes:
        documents: one in each fax; the newest are in review.
        tasks: open, as many in each open form as ``IN_DOUBT`` has.
    """

    documents: int
    tasks: int

    @property
    def open_documents(self) -> int:
        """Forms in review."""
        return self.tasks // len(IN_DOUBT)


def fill(url: str, crowd: Crowd) -> None:
    """Write the crowd into a store that has its tables and nothing else, and let Postgres look at it."""
    script = Template(STATEMENTS.read_text(encoding="utf-8")).substitute(
        documents=crowd.documents,
        opened=crowd.open_documents,
        form=FORM,
        version=VERSION,
        fields=", ".join(_field_rows()),
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        # Rows made of one number refer to each other rightly: to look each up would take most of the time.
        connection.execute("SET session_replication_role = replica")
        for statement in script.split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())


def true_values() -> dict[str, object]:
    """What the form of every fax says, by name of field."""
    (form,) = json.loads(TRUTH.read_text())["documents"]
    return {name: one["value"] for name, one in form["fields"].items()}


def put_page(archive: Archive, name: str) -> str:
    """The bytes of a sample fax with a name at their end, which no reader of TIFF looks at; their hash."""
    return archive.put(TRUTH.with_suffix(".tif").read_bytes() + name.encode())


def record_pictured(engine: Engine, archive: Archive, count: int, account: str) -> None:
    """Faxes whose pages can be looked at, the first in the queue of a person and in nobody else's.

    Args:
        engine: of the store.
        archive: gets their bytes.
        count: of faxes, each with one form and every field of ``IN_DOUBT`` to be looked at.
        account: whom they are assigned to.
    """
    earliest = datetime.now(UTC) - timedelta(days=365)
    faxes = []
    for number in range(count):
        fax = f"pictured {number}"
        faxes.append(put_page(archive, fax))
        came = earliest + timedelta(minutes=number)
        record_fax(engine, fax, IN_DOUBT, sha=faxes[-1], received_at=came, priority=0)
    assign(engine, Person("lead", "lead"), faxes, account)


def record_fax(
    engine: Engine,
    name: str,
    in_doubt: Sequence[str] = (),
    *,
    sha: str | None = None,
    received_at: datetime | None = None,
    priority: int = 4,
    said: Mapping[str, object] | None = None,
    sender: str | None = None,
) -> None:
    """Receive and record one fax with one form, as a batch does.

    Args:
        engine: of the store.
        name: of its file.
        in_doubt: fields that a person has to look at.
        sha: of its bytes; made from the name where there are none.
        received_at: an hour ago where it is not said.
        priority: of its tasks.
        said: what the form says in place of the truth, by name of field.
        sender: of the call.
    """
    sha = sha or sha256(name.encode()).hexdigest()
    fields, values = [], {**true_values(), **(said or {})}
    for at, field in enumerate(load_catalog().get(FORM, VERSION).fields):
        value, doubt = values[field.name], field.name in in_doubt
        fields.append(
            FieldRecord(
                name=field.name,
                kind=field.kind,
                value=tuple(value) if isinstance(value, list) else cast("Value", value),
                raw="",
                confidence=0.6 if doubt else 0.9995,
                decision="review" if doubt else "empty" if value is None else "accept",
                reader="print",
                model_version="made up",
                page=1,
                box_px=(100, 40 * at, 400, 40 * at + 30),
                reasons=("disagree",) if doubt else (),
            )
        )
    outcome: Outcome = "in_review" if in_doubt else "recorded"
    page = PageRecord(1, "form", 0, FORM, VERSION, 1, 0.999, 1728, 2156, 204.0, 196.0, content_hash=sha[:16])
    called = received_at or datetime.now(UTC) - timedelta(hours=1)
    receive(engine, TransmissionFacts(sha, f"/night/{name}.tif", called, 30_000, sender=sender))
    record(
        engine,
        TransmissionRecord(
            sha256=sha,
            outcome=outcome,
            format="tiff-g4",
            pages=(page,),
            documents=(DocumentRecord(FORM, VERSION, (1,), outcome, tuple(fields)),),
            tasks=tuple(TaskRecord("field", "disagree", priority, 0, 1, field) for field in in_doubt),
            sender=sender,
        ),
    )


def _field_rows() -> Sequence[str]:
    values, rows = true_values(), []
    for at, field in enumerate(load_catalog().get(FORM, VERSION).fields):
        doubt = field.name in IN_DOUBT
        value = values[field.name]
        decision = "review" if doubt else "empty" if value is None else "accept"
        reasons = '["disagree"]' if doubt else "[]"
        words = "NULL" if value is None else "'" + json.dumps(value).replace("'", "''") + "'"
        rows.append(
            f"('{field.name}', '{field.kind}', {words}, {0.6 if doubt else 0.9995}, '{decision}',"
            f" '[100, {40 * at}, 400, {40 * at + 30}]', '{reasons}')"
        )
    return rows
