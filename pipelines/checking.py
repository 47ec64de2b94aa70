"""What was read, as the checks take it (answers, texts, the receipt), and their findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from extractors.model import DocumentReading, FieldReading, OtherPage, StrayText, TransmissionReading
from pipelines.engine import ReadingEngine
from validators.check import check_form, check_transmission
from validators.model import Answer, CheckedForm, Finding, Priority, ProgramState, Receipt, Text
from validators.priority import priority


@dataclass(frozen=True)
class Checked:
    """The findings of one fax.

    Attributes:
        by_document: of each form, in the order of the reading's documents.
        transmission: of the fax as a whole, and of pages that are no form.
        by_document_priority: of each form.
        priority: of the most urgent thing in the fax.
    """

    by_document: tuple[tuple[Finding, ...], ...]
    transmission: tuple[Finding, ...]
    by_document_priority: tuple[Priority, ...]
    priority: Priority


def program_state(received_at: datetime, timezone: str) -> ProgramState:
    """What the program knew on the day of receipt. Registers join here: until then it knew nobody."""
    return ProgramState(as_of=received_at.astimezone(ZoneInfo(timezone)).date())


def check(
    reading: TransmissionReading, received_at: datetime, state: ProgramState, engine: ReadingEngine
) -> Checked:
    """Check every form of a fax, and the fax as a whole.

    Args:
        reading: the whole fax, read.
        received_at: aware; its day in the program's time zone is the day of receipt.
        state: what the program knew on that day.
        engine: catalog and settings.
    """
    legible = engine.settings.reading.legible_confidence
    receipt = Receipt(
        received_at=received_at.astimezone(ZoneInfo(engine.settings.intake.timezone)),
        received_pages=len(reading.fax.pages),
        announced_pages=reading.announced_pages,
    )
    forms = tuple(_checked_form(document, legible) for document in reading.documents)
    templates = tuple(engine.catalog.get(form.form, form.version) for form in forms)
    rules = engine.settings.rules
    by_document = tuple(
        check_form(template, form, receipt, state, settings=rules)
        for template, form in zip(templates, forms, strict=True)
    )
    other_texts = _other_texts(reading.other_pages, legible)
    whole = check_transmission(forms, templates, other_texts, receipt, state, settings=rules)
    every = (*whole, *(finding for findings in by_document for finding in findings))
    return Checked(
        by_document=by_document,
        transmission=whole,
        by_document_priority=tuple(
            priority(findings, (form,), receipt, settings=rules)
            for findings, form in zip(by_document, forms, strict=True)
        ),
        priority=priority(every, forms, receipt, settings=rules),
    )


def _checked_form(document: DocumentReading, legible: float) -> CheckedForm:
    return CheckedForm(
        form=document.pages.form,
        version=document.pages.version,
        answers={field.name: _answer(field) for field in document.fields},
        missing_pages=document.pages.missing_pages,
        texts=tuple(_margins(document, legible)),
    )


def _answer(field: FieldReading) -> Answer:
    return Answer(
        name=field.name,
        kind=field.kind,
        value=field.value,
        raw=field.raw,
        sure=field.decision != "review",
        reasons=field.reasons,
        page=field.page,
    )


def _margins(document: DocumentReading, legible: float) -> Iterator[Text]:
    # Written answers are screened by the checks themselves; what stands beside the fields is known only here.
    for stray in document.stray:
        yield Text(stray.text, "margin", stray.page, legible=_legible(stray, legible))


def _other_texts(pages: tuple[OtherPage, ...], legible: float) -> tuple[Text, ...]:
    return tuple(
        Text(
            stray.text,
            page.kind if page.kind in ("cover", "lab_report") else "unknown",
            stray.page,
            legible=_legible(stray, legible),
        )
        for page in pages
        for stray in page.text
    )


def _legible(stray: StrayText, least: float) -> bool:
    # Print that tesseract could not read is a smudge or a letterhead; handwriting that nobody could read may
    # be a reaction.
    return stray.confidence >= least or not stray.handwritten
