"""Exact (Clopper-Pearson) bounds of a share, by the incomplete beta function. Pure.

Written out, since nothing else here needs scipy; the tests compare the two.
"""

from math import exp, lgamma, log, log1p

from store.desk.model import Interval

STEPS = 60
"""Halvings of an interval of length 1: beyond what a float tells apart."""

TINY = 1e-300
TERMS = 1000


def exact_interval(wrong: float, count: float, confidence: float) -> Interval:
    """A share with its two-sided interval; counts need not be whole.

    Args:
        wrong: of ``count``, which is more than 0.
        count: how many were looked at.
        confidence: how sure the interval is to hold the true share.
    """
    sure = 1 - (1 - confidence) / 2
    return Interval(wrong / count, lower_bound(wrong, count, sure), upper_bound(wrong, count, sure))


def lower_bound(wrong: float, count: float, confidence: float) -> float:
    """The smallest share that fits what was seen, one-sided; 0 where nothing wrong was seen."""
    return 0.0 if wrong <= 0 else _quantile(1 - confidence, wrong, count - wrong + 1)


def upper_bound(wrong: float, count: float, confidence: float) -> float:
    """The largest share that fits what was seen, one-sided; 1 where nothing was seen."""
    return 1.0 if wrong >= count else _quantile(confidence, wrong + 1, count - wrong)


def _quantile(probability: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if incomplete_beta(a, b, middle) < probability else (low, middle)
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function, by Lentz's continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * fraction


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
