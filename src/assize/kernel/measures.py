"""Numbers that carry their uncertainty: no rate without its n and its interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate with its 95 % interval and the number of observations behind it."""

    value: float
    low: float
    high: float
    n: int


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Return the Wilson score interval of a proportion, or None where nothing was observed.

    Not the normal ("Wald") interval: at 0 of 214 that one says exactly 0.
    Raises ValueError when `successes` is not within 0..n.
    Source: Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference".
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / n
    denominator = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / denominator
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / denominator
    # At none and at all the bound is exact; rounding would otherwise leave the estimate outside its own interval.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Interval(value=share, low=low, high=high, n=n)


PER_DOUBLING = (
    4  # buckets of durations: a quarter of a doubling wide, so that a percentile is within a tenth of the truth
)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How long something took, in seconds: never the mean alone. n: how many were measured."""

    n: int
    p50: float
    p90: float
    p95: float
    most: float


def spread(buckets: Mapping[int, int], *, most: float) -> Spread | None:
    """Return percentiles of durations counted in buckets; None where nothing was measured.

    buckets: how many took from 2**(b/4) to 2**((b+1)/4) seconds; the lowest holds everything below. The middle of the
    bucket is given, within 9 % of the truth; the longest is exact.
    """
    n = sum(buckets.values())
    if n == 0:
        return None
    p50, p90, p95 = (min(_percentile(buckets, n, share), most) for share in (0.5, 0.9, 0.95))
    return Spread(n=n, p50=p50, p90=p90, p95=p95, most=most)


def _percentile(buckets: Mapping[int, int], n: int, share: float) -> float:
    before = 0
    for bucket in sorted(buckets):
        before += buckets[bucket]
        if before >= share * n:
            return float(2 ** ((bucket + 0.5) / PER_DOUBLING))
    raise AssertionError("shares above 1 are nobody's percentile")
