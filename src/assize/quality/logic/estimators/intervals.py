"""Intervals of one proportion. Wilson's is in `kernel.measures`, where every slice finds it."""

from math import ceil, log
from statistics import NormalDist

from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.special import beta_quantile

__all__ = [
    "clopper_pearson",
    "jeffreys",
    "needed_at_zero",
    "needed_for_half_width",
    "upper_bound",
    "upper_bound_at_zero",
    "wilson",
]


def jeffreys(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Return Jeffreys' interval of a proportion (Beta(1/2, 1/2) prior, equal tails), None where nothing was observed.

    At none the lower end is 0, at all the upper end is 1. Its coverage is right on average over p, not at every p.
    Raises ValueError when `successes` is not within 0..n.
    Source: Brown, Cai and DasGupta 2001, "Interval Estimation for a Binomial Proportion", section 3.1.3.
    """
    _check(successes, n)
    if n == 0:
        return None
    tail, a, b = (1 - confidence) / 2, successes + 0.5, n - successes + 0.5
    low = 0.0 if successes == 0 else beta_quantile(tail, a, b)
    high = 1.0 if successes == n else beta_quantile(1 - tail, a, b)
    return Interval(value=successes / n, low=low, high=high, n=n)


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Return the exact interval of a proportion, None where nothing was observed.

    It covers at least as often as it says at every p, and is wider than Wilson's for it: the one for a guarantee.
    Raises ValueError when `successes` is not within 0..n.
    Source: Clopper and Pearson 1934, "The Use of Confidence or Fiducial Limits".
    """
    _check(successes, n)
    if n == 0:
        return None
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else beta_quantile(tail, successes, n - successes + 1)
    return Interval(value=successes / n, low=low, high=upper_bound(successes, n, 1 - tail), n=n)


def upper_bound(successes: int, n: int, confidence: float = 0.95) -> float:
    """Return the exact one-sided upper bound of a proportion: what "at most so many are wrong" is said by.

    With nothing observed it is 1. Raises ValueError when `successes` is not within 0..n.
    Source: Clopper and Pearson 1934.
    """
    _check(successes, n)
    if successes == n:
        return 1.0
    if successes == 0:
        return upper_bound_at_zero(n, confidence)
    return beta_quantile(confidence, successes + 1, n - successes)


def upper_bound_at_zero(n: int, confidence: float = 0.95) -> float:
    """Return the exact upper bound where none was found in n: 1 - (1 - confidence)^(1/n); with nothing observed 1.

    Not "3/n", which approximates it: at n = 10 the rule of three says 30 %, the truth is 25.9 %.
    Source: Hanley and Lippman-Hand 1983, "If Nothing Goes Wrong, Is Everything All Right?".
    """
    if n < 0:
        raise ValueError(f"{n} observations")
    return 1.0 if n == 0 else 1 - (1 - confidence) ** (1 / n)


def needed_at_zero(bound: float, confidence: float = 0.95) -> int:
    """Return how many observations without an error show that the share of errors is at most `bound`."""
    if not 0 < bound < 1:
        raise ValueError(f"a bound of {bound}")
    needed = max(1, int(log(1 - confidence) / log(1 - bound)))
    while upper_bound_at_zero(needed, confidence) > bound:
        needed += 1
    return needed


def needed_for_half_width(share: float, half_width: float, confidence: float = 0.95) -> int:
    """Return the n at which the normal interval of a proportion is +- `half_width`: for planning, not for reporting.

    A share of 5 % known to +- 2 points needs 457. Source: Cochran 1977, "Sampling Techniques", section 4.4.
    """
    if not (0 <= share <= 1 and half_width > 0):
        raise ValueError(f"a share of {share} to within {half_width}")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return ceil(z * z * share * (1 - share) / half_width**2)


def _check(successes: int, n: int) -> None:
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
