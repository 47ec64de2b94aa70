"""Reading one fax again, by what people decided about its pages, on one screen.

What people corrected is checked and decided upon with the rest, so that nobody is asked twice. The reading
that stands goes on standing until the new one is recorded, in one transaction.
"""

from dataclasses import replace
from typing import cast

from extractors.model import Decision, DocumentReading, FieldReading
from pipelines.acceptance import standing_lines
from pipelines.checking import check, program_state
from pipelines.decide import decide
from pipelines.desk import Desk
from pipelines.logs import note
from pipelines.reading import read_transmission
from pipelines.recording import fax_record, set_aside_record
from pipelines.transmission import refusal_of
from pipelines.transmission_model import ReadFax
from store.columns import storable
from store.database import reading
from store.model import Outcome, SetAside, TaskRecord, TransmissionRecord
from store.tables import Transmission
from store.triage.carrying import (
    EarlierCorrection,
    NewForm,
    SettledTask,
    TakenOver,
    settled_events,
    take_over,
)
from store.triage.marked import marked_record
from store.triage.requests import ClaimedRequest, fail_request
from store.triage.superseding import Basis, Recorded, basis_of, record_again


def reread(claimed: ClaimedRequest, desk: Desk) -> tuple[Outcome | None, SetAside | None]:
    """Take one claimed fax from its bytes, and from what people said of it, to its next record.

    Returns:
        The outcome of the new reading, none where the earlier one stands; and why it could not be read.

    Raises:
        StoreError, PopplerMissing, ReaderError: the machine cannot do it now; nothing was recorded.
    """
    fax = claimed.transmission_id
    try:
        recorded, whole = _read_again(claimed, desk)
    except Exception as error:
        reason = refusal_of(error, fax)
        if reason is None:
            raise
        return _refused(claimed, reason, desk)
    if recorded == "no_longer_asked":
        return None, None
    with reading(desk.database) as session:
        # Not the record's own: a flag that stays open keeps the fax in review.
        outcome = cast("Outcome", session.get_one(Transmission, fax).status)
    note("fax read again", fax=fax, outcome=outcome, documents=len(whole.documents))
    return outcome, None


def _read_again(claimed: ClaimedRequest, desk: Desk) -> tuple[Recorded, TransmissionRecord]:
    basis = _basis(claimed, desk)
    read = None if basis.plan.mark else _read(claimed, basis, desk)
    while True:
        whole, settled = _marked(claimed, desk) if read is None else _checked(read, claimed, basis, desk)
        recorded = _record(whole, claimed, basis, desk, settled)
        if recorded != "people_went_on":
            return recorded, whole
        # Someone corrected a field meanwhile: checked again with that, without reading again.
        basis = replace(basis, earlier=_basis(claimed, desk).earlier)


def _read(claimed: ClaimedRequest, basis: Basis, desk: Desk) -> ReadFax:
    data = desk.archive.get(claimed.transmission_id)
    lines = standing_lines(desk.database)
    return read_transmission(data, claimed.facts.source, claimed.facts, desk.engine, basis.plan, lines=lines)


Judged = tuple[TransmissionRecord, tuple[SettledTask, ...]]
"""The record of a fax, and the questions that it does not ask because a person has answered them before."""


def _checked(read: ReadFax, claimed: ClaimedRequest, basis: Basis, desk: Desk) -> Judged:
    """The record of the fax as it was read; findings and tasks follow from what people said, too."""
    received_at = claimed.facts.received_at
    state = program_state(received_at, desk.settings.intake.timezone)
    corrected = with_corrections(read, take_over(basis.earlier, forms_of(read)))
    checked = check(corrected.reading, received_at, state, desk.engine)
    sure_identity = desk.settings.reading.sure_identity
    decided = decide(corrected, checked, sure_identity=sure_identity)
    settled = settled_events(basis.earlier, decided.tasks, lambda task: evidence_of(task, read))
    if settled:
        answered = frozenset(one.task for one in settled)
        decided = decide(corrected, checked, sure_identity=sure_identity, answered=answered)
    return fax_record(read, checked, decided, desk.engine.models), settled


def evidence_of(task: TaskRecord, read: ReadFax) -> tuple[str, ...]:
    """What a question about a page stands on: the field as it was read, else the texts beside the fields."""
    form = None if task.document is None else read.reading.documents[task.document]
    if form is not None and task.field is not None:
        return tuple(storable(field.raw) for field in form.fields if field.name == task.field)
    beside = [text for one in read.reading.documents for text in one.stray]
    beside += [text for page in read.reading.other_pages for text in page.text]
    return tuple(sorted(storable(text.text) for text in beside if text.page == task.page))


def forms_of(read: ReadFax) -> tuple[NewForm, ...]:
    """The forms of a reading, as the store compares them with those of the earlier one."""
    return tuple(
        NewForm(
            form.pages.form,
            form.pages.version,
            tuple(form.pages.pages[page] for page in sorted(form.pages.pages)),
            {field.name: field.page for field in form.fields},
        )
        for form in read.reading.documents
    )


def with_corrections(read: ReadFax, over: TakenOver) -> ReadFax:
    """The fax as if it had been read as people say."""

    def corrected(index: int, form: DocumentReading) -> DocumentReading:
        fields = tuple(_said(field, over.corrections.get((index, field.name))) for field in form.fields)
        return replace(form, fields=fields)

    documents = tuple(corrected(index, form) for index, form in enumerate(read.reading.documents))
    return replace(read, reading=replace(read.reading, documents=documents))


def _said(field: FieldReading, correction: EarlierCorrection | None) -> FieldReading:
    if correction is None:
        return field
    value = tuple(correction.value) if isinstance(correction.value, list) else correction.value
    decision: Decision = "empty" if value is None else "accept"
    return replace(field, value=value, confidence=1.0, decision=decision, reasons=())


def _basis(claimed: ClaimedRequest, desk: Desk) -> Basis:
    with reading(desk.database) as session:
        return basis_of(session, claimed.transmission_id)


def _marked(claimed: ClaimedRequest, desk: Desk) -> Judged:
    with reading(desk.database) as session:
        return marked_record(session, claimed.transmission_id), ()


def _record(
    whole: TransmissionRecord,
    claimed: ClaimedRequest,
    basis: Basis,
    desk: Desk,
    settled: tuple[SettledTask, ...] = (),
) -> Recorded:
    bits = desk.settings.store.suspect_distance_bits
    return record_again(desk.database, whole, claimed, basis, settled=settled, suspect_distance_bits=bits)


def _refused(claimed: ClaimedRequest, reason: SetAside, desk: Desk) -> tuple[Outcome | None, SetAside]:
    """A fax that had been set aside is set aside again, for its reason of now; any other stays as it was."""
    note("fax not read again", fax=claimed.transmission_id, code=reason.code)
    if claimed.status != "set_aside":
        fail_request(desk.database, claimed, reason)
        return None, reason
    whole = set_aside_record(claimed.transmission_id, reason, {})
    _record(whole, claimed, _basis(claimed, desk), desk)
    return "set_aside", reason
