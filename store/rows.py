"""From everything about one fax to the rows of the tables. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from store.keys import document_key, task_key
from store.model import (
    BoxPx,
    DocumentRecord,
    FieldRecord,
    FindingRecord,
    PageRecord,
    TaskRecord,
    TextRecord,
    TransmissionRecord,
)
from store.projection import people_keys, sure_content
from store.registers.tables import FormToRegister
from store.suspects import BANDS, band
from store.tables import Base, Document, Field, Finding, Page, PageText, Record, ReviewTask

Row = dict[str, Any]


def rows_of(
    fax: TransmissionRecord, received_at: datetime, *, reading: int = 1, first_ordinal: int = 0
) -> Iterator[tuple[type[Base], list[Row]]]:
    """The rows by table, in an order in which every reference finds its row.

    Args:
        fax: everything about it.
        received_at: of its earliest delivery.
        reading: 1, and one more each time that the fax was read again.
        first_ordinal: of its documents; those of earlier readings keep theirs.
    """
    ordinals = range(first_ordinal, first_ordinal + len(fax.documents))
    keys = [document_key(fax.sha256, ordinal) for ordinal in ordinals]
    documents = list(zip(keys, fax.documents, strict=True))
    yield (
        Document,
        [
            _document(fax.sha256, key, at, document)
            for at, (key, document) in zip(ordinals, documents, strict=True)
        ],
    )
    yield Page, [_page(fax.sha256, keys, page) for page in fax.pages]
    texts = [text for document in fax.documents for text in document.texts]
    texts += [text for page in fax.other_pages for text in page.texts]
    yield PageText, [_text(fax.sha256, at, text) for at, text in enumerate(texts)]
    yield (
        Field,
        [_field(key, document.version, field) for key, document in documents for field in document.fields],
    )
    findings: list[tuple[str | None, FindingRecord]] = [(None, finding) for finding in fax.findings]
    findings += [(key, finding) for key, document in documents for finding in document.findings]
    yield Finding, [_finding(fax.sha256, at, key, finding) for at, (key, finding) in enumerate(findings)]
    records = [_record(key, document) for key, document in documents if document.outcome != "set_aside"]
    yield Record, records
    yield FormToRegister, [{"document_id": row["document_id"]} for row in records]
    tasks = [_task(fax.sha256, keys, task, received_at, reading) for task in fax.tasks]
    yield ReviewTask, list({row["id"]: row for row in tasks}.values())


def _document(fax: str, key: str, ordinal: int, document: DocumentRecord) -> Row:
    return {
        "id": key,
        "transmission_id": fax,
        "ordinal": ordinal,
        "form": document.form,
        "version": document.version,
        "pages": document.pages,
        "missing_pages": document.missing_pages,
        "doubled_pages": document.doubled_pages,
        "identified": document.identified,
        "outcome": document.outcome,
    }


def _page(fax: str, documents: list[str], page: PageRecord) -> Row:
    return {
        "transmission_id": fax,
        "number": page.number,
        "document_id": None if page.document is None else documents[page.document],
        "kind": page.kind,
        "form": page.form,
        "version": page.version,
        "form_page": page.form_page,
        "probability": page.probability,
        "width_px": page.width_px,
        "height_px": page.height_px,
        "x_dpi": page.x_dpi,
        "y_dpi": page.y_dpi,
        "quarter_turns": page.quarter_turns,
        "skew_degrees": page.skew_degrees,
        "residual_px": page.residual_px,
        "matched": page.matched,
        "doubtful": page.doubtful,
        "bad_rows": page.bad_rows,
        "content_hash": page.content_hash,
        **{f"content_band_{at}": band(page.content_hash, at) for at in range(BANDS)},
    }


def _text(fax: str, ordinal: int, text: TextRecord) -> Row:
    return {
        "transmission_id": fax,
        "ordinal": ordinal,
        "page": text.page,
        "source": text.source,
        "text": text.text,
        "box_px": _box(text.box_px),
        "confidence": text.confidence,
        "handwritten": text.handwritten,
    }


def _field(document: str, template_version: str, field: FieldRecord) -> Row:
    return {
        "document_id": document,
        "name": field.name,
        "kind": field.kind,
        "value": field.value,
        "raw": field.raw,
        "confidence": field.confidence,
        "decision": field.decision,
        "reader": field.reader,
        "model_version": field.model_version,
        "template_version": template_version,
        "page": field.page,
        "box_px": _box(field.box_px),
        "candidates": [
            {"value": item.value, "probability": item.probability, "reader": item.reader}
            for item in field.candidates
        ],
        "reasons": field.reasons,
        "handwritten": field.handwritten,
    }


def _finding(fax: str, ordinal: int, document: str | None, finding: FindingRecord) -> Row:
    return {
        "transmission_id": fax,
        "ordinal": ordinal,
        "document_id": document,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "fields": finding.fields,
        "pages": finding.pages,
    }


def _record(key: str, document: DocumentRecord) -> Row:
    content = sure_content(document.fields)
    return {
        "document_id": key,
        "form": document.form,
        "version": document.version,
        "state": document.outcome,
        "content": content,
        **people_keys(document.form, content),
    }


def _task(fax: str, documents: list[str], task: TaskRecord, received_at: datetime, reading: int) -> Row:
    return {
        "id": task_key(fax, task, reading),
        "transmission_id": fax,
        "document_id": None if task.document is None else documents[task.document],
        "page": task.page,
        "field": task.field,
        "kind": task.kind,
        "reason": task.reason,
        "priority": task.priority,
        "received_at": received_at,
        "status": "open",
    }


def _box(box_px: BoxPx | None) -> list[int] | None:
    return None if box_px is None else list(box_px)
