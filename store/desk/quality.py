"""How good the accepted fields are, by what people entered of the sample, and what would let more pass.

The sample stands for all accepted fields. Reviewed fields tell how often the machine was right below the
acceptance; together they give the error of everything above any confidence.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import ceil, log

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.desk.intervals import exact_interval, upper_bound
from store.desk.model import KindQuality
from store.desk.settings import ReviewSettings
from store.desk.tables import Measurement, ReadingCount
from store.tables import ReviewTask


@dataclass(frozen=True)
class Measured:
    """One field whose truth is settled.

    Attributes:
        weight: how many fields of its sort it stands for.
    """

    confidence: float
    right: bool
    weight: float
    sample: bool


def quality(session: Session, settings: ReviewSettings, target_error: float) -> tuple[KindQuality, ...]:
    """How good the machine is by kind of field; kinds of which nothing is known are left out.

    Args:
        session: of ``reading``.
        settings: of the review.
        target_error: share of wrong fields that may pass unseen.
    """
    measured: dict[str, list[Measured]] = defaultdict(list)
    for kind, confidence, right, weight, sample in session.execute(
        select(
            Measurement.field_kind, Measurement.confidence, Measurement.was_right, Measurement.weight,
            Measurement.sample,
        )
    ).tuples():  # fmt: skip
        measured[kind].append(Measured(confidence, right, weight, sample))
    waiting = dict(
        session.execute(
            select(ReviewTask.field_kind, func.count())
            .where(ReviewTask.status == "sample")
            .group_by(ReviewTask.field_kind)
        )
        .tuples()
        .all()
    )
    counted = {
        kind: (accepted + empty, reviewed)
        for kind, accepted, empty, reviewed in session.execute(
            select(
                ReadingCount.field_kind,
                func.sum(ReadingCount.accepted),
                func.sum(ReadingCount.empty),
                func.sum(ReadingCount.reviewed),
            ).group_by(ReadingCount.field_kind)
        ).tuples()
    }
    kinds = sorted({*measured, *counted, *(kind for kind in waiting if kind)})
    return tuple(
        _of_kind(
            kind,
            measured[kind],
            waiting.get(kind, 0),
            counted.get(kind, (0, 0)),
            target_error=target_error,
            confidence=settings.sample_confidence,
        )
        for kind in kinds
    )


LEVELS = 200
"""Confidences that are tried as acceptance."""


def least_confidence(measured: Sequence[Measured], target_error: float, confidence: float) -> float | None:
    """From which confidence on the target error is shown to hold; none while it is shown for none.

    Fields weigh as much as they stand for; the count that the bound goes by is the one that evenly weighed
    fields would need to be as sure (Korn and Graubard 1998).
    """
    found = None
    weight = wrong = squares = 0.0
    in_order = sorted(measured, key=lambda one: -one.confidence)
    every = max(1, len(in_order) // LEVELS)
    for at, (one, follower) in enumerate(zip_longest(in_order, in_order[1:])):
        weight += one.weight
        squares += one.weight**2
        wrong += 0.0 if one.right else one.weight
        level = one.confidence
        last = follower is None
        if not last and (follower.confidence == level or at % every):
            continue
        effective = weight**2 / squares
        if upper_bound(wrong / weight * effective, effective, confidence) <= target_error:
            found = level
    return found


def more_samples(wrong: int, count: int, target_error: float, confidence: float) -> int:
    """How many more samples without an error would show that the target error holds; 0 when it is shown."""
    if count and upper_bound(wrong, count, confidence) <= target_error:
        return 0
    most = max(1, ceil(log(1 - confidence) / log(1 - target_error)))
    while upper_bound(wrong, count + most, confidence) > target_error:
        most *= 2
    least = 0
    while most - least > 1:
        middle = (most + least) // 2
        if upper_bound(wrong, count + middle, confidence) <= target_error:
            most = middle
        else:
            least = middle
    return most


def _of_kind(
    kind: str,
    measured: Sequence[Measured],
    waiting: int,
    counted: tuple[int, int],
    *,
    target_error: float,
    confidence: float,
) -> KindQuality:
    samples = [one for one in measured if one.sample]
    wrong = sum(not one.right for one in samples)
    level = least_confidence(measured, target_error, confidence)
    reviewed = [one for one in measured if not one.sample]
    passing = sum(level is not None and one.confidence >= level for one in reviewed)
    passed, sent = counted
    return KindQuality(
        field_kind=kind,
        measured=len(samples),
        wrong=wrong,
        waiting=waiting,
        error=exact_interval(wrong, len(samples), confidence) if samples else None,
        accepted_share=passed / (passed + sent) if passed + sent else None,
        least_confidence=level,
        more_samples=more_samples(wrong, len(samples), target_error, confidence),
        more_automation=passing / len(reviewed) if reviewed else None,
    )
