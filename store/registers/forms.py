"""A form of the store as the program takes it: each version that its reading and its corrections make.

Follows from the tables alone, so that a form registered late, or twice, gives the same versions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Correction, Document, Field, ReviewTask, Transmission
from validators.catalog import RULES
from validators.model import Answer, CheckedForm
from validators.program.events import MACHINE, RecordedForm, Who

Judge = Callable[[CheckedForm, datetime], bool]
"""Whether no required answer or signature is open on a form, by the checks of forms; the moment is that of
its receipt."""

REVIEWER = "reviewer"


@dataclass(frozen=True)
class _OnRecord:
    """What the tables hold about one form."""

    document: Document
    received_at: datetime
    fields: tuple[Field, ...]
    corrections: tuple[Correction, ...]
    tasks: tuple[ReviewTask, ...]

    def moments(self) -> list[datetime]:
        """When people changed something, in order."""
        done = {task.done_at for task in self.tasks if task.done_at is not None}
        return sorted(done | {correction.corrected_at for correction in self.corrections})


def versions_of(session: Session, document_id: str, judge: Judge) -> list[RecordedForm]:
    """Every version of a form up to now, the first as it was read; none for a form that was set aside.

    Fields that wait for a person are unsure, and a form with a doubtful page or split is not complete, until
    a person has settled it: each settling that changes something gives the next version.
    """
    document = session.get(Document, document_id, populate_existing=True)
    if document is None or document.outcome == "set_aside":
        return []
    known = _on_record(session, document)
    first = _version(known, None, judge)
    versions = [first]
    for moment in known.moments():
        form = _version(known, moment, judge)
        if _same(form, versions[-1]):
            continue
        by = next((one.corrected_by for one in known.corrections if one.corrected_at == moment), None)
        who = Who(by, REVIEWER) if by else versions[-1].by
        versions.append(replace(form, revision=len(versions), known_at=moment, by=who))
    return versions


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
        .order_by(Correction.corrected_at, Correction.name, Correction.number)
    ).scalars()
    tasks = session.execute(
        select(ReviewTask)
        .where(ReviewTask.document_id == document.id, ReviewTask.kind.in_(("page", "document")))
        .execution_options(populate_existing=True)
    ).scalars()
    # Tasks that stand for a rule are judged by the rule itself.
    doubts = tuple(task for task in tasks if task.reason not in RULES)
    return _OnRecord(document, received_at, tuple(fields), tuple(corrections), doubts)


def _version(known: _OnRecord, moment: datetime | None, judge: Judge) -> RecordedForm:
    """The form as it stood at a moment; as it was read where none is given."""
    said = {one.name: one for one in known.corrections if moment is not None and one.corrected_at <= moment}
    answers = {field.name: _answer(field, said.get(field.name)) for field in known.fields}
    unsure = frozenset(answer.name for answer in answers.values() if not answer.sure)
    document = known.document
    form = CheckedForm(
        form=document.form,
        version=document.version,
        answers={name: answer for name, answer in answers.items() if answer.sure},
        missing_pages=tuple(document.missing_pages),
    )
    return RecordedForm(
        document_id=document.id,
        form=document.form,
        version=document.version,
        received_at=known.received_at,
        values={name: answer.value for name, answer in form.answers.items()},
        complete=not _doubtful(known.tasks, moment) and judge(form, known.received_at),
        unsure=unsure,
        missing_pages=form.missing_pages,
        by=MACHINE,
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
    return (one.values, one.unsure, one.complete) == (other.values, other.unsure, other.complete)
