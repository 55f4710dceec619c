"""Krippendorff's alpha: agreement of any number of reviewers, any of whom may be missing, on any level of measurement."""

from typing import assert_never

import numpy as np

from assize.quality.logic.estimators.distances import Level, relative
from assize.quality.logic.estimators.estimate import Estimate, Floats, Undefined
from assize.quality.logic.estimators.kappa import MOST_LABELS, ONE_LABEL, TOO_MANY
from assize.quality.logic.estimators.ratings import Ratings, Units
from assize.quality.logic.estimators.resampling import Statistic, bootstrap, some


def krippendorff_alpha(ratings: Ratings, *, level: Level, rng: np.random.Generator) -> Estimate:
    """Return Krippendorff's alpha with its interval.

    Items with a single label say nothing about agreement and are left out; n: those that remain. Interval and ratio
    need labels that are numbers; ordinal takes the labels in their order.
    Unit: 1 perfect, 0 chance, below 0 worse than chance. Undefined where every label is the same.
    Not raw agreement: two reviewers guessing at a 2 % base rate agree 96 % of the time.
    Raises ValueError where a level needs numbers that the labels are not.
    Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
    """
    found = ratings.units.paired()
    if not len(found.times):
        return Undefined(reason="no item has labels of two reviewers", n=0)
    if level is Level.RATIO and found.labels > MOST_LABELS:
        return Undefined(reason=TOO_MANY, n=int(found.times.sum()))
    found, unseen = found.with_unseen()
    return bootstrap(found.times, _statistic(found, level, ratings.values), rng=rng, undefined=ONE_LABEL, unseen=unseen)


def _statistic(found: Units, level: Level, values: Floats | None) -> Statistic:
    if level in {Level.INTERVAL, Level.RATIO} and values is None:
        raise ValueError(f"{level.value} labels are numbers")
    if level is Level.RATIO and values is not None and bool((values < 0).any()):
        raise ValueError("ratio labels are not below 0")
    match level:
        case Level.NOMINAL:
            return _nominal(found)
        case Level.ORDINAL:
            return lambda times: _by_moments(found, times, _ranks(found.marginals(times)))
        case Level.INTERVAL:
            centred = _scaled(np.asarray(values))
            return lambda times: _by_moments(found, times, centred)
        case Level.RATIO:
            return _ratio(found, np.asarray(values))
        case _:
            assert_never(level)


def _nominal(found: Units) -> Statistic:
    size = found.size.astype(np.float64)
    apart = (size * size - found.squares()) / (size - 1)

    def statistic(times: Floats) -> tuple[Floats, Floats]:
        marginals = found.marginals(times)
        n = marginals.sum(axis=1)
        return times @ apart / n, (n * n - (marginals**2).sum(axis=1)) / (n * (n - 1))

    return statistic


def _by_moments(found: Units, times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Squared differences summed by moments: labels x labels would not fit where labels are measurements.

    values: of each label; resamples x labels, where they differ between resamples.
    """
    marginals = found.marginals(times)
    n = marginals.sum(axis=1)
    size = found.size.astype(np.float64)
    first, second = found.sums(values), found.sums(values * values)
    apart = np.maximum(2 * (size * second - first * first) / (size - 1), 0)
    total = (marginals * values).sum(axis=1)
    expected = 2 * (n * (marginals * values * values).sum(axis=1) - total**2) / (n * (n - 1))
    return some((times * apart).sum(axis=1) / n), some(expected)


def _ranks(marginals: Floats) -> Floats:
    """Return each label's middle rank among all ratings, scaled to 1 from first to last; resamples x labels.

    Krippendorff's ordinal difference is the squared number of ranks between the middles of two labels.
    """
    given = marginals > 0
    middles = np.cumsum(marginals, axis=1) - marginals / 2
    low = np.where(given, middles, np.inf).min(axis=1, keepdims=True)
    span = np.where(given, middles, -np.inf).max(axis=1, keepdims=True) - low
    return np.where(given, middles - low, 0.0) / np.where(span > 0, span, 1.0)


def _scaled(values: Floats) -> Floats:
    span = float(values.max() - values.min())
    return np.asarray((values - values.min()) / (span or 1.0))


def _ratio(found: Units, values: Floats) -> Statistic:
    distance = relative(values)
    size = found.size.astype(np.float64)
    apart = found.products(distance) / (size - 1)

    def statistic(times: Floats) -> tuple[Floats, Floats]:
        marginals = found.marginals(times)
        n = marginals.sum(axis=1)
        expected = (marginals @ distance * marginals).sum(axis=1) / (n * (n - 1))
        return some(times @ apart / n), some(expected)

    return statistic
