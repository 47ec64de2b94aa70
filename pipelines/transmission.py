"""The pipeline of one fax, on one screen.

Receive and archive have happened at intake, before anything else; what follows may be repeated at will, since
recording a fax that has its outcome changes nothing.
"""

from collections.abc import Sequence

from extractors.errors import PopplerMissing, UnreadableFax
from extractors.readers.protocol import ReaderError
from pipelines.acceptance import standing_lines
from pipelines.checking import check, program_state
from pipelines.decide import decide
from pipelines.desk import Desk
from pipelines.logs import note, note_failure
from pipelines.pixels import small_picture
from pipelines.reading import read_transmission
from pipelines.recording import fax_record, set_aside_record
from pipelines.transmission_model import TASK_RANK, FaxSummary, Picture, ReadFax
from pipelines.warnings import without_task
from store.errors import ArchiveMismatch, ArchiveMissing, RecordRefused, StoreError
from store.inbox import Claimed
from store.model import SetAside, TaskRecord, TransmissionRecord
from store.recording import record

MACHINE_FAULTS = (PopplerMissing, ReaderError, StoreError, MemoryError)
"""Faults of the machine, not of the fax: it stays in the queue, and the batch stops with one line."""

FAULT = "A fault of the program stopped the reading; report it with the entry of this fax in the log."

PICTURES_A_FAX = 4


def process_transmission(claimed: Claimed, desk: Desk) -> FaxSummary:
    """Take one claimed fax from its bytes to its record.

    Raises:
        StoreError, PopplerMissing, ReaderError: the machine cannot do it now; nothing was recorded.
    """
    sha256, facts = claimed.transmission_id, claimed.facts
    try:
        data = desk.archive.get(sha256)
        lines = standing_lines(desk.database)
        read = read_transmission(data, facts.source, facts, desk.engine, lines=lines)
        state = program_state(facts.received_at, desk.settings.intake.timezone)
        checked = check(read.reading, facts.received_at, state, desk.engine)
        decided = decide(read, checked, sure_identity=desk.settings.reading.sure_identity)
        whole = fax_record(read, checked, decided, desk.engine.models)
        record(desk.database, whole, suspect_distance_bits=desk.settings.store.suspect_distance_bits)
    except Exception as error:
        reason = refusal_of(error, sha256)
        if reason is None:
            raise
        return _set_aside(sha256, reason, desk)
    note(
        "fax recorded",
        fax=sha256,
        outcome=whole.outcome,
        pages=len(whole.pages),
        documents=len(whole.documents),
        tasks=len(whole.tasks),
        seconds=round(sum(whole.seconds.values()), 3),
    )
    return _summary(read, whole)


def refusal_of(error: Exception, sha256: str) -> SetAside | None:
    """Why a fax cannot be read, from what reading it raised; none where the machine is at fault, not the fax.

    A fault of the program is logged here.
    """
    if isinstance(error, ArchiveMissing | ArchiveMismatch):
        return SetAside("archive_damaged", str(error))
    if isinstance(error, MACHINE_FAULTS) and not isinstance(error, RecordRefused):
        return None
    if isinstance(error, UnreadableFax):
        return SetAside(error.code, str(error))
    note_failure("fault of the program", fax=sha256)
    return SetAside("internal", FAULT)


def _set_aside(sha256: str, reason: SetAside, desk: Desk) -> FaxSummary:
    whole = set_aside_record(sha256, reason, {})
    record(desk.database, whole)
    note("fax set aside", fax=sha256, code=reason.code)
    return FaxSummary(sha256, "set_aside", whole.priority, set_aside=reason)


def _summary(read: ReadFax, whole: TransmissionRecord) -> FaxSummary:
    concerned = _pages_concerned(whole.tasks)
    findings = [*whole.findings, *(finding for document in whole.documents for finding in document.findings)]
    return FaxSummary(
        sha256=whole.sha256,
        outcome=whole.outcome,
        priority=whole.priority,
        page_count=len(whole.pages),
        document_count=len(whole.documents),
        warnings=len(without_task(findings, {task.reason for task in whole.tasks})),
        pictures=tuple(
            Picture(notes.number, small_picture(notes.received))
            for notes in read.pages
            if notes.number in concerned
        ),
    )


def _pages_concerned(tasks: Sequence[TaskRecord]) -> frozenset[int]:
    ranked = sorted((TASK_RANK[task.kind], task.page) for task in tasks if task.page is not None)
    return frozenset(list(dict.fromkeys(page for _, page in ranked))[:PICTURES_A_FAX])
