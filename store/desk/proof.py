"""The proof that what people said at the desk still stands as the audit trail vouches for it."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.columns import plain
from store.desk.lines import LINE_MOVED, line_breaks
from store.desk.looks import look_breaks
from store.desk.tables import AnswerRow
from store.tables import AuditRow

READ_IN_ONE_GO = 2000


def answer_hash(row: AnswerRow) -> str:
    """SHA-256 over the canonical JSON of an answer."""
    said = [_scalar(getattr(row, column.key)) for column in AnswerRow.__table__.columns]
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def desk_breaks(session: Session) -> Iterator[str]:
    """Sentences about answers and looks that are not as the trail says, for ``verify_audit``."""
    rows = session.execute(
        select(AuditRow.reference, AuditRow.details).where(AuditRow.action == "answered")
    ).tuples()
    promised = {reference: json.loads(details).get("answer") for reference, details in rows}
    stored = 0
    for row in session.scalars(select(AnswerRow).execution_options(yield_per=READ_IN_ONE_GO)):
        stored += 1
        if promised.get(row.id) != answer_hash(row):
            yield f"Answer {row.id} to task {row.task_id} was changed or added."
    if stored != len(promised):
        yield f"The trail knows {len(promised)} answers, the store holds {stored}."
    yield from look_breaks(session)
    moved = select(AuditRow.reference, AuditRow.details).where(AuditRow.action == LINE_MOVED)
    lines = session.execute(moved).tuples()
    yield from line_breaks(session, {line: json.loads(details).get("line") for line, details in lines})


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return plain(value)
