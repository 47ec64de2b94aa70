"""Which tasks a person may work on: by role, by what the person did already, by who holds them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, false, or_, true
from sqlalchemy.sql.elements import ColumnElement

from store.desk.model import Person
from store.desk.settings import ReviewSettings
from store.tables import ReviewTask

READING_KINDS = ("field", "page", "document")
TRIAGE_KINDS = ("page", "document", "set_aside")
EVENT = "adverse_event"


def kinds_of(person: Person, settings: ReviewSettings) -> tuple[str, ...]:
    """The kinds of tasks that a role works on."""
    kinds: tuple[str, ...] = ()
    if person.role in ("reviewer", "safety", "lead"):
        kinds = READING_KINDS
    if person.role in ("triage", "lead"):
        kinds = tuple(dict.fromkeys((*kinds, *TRIAGE_KINDS)))
    if person.role in settings.event_roles:
        kinds = (*kinds, EVENT)
    return kinds


def stages_of(person: Person) -> tuple[str, ...]:
    """The stages at which a role works: a lead decides between two, too."""
    return ("first", "second", "lead") if person.role == "lead" else ("first", "second")


def may_work(person: Person, settings: ReviewSettings, now: datetime) -> ColumnElement[bool]:
    """A condition on tasks that are not done: this person may work on it now, if nobody else is at it."""
    kinds = kinds_of(person, settings)
    if not kinds:
        return false()
    me = person.account
    own = or_(
        ReviewTask.stage == "first",
        and_(ReviewTask.stage == "second", ReviewTask.first_by != me),
        and_(
            ReviewTask.stage == "lead",
            ReviewTask.first_by != me,
            or_(ReviewTask.second_by.is_(None), ReviewTask.second_by != me),
        ),
    )
    conditions = [
        ReviewTask.kind.in_(kinds),
        ReviewTask.stage.in_(stages_of(person)),
        own,
        or_(ReviewTask.assigned_to.is_(None), ReviewTask.assigned_to == me),
        or_(ReviewTask.postponed_until.is_(None), ReviewTask.postponed_until <= now),
    ]
    if person.role not in settings.signature_roles:
        conditions.append(or_(ReviewTask.field_kind.is_(None), ReviewTask.field_kind != "signature"))
    return and_(*conditions)


def is_free(person: Person, now: datetime) -> ColumnElement[bool]:
    """A condition on tasks: nobody else holds it now."""
    return or_(
        ReviewTask.claimed_by.is_(None),
        ReviewTask.claimed_by == person.account,
        ReviewTask.claimed_until < now,
    )


def of_unit(transmission_id: str, document_id: str | None) -> tuple[ColumnElement[bool], ...]:
    """A condition on tasks: of one form, or of the fax as a whole where no form is named."""
    of_document = (
        ReviewTask.document_id.is_(None) if document_id is None else ReviewTask.document_id == document_id
    )
    return ReviewTask.transmission_id == transmission_id, of_document


def besides_units(units: Iterable[tuple[str, str | None]]) -> ColumnElement[bool]:
    """A condition on tasks: of none of these units."""
    return and_(true(), *(~and_(*of_unit(fax, document)) for fax, document in units))
