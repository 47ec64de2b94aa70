"""The lines of acceptance as the store keeps them: moved by what people settled, read by the next reading.

Each move is a row with its evidence, vouched for by the audit trail. ``move_lines`` is called at the start of
a batch; two that start at once make one move.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store import trail
from store.columns import plain
from store.database import reading, writing
from store.desk.acceptance import Measured, Move, Now, Totals, could_pass, least_supported, moves, totals
from store.desk.errors import LineRefused
from store.desk.intervals import exact_interval
from store.desk.model import Interval, Line, LineStanding, LineWhy, Person, Place
from store.desk.tables import AcceptanceLineRow, Measurement
from store.model import Json
from store.tables import ReviewTask, Transmission

LINE_MOVED = "line_moved"

Evidence = dict[str, str | int | float | None]
ByKind = dict[str, list[Measured]]


@dataclass(frozen=True)
class LineTerms:
    """By what lines move.

    Attributes:
        target_error: share of wrong fields that may pass unseen.
        days: how far back counts what people settled.
        confidence: how sure it must be that a line is to move.
    """

    target_error: float
    days: float
    confidence: float

    def since(self) -> datetime:
        """From when on it counts."""
        return datetime.now(UTC) - timedelta(days=self.days)


def move_lines(engine: Engine, terms: LineTerms) -> tuple[Line, ...]:
    """Let the lines follow what people settled of late; returns those that moved.

    Raises:
        StoreUnreachable, StoreBusy, DiskFull: the lines stay as they are.
    """

    def due(session: Session) -> list[Move]:
        now = {one.line_kind: Now(one.least, one.confirmed) for one in lines_now(session).values()}
        measured = settled_since(session, terms.since())
        return list(moves(measured, now, terms.target_error, terms.confidence))

    with reading(engine) as session:
        if not due(session):
            return ()
    with writing(engine) as session:
        fax = _hold(session)
        return tuple(
            _move(session, fax, trail.SYSTEM, move.line_kind, move.least, move.why, _evidence(move, terms))
            for move in due(session)
        )


def confirm_line(engine: Engine, person: Person, line_kind: str, least: float, terms: LineTerms) -> Line:
    """Let fields of a sort pass from a confidence on below the gate, as far as what was settled bears it.

    Raises:
        LineRefused: it bears no such line (any more).
    """
    with writing(engine) as session:
        fax = _hold(session)
        own = could_pass(settled_since(session, terms.since()).get(line_kind, []))
        supported = least_supported(own, terms.target_error, terms.confidence)
        if supported is None or not supported <= least <= 1:
            raise LineRefused("What was measured does not bear this line; look at the figures again.")
        above = tuple(one for one in own if one.confidence >= least)
        evidence = _evidence(Move(line_kind, least, "confirmed", line_kind, above), terms)
        return _move(session, fax, person.account, line_kind, least, "confirmed", evidence)


def take_back_line(engine: Engine, person: Person, line_kind: str) -> Line:
    """Let the gate decide again where a lead had let more pass.

    Raises:
        LineRefused: no such line stands.
    """
    with writing(engine) as session:
        fax = _hold(session)
        now = lines_now(session).get(line_kind)
        if now is None or not now.confirmed:
            raise LineRefused("No line stands there that a lead confirmed; look at the figures again.")
        return _move(session, fax, person.account, line_kind, None, "taken_back", {})


def lines_now(session: Session) -> dict[str, Line]:
    """The lines that stand, by sort; a sort that goes by its gate alone is left out."""
    last = (
        select(AcceptanceLineRow.line_kind, func.max(AcceptanceLineRow.number).label("number"))
        .group_by(AcceptanceLineRow.line_kind)
        .subquery()
    )
    rows = session.scalars(
        select(AcceptanceLineRow).join(
            last,
            (AcceptanceLineRow.line_kind == last.c.line_kind) & (AcceptanceLineRow.number == last.c.number),
        )
    )
    return {row.line_kind: line_of(row) for row in rows if row.least is not None}


def line_history(session: Session, limit: int = 50) -> tuple[Line, ...]:
    """Every move of a line, the latest first."""
    rows = session.scalars(
        select(AcceptanceLineRow)
        .order_by(AcceptanceLineRow.moved_at.desc(), AcceptanceLineRow.line_kind)
        .limit(limit)
    )
    return tuple(line_of(row) for row in rows)


def line_standings(session: Session, terms: LineTerms) -> tuple[LineStanding, ...]:
    """Where the line of each sort stands of which a line stands or something was settled of late."""
    measured, lines = settled_since(session, terms.since()), lines_now(session)
    kinds = sorted({*measured, *lines})
    return tuple(_standing(kind, lines.get(kind), measured.get(kind, []), terms) for kind in kinds)


def settled_since(session: Session, since: datetime) -> ByKind:
    """What people settled since a moment, by sort."""
    found: ByKind = defaultdict(list)
    for line_kind, confidence, right, weight, place in session.execute(
        select(
            Measurement.line_kind, Measurement.confidence, Measurement.was_right, Measurement.weight,
            Measurement.place,
        ).where(Measurement.settled_at >= since)
    ).tuples():  # fmt: skip
        found[line_kind].append(Measured(confidence, right, weight, cast("Place", place)))
    return found


def line_breaks(session: Session, promised: Mapping[str, str | None]) -> Iterator[str]:
    """Sentences about lines that are not as the trail says.

    Args:
        session: that reads.
        promised: the hash of each line that moved, by its id, as the trail has it.
    """
    stored = 0
    for row in session.scalars(select(AcceptanceLineRow)):
        stored += 1
        if promised.get(row.id) != line_hash(row):
            yield f"Line {row.number} of {row.line_kind} was changed or added."
    if stored != len(promised):
        yield f"The trail knows {len(promised)} moves of lines, the store holds {stored}."


def line_hash(row: AcceptanceLineRow) -> str:
    """SHA-256 over the canonical JSON of a line."""
    said = [_scalar(getattr(row, column.key)) for column in AcceptanceLineRow.__table__.columns]
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def line_of(row: AcceptanceLineRow) -> Line:
    """A row as what it says."""
    return Line(
        row.line_kind,
        row.number,
        row.least,
        row.confirmed,
        cast("LineWhy", row.why),
        row.moved_by,
        row.moved_at,
        dict(row.evidence),
    )


def _standing(line_kind: str, line: Line | None, own: list[Measured], terms: LineTerms) -> LineStanding:
    passing = [one for one in own if one.passes_gate]
    reviewed = [one for one in own if one.place in ("held", "doubtful")]
    level = least_supported(could_pass(own), terms.target_error, terms.confidence)
    freed = sum(level is not None and one.confidence >= level for one in reviewed)
    stands = line is not None and line.confirmed and level is not None and (line.least or 0) <= level
    return LineStanding(
        line_kind=line_kind,
        line=line,
        measured=len(passing),
        wrong=sum(not one.right for one in passing),
        error=_error(totals(passing), terms),
        offered=level if freed and not stands else None,
        would_free=freed / len(reviewed) if reviewed else None,
    )


def _error(found: Totals, terms: LineTerms) -> Interval | None:
    return exact_interval(found.wrong * found.count, found.count, terms.confidence) if found.count else None


def _hold(session: Session) -> str:
    """Let nobody else move a line until the transaction ends; the fax that was measured last.

    Raises:
        LineRefused: nothing was measured yet.
    """
    # The fax before the trail, as everybody who writes about a fax: so nobody waits for each other in a ring.
    fax = session.execute(
        select(Transmission.id)
        .join(ReviewTask, ReviewTask.transmission_id == Transmission.id)
        .join(Measurement, Measurement.task_id == ReviewTask.id)
        .order_by(Measurement.settled_at.desc(), Measurement.task_id)
        .limit(1)
        .with_for_update(of=Transmission)
    ).scalar_one_or_none()
    if fax is None:
        raise LineRefused("Nothing was measured yet, so no line can move; wait for settled samples.")
    trail.lock_trail(session)
    return fax


def _move(  # noqa: PLR0917 - the columns of a row
    session: Session,
    fax: str,
    by: str,
    line_kind: str,
    least: float | None,
    why: LineWhy,
    evidence: Evidence,
) -> Line:
    last = select(func.max(AcceptanceLineRow.number)).where(AcceptanceLineRow.line_kind == line_kind)
    row = AcceptanceLineRow(
        id=str(uuid4()),
        line_kind=line_kind,
        number=(session.execute(last).scalar_one() or 0) + 1,
        least=least,
        confirmed=why == "confirmed",
        why=why,
        moved_by=by,
        moved_at=datetime.now(UTC),
        evidence=evidence,
        transmission_id=fax,
    )
    session.add(row)
    session.flush()
    details: dict[str, Json] = {"line": line_hash(row), "of": line_kind, "least": least}
    trail.append(session, trail.Event(fax, LINE_MOVED, row.id, actor=by, details=details))
    return line_of(row)


def _evidence(move: Move, terms: LineTerms) -> Evidence:
    """What a move goes by, in figures."""
    passing = [one for one in move.evidence if one.passes_gate]
    found = totals(move.evidence if move.why == "confirmed" else passing)
    interval = (
        exact_interval(found.wrong * found.count, found.count, terms.confidence) if found.count else None
    )
    return {
        "basis": move.basis,
        "measured": len(passing),
        "wrong": sum(not one.right for one in passing),
        "reviewed": len(move.evidence) - len(passing),
        "error": None if interval is None else interval.share,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        "target_error": terms.target_error,
        "confidence": terms.confidence,
        "days": terms.days,
    }


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return plain(value)
