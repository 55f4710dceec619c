"""How long a queue may take to be clear."""

from collections.abc import Sequence
from math import comb
from statistics import median

from assize.triage.models import Clearing

CONFIDENCE = 0.95
LEAST = 6  # hours: of fewer no two lie around the median with 95 % confidence


def time_to_clear(open_now: int, gone: Sequence[int]) -> Clearing | None:
    """Return the hours that what is open takes at the median outflow of an hour, with the interval of that median.

    gone: how many left in each of the last full hours; hours in which nobody worked on the queue are left out, so the
    answer is in hours of work. None with fewer than six such hours. Not the mean: one quick hour of duplicates would
    promise an empty queue. What comes in meanwhile is not counted.
    Source: the distribution-free interval of a median by order statistics, Conover 1999, "Practical Nonparametric
    Statistics", 3rd ed., section 3.2.
    """
    worked = sorted(one for one in gone if one > 0)
    n = len(worked)
    if n < LEAST:
        return None
    rank = _rank(n)
    slow, quick, middle = worked[rank - 1], worked[n - rank], median(worked)
    return Clearing(
        hours=open_now / middle, low=open_now / quick, high=open_now / slow, per_hour=middle, n=n, gone=sum(worked)
    )


def _rank(n: int) -> int:
    """Return the largest k for which the k-th smallest and k-th largest enclose the median with the confidence."""
    outside, rank = 0.0, 0
    while True:
        outside += comb(n, rank) / 2**n
        if 2 * outside > 1 - CONFIDENCE:
            return rank
        rank += 1
