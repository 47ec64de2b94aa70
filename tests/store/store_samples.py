"""Made-up faxes for the store's tests."""

import hashlib
import multiprocessing
import multiprocessing.pool
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from store.model import (
    CandidateRecord,
    DocumentRecord,
    FieldRecord,
    FindingRecord,
    OtherPageRecord,
    PageRecord,
    TaskRecord,
    TextRecord,
    TransmissionFacts,
    TransmissionRecord,
)

FIRST = datetime(2026, 11, 2, 14, 7, tzinfo=UTC)
PATIENT = "P-1234567A"


@contextmanager
def in_processes(count: int) -> Iterator[multiprocessing.pool.Pool]:
    """Forked, because a spawned one loads pytest again; no connection may be open in the parent."""
    with multiprocessing.get_context("fork").Pool(count) as pool:
        yield pool


def sha(number: int) -> str:
    return hashlib.sha256(f"fax {number}".encode()).hexdigest()


def facts(number: int, *, source: str | None = None, minutes: int = 0) -> TransmissionFacts:
    return TransmissionFacts(
        sha256=sha(number),
        source=source or f"/inbox/{number}.tif",
        received_at=FIRST + timedelta(minutes=number + minutes),
        size_bytes=1000 + number,
        sender="+1 555 010 0199",
        sent_at=FIRST,
        called_number="555-0100",
        announced_pages=3,
        more={"bad_lines": 2, "modem": {"rate": 14400}},
    )


def field(name: str, value: object, **changes: object) -> FieldRecord:
    given = {
        "name": name,
        "kind": "text",
        "value": value,
        "raw": str(value or ""),
        "confidence": 0.97,
        "decision": "empty" if value is None else "accept",
        "reader": "handwriting",
        "model_version": "ppocr-6",
        "page": 2,
        "box_px": (10, 20, 110, 60),
    }
    return FieldRecord(**(given | changes))  # type: ignore[arg-type]


def document(number: int, **changes: object) -> DocumentRecord:
    given = {
        "form": "patient_status",
        "version": "2015-11",
        "pages": (2, 3),
        "outcome": "in_review",
        "identified": 0.999,
        "fields": (
            field("patient_last_name", "Ferreira-Lundé"),
            field("patient_rems_id", PATIENT, kind="rems_id"),
            field("date_of_birth", "1980-02-29", kind="date"),
            field("still_under_care", "yes", kind="yes_no", reader="mark"),
            field("conditions", ("itp", "melanoma"), kind="choices", reader="mark"),
            field("signature", True, kind="signature", reader="signature"),
            field("comments", None, kind="free_text"),
            field(
                "signature_date",
                "2026-11-01",
                kind="date",
                decision="review",
                confidence=0.61,
                reasons=("disagree",),
                candidates=(
                    CandidateRecord("2026-11-01", 0.61, "handwriting"),
                    CandidateRecord("2026-11-07", 0.3, "tesseract"),
                ),
                handwritten=True,
            ),
        ),
        "findings": (
            FindingRecord("PSF-07", "error", "The date is after receipt; call.", ("signature_date",), (2,)),
        ),
        "texts": (TextRecord(2, "margin", f"call me back {number}", (1, 2, 3, 4), 0.8, True),),
    }
    return DocumentRecord(**(given | changes))  # type: ignore[arg-type]


def fax(number: int, **changes: object) -> TransmissionRecord:
    given = {
        "sha256": sha(number),
        "outcome": "in_review",
        "format": "tiff-g3",
        "pages": (
            PageRecord(1, "cover", probability=0.9, width_px=1728, height_px=1078, x_dpi=204, y_dpi=98),
            PageRecord(2, "form", 0, "patient_status", "2015-11", 1, 0.999, content_hash=f"{number:016x}"),
            PageRecord(3, "form", 0, "patient_status", "2015-11", 2, 0.998, doubtful=True),
        ),
        "documents": (document(number),),
        "other_pages": (OtherPageRecord(1, "cover", (TextRecord(1, "cover", "3 pages to follow"),)),),
        "findings": (FindingRecord("COM-09", "warning", "A page is missing; ask for it."),),
        "tasks": (
            TaskRecord("field", "disagree", 3, 0, 2, "signature_date"),
            TaskRecord("page", "registration", 2, 0, 3),
        ),
        "priority": 2,
        "sender": "+1 555 010 0199",
        "announced_pages": 3,
        "seconds": {"open": 0.1 * number},
        "software_version": "0.1.0",
    }
    return TransmissionRecord(**(given | changes))  # type: ignore[arg-type]
