"""Faxes on a desk: real bytes in the archive, and a reading made up to suit the screens."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review.context import DeskContext
from store.inbox import receive
from store.model import (
    CandidateRecord,
    DocumentRecord,
    FieldRecord,
    FindingRecord,
    PageRecord,
    SetAside,
    TaskRecord,
    TransmissionFacts,
    TransmissionRecord,
)
from store.recording import record, set_aside

SAMPLE = Path(__file__).parents[2] / "sample_faxes" / "faxes" / "2026-10-13-0006.tif"
"""Three pages: an authorization, and two that are none of its own."""

FIRST = datetime(2026, 11, 2, 14, 7, tzinfo=UTC)
SCRIPT = "<script>alert('x')</script>"


def bytes_of(number: int) -> bytes:
    """The sample with something behind its end, so that each number is a fax of its own."""
    return SAMPLE.read_bytes() + f"fax {number}".encode()


def sha_of(number: int) -> str:
    """The name of the fax of a number."""
    return hashlib.sha256(bytes_of(number)).hexdigest()


def read_field(name: str, value: str | bool | None, **changes: object) -> FieldRecord:
    """One field read with certainty, unless changes say otherwise."""
    given: dict[str, object] = {
        "name": name,
        "kind": "text",
        "value": value,
        "raw": str(value or ""),
        "confidence": 0.97,
        "decision": "empty" if value is None else "accept",
        "reader": "handwriting",
        "model_version": "test",
        "page": 1,
        "box_px": (200, 300, 500, 360),
    }
    return FieldRecord(**(given | changes))  # type: ignore[arg-type]


def add_fax(
    desk: DeskContext, number: int = 1, *, last_name: str = "Ferreira-Lund", priority: int = 3
) -> str:
    """A fax in review: a form over two pages and a cover sheet; its hash."""
    data, sha = bytes_of(number), sha_of(number)
    desk.archive.put(data)
    receive(
        desk.database,
        TransmissionFacts(
            sha256=sha,
            source=f"/inbox/{number}.tif",
            received_at=FIRST + timedelta(minutes=number),
            size_bytes=len(data),
            sender=f"+1 555 010 0{number:03d}",
        ),
    )
    form = DocumentRecord(
        form="patient_authorization",
        version="2019-10",
        pages=(1,),
        outcome="in_review",
        identified=0.99,
        fields=(
            read_field("patient_last_name", last_name, kind="name"),
            read_field("patient_rems_id", "P-1234567N", kind="rems_id"),
            read_field(
                "date_of_birth",
                "1980-02-29",
                kind="date",
                decision="review",
                confidence=0.6,
                reasons=("disagree",),
                candidates=(CandidateRecord("1980-02-29", 0.6, "handwriting"),),
            ),
        ),
        findings=(
            FindingRecord("COM-01", "error", "The birth date is not sure; look at the page.", (), (1,)),
        ),
    )
    record(
        desk.database,
        TransmissionRecord(
            sha256=sha,
            outcome="in_review",
            format="tiff-g3",
            pages=(
                PageRecord(1, "form", 0, "patient_authorization", "2019-10", 1, 0.99, 1728, 1078, 204, 98),
                PageRecord(2, "cover", probability=0.8, width_px=1728, height_px=1078, x_dpi=204, y_dpi=98),
                PageRecord(3, "unknown", probability=0.4, width_px=1728, height_px=1078, x_dpi=204, y_dpi=98),
            ),
            documents=(form,),
            tasks=(
                TaskRecord("field", "disagree", priority, 0, 1, "date_of_birth"),
                TaskRecord("page", "unknown_page", priority, None, 3),
            ),
            priority=priority,
            sender=f"+1 555 010 0{number:03d}",
            software_version="test",
        ),
    )
    return sha


def add_set_aside(desk: DeskContext, number: int = 90) -> str:
    """A fax that could not be opened."""
    data = f"no fax {number}".encode()
    sha = hashlib.sha256(data).hexdigest()
    desk.archive.put(data)
    receive(desk.database, TransmissionFacts(sha, f"/inbox/{number}.bin", FIRST, len(data)))
    set_aside(
        desk.database,
        sha,
        SetAside("not_a_fax", "It is no TIFF, PDF, PNG or JPEG; look where it comes from."),
    )
    return sha
