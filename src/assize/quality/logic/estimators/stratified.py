"""A share from a stratified sample, and how to lay out the effort among strata before it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import sqrt
from statistics import NormalDist

from assize.quality.logic.estimators.effective import score_interval
from assize.quality.logic.estimators.estimate import Estimate, Undefined

LEAST = 2  # below two observations a stratum says nothing of its own spread


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """What was seen in one stratum. size: decisions it holds; n: drawn at random without replacement; found: events."""

    size: int
    n: int
    found: int


def stratified_share(strata: Sequence[Stratum], confidence: float = 0.95) -> Estimate:
    """Return the share of events over all strata, each weighed by its size, with an interval.

    The variance has the finite population correction, and each stratum's share in it is drawn a little to the middle
    (half an event and half a non-event added): a stratum in which nothing was found is not one in which nothing can be.
    The interval is Wilson's at the effective n that this variance is worth.
    Undefined where a stratum that holds anything was not drawn from: nothing weighs in its place.
    Raises ValueError for impossible counts.
    Source: Cochran 1977, "Sampling Techniques", sections 5.3 to 5.5; Agresti and Caffo 2000 for the addition.
    """
    for one in strata:
        if not 0 <= one.found <= one.n <= one.size:
            raise ValueError(f"{one.found} of {one.n} drawn of {one.size}")
    n, size = sum(one.n for one in strata), sum(one.size for one in strata)
    held = [one for one in strata if one.size]
    if not held:
        return Undefined(reason="there is nothing to draw from", n=0)
    if any(one.n == 0 for one in held):
        return Undefined(reason="a stratum was not drawn from", n=n)
    share = sum(one.size / size * one.found / one.n for one in held)
    middled = [(one.found + 0.5) / (one.n + 1) for one in held]
    variance = sum(
        (one.size / size) ** 2 * (1 - one.n / one.size) * toward * (1 - toward) / one.n
        for one, toward in zip(held, middled, strict=True)
    )
    overall = sum(one.size / size * toward for one, toward in zip(held, middled, strict=True))
    # Where everything was looked at there is no uncertainty of sampling left.
    effective = overall * (1 - overall) / variance if variance > 0 else float("inf")
    return score_interval(share, effective, n, confidence)


def neyman(
    sizes: Sequence[int], shares: Sequence[float], effort: int, costs: Sequence[float] | None = None
) -> list[int]:
    """Return how many to draw from each stratum so that the overall share is known best for an effort.

    shares: the shares expected; costs: the effort one draw takes, 1 where not given. Every stratum that holds two gets
    two, so that its spread is known; none gets more than it holds, and what it can't take goes to the others.
    Not in proportion to size: where events are rare in most of the volume, looking there buys little.
    Raises ValueError where the lists differ in length.
    Source: Neyman 1934, "On the Two Different Aspects of the Representative Method"; Cochran 1977, section 5.5; in
    whole numbers by equal proportions: Wright 2012, "The Equivalence of Neyman Optimum Allocation for Sampling and
    Equal Proportions for Apportioning the U.S. House of Representatives".
    """
    paid = list(costs) if costs is not None else [1.0] * len(sizes)
    # What one draw more takes off the variance, for what it costs: W^2 p (1 - p) / (n (n + 1)) / cost.
    worth = [
        size * size * max(share * (1 - share), 0.0) / cost
        for size, share, cost in zip(sizes, shares, paid, strict=True)
    ]
    given = [min(size, LEAST) for size in sizes]
    left = effort - sum(count * cost for count, cost in zip(given, paid, strict=True))
    queue = [(-worth[at] / (given[at] * (given[at] + 1)), at) for at, size in enumerate(sizes) if size > given[at]]
    heapify(queue)
    while queue and queue[0][0] < 0:
        at = heappop(queue)[1]
        if paid[at] > left:
            continue
        given[at] += 1
        left -= paid[at]
        if given[at] < sizes[at]:
            heappush(queue, (-worth[at] / (given[at] * (given[at] + 1)), at))
    return given


def half_width(share: float, n: int, size: int | None = None, confidence: float = 0.95) -> float:
    """Return the half-width to expect of a share's interval at n draws of `size`: for the preview of a plan.

    Without draws it is 1, as wide as can be. Source: Cochran 1977, section 3.2, with the finite population correction.
    """
    if n <= 0:
        return 1.0
    kept = 1.0 if size is None else max(0.0, 1 - n / size)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return min(1.0, z * sqrt(share * (1 - share) / n * kept))
