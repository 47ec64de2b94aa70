"""Writing down everything about one fax, in one transaction, once."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store import audit
from store.contents import contents_hash
from store.database import writing
from store.errors import RecordRefused, UnknownTransmission
from store.keys import document_key, task_key
from store.model import (
    BoxPx,
    DocumentRecord,
    FieldRecord,
    FindingRecord,
    PageRecord,
    SetAside,
    TaskRecord,
    TextRecord,
    TransmissionRecord,
)
from store.projection import people_keys, sure_content
from store.suspects import BANDS, band, link_suspects
from store.tables import Base, Document, Field, Finding, Page, PageText, Record, ReviewTask, Transmission

Row = dict[str, Any]


def record(engine: Engine, fax: TransmissionRecord, *, suspect_distance_bits: int = 3) -> bool:
    """Write all about one fax with its status and its rows of the audit trail: all of it or nothing.

    Safe to repeat: a fax that has its outcome already is left as it is.

    Args:
        engine: of the store.
        fax: everything about it.
        suspect_distance_bits: content hashes at most so far apart are linked as suspected resends.

    Returns:
        Whether it was written; false when it had been before.

    Raises:
        UnknownTransmission: it was never received.
        RecordRefused: the record contradicts itself.
        StoreUnreachable, StoreBusy, DiskFull: nothing was written; run again.
    """
    _check(fax)
    with writing(engine) as session:
        row = session.execute(
            select(Transmission).where(Transmission.id == fax.sha256).with_for_update()
        ).scalar_one_or_none()
        if row is None:
            raise UnknownTransmission(
                f"Transmission {fax.sha256} was never received; run intake on its source again."
            )
        if row.status != "received":
            return False
        _conclude(row, fax)
        session.flush()
        for kind, rows in _rows(fax, row.received_at):
            if rows:
                session.execute(insert(kind), rows)
        # From here on other recorders wait; what they wrote is seen below, so no pair of pages is missed.
        audit.lock_trail(session)
        link_suspects(session, fax.sha256, suspect_distance_bits)
        audit.append(session, _event(session, fax))
    return True


def set_aside(engine: Engine, transmission_id: str, reason: SetAside, *, priority: int = 5) -> bool:
    """Conclude that a fax cannot be read and put it before a person; returns and raises as ``record``."""
    fax = TransmissionRecord(
        sha256=transmission_id,
        outcome="set_aside",
        format=None,
        pages=(),
        tasks=(TaskRecord(kind="set_aside", reason=reason.code, priority=priority),),
        priority=priority,
        set_aside=reason,
    )
    return record(engine, fax)


def _check(fax: TransmissionRecord) -> None:
    numbers = [page.number for page in fax.pages]
    if len(set(numbers)) != len(numbers):
        raise RecordRefused(
            f"Transmission {fax.sha256}: a page number comes twice; number pages as received, from 1."
        )
    named: list[PageRecord | TaskRecord] = [*fax.pages, *fax.tasks]
    for item in named:
        if item.document is not None and not 0 <= item.document < len(fax.documents):
            raise RecordRefused(
                f"Transmission {fax.sha256}: there is no document {item.document}; indices start at 0."
            )
    for document in fax.documents:
        names = [field.name for field in document.fields]
        if len(set(names)) != len(names):
            raise RecordRefused(
                f"Transmission {fax.sha256}: a field of {document.form} comes twice; hand in one reading."
            )


def _conclude(row: Transmission, fax: TransmissionRecord) -> None:
    row.status = fax.outcome
    row.format = fax.format
    row.page_count = len(fax.pages)
    row.priority = fax.priority
    row.sender = fax.sender
    row.sent_at = fax.sent_at
    row.announced_pages = fax.announced_pages
    row.set_aside_code = fax.set_aside.code if fax.set_aside else None
    row.set_aside_message = fax.set_aside.message if fax.set_aside else None
    row.software_version = fax.software_version
    row.seconds = dict(fax.seconds)
    row.claimed_by = row.claimed_until = None
    row.recorded_at = datetime.now(UTC)


def _event(session: Session, fax: TransmissionRecord) -> audit.Event:
    return audit.Event(
        fax.sha256,
        audit.SET_ASIDE if fax.outcome == "set_aside" else audit.RECORDED,
        fax.sha256,
        details={
            "outcome": fax.outcome,
            "documents": len(fax.documents),
            "tasks": len(fax.tasks),
            "contents": contents_hash(session, fax.sha256),
        },
    )


def _rows(fax: TransmissionRecord, received_at: datetime) -> Iterator[tuple[type[Base], list[Row]]]:
    keys = [document_key(fax.sha256, ordinal) for ordinal in range(len(fax.documents))]
    documents = list(zip(keys, fax.documents, strict=True))
    yield Document, [_document(fax.sha256, key, at, document) for at, (key, document) in enumerate(documents)]
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
    yield Record, [_record(key, document) for key, document in documents if document.outcome != "set_aside"]
    tasks = {row["id"]: row for row in (_task(fax.sha256, keys, task, received_at) for task in fax.tasks)}
    yield ReviewTask, list(tasks.values())


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
    content: Mapping[str, Any] = sure_content(document.fields)
    return {
        "document_id": key,
        "form": document.form,
        "version": document.version,
        "state": document.outcome,
        "content": content,
        **people_keys(document.form, content),
    }


def _task(fax: str, documents: list[str], task: TaskRecord, received_at: datetime) -> Row:
    return {
        "id": task_key(fax, task),
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
