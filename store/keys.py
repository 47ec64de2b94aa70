"""Keys made of content, so that the same fax always makes the same rows."""

import json
import uuid
from datetime import UTC, datetime

from store.columns import storable
from store.model import TaskRecord

NAMESPACE = uuid.UUID("6f1c1f0e-3c0b-5a57-9a0b-6d1f1d6f2a10")


def _key(*parts: str | int | None) -> str:
    # JSON keeps ("a", "bc") and ("ab", "c") apart.
    name = json.dumps(
        [storable(part) if isinstance(part, str) else part for part in parts], ensure_ascii=False
    )
    return str(uuid.uuid5(NAMESPACE, name))


def delivery_key(transmission_id: str, source: str, received_at: datetime) -> str:
    """The same file found again, untouched, is the same delivery."""
    return _key("delivery", transmission_id, source, received_at.astimezone(UTC).isoformat())


def arrival_key(source: str) -> str:
    """Of something in the inbox whose bytes cannot be had."""
    return _key("arrival", source)


def document_key(transmission_id: str, ordinal: int) -> str:
    """The ``ordinal``-th form of a fax, from 0."""
    return _key("document", transmission_id, ordinal)


def task_key(transmission_id: str, task: TaskRecord, reading: int = 1) -> str:
    """One thing to look at for one reason, in one reading of the fax: a later one asks anew."""
    again = (reading,) if reading > 1 else ()
    return _key("task", transmission_id, task.kind, task.reason, task.document, task.page, task.field, *again)
