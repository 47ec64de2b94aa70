"""What the fax server knows of a call: the ``fax`` object of a ``.json`` beside the file.

Fax servers write such files in their own ways, so that every key is taken if it makes sense and passed over
if not: a sidecar never keeps a fax from being read.
"""

import hashlib
import json
import math
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.intake import Arrival
from store.model import Json, TransmissionFacts

KNOWN = frozenset({"received_at", "sender", "sent_at", "announced_pages", "called_number"})


def facts_of(arrival: Arrival, timezone: str) -> TransmissionFacts:
    """The arrival as the store takes it.

    Args:
        arrival: the file's bytes and what lay beside it.
        timezone: for times that name none.
    """
    fax = _fax_object(arrival.sidecar)
    zone = ZoneInfo(timezone)
    more = {key: _plain(value) for key, value in fax.items() if key not in KNOWN and isinstance(key, str)}
    if arrival.sidecar is not None and not fax:
        more["sidecar"] = "unreadable"
    return TransmissionFacts(
        sha256=hashlib.sha256(arrival.data).hexdigest(),
        source=arrival.entry.address,
        received_at=moment(fax.get("received_at"), zone) or arrival.entry.received_at,
        size_bytes=len(arrival.data),
        sender=_words(fax.get("sender")),
        sent_at=moment(fax.get("sent_at"), zone),
        called_number=_words(fax.get("called_number")),
        announced_pages=_count(fax.get("announced_pages")),
        more=more,
    )


def moment(value: object, zone: ZoneInfo) -> datetime | None:
    """A time in ISO 8601, made aware; none where it is no time."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        aware = read if read.tzinfo is not None else read.replace(tzinfo=zone)
        aware.timestamp()  # a year at the edge of what computers count has no other zone's hour
    except (ValueError, OverflowError):
        return None
    return aware


def _fax_object(sidecar: bytes | None) -> dict[str, Any]:
    if sidecar is None:
        return {}
    try:
        whole = json.loads(sidecar)
    except (ValueError, RecursionError):
        return {}
    fax = whole.get("fax") if isinstance(whole, dict) else None
    return fax if isinstance(fax, dict) else {}


def _words(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return " ".join(value.split())[:200] or None


def _count(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 < value < 10_000 else None  # type: ignore[operator, return-value]


def _plain(value: Any) -> Json:
    """The value without the numbers that JSON proper does not know."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, str | int | bool) else str(value)
