"""Whether more comes in than usual."""

from collections.abc import Sequence
from math import sqrt
from statistics import median

LEAST_HOURS = 6  # of fewer nobody can say what is usual
LEAST = 10  # cases: a handful is no surge, whatever is usual
TIMES, DEVIATIONS = 2.0, 4.0  # twice what is usual, and further off than counts of such a size are by chance


def usual_if_surging(last: int, before: Sequence[int]) -> float | None:
    """Return what is usual where the last full hour is a surge against the hours before, else None.

    A surge is at least 10, at least twice the median, and more than four standard deviations of a Poisson count above
    it: with twenty queues looked at every hour, chance alone would show less than one a month.
    """
    if len(before) < LEAST_HOURS or last < LEAST:
        return None
    usual = float(median(before))
    surging = last >= TIMES * usual and last > usual + DEVIATIONS * sqrt(max(usual, 1.0))
    return usual if surging else None
