"""What the desk does by itself, a little at a time: samples drawn, walls keyed, looks sealed, sessions ended.

Safe to call from several processes at once, and to be killed in: each fax is drawn from in one transaction.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, text, tuple_, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store.database import writing
from store.desk.looks import seal_looks
from store.desk.measuring import SAMPLED
from store.desk.model import Tended
from store.desk.sessions import end_expired
from store.desk.settings import ReviewSettings
from store.desk.tables import ReadingCount
from store.desk.wall import wall_key
from store.registers.upsert import add_new
from store.tables import Document, Field, ReviewTask, Transmission
from store.triage.lineage import still_counts

FAXES_AT_ONCE = 50
TASKS_AT_ONCE = 1_000
ROUNDS = 200
"""At most so much in one call, so that the next comes round soon."""

NO_FIELD = ("none", None, None)
"""Of a task about a field that its form does not have."""

SAMPLE_NAMESPACE = UUID("2b0a6c4e-6c0c-5d53-9a53-53f7c1f8a7d1")
UNIT = 2**64


def tend(engine: Engine, settings: ReviewSettings) -> Tended:
    """One round of all that nobody asks for.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: what was not done waits for the next round.
    """
    sampled = sum(_until_done(engine, settings))
    for _ in range(ROUNDS):
        if _key_walls(engine) < TASKS_AT_ONCE:
            break
    sealed = seal_looks(engine)
    with writing(engine) as session:
        ended = end_expired(session, datetime.now(UTC))
    return Tended(sampled, sealed, ended)


def is_sampled(document_id: str, name: str, share: float) -> bool:
    """Whether an accepted field belongs to the sample: the same one for ever, whoever asks."""
    digest = hashlib.sha256(f"{document_id}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * UNIT


def _until_done(engine: Engine, settings: ReviewSettings) -> Iterator[int]:
    for _ in range(ROUNDS):
        faxes, drawn = draw_samples(engine, settings)
        yield drawn
        if faxes < FAXES_AT_ONCE:
            return


def draw_samples(engine: Engine, settings: ReviewSettings) -> tuple[int, int]:
    """Draw from some faxes that nothing was drawn from yet, and count their fields.

    Returns:
        How many faxes, and how many fields became samples.
    """
    with writing(engine) as session:
        faxes = session.scalars(
            select(Transmission)
            .where(text("NOT sampled"), Transmission.status != "received")
            .order_by(Transmission.received_at)
            .limit(FAXES_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        if not faxes:
            return 0, 0
        drawn, counts = _draw(session, faxes, settings.sample_share)
        if drawn:
            add_new(session, ReviewTask, drawn)
        _count(session, counts)
        session.execute(
            update(Transmission)
            .where(Transmission.id.in_([fax.id for fax in faxes]))
            .values(sampled=True)
            .execution_options(synchronize_session=False)
        )
        return len(faxes), len(drawn)


def _draw(
    session: Session, faxes: Sequence[Transmission], share: float
) -> tuple[list[dict[str, Any]], Counter[tuple[Any, str, str]]]:
    of_fax = {fax.id: fax for fax in faxes}
    fields = session.execute(
        select(
            Document.transmission_id, Document.id, Field.name, Field.kind, Field.decision, Field.page,
            Field.box_px, Document.outcome,
        )
        .join(Field, Field.document_id == Document.id)
        .where(Document.transmission_id.in_(of_fax), still_counts())
    ).tuples()  # fmt: skip
    drawn: list[dict[str, Any]] = []
    counts: Counter[tuple[Any, str, str]] = Counter()
    for fax_id, document, name, kind, decision, page, box_px, outcome in fields:
        fax = of_fax[fax_id]
        counts[fax.received_at.astimezone(UTC).date(), kind, decision] += 1
        seen = page is not None and box_px is not None and outcome != "set_aside"
        if decision != "review" and seen and is_sampled(document, name, share):
            drawn.append(_sample(fax, document, name, kind, page))
    return drawn, counts


def _sample(fax: Transmission, document: str, name: str, kind: str, page: int) -> dict[str, Any]:
    return {
        "id": str(uuid5(SAMPLE_NAMESPACE, f"{document}/{name}")),
        "transmission_id": fax.id,
        "document_id": document,
        "page": page,
        "field": name,
        "kind": "field",
        "reason": SAMPLED,
        "priority": fax.priority,
        "received_at": fax.received_at,
        "status": "sample",
        "stage": "first",
        "version": 0,
        "field_kind": kind,
        "assigned_to": fax.assigned_to,
    }


def _count(session: Session, counts: Counter[tuple[Any, str, str]]) -> None:
    columns = {"accept": "accepted", "review": "reviewed", "empty": "empty"}
    for day, kind in sorted({(day, kind) for day, kind, _ in counts}):
        more = {column: counts[day, kind, decision] for decision, column in columns.items()}
        zero = dict.fromkeys(more, 0)
        add_new(session, ReadingCount, [{"day": day, "field_kind": kind, **zero}])
        session.execute(
            update(ReadingCount)
            .where(ReadingCount.day == day, ReadingCount.field_kind == kind)
            .values({column: getattr(ReadingCount, column) + count for column, count in more.items()})
            .execution_options(synchronize_session=False)
        )


def _key_walls(engine: Engine) -> int:
    """Say of new tasks what their fields were read as, so that alike ones can be put on a wall."""
    with writing(engine) as session:
        tasks = session.execute(
            select(ReviewTask.id, ReviewTask.document_id, ReviewTask.field)
            .where(text("status = 'open' AND kind = 'field' AND field_kind IS NULL"))
            .order_by(ReviewTask.id)
            .limit(TASKS_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        wanted = [(task.document_id, task.field) for task in tasks]
        read = {
            (document, name): (kind, value, box)
            for document, name, kind, value, box in session.execute(
                select(Field.document_id, Field.name, Field.kind, Field.value, Field.box_px).where(
                    tuple_(Field.document_id, Field.name).in_(wanted)
                )
            ).tuples()
        }
        keyed = []
        for task in tasks:
            kind, value, box = read.get((task.document_id, task.field), NO_FIELD)
            key = wall_key(kind, task.field, value) if box is not None else None
            keyed.append({"id": task.id, "field_kind": kind, "wall_key": key})
        if keyed:
            session.execute(update(ReviewTask), keyed)
        return len(tasks)
