"""From what was read, checked and decided to what the store takes in: one record for one fax."""

from collections.abc import Mapping

from extractors.model import DocumentReading, FieldReading, OtherPage, StrayText
from pipelines.checking import Checked
from pipelines.decide import Decided
from pipelines.transmission_model import SET_ASIDE_PRIORITY, PageNotes, ReadFax
from pipelines.version import software_version
from store.model import (
    CandidateRecord,
    DocumentRecord,
    FieldRecord,
    FindingRecord,
    OtherPageRecord,
    Outcome,
    PageRecord,
    SetAside,
    TaskRecord,
    TextRecord,
    TextSource,
    TransmissionRecord,
)
from validators.model import Finding


def fax_record(
    read: ReadFax, checked: Checked, decided: Decided, models: Mapping[str, str]
) -> TransmissionRecord:
    """Everything about one fax that was read.

    Args:
        read: the fax and the notes on its pages.
        checked: its findings.
        decided: outcomes and tasks.
        models: version of the model behind each reader's name.
    """
    reading = read.reading
    return TransmissionRecord(
        sha256=reading.fax.sha256,
        outcome=decided.outcome,
        format=reading.fax.format,
        pages=tuple(_page(notes) for notes in read.pages),
        documents=tuple(
            _document(document, outcome, findings, models)
            for document, outcome, findings in zip(
                reading.documents, decided.documents, checked.by_document, strict=True
            )
        ),
        other_pages=tuple(_other_page(other) for other in reading.other_pages),
        findings=tuple(_finding(finding) for finding in checked.transmission),
        tasks=decided.tasks,
        priority=min((task.priority for task in decided.tasks), default=int(checked.priority)),
        sender=reading.sender,
        sent_at=reading.sent_at,
        announced_pages=reading.announced_pages,
        seconds=reading.seconds,
        software_version=software_version(),
    )


def set_aside_record(sha256: str, reason: SetAside, seconds: Mapping[str, float]) -> TransmissionRecord:
    """What is kept of a fax that could not be read: its reason, and the task for a person."""
    return TransmissionRecord(
        sha256=sha256,
        outcome="set_aside",
        format=None,
        pages=(),
        tasks=(TaskRecord("set_aside", reason.code, SET_ASIDE_PRIORITY),),
        priority=SET_ASIDE_PRIORITY,
        set_aside=reason,
        seconds=seconds,
        software_version=software_version(),
    )


def _page(notes: PageNotes) -> PageRecord:
    rows = notes.received.bits.shape[0]
    return PageRecord(
        number=notes.number,
        kind=notes.identity.kind,
        document=notes.document,
        form=notes.identity.form,
        version=notes.identity.version,
        form_page=notes.identity.form_page,
        probability=notes.identity.probability,
        width_px=notes.received.width_px,
        height_px=rows,
        x_dpi=notes.received.x_dpi,
        y_dpi=notes.received.y_dpi,
        quarter_turns=notes.quarter_turns,
        skew_degrees=notes.skew_degrees,
        residual_px=notes.residual_px,
        matched=notes.matched,
        doubtful=notes.doubtful,
        bad_rows=notes.received.bad_rows,
        content_hash=notes.content_hash,
    )


def _document(
    document: DocumentReading, outcome: Outcome, findings: tuple[Finding, ...], models: Mapping[str, str]
) -> DocumentRecord:
    pages = document.pages
    return DocumentRecord(
        form=pages.form,
        version=pages.version,
        pages=tuple(pages.pages[form_page] for form_page in sorted(pages.pages)),
        outcome=outcome,
        fields=tuple(_field(field, models) for field in document.fields),
        missing_pages=pages.missing_pages,
        doubled_pages=pages.doubled_pages,
        identified=pages.identified,
        findings=tuple(_finding(finding) for finding in findings),
        texts=tuple(_text(stray, "margin") for stray in document.stray),
    )


def _field(field: FieldReading, models: Mapping[str, str]) -> FieldRecord:
    return FieldRecord(
        name=field.name,
        kind=field.kind,
        value=field.value,
        raw=field.raw,
        confidence=field.confidence,
        decision=field.decision,
        reader=field.reader,
        model_version=models.get(field.reader, software_version()),
        page=field.page,
        box_px=field.box_px,
        candidates=tuple(
            CandidateRecord(candidate.value, candidate.probability, candidate.reader)
            for candidate in field.candidates
        ),
        reasons=field.reasons,
        handwritten=field.handwritten,
    )


def _other_page(other: OtherPage) -> OtherPageRecord:
    source: TextSource = other.kind if other.kind in ("cover", "lab_report") else "unknown"
    return OtherPageRecord(other.page, other.kind, tuple(_text(stray, source) for stray in other.text))


def _text(stray: StrayText, source: TextSource) -> TextRecord:
    return TextRecord(stray.page, source, stray.text, stray.box_px, stray.confidence, stray.handwritten)


def _finding(finding: Finding) -> FindingRecord:
    return FindingRecord(finding.rule, finding.severity, finding.message, finding.fields, finding.pages)
