"""The bootstrap by case: items drawn again with replacement, each with all its ratings."""

from collections.abc import Callable, Iterator
from statistics import NormalDist

import numpy as np

from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.estimate import Estimate, Floats, Ints, Undefined

REPLICATES = 1_000
MANY = (
    20_000  # kinds of item; from here on figures are as good as normal, and their standard error is all that is asked
)
FEWER = 100  # replicates are enough for a standard error, not for percentiles (Efron and Tibshirani 1993, section 6.4)
SMALL = 5_000  # items; beyond, what may have gone unseen moves no interval
AT_ONCE = 1_000_000  # counts held at a time: a thousand resamples of a hundred thousand items would fill the memory

Statistic = Callable[[Floats], tuple[Floats, Floats]]


def bootstrap(
    times: Ints,
    statistic: Statistic,
    *,
    rng: np.random.Generator,
    undefined: str,
    n: int | None = None,
    unseen: Floats | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Return 1 - observed / expected disagreement, with its percentile interval over resampled items.

    times: how many items there are of each kind. statistic: given how often each kind counts (resamples x kinds), the
    observed and the expected disagreement of each resample, on a scale on which the worst is 1; where none is expected
    the figure is undefined.
    n: how many of the items the figure is about, where not all. undefined: the reason to give where it is none.
    unseen: of each kind how much of an item is added to those drawn from, see `unseen_items`.
    Replicates on which it is undefined are left out.
    Items, not ratings, are drawn: ratings of one item depend on each other, and drawing them apart makes intervals
    that are too narrow. Where no resample can hold a disagreement because there is none, the lower end is what
    Wilson's bound on unseen disagreement leaves: an interval from 1 to 1 would claim certainty at any n.
    Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13; for coefficients of agreement
    Zapf et al. 2016, "Measuring inter-rater reliability for nominal data".
    """
    n = int(times.sum()) if n is None else n
    if n == 0:
        return Undefined(reason=undefined, n=0)
    observed, expected = (float(one[0]) for one in statistic(times.astype(np.float64)[None, :]))
    if not expected > 0:
        return Undefined(reason=undefined, n=n)
    value = 1 - observed / expected
    if observed == 0:
        return Interval(value=1.0, low=max(-1.0, 1 - _unseen(n, confidence) / expected), high=1.0, n=n)
    many = len(times) > MANY
    drawn = replicates(
        times, lambda weights: _corrected(*statistic(weights)), FEWER if many else REPLICATES, rng, unseen
    )
    low, high = by_error(value, drawn, confidence) if many else percentiles(drawn, confidence)
    least = 1 - 1 / expected  # what the worst disagreement would give
    return Interval(value=value, low=max(min(low, value), least), high=min(max(high, value), 1.0), n=n)


def replicates(
    times: Ints,
    figure: Callable[[Floats], Floats],
    count: int,
    rng: np.random.Generator,
    unseen: Floats | None = None,
) -> Floats:
    """Return a figure on `count` resamples; figure: given how often each kind counts, resamples x kinds."""
    return np.concatenate([figure(weights) for weights in _batches(times, count, rng, unseen)])


def _batches(times: Ints, count: int, rng: np.random.Generator, unseen: Floats | None) -> Iterator[Floats]:
    n, kinds = int(times.sum()), len(times)
    # Counts for each kind cost as much as there are kinds, single draws as much as there are items.
    few = kinds * 4 < n or n <= SMALL
    size = max(1, AT_ONCE // max(kinds, 0 if few else n))
    shares = times if unseen is None else times + unseen
    kind = np.repeat(np.arange(kinds), 0 if few else times)
    for start in range(0, count, size):
        rows = min(size, count - start)
        if few:
            yield rng.multinomial(n, shares / shares.sum(), size=rows).astype(np.float64)
        else:
            drawn = kind[rng.integers(0, n, (rows, n))] + kinds * np.arange(rows)[:, None]
            yield np.bincount(drawn.ravel(), minlength=rows * kinds).reshape(rows, kinds).astype(np.float64)


def _corrected(observed: Floats, expected: Floats) -> Floats:
    ratio = np.divide(observed, expected, out=np.full_like(observed, np.nan), where=expected > 0)
    return np.asarray(1 - ratio)


def by_error(value: float, drawn: Floats, confidence: float) -> tuple[float, float]:
    """Return the normal interval around a value with the standard error of resampled statistics."""
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * float(np.nanstd(drawn, ddof=1))
    return value - half, value + half


def percentiles(drawn: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of resampled statistics, those that are NaN left out."""
    kept = drawn[np.isfinite(drawn)]
    if not len(kept):
        return float("-inf"), float("inf")
    tail = (1 - confidence) / 2
    low, high = np.quantile(kept, [tail, 1 - tail])
    return float(low), float(high)


def some(disagreement: Floats) -> Floats:
    """Return disagreement, exactly 0 where it is only what rounding leaves of it."""
    return np.where(disagreement > 1e-12, disagreement, 0.0)  # noqa: PLR2004 - a few roundings of double precision


def _unseen(n: int, confidence: float) -> float:
    bound = wilson(0, n, confidence)
    return 1.0 if bound is None else bound.high
