"""The difference of two proportions: before and after, one team and another."""

from math import sqrt

from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.estimate import Estimate, Undefined


def newcombe(first: int, first_n: int, second: int, second_n: int, confidence: float = 0.95) -> Estimate:
    """Return the first share minus the second, with Newcombe's hybrid score interval; n: both together.

    For two independent samples. Not two intervals looked at for overlap: they can overlap while the difference is
    sure. Undefined where either sample is empty. Raises ValueError for impossible counts.
    Source: Newcombe 1998, "Interval Estimation for the Difference between Independent Proportions", method 10.
    """
    one, other = wilson(first, first_n, confidence), wilson(second, second_n, confidence)
    if one is None or other is None:
        return Undefined(reason="one of the two samples is empty", n=first_n + second_n)
    difference = one.value - other.value
    below = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    above = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Interval(value=difference, low=difference - below, high=difference + above, n=first_n + second_n)
