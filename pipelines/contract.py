"""The reading contract: a fax that was read, as the JSON object that ``remsfax read`` prints."""

from typing import Any

from extractors.model import DocumentReading, FieldReading, Problem, TransmissionReading
from pipelines.checking import Checked
from validators.model import Finding

Json = dict[str, Any]


def reading_json(reading: TransmissionReading, checked: Checked) -> Json:
    """The object for one fax that could be opened; findings stand with the form they are about.

    Findings about the fax as a whole, and what was noticed while opening it, stand under ``findings`` and
    ``problems`` of the object itself.
    """
    return {
        "fax": {
            "sha256": reading.fax.sha256,
            "format": reading.fax.format,
            "pages": len(reading.fax.pages),
            "resolution": _resolution(reading),
            "sender": reading.sender,
            "sent_at": None
            if reading.sent_at is None
            else reading.sent_at.replace(tzinfo=None).isoformat(timespec="minutes"),
            "announced_pages": reading.announced_pages,
        },
        "documents": [
            _document(document, findings)
            for document, findings in zip(reading.documents, checked.by_document, strict=True)
        ],
        "other_pages": [{"page": other.page, "kind": other.kind} for other in reading.other_pages],
        "findings": [_finding(finding) for finding in checked.transmission],
        "problems": [_problem(problem) for problem in reading.problems],
        "seconds": reading.seconds,
    }


def refusal_json(sha256: str | None, code: str, message: str) -> Json:
    """The object for a file that could not be opened."""
    return {
        "fax": {"sha256": sha256, "pages": 0},
        "documents": [],
        "other_pages": [],
        "set_aside": {"code": code, "message": message},
        "seconds": {},
    }


def _resolution(reading: TransmissionReading) -> list[int] | None:
    if not reading.fax.pages:
        return None
    first = reading.fax.pages[0]
    return [round(first.x_dpi), round(first.y_dpi)]


def _document(document: DocumentReading, findings: tuple[Finding, ...]) -> Json:
    pages = document.pages
    return {
        "form": pages.form,
        "version": pages.version,
        "pages": [pages.pages[form_page] for form_page in sorted(pages.pages)],
        "missing_pages": list(pages.missing_pages),
        "identified": round(pages.identified, 4),
        "fields": {field.name: _field(field) for field in document.fields},
        "findings": [_finding(finding) for finding in findings],
    }


def _field(field: FieldReading) -> Json:
    return {
        "value": list(field.value) if isinstance(field.value, tuple) else field.value,
        "raw": field.raw,
        "confidence": round(field.confidence, 4),
        "decision": field.decision,
        "reader": field.reader,
        "page": field.page,
        "box": None if field.box_px is None else list(field.box_px),
        "reasons": list(field.reasons),
        "handwritten": field.handwritten,
    }


def _finding(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "fields": list(finding.fields),
        "pages": list(finding.pages),
        "message": finding.message,
    }


def _problem(problem: Problem) -> Json:
    return {"code": problem.code, "page": problem.page, "message": problem.message}
