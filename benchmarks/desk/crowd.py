"""A desk with a long history: a million documents and a hundred thousand open tasks, made inside Postgres."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from benchmarks.main_job.command import SAMPLES
from form_templates.catalog import load_catalog

FORM, VERSION = "care_transfer", "2015-11"
TRUTH = SAMPLES / "2026-10-12-0006.json"

IN_DOUBT = ("patient_last_name", "prescriber_last_name", "prescriber_phone", "last_visit_date", "reason")
"""Fields that a person has to look at in each open form: names, a number, a date, a tick."""

SURNAMES = ("abbott", "becerra", "chaudhry", "dimas", "ekberg", "fonseca", "grunwald", "hashimoto", "ibarra")
FAX_ID = "encode(sha256(('fax ' || i)::bytea), 'hex')"
DOCUMENT_ID = "md5('document ' || i)::uuid::text"
RECEIVED = "timestamptz '2026-11-20 06:00+00' - i * interval '20 seconds'"


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
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        for statement in _statements(crowd):
            connection.execute(statement)  # type: ignore[arg-type] - made here, of numbers and our own names
        for table in ("transmissions", "documents", "pages", "records", "fields", "review_tasks"):
            connection.execute(f"VACUUM ANALYZE {table}")  # type: ignore[arg-type]


def true_values() -> dict[str, object]:
    """What the form of every fax says, by name of field."""
    (form,) = json.loads(TRUTH.read_text())["documents"]
    return {name: one["value"] for name, one in form["fields"].items()}


def _statements(crowd: Crowd) -> Sequence[str]:
    every = f"generate_series(1, {crowd.documents}) AS i"
    opened = f"i <= {crowd.open_documents}"
    names = "ARRAY[" + ", ".join(f"'{name}'" for name in SURNAMES) + "]"
    rows = ", ".join(_field_rows())
    doubts = "ARRAY[" + ", ".join(f"'{name}'" for name in IN_DOUBT) + "]"
    return (
        f"""INSERT INTO transmissions (id, status, received_at, size_bytes, format, page_count, priority, sender,
              attempts, audit_count, recorded_at, sampled)
            SELECT {FAX_ID}, CASE WHEN {opened} THEN 'in_review' ELSE 'recorded' END, {RECEIVED}, 30000,
              'tiff-g4', 1, i % 7, '+1 555 010 ' || lpad((i % 10000)::text, 4, '0'), 0, 0, {RECEIVED}, true
            FROM {every}""",
        f"""INSERT INTO documents (id, transmission_id, ordinal, form, version, pages, missing_pages,
              doubled_pages, identified, outcome)
            SELECT {DOCUMENT_ID}, {FAX_ID}, 0, '{FORM}', '{VERSION}', '[1]', '[]', '[]', 0.999,
              CASE WHEN {opened} THEN 'in_review' ELSE 'recorded' END
            FROM {every}""",
        f"""INSERT INTO pages (transmission_id, number, document_id, kind, form, version, form_page, probability,
              width_px, height_px, x_dpi, y_dpi, quarter_turns, skew_degrees, doubtful)
            SELECT {FAX_ID}, 1, {DOCUMENT_ID}, 'form', '{FORM}', '{VERSION}', 1, 0.999, 1728, 2156, 204, 196,
              0, 0, false
            FROM {every}""",
        f"""INSERT INTO records (document_id, form, version, state, content, patient_rems_id, patient_last_name)
            SELECT {DOCUMENT_ID}, '{FORM}', '{VERSION}',
              CASE WHEN {opened} THEN 'in_review' ELSE 'recorded' END, '{{}}',
              'P-' || lpad(i::text, 7, '0') || 'A', ({names})[1 + i % {len(SURNAMES)}] || ' ' || i / 1000
            FROM {every}""",
        f"""INSERT INTO fields (document_id, name, kind, value, raw, confidence, decision, reader, model_version,
              template_version, page, box_px, candidates, reasons, handwritten)
            SELECT {DOCUMENT_ID}, f.name, f.kind, f.value::json, '', f.confidence, f.decision, 'print', 'made up',
              '{VERSION}', 1, f.box::json, '[]', f.reasons::json, false
            FROM generate_series(1, {crowd.open_documents}) AS i,
              (VALUES {rows}) AS f (name, kind, value, confidence, decision, box, reasons)""",
        f"""INSERT INTO review_tasks (id, transmission_id, document_id, page, field, kind, reason, priority,
              received_at, status, field_kind)
            SELECT md5('task ' || i || name)::uuid::text, {FAX_ID}, {DOCUMENT_ID}, 1, name, 'field', 'disagree',
              i % 7, {RECEIVED}, 'open', (SELECT kind FROM fields f WHERE f.name = d.name LIMIT 1)
            FROM generate_series(1, {crowd.open_documents}) AS i, unnest({doubts}) AS d (name)""",
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
