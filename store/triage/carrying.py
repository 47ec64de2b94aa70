"""What a later reading of a fax takes over from the earlier ones: forms and corrections.

Pure, but for the one function that asks the store. A form goes on where most of its sheets are. A correction
stands for what someone saw on a sheet: it goes with the sheet, wherever that lies now, as long as it is the
same page of the same form. What was said of a page that had not come goes with the form, as long as the page
has still not come.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.corrections import REGISTER, not_taken_back
from store.model import TaskRecord
from store.tables import Correction, Document, Field, PageText, Record, ReviewTask
from store.trail import SYSTEM
from store.triage.tables import CarriedCorrection, Rereading, Succession, SupersededDocument

REJECTED = "rejected"
"""State of the record of a form that a person rejected."""


@dataclass(frozen=True)
class EarlierForm:
    """A document of an earlier reading in whose place none stands yet.

    Attributes:
        root_id: the document as which the form was first read.
        pages: received numbers, in the order of the form's pages.
        rejected: a person rejected the form.
    """

    document_id: str
    root_id: str
    form: str
    version: str
    pages: tuple[int, ...]
    counts: bool
    rejected: bool = False


@dataclass(frozen=True)
class EarlierCorrection:
    """What people last said of a field of a sheet, or of a form's field whose page had not come.

    Attributes:
        page: received number of the field's page, none where it had not come.
        number: of the correction among those of its field and document.
    """

    document_id: str
    root_id: str
    form: str
    version: str
    name: str
    page: int | None
    number: int
    value: Any
    corrected_by: str
    corrected_at: datetime
    why: str


@dataclass(frozen=True)
class ClosedEvent:
    """A possible adverse event that a person closed, and what it stood on.

    Attributes:
        evidence: what was read in the field, else every text of the page beside its fields.
    """

    reason: str
    page: int
    field: str | None
    evidence: tuple[str, ...]
    done_by: str
    done_at: datetime


@dataclass(frozen=True)
class SettledTask:
    """A question of the later reading that a person has answered of the earlier one."""

    task: TaskRecord
    done_by: str
    done_at: datetime


@dataclass(frozen=True)
class Earlier:
    """What stands of a fax before it is read again.

    Attributes:
        reading: of what stands, from 1.
        documents: how many there were in all readings: the next one's ordinal.
        said: how many corrections there are; when there are more, what follows here is out of date.
    """

    reading: int
    documents: int
    said: int
    forms: tuple[EarlierForm, ...]
    corrections: tuple[EarlierCorrection, ...]
    closed_events: tuple[ClosedEvent, ...] = ()


@dataclass(frozen=True)
class NewForm:
    """A form of the later reading: its pages, and the received page of each of its fields."""

    form: str
    version: str
    pages: tuple[int, ...]
    fields: Mapping[str, int | None]


@dataclass(frozen=True)
class TakenOver:
    """What goes on in the later reading, by the index of its documents."""

    forms: Mapping[int, EarlierForm]
    corrections: Mapping[tuple[int, str], EarlierCorrection]


def take_over(earlier: Earlier, forms: Sequence[NewForm]) -> TakenOver:
    """Which form goes on as which, and which corrections hold.

    Args:
        earlier: what stood before.
        forms: of the later reading.
    """
    goes_on = _going_on(earlier.forms, forms)
    of_sheet = {(one.form, one.version, one.name, one.page): one for one in earlier.corrections}
    of_form = {(one.root_id, one.version, one.name): one for one in earlier.corrections if one.page is None}
    held: dict[tuple[int, str], EarlierCorrection] = {}
    for index, form in enumerate(forms):
        for name, page in form.fields.items():
            if page is not None:
                said = of_sheet.get((form.form, form.version, name, page))
            elif index in goes_on:
                said = of_form.get((goes_on[index].root_id, form.version, name))
            else:
                said = None
            if said is not None:
                held[index, name] = said
    return TakenOver(goes_on, held)


def settled_events(
    earlier: Earlier, tasks: Sequence[TaskRecord], evidence_of: Callable[[TaskRecord], tuple[str, ...]]
) -> tuple[SettledTask, ...]:
    """The adverse-event flags that a person closed before, for the very same words on the same page.

    Nobody is asked, and no event is reported, twice. Where the page reads otherwise now it is a new flag.

    Args:
        earlier: what stood before.
        tasks: of the later reading.
        evidence_of: what a task of the later reading stands on.
    """
    closed = {(one.reason, one.page, one.field, one.evidence): one for one in earlier.closed_events}
    settled = []
    for task in tasks:
        if task.kind == "adverse_event" and task.page is not None:
            one = closed.get((task.reason, task.page, task.field, evidence_of(task)))
            if one is not None:
                settled.append(SettledTask(task, one.done_by, one.done_at))
    return tuple(settled)


def _going_on(earlier: Sequence[EarlierForm], forms: Sequence[NewForm]) -> dict[int, EarlierForm]:
    """Each form goes on at most once, where it shares the most sheets; the form's code must be the same."""
    shared = [
        (-len(set(old.pages) & set(new.pages)), not old.counts, index, at)
        for at, old in enumerate(earlier)
        for index, new in enumerate(forms)
        if old.form == new.form and set(old.pages) & set(new.pages)
    ]
    goes_on: dict[int, EarlierForm] = {}
    taken: set[int] = set()
    for _, _, index, at in sorted(shared):
        if index not in goes_on and at not in taken:
            goes_on[index] = earlier[at]
            taken.add(at)
    return goes_on


def earlier_of(session: Session, transmission_id: str) -> Earlier:
    """What stands of a fax, with everything that people ever said of its fields."""
    reading = session.execute(
        select(Rereading.reading)
        .where(Rereading.transmission_id == transmission_id)
        .order_by(Rereading.reading.desc())
        .limit(1)
    ).scalar_one_or_none()
    documents = (
        session.execute(
            select(Document).where(Document.transmission_id == transmission_id).order_by(Document.ordinal)
        )
        .scalars()
        .all()
    )
    keys = [document.id for document in documents]
    successions = {
        row.document_id: row
        for row in session.execute(select(Succession).where(Succession.document_id.in_(keys))).scalars()
    }
    superseded = set(
        session.execute(
            select(SupersededDocument.document_id).where(SupersededDocument.document_id.in_(keys))
        ).scalars()
    )
    rejected = set(
        session.execute(
            select(Record.document_id).where(Record.document_id.in_(keys), Record.state == REJECTED)
        ).scalars()
    )
    went_on = {row.predecessor_id for row in successions.values()}
    roots = {key: successions[key].root_id if key in successions else key for key in keys}
    corrections = _corrections(session, {document.id: document for document in documents}, roots)
    return Earlier(
        reading=reading or 1,
        documents=len(documents),
        said=corrections[0],
        forms=tuple(
            EarlierForm(
                document.id,
                roots[document.id],
                document.form,
                document.version,
                tuple(document.pages),
                counts=document.id not in superseded,
                rejected=document.id in rejected,
            )
            for document in documents
            if document.id not in went_on
        ),
        corrections=corrections[1],
        closed_events=_closed_events(session, transmission_id, set(keys) - superseded),
    )


def _closed_events(session: Session, transmission_id: str, counting: Set[str]) -> tuple[ClosedEvent, ...]:
    rows = session.execute(
        select(ReviewTask)
        .where(
            ReviewTask.transmission_id == transmission_id,
            ReviewTask.kind == "adverse_event",
            ReviewTask.page.is_not(None),
        )
        .execution_options(populate_existing=True)
    ).scalars()
    flags = [row for row in rows if row.document_id is None or row.document_id in counting]
    still_open = {(row.reason, row.page, row.field) for row in flags if row.status != "done"}
    texts: dict[int, list[str]] = defaultdict(list)
    for page, text in session.execute(
        select(PageText.page, PageText.text).where(PageText.transmission_id == transmission_id)
    ).tuples():
        texts[page].append(text)
    closed = []
    for row in flags:
        if row.done_by in (None, SYSTEM) or row.done_at is None or row.page is None:
            continue
        if (row.reason, row.page, row.field) in still_open:
            continue
        field = session.get(Field, (row.document_id, row.field)) if row.document_id and row.field else None
        evidence = (field.raw,) if field is not None else tuple(sorted(texts[row.page]))
        closed.append(ClosedEvent(row.reason, row.page, row.field, evidence, row.done_by or "", row.done_at))
    return tuple(closed)


def _corrections(
    session: Session, documents: Mapping[str, Document], roots: Mapping[str, str]
) -> tuple[int, tuple[EarlierCorrection, ...]]:
    """How many corrections there are, and the last word on each field.

    The last reading in which anybody, or a copy, said something of a field decides; what was taken back there
    holds no more, whatever earlier readings say.
    """
    rows = session.execute(
        select(Correction, Field.page)
        .join(Field, (Field.document_id == Correction.document_id) & (Field.name == Correction.name))
        .where(Correction.document_id.in_(documents))
        .order_by(Correction.number)
        .execution_options(populate_existing=True)
    ).all()
    origins = {
        (row.document_id, row.name, row.number): (row.from_document_id, row.from_number)
        for row in session.execute(
            select(CarriedCorrection).where(CarriedCorrection.document_id.in_(documents))
        ).scalars()
    }
    of_field: dict[tuple[str, str], list[Correction]] = defaultdict(list)
    pages: dict[tuple[str, str], int | None] = {}
    for row, page in rows:
        of_field[row.document_id, row.name].append(row)
        pages[row.document_id, row.name] = page
    last: dict[tuple[Any, ...], EarlierCorrection | None] = {}
    for key in sorted(of_field, key=lambda one: (documents[one[0]].ordinal, one[1])):
        document, page = documents[key[0]], pages[key]
        place = document.form if page is not None else roots[document.id]
        standing = [row for row in not_taken_back(of_field[key]) if row.corrected_by != REGISTER]
        said = None
        if standing:
            row = standing[-1]
            origin, number = origins.get((*key, row.number), (document.id, row.number))
            said = EarlierCorrection(
                document_id=origin,
                root_id=roots[document.id],
                form=document.form,
                version=document.version,
                name=row.name,
                page=page,
                number=number,
                value=row.value,
                corrected_by=row.corrected_by,
                corrected_at=row.corrected_at,
                why=row.why,
            )
        last[place, document.version, key[1], page] = said
    return len(rows), tuple(said for said in last.values() if said is not None)
