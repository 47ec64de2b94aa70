"""One fax as triage shows it: its pages, the forms that they would make, and what people decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.model import PageKind, SetAside, Status
from store.tables import Document, Page, Suspect, Transmission
from store.triage.deciding import decisions_of, layout_of
from store.triage.lineage import still_counts
from store.triage.plan import Arrangement, PagePlan, arrange, plan_json, standing
from store.triage.plan import PlannedForm as ArrangedForm
from store.triage.requests import RequestState, request_states
from store.triage.steps import Mark, MarkFax, SayPage, SendBack, Step, Undo, step_of
from store.triage.tables import Rereading, TriageDecision


@dataclass(frozen=True)
class PageMark:
    """The page is not read; of a duplicate, the page that stays."""

    mark: Mark
    of_page: int | None
    of_transmission: str | None


@dataclass(frozen=True)
class FaxMark:
    """The fax is not read; of a duplicate, the fax that stays."""

    mark: Mark
    of_transmission: str | None


@dataclass(frozen=True)
class FaxPage:
    """One page: what a person said of it, else what was read.

    Attributes:
        quarter_turns: counterclockwise, of the page as received, that lay it upright.
        document_id: of the form that it was read as part of.
        planned_form: index into the view's forms, none for a page of no form.
    """

    number: int
    kind: PageKind
    form: str | None
    version: str | None
    form_page: int | None
    probability: float
    quarter_turns: int
    doubtful: bool
    width_px: int | None
    height_px: int | None
    x_dpi: float | None
    y_dpi: float | None
    document_id: str | None
    said: bool
    turned: bool
    planned_form: int | None
    mark: PageMark | None


@dataclass(frozen=True)
class PlannedForm:
    """The pages that make one form, in the order that people gave them.

    Attributes:
        document_id: of the form as it was read, where it was read of just these pages.
        form: code, of the first page that tells; none where no page does.
    """

    pages: tuple[int, ...]
    document_id: str | None
    form: str | None
    version: str | None
    by_person: bool


@dataclass(frozen=True)
class DecisionView:
    """A decision that someone made; ``undone_by`` is the number of the undoing that holds."""

    number: int
    step: Step
    by: str
    at: datetime
    why: str
    before: dict[str, Any]
    undone_by: int | None


@dataclass(frozen=True)
class SuspectView:
    """A page of another fax that may be the same paper."""

    page: int
    other_transmission_id: str
    other_page: int
    distance_bits: int


@dataclass(frozen=True)
class FaxView:
    """One fax opened for triage.

    Attributes:
        pages: in the order that people gave them.
        reading: how often it was read.
        unread: something was decided that the reading does not know yet.
    """

    transmission_id: str
    status: Status
    set_aside: SetAside | None
    received_at: datetime
    pages: tuple[FaxPage, ...]
    forms: tuple[PlannedForm, ...]
    decisions: tuple[DecisionView, ...]
    plan: PagePlan
    mark: FaxMark | None
    reading: int
    unread: bool
    request: RequestState | None
    suspects: tuple[SuspectView, ...]


def fax_view(session: Session, transmission_id: str) -> FaxView | None:
    """A fax as it lies on the desk; none where the store knows no such fax."""
    fax = session.get(Transmission, transmission_id, populate_existing=True)
    if fax is None:
        return None
    said = decisions_of(session, transmission_id)
    stands = arrange(layout_of(session, transmission_id), said)
    rows = session.execute(select(Page).where(Page.transmission_id == transmission_id)).scalars()
    read = {page.number: page for page in rows}
    newest = session.execute(
        select(Rereading)
        .where(Rereading.transmission_id == transmission_id)
        .order_by(Rereading.reading.desc())
        .limit(1)
    ).scalar_one_or_none()
    shown = stands.shown_forms
    home = {page: index for index, form in enumerate(shown) for page in form.pages}
    pages = {number: _page(number, read.get(number), stands, home.get(number)) for number in stands.order}
    return FaxView(
        transmission_id=fax.id,
        status=cast("Status", fax.status),
        set_aside=SetAside(fax.set_aside_code, fax.set_aside_message or "") if fax.set_aside_code else None,
        received_at=fax.received_at,
        pages=tuple(pages.values()),
        forms=tuple(_form(form, pages, _read_as(session, transmission_id)) for form in shown),
        decisions=_decisions(session, transmission_id),
        plan=stands.plan,
        mark=_fax_mark(stands.mark),
        reading=newest.reading if newest else 1,
        unread=plan_json(stands.plan) != (newest.plan if newest else {}),
        request=request_states(session, (transmission_id,)).get(transmission_id),
        suspects=_suspects(session, transmission_id),
    )


def marks_of(session: Session, transmission_ids: Collection[str]) -> dict[str, FaxMark]:
    """Which of these faxes are marked, and as what; the others are left out."""
    said: dict[str, list[tuple[int, Step]]] = {}
    for fax, number, step in session.execute(
        select(TriageDecision.transmission_id, TriageDecision.number, TriageDecision.step)
        .where(TriageDecision.transmission_id.in_(transmission_ids))
        .order_by(TriageDecision.transmission_id, TriageDecision.number)
    ).tuples():
        said.setdefault(fax, []).append((number, step_of(step)))
    marks: dict[str, FaxMark] = {}
    for fax, decisions in said.items():
        of_fax = [one for one in standing(decisions).values() if isinstance(one, MarkFax | SendBack)]
        mark = _fax_mark(of_fax[-1]) if of_fax and isinstance(of_fax[-1], MarkFax) else None
        if mark is not None:
            marks[fax] = mark
    return marks


def _page(number: int, row: Page | None, stands: Arrangement, planned_form: int | None) -> FaxPage:
    said, mark = stands.said.get(number), stands.marks.get(number)
    told: SayPage | Page | None = said or row
    return FaxPage(
        number=number,
        kind=cast("PageKind", told.kind if told else "unknown"),
        form=told.form if told else None,
        version=told.version if told else None,
        form_page=told.form_page if told else None,
        probability=1.0 if said else row.probability if row else 0.0,
        quarter_turns=stands.turns.get(number, row.quarter_turns if row else 0),
        doubtful=row.doubtful if row else False,
        width_px=row.width_px if row else None,
        height_px=row.height_px if row else None,
        x_dpi=row.x_dpi if row else None,
        y_dpi=row.y_dpi if row else None,
        document_id=row.document_id if row else None,
        said=said is not None,
        turned=number in stands.turns,
        planned_form=planned_form,
        mark=PageMark(mark.mark, mark.of_page, mark.of_transmission) if mark else None,
    )


def _form(form: ArrangedForm, pages: dict[int, FaxPage], read_as: dict[frozenset[int], str]) -> PlannedForm:
    telling = next((pages[page] for page in form.pages if pages[page].form), None)
    return PlannedForm(
        pages=form.pages,
        document_id=read_as.get(frozenset(form.pages)),
        form=telling.form if telling else None,
        version=telling.version if telling else None,
        by_person=form.by_person,
    )


def _read_as(session: Session, transmission_id: str) -> dict[frozenset[int], str]:
    rows = session.execute(
        select(Document.id, Document.pages, Document.doubled_pages).where(
            Document.transmission_id == transmission_id, still_counts()
        )
    ).tuples()
    return {frozenset({*pages, *doubled}): document for document, pages, doubled in rows}


def _decisions(session: Session, transmission_id: str) -> tuple[DecisionView, ...]:
    rows = (
        session.execute(
            select(TriageDecision)
            .where(TriageDecision.transmission_id == transmission_id)
            .order_by(TriageDecision.number)
        )
        .scalars()
        .all()
    )
    steps = [(row.number, step_of(row.step)) for row in rows]
    undone_by = {step.number: number for number, step in standing(steps).items() if isinstance(step, Undo)}
    return tuple(
        DecisionView(number, step, row.decided_by, row.decided_at, row.why, row.before, undone_by.get(number))
        for row, (number, step) in zip(rows, steps, strict=True)
    )


def _fax_mark(mark: MarkFax | None) -> FaxMark | None:
    return FaxMark(mark.mark, mark.of_transmission) if mark else None


def _suspects(session: Session, transmission_id: str) -> tuple[SuspectView, ...]:
    rows = session.execute(
        select(Suspect).where(
            or_(Suspect.transmission_id == transmission_id, Suspect.other_transmission_id == transmission_id)
        )
    ).scalars()
    views = [
        SuspectView(row.page, row.other_transmission_id, row.other_page, row.distance_bits)
        if row.transmission_id == transmission_id
        else SuspectView(row.other_page, row.transmission_id, row.page, row.distance_bits)
        for row in rows
    ]
    return tuple(sorted(views, key=lambda one: (one.page, one.other_transmission_id, one.other_page)))
