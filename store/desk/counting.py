"""Counts of much, kept for a while, the longer the more they cost: fifty people ask for them all day."""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

SLOW_SECONDS = 0.01
KEPT = 100
"""A count that took longer than ``SLOW_SECONDS`` is kept for so many times as long."""

T = TypeVar("T")
_KEPT: WeakKeyDictionary[object, dict[str, tuple[float, object]]] = WeakKeyDictionary()


def kept(session: Session, name: str, count: Callable[[], T]) -> T:
    """What was counted, now or a moment ago.

    Args:
        session: that reads.
        name: of the count.
        count: counts.
    """
    known = _KEPT.setdefault(session.get_bind(), {})
    began = monotonic()
    until, result = known.get(name, (0.0, None))
    if began < until:
        return cast("T", result)
    counted = count()
    spent = monotonic() - began
    if spent > SLOW_SECONDS:
        known[name] = (began + KEPT * spent, counted)
    return counted
