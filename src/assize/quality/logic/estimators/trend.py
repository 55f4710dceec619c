"""A reviewer's rate over time: a smoothed line with the limits within which it moves by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

SMOOTHING = 0.2  # about nine periods of memory
LIMIT = 2.86  # standard errors; with a smoothing of .2 one false signal in about 370 periods (Lucas and Saccucci 1990)


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One period: the smoothed rate, the limits it keeps to by chance, and whether it left them."""

    value: float
    low: float
    high: float
    signal: bool
    n: int


def ewma(
    periods: Sequence[tuple[int, int]], *, expected: float, smoothing: float = SMOOTHING, limit: float = LIMIT
) -> list[TrendPoint]:
    """Return the exponentially weighted moving average of a rate with its limits.

    periods: events and observations of each, oldest first; a period without observations keeps the line where it is.
    expected: the rate while nothing changes. Limits are exact for the counts there were: wide at first and after thin
    periods. Small lasting shifts show here long before any one period is out of line.
    Raises ValueError for impossible figures.
    Source: Roberts 1959, "Control Chart Tests Based on Geometric Moving Averages"; limits: Lucas and Saccucci 1990.
    """
    if not (0 < smoothing <= 1 and 0 <= expected <= 1):
        raise ValueError(f"a rate of {expected} smoothed by {smoothing}")
    value, variance, points = expected, 0.0, []
    for events, n in periods:
        if not 0 <= events <= n:
            raise ValueError(f"{events} events of {n}")
        if n:
            value = smoothing * events / n + (1 - smoothing) * value
            variance = smoothing**2 * expected * (1 - expected) / n + (1 - smoothing) ** 2 * variance
        half = limit * sqrt(variance)
        low, high = max(0.0, expected - half), min(1.0, expected + half)
        points.append(TrendPoint(value=value, low=low, high=high, signal=not low <= value <= high, n=n))
    return points
