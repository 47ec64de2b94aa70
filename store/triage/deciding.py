"""Keeping what a person decides about a fax: append-only, in the trail, refused where it makes no sense."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import rfc8785
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from form_templates.catalog import load_catalog
from store import trail
from store.columns import plain
from store.database import writing
from store.errors import UnknownTransmission
from store.model import Json
from store.tables import Document, Page, Transmission
from store.triage.lineage import still_counts
from store.triage.plan import (
    Arrangement,
    Layout,
    Numbered,
    PagePlan,
    after,
    arrange,
    plan_json,
    plan_of,
    standing,
)
from store.triage.requests import ask, held_fax, withdraw
from store.triage.steps import (
    MarkFax,
    MarkPage,
    SayPage,
    SendBack,
    Step,
    StepRefused,
    Undo,
    step_json,
    step_of,
)
from store.triage.tables import Rereading, SupersededDocument, TriageDecision

DECIDED = "triage"
"""Action of a decision in the trail."""

LONGEST_WHY = 4000
"""Characters of a reason."""


@dataclass(frozen=True)
class Decided:
    """A decision as it was kept.

    Attributes:
        number: of the decision in its fax, from 1.
        new: false where the same decision had been kept before.
        plan: by which the fax would be read now.
    """

    number: int
    new: bool
    plan: PagePlan


def decide(
    engine: Engine,
    transmission_id: str,
    step: Step,
    *,
    by: str,
    why: str = "",
    decision_id: str | None = None,
) -> Decided:
    """Keep a step of triage.

    Marking a fax, sending it back, and undoing either ask for the re-reading at once; after other steps
    somebody asks with ``requests.ask_to_reread`` when all is in order.

    Args:
        engine: of the store.
        transmission_id: the fax.
        step: what was decided.
        by: account of the person.
        why: in the person's words.
        decision_id: UUID of the request; the same one again changes nothing.

    Raises:
        StepRefused: the step makes no sense of the fax as it stands.
        UnknownTransmission: the store knows no such fax.
        StoreUnreachable, StoreBusy, DiskFull: nothing was kept.
    """
    key = _uuid(decision_id)
    if len(why) > LONGEST_WHY:
        raise StepRefused(f"The reason is longer than {LONGEST_WHY} characters; shorten it.")
    with writing(engine) as session:
        fax = _held(session, transmission_id, step)
        said = decisions_of(session, transmission_id)
        layout = layout_of(session, transmission_id)
        known = session.execute(select(TriageDecision).where(TriageDecision.id == key)).scalar_one_or_none()
        if known is not None:
            if (known.transmission_id, step_of(known.step)) != (transmission_id, step):
                raise StepRefused("Another decision has this id; send each decision with an id of its own.")
            return Decided(known.number, new=False, plan=plan_of(layout, said))
        stands = arrange(layout, said)
        _check(session, step, stands, said)
        number = max((one for one, _ in said), default=0) + 1
        row = TriageDecision(
            transmission_id=transmission_id,
            number=number,
            id=key,
            step=step_json(step),
            before=_before(session, transmission_id, step, stands, said),
            decided_by=by,
            decided_at=datetime.now(UTC),
            why=why,
        )
        session.add(row)
        session.flush()
        session.refresh(row)
        trail.append(
            session,
            trail.Event(
                transmission_id,
                DECIDED,
                f"{transmission_id}/{number}",
                actor=by,
                details={"step": step.step, "decision": decision_hash(row)},
            ),
        )
        plan = plan_of(layout, [*said, (number, step)])
        if isinstance(_undone(step, said), MarkFax | SendBack):
            if isinstance(step, Undo) and plan_json(plan) == _read_by(session, transmission_id):
                withdraw(session, transmission_id)
            else:
                ask(session, fax, by=by)
        return Decided(number, new=True, plan=plan)


def decisions_of(session: Session, transmission_id: str) -> list[Numbered]:
    """Every decision about a fax, in order, undone ones and undoings included."""
    rows = session.execute(
        select(TriageDecision.number, TriageDecision.step)
        .where(TriageDecision.transmission_id == transmission_id)
        .order_by(TriageDecision.number)
    )
    return [(number, step_of(said)) for number, said in rows.tuples()]


def layout_of(session: Session, transmission_id: str) -> Layout:
    """How the machine laid out a fax by itself: the last time that it saw pages and was told nothing."""
    plans = dict(
        session.execute(
            select(Rereading.reading, Rereading.plan).where(Rereading.transmission_id == transmission_id)
        )
        .tuples()
        .all()
    )
    newest = max(plans, default=1)
    for reading in range(newest, 0, -1):
        if plans.get(reading):
            continue
        pages = _pages_in(session, transmission_id, reading, newest)
        if pages:
            return Layout(pages, _forms_in(session, transmission_id, reading, newest))
    return Layout()


def planned(session: Session, transmission_id: str) -> tuple[PagePlan, int]:
    """The plan by which a fax is to be read now, and the last decision that it knows."""
    said = decisions_of(session, transmission_id)
    plan = plan_of(layout_of(session, transmission_id), said)
    return plan, max((number for number, _ in said), default=0)


def decision_hash(row: TriageDecision) -> str:
    """SHA-256 over the canonical JSON of a decision, by which the trail vouches for it."""
    said = [
        row.transmission_id,
        row.number,
        row.id,
        row.step,
        row.before,
        row.decided_by,
        row.decided_at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.why,
    ]
    return hashlib.sha256(rfc8785.dumps(plain(said))).hexdigest()


def _read_by(session: Session, transmission_id: str) -> dict[str, Json]:
    """The plan by which a fax was read last."""
    newest = (
        select(Rereading.plan)
        .where(Rereading.transmission_id == transmission_id)
        .order_by(Rereading.reading.desc())
        .limit(1)
    )
    return session.execute(newest).scalar_one_or_none() or {}


def _uuid(given: str | None) -> str:
    if given is None:
        return str(uuid4())
    try:
        return str(UUID(given))
    except ValueError:
        raise StepRefused("The id of a decision is a UUID; make one for each decision.") from None


def _held(session: Session, transmission_id: str, step: Step) -> Transmission:
    """The fax, held; and the one that it is said to double, both in one order whoever asks."""
    other = step.of_transmission if isinstance(step, MarkFax | MarkPage) else None
    if other == transmission_id:
        raise StepRefused("A fax is no duplicate of itself; name the other one.")
    held = {}
    for name in sorted({transmission_id, *((other,) if other else ())}):
        try:
            held[name] = held_fax(session, name)
        except UnknownTransmission:
            if name == other:
                raise StepRefused(f"The store knows no fax {name}; name the fax that stays.") from None
            raise
    return held[transmission_id]


def _check(session: Session, step: Step, stands: Arrangement, said: list[Numbered]) -> None:
    if isinstance(step, Undo):
        if step.number not in standing(said):
            raise StepRefused(f"There is no decision {step.number} to undo; look the fax up again.")
        return
    if isinstance(step, SayPage) and step.kind == "form":
        pages = _page_counts().get((step.form or "", step.version or ""))
        if pages is None or (step.form_page or 0) > pages:
            raise StepRefused(
                f"The catalog has no page {step.form_page} of {step.form} {step.version}; "
                "choose one of remsfax templates list."
            )
    if isinstance(step, MarkFax) and step.of_transmission is not None:
        other = _arrangement(session, step.of_transmission)
        if other.mark is not None:
            raise StepRefused(f"Fax {step.of_transmission} is marked itself; name the fax that is read.")
    if isinstance(step, MarkPage) and step.of_transmission is not None:
        other = _arrangement(session, step.of_transmission)
        if step.of_page not in other.order or step.of_page in other.marks or other.mark is not None:
            raise StepRefused(
                f"Page {step.of_page} of fax {step.of_transmission} is not read; name the page that stays."
            )
    if after(stands, step) == stands and not isinstance(step, SendBack):
        raise StepRefused("This is so already; nothing would change.")


def _arrangement(session: Session, transmission_id: str) -> Arrangement:
    return arrange(layout_of(session, transmission_id), decisions_of(session, transmission_id))


def _undone(step: Step, said: list[Numbered]) -> Step:
    """The step itself; of an undoing, the step that it takes back or puts in force again."""
    by_number = dict(said)
    while isinstance(step, Undo):
        step = by_number[step.number]
    return step


def _before(
    session: Session, transmission_id: str, step: Step, stands: Arrangement, said: list[Numbered]
) -> dict[str, Json]:
    """How what the step is about stood until then."""
    if isinstance(step, Undo):
        return {"undone": step_json(dict(said)[step.number])}
    if isinstance(step, MarkFax | SendBack):
        fax = session.get_one(Transmission, transmission_id)
        return {"status": fax.status, "mark": step_json(stands.mark) if stands.mark else None}
    page = session.get(Page, (transmission_id, step.page))
    form = stands.form_of(step.page)
    known: Mapping[str, Any] = {
        "kind": page.kind if page else None,
        "form": page.form if page else None,
        "version": page.version if page else None,
        "form_page": page.form_page if page else None,
        "quarter_turns": stands.turns.get(step.page, page.quarter_turns if page else 0),
    }
    told = stands.said.get(step.page)
    if told is not None:
        known = {
            **known,
            "kind": told.kind,
            "form": told.form,
            "version": told.version,
            "form_page": told.form_page,
        }
    mark = stands.marks.get(step.page)
    return {
        **known,
        "mark": step_json(mark) if mark else None,
        "form_pages": list(form.pages) if form else None,
        "order": list(stands.order),
    }


def _pages_in(session: Session, transmission_id: str, reading: int, newest: int) -> tuple[int, ...]:
    if reading == newest:
        rows = session.execute(select(Page.number).where(Page.transmission_id == transmission_id))
        return tuple(sorted(rows.scalars()))
    later = session.get_one(Rereading, (transmission_id, reading + 1))
    return tuple(sorted(page["number"] for page in later.replaced["pages"]))


def _forms_in(
    session: Session, transmission_id: str, reading: int, newest: int
) -> tuple[tuple[int, ...], ...]:
    mine = select(Document.pages, Document.doubled_pages).where(Document.transmission_id == transmission_id)
    if reading == newest:
        mine = mine.where(still_counts())
    else:
        mine = mine.join(SupersededDocument, SupersededDocument.document_id == Document.id).where(
            SupersededDocument.reading == reading + 1
        )
    rows = session.execute(mine.order_by(Document.ordinal)).tuples()
    return tuple(tuple(sorted({*pages, *doubled})) for pages, doubled in rows)


@cache
def _page_counts() -> Mapping[tuple[str, str], int]:
    return {(template.form, template.version): len(template.pages) for template in load_catalog().templates}
