"""A form of the store as the program takes it: each version that its readings and its corrections make.

A form goes by the document as which it was first read: a fax read again gives its forms their next versions.
Follows from the tables alone, so that a form registered late, or twice, gives the same versions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.corrections import REGISTER, standing_corrections
from store.desk.tables import Rejection
from store.tables import Correction, Document, Field, PageText, ReviewTask, Transmission
from store.triage.lineage import Stretch, lineage_of, still_counts
from validators.catalog import RULES
from validators.model import Answer, CheckedForm
from validators.program.case_numbers import DEFAULT_PATTERN, case_named_in
from validators.program.events import MACHINE, RecordedForm, Who

Judge = Callable[[CheckedForm, datetime], bool]
"""Whether no required answer or signature is open on a form, by the checks of forms; the moment is that of
its receipt."""

REVIEWER = "reviewer"

NO_FORM = "none"
"""Code of a version that is none: the fax, read again, has no such form. It mentions nobody."""


@dataclass(frozen=True)
class _OnRecord:
    """What the tables hold about one form."""

    document: Document
    received_at: datetime
    fields: tuple[Field, ...]
    corrections: tuple[Correction, ...]
    tasks: tuple[ReviewTask, ...]
    rejections: tuple[Rejection, ...]

    def moments(self) -> list[datetime]:
        """When people changed something, in order."""
        done = {task.done_at for task in self.tasks if task.done_at is not None}
        said = {correction.corrected_at for correction in self.corrections}
        return sorted(done | said | {rejection.at for rejection in self.rejections})

    def is_rejected(self, moment: datetime | None) -> bool:
        """Whether a person rejected the form and nobody took it back until then."""
        until_then = [one.rejected for one in self.rejections if moment is not None and one.at <= moment]
        return bool(until_then) and until_then[-1]


def versions_of(
    session: Session, document_id: str, judge: Judge, case_number_pattern: str = DEFAULT_PATTERN
) -> list[RecordedForm]:
    """Every version of a form up to now, the first as it was read; none for a form that was set aside.

    Fields that wait for a person are unsure, and a form with a doubtful page or split is not complete, until
    a person has settled it: each settling that changes something gives the next version, and so does each
    reading of the fax. Where a reading has no such form the version is of ``NO_FORM``.

    Args:
        session: that reads.
        document_id: as which the form was first read.
        judge: says whether a form is complete.
        case_number_pattern: of a case that the form may name, in its fields, its margins or on the cover.
    """
    versions: list[RecordedForm] = []
    readings = lineage_of(session, document_id)
    for stretch, next_one in zip_longest(readings, readings[1:]):
        document = session.get(Document, stretch.document_id, populate_existing=True)
        if document is None or document.outcome == "set_aside":
            continue
        known, texts = _on_record(session, document), _texts(session, document)
        found = [
            replace(one, case_number=case_named_in((*texts, *_words(one)), case_number_pattern))
            for one in _versions_while(known, stretch, judge)
        ]
        if stretch.until is not None and (next_one is None or next_one.since != stretch.until):
            found.append(_gone(found[-1], stretch.until))
        for form in found:
            if not versions or not _same(form, versions[-1]):
                versions.append(replace(form, document_id=document_id, revision=len(versions)))
    return versions


def _texts(session: Session, document: Document) -> list[str]:
    """What was read beside the fields of a form: in its margins, and on pages that are no form's.

    The latter where the fax has one form alone: of several nobody knows which one a cover sheet means.
    """
    fax = document.transmission_id
    read = session.execute(select(PageText.page, PageText.text).where(PageText.transmission_id == fax)).all()
    if not read:
        return []
    forms = select(Document.id).where(Document.transmission_id == fax, still_counts())
    others = set(session.execute(forms).scalars()) - {document.id}
    return [text for page, text in read if page in document.pages or not others]


def _words(form: RecordedForm) -> list[str]:
    return [value for value in form.values.values() if isinstance(value, str)]


def _versions_while(known: _OnRecord, stretch: Stretch, judge: Judge) -> list[RecordedForm]:
    """The form as one reading had it: as it was read, and after each settling by people."""
    versions = [replace(_version(known, stretch.since, judge), known_at=stretch.since)]
    for moment in known.moments():
        if (stretch.since is not None and moment <= stretch.since) or (
            stretch.until is not None and moment >= stretch.until
        ):
            continue
        by = next((one.corrected_by for one in known.corrections if one.corrected_at == moment), None)
        who = Who(by, MACHINE.role if by == REGISTER else REVIEWER) if by else versions[-1].by
        versions.append(replace(_version(known, moment, judge), known_at=moment, by=who))
    return versions


def _gone(form: RecordedForm, moment: datetime) -> RecordedForm:
    return replace(
        form,
        form=NO_FORM,
        known_at=moment,
        by=MACHINE,
        values={},
        complete=False,
        unsure=frozenset(),
        missing_pages=(),
        pending=False,
    )


def _on_record(session: Session, document: Document) -> _OnRecord:
    received_at = session.execute(
        select(Transmission.received_at).where(Transmission.id == document.transmission_id)
    ).scalar_one()
    fields = session.execute(
        select(Field).where(Field.document_id == document.id).order_by(Field.name)
    ).scalars()
    corrections = session.execute(
        select(Correction)
        .where(Correction.document_id == document.id)
        .order_by(Correction.name, Correction.number)
    ).scalars()
    tasks = session.execute(
        select(ReviewTask)
        .where(ReviewTask.document_id == document.id, ReviewTask.kind.in_(("page", "document")))
        .execution_options(populate_existing=True)
    ).scalars()
    # Tasks that stand for a rule are judged by the rule itself.
    doubts = tuple(task for task in tasks if task.reason not in RULES)
    rejections = session.scalars(
        select(Rejection).where(Rejection.document_id == document.id).order_by(Rejection.at, Rejection.id)
    ).all()
    return _OnRecord(document, received_at, tuple(fields), tuple(corrections), doubts, tuple(rejections))


def _version(known: _OnRecord, moment: datetime | None, judge: Judge) -> RecordedForm:
    """The form as it stood at a moment; as it was read where none is given."""
    until_then = [one for one in known.corrections if moment is not None and one.corrected_at <= moment]
    said = {one.name: one for one in standing_corrections(until_then)}
    answers = {field.name: _answer(field, said.get(field.name)) for field in known.fields}
    unsure = frozenset(answer.name for answer in answers.values() if not answer.sure)
    document = known.document
    settled = not (known.is_rejected(moment) or _doubtful(known.tasks, moment))
    form = CheckedForm(
        form=document.form,
        version=document.version,
        answers={name: answer for name, answer in answers.items() if answer.sure},
        missing_pages=tuple(document.missing_pages),
    )
    complete = settled and judge(form, known.received_at)
    return RecordedForm(
        document_id=document.id,
        form=document.form,
        version=document.version,
        received_at=known.received_at,
        values={name: answer.value for name, answer in form.answers.items()},
        complete=complete,
        unsure=unsure,
        missing_pages=form.missing_pages,
        by=MACHINE,
        pending=settled and not complete and not unsure,
    )


def _answer(field: Field, correction: Correction | None) -> Answer:
    value = field.value if correction is None else correction.value
    return Answer(
        name=field.name,
        kind=field.kind,  # type: ignore[arg-type]
        value=tuple(value) if isinstance(value, list) else value,
        raw=field.raw,
        sure=correction is not None or field.decision != "review",
        reasons=tuple(field.reasons) if correction is None else (),
        page=field.page,
    )


def _doubtful(tasks: Iterable[ReviewTask], moment: datetime | None) -> bool:
    return any(task.done_at is None or moment is None or task.done_at > moment for task in tasks)


def _same(one: RecordedForm, other: RecordedForm) -> bool:
    def said(form: RecordedForm) -> tuple[object, ...]:
        return form.form, form.version, form.values, form.unsure, form.complete, form.missing_pages

    return said(one) == said(other)
