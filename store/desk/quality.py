"""How good the accepted fields are, by what people entered of the sample, which stands for all of them."""

from math import ceil, log

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.desk.intervals import exact_interval, upper_bound
from store.desk.model import KindQuality
from store.desk.settings import ReviewSettings
from store.desk.tables import Measurement, ReadingCount
from store.tables import ReviewTask


def quality(session: Session, settings: ReviewSettings, target_error: float) -> tuple[KindQuality, ...]:
    """How good the machine is by kind of field; kinds of which nothing is known are left out.

    Args:
        session: of ``reading``.
        settings: of the review.
        target_error: share of wrong fields that may pass unseen.
    """
    measured = {
        kind: (count, wrong)
        for kind, count, wrong in session.execute(
            select(
                Measurement.field_kind,
                func.count(),
                func.count().filter(Measurement.was_right.is_(False)),
            )
            .where(Measurement.sample)
            .group_by(Measurement.field_kind)
        ).tuples()
    }
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
            measured.get(kind, (0, 0)),
            waiting.get(kind, 0),
            counted.get(kind, (0, 0)),
            target_error=target_error,
            confidence=settings.sample_confidence,
        )
        for kind in kinds
    )


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
    measured: tuple[int, int],
    waiting: int,
    counted: tuple[int, int],
    *,
    target_error: float,
    confidence: float,
) -> KindQuality:
    samples, wrong = measured
    passed, sent = counted
    return KindQuality(
        field_kind=kind,
        measured=samples,
        wrong=wrong,
        waiting=waiting,
        error=exact_interval(wrong, samples, confidence) if samples else None,
        accepted_share=passed / (passed + sent) if passed + sent else None,
        more_samples=more_samples(wrong, samples, target_error, confidence),
    )
