"""What the screen needs to know of one task between two requests: where it stands, and what field it asks."""

from dataclasses import dataclass

from sqlalchemy import Row, and_, select
from sqlalchemy.engine import Engine

from form_templates.catalog import Catalog
from form_templates.model import FormField, Template
from review.errors import NotHere
from review.pictures import PageShape
from review.reviewing.showing import shapes_of, template_of
from store.database import asking
from store.desk.loading import is_blind, pages_of
from store.model import BoxPx
from store.tables import Document, Field, Page, ReviewTask

GONE = "There is no such task any more; the fax may have been read again or withdrawn. Go on with the next."


@dataclass(frozen=True)
class Asked:
    """One task, as much as answering, checking and picturing need.

    Attributes:
        blind: nothing that was read or entered may be shown.
        field: of the template; none for tasks about a page, a form or a fax.
    """

    transmission_id: str
    document_id: str | None
    template: Template | None
    field: FormField | None
    blind: bool


def asked(engine: Engine, catalog: Catalog, task_id: str) -> Asked:
    """Look a task up.

    Raises:
        NotHere: there is none.
    """
    with asking(engine) as session:
        found = session.execute(
            select(ReviewTask, Document)
            .outerjoin(Document, Document.id == ReviewTask.document_id)
            .where(ReviewTask.id == task_id)
        ).one_or_none()
        if found is None:
            raise NotHere(GONE)
        return asked_of(catalog, *found.tuple())


def asked_of(catalog: Catalog, task: ReviewTask, document: Document | None) -> Asked:
    """What a task asks, with its form where it has one."""
    template = template_of(catalog, document.form, document.version) if document is not None else None
    name = task.field if task.kind == "field" else None
    return Asked(
        transmission_id=task.transmission_id,
        document_id=task.document_id,
        template=template,
        field=template.field(name) if template and name and template.has_field(name) else None,
        blind=is_blind(task),
    )


@dataclass(frozen=True)
class Pictured:
    """Where the picture of a task's field is."""

    transmission_id: str
    page: int
    box_px: BoxPx
    quarter_turns: int


def pictured(engine: Engine, task_id: str) -> Pictured:
    """The place of a task's field.

    Raises:
        NotHere: there is no such task, or it asks about no place on a page.
    """
    with asking(engine) as session:
        row = session.execute(
            select(ReviewTask.transmission_id, Field.page, Field.box_px, Page.quarter_turns)
            .join(Field, and_(Field.document_id == ReviewTask.document_id, Field.name == ReviewTask.field))
            .join(Page, and_(Page.transmission_id == ReviewTask.transmission_id, Page.number == Field.page))
            .where(ReviewTask.id == task_id, Field.box_px.is_not(None))
        ).one_or_none()
    if row is None:
        raise NotHere(GONE)
    return _pictured(row)


def page_shapes(engine: Engine, transmission_id: str) -> dict[int, PageShape]:
    """The raster of every page of a fax that could be read."""
    with asking(engine) as session:
        return shapes_of(pages_of(session, transmission_id))


def page_turns(engine: Engine, transmission_id: str, number: int) -> int:
    """The quarter turns that lay a page upright.

    Raises:
        NotHere: the store knows no such page.
    """
    with asking(engine) as session:
        turns = session.execute(
            select(Page.quarter_turns).where(Page.transmission_id == transmission_id, Page.number == number)
        ).scalar_one_or_none()
    if turns is None:
        raise NotHere("The fax has no such page, or it was withdrawn. Go back to the list.")
    return turns


def _pictured(row: Row[tuple[str, int | None, list[int] | None, int]]) -> Pictured:
    transmission_id, page, box, turns = row
    if page is None or box is None or len(box) != 4:
        raise NotHere(GONE)
    left, top, right, bottom = box
    return Pictured(transmission_id, page, (left, top, right, bottom), turns)
