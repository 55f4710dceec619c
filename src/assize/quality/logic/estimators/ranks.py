"""Ranks with their uncertainty: how many are surely better, how many surely worse, and nothing in between."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from assize.quality.logic.estimators.estimate import Floats, Ints


@dataclass(frozen=True, kw_only=True)
class RankInterval:
    """The ranks one of several may have; 1 is the best. Where all intervals overlap, everybody has every rank."""

    low: int
    high: int


def rank_intervals(right: Ints, n: Ints, confidence: float = 0.95) -> list[RankInterval]:
    """Return the interval of each one's rank by their share of right answers, all of them true at once.

    right, n: one entry each; whoever has no answers may have any rank. Each pair is compared by Newcombe's interval of
    the difference, with Bonferroni's correction over all pairs: the best rank is one more than those surely better.
    Not the order of the shares: of ten equally good reviewers one is first, and it means nothing.
    Shares are taken as independent; on the same items that makes the intervals too wide, never too narrow, unless
    reviewers err on opposite items.
    Source: Mogstad, Romano, Shaikh and Wilhelm 2024, "Inference for Ranks" (ranks from simultaneous intervals of
    differences); Newcombe 1998, "Interval Estimation for the Difference between Independent Proportions", method 10.
    """
    count = len(n)
    comparisons = max(count * (count - 1) // 2, 1)
    z = NormalDist().inv_cdf(1 - (1 - confidence) / (2 * comparisons))
    known = n > 0
    share = right / np.maximum(n, 1)
    low, high = _wilson(share, np.maximum(n, 1), z)
    better, worse = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for at in range(count):
        if known[at]:
            ahead = share - share[at]
            floor = ahead - np.sqrt((share - low) ** 2 + (high[at] - share[at]) ** 2)
            ceiling = ahead + np.sqrt((high - share) ** 2 + (share[at] - low[at]) ** 2)
            better[at] = int((known & (floor > 0)).sum())
            worse[at] = int((known & (ceiling < 0)).sum())
    return [
        RankInterval(low=1 + above, high=count - below)
        for above, below in zip(better.tolist(), worse.tolist(), strict=True)
    ]


def _wilson(share: Floats, n: Ints, z: float) -> tuple[Floats, Floats]:
    denominator = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / denominator
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4.0 * n * n)) / denominator
    return np.maximum(np.minimum(centre - half, share), 0), np.minimum(np.maximum(centre + half, share), 1)
