"""The interval of a share that was estimated from an unequal sample: as wide as the equal sample it is worth."""

from math import sqrt
from statistics import NormalDist

from assize.kernel.measures import Interval

HALFWAY = 0.5  # above it the rarer thing is that there is no event


def score_interval(share: float, effective_n: float, n: int, confidence: float = 0.95) -> Interval:
    """Return Wilson's interval of a share at an effective sample size; n is told as it was.

    Not share +- 2 standard errors: where events are rare that reaches below nought and covers too seldom.
    Source: Korn and Graubard 1998, "Confidence Intervals for Proportions with Small Expected Number of Positive Counts
    Estimated from Survey Data" (effective n); Wilson 1927 for the score interval, as in Dean and Pagano 2015.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    squared = z * z / effective_n
    centre = (share + squared / 2) / (1 + squared)
    half = z * sqrt(share * (1 - share) / effective_n + squared / (4 * effective_n)) / (1 + squared)
    low, high = max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
    return Interval(value=share, low=low, high=high, n=n)
