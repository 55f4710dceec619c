"""Kappa: agreement beyond what the reviewers' own habits would give by chance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assize.quality.logic.estimators.distances import Level, weights
from assize.quality.logic.estimators.estimate import Estimate, Floats, Ints, Undefined, tally
from assize.quality.logic.estimators.ratings import MOST_UNSEEN, Ratings
from assize.quality.logic.estimators.resampling import Statistic, bootstrap, some

MOST_LABELS = 2_000  # weights take the square of it; labels this many are measurements: take alpha
TOO_MANY = f"more than {MOST_LABELS} different labels"
ONE_LABEL = "every label is the same, so that chance alone would agree as often"
BOTH_ONE_LABEL = "both reviewers gave one and the same label throughout, so that chance alone would agree as often"


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Two labels of each item, equal pairs told once: the cells of a contingency table that are not empty.

    unseen: how much of an item is added to each when items are drawn again, as in `Units.with_unseen`.
    """

    first: Ints
    second: Ints
    times: Ints
    unseen: Floats
    labels: int


def pairs(first: Ints, second: Ints, labels: int) -> Pairs:
    """Return first and second labels, one entry an item, as cells of their table."""
    cells, times = np.unique(first * max(labels, 1) + second, return_counts=True)
    unseen = np.zeros(len(cells))
    if 1 < labels <= MOST_UNSEEN:
        one, other = np.argsort(-np.bincount(np.r_[first, second], minlength=labels), kind="stable")[:2]
        added = np.r_[np.arange(labels) * (labels + 1), one * labels + other, other * labels + one]
        cells, times = np.r_[cells, added], np.r_[times, np.zeros(len(added), dtype=np.int64)]
        unseen = np.r_[unseen, np.full(labels, 1 / labels), 0.25, 0.25]
    rows, columns = np.divmod(cells, max(labels, 1))
    return Pairs(first=rows, second=columns, times=times.astype(np.int64), unseen=unseen, labels=labels)


def pairs_of_two(ratings: Ratings) -> Pairs | Undefined:
    """Return the labels of two reviewers on the items both labelled; undefined where there are not just two."""
    if len(ratings.raters) != 2:  # noqa: PLR2004 - a kappa of Cohen's is between two
        return Undefined(reason=f"it compares two reviewers, and there are {len(ratings.raters)}", n=0)
    first = ratings.first
    labels = np.full((2, len(first.items)), -1, dtype=np.int64)
    labels[first.rater, first.item] = first.label
    both = (labels >= 0).all(axis=0)
    if not both.any():
        return Undefined(reason="the two reviewers have no item in common", n=0)
    return pairs(labels[0, both], labels[1, both], len(ratings.labels))


def cohen_kappa(ratings: Ratings, *, rng: np.random.Generator) -> Estimate:
    """Return Cohen's kappa of two reviewers with its interval.

    Not for three or more: the mean over pairs hides who differs; there Fleiss' kappa or alpha is asked.
    Unit: 1 perfect, 0 chance. Undefined where both gave the same one label throughout.
    Source: Cohen 1960, "A Coefficient of Agreement for Nominal Scales".
    """
    found = pairs_of_two(ratings)
    return found if isinstance(found, Undefined) else kappa(found, rng=rng)


def weighted_kappa(ratings: Ratings, *, level: Level, rng: np.random.Generator) -> Estimate:
    """Return the kappa of two reviewers in which near labels count for part of an agreement, with its interval.

    Weights by level as in `distances.weights`; ordinal and interval labels by their place and value.
    Source: Cohen 1968, "Weighted Kappa"; Gwet 2014 for the weights.
    """
    found = pairs_of_two(ratings)
    if isinstance(found, Undefined):
        return found
    if found.labels > MOST_LABELS:
        return Undefined(reason=TOO_MANY, n=int(found.times.sum()))
    values = ratings.values if ratings.values is not None else np.arange(found.labels, dtype=np.float64)
    return kappa(found, rng=rng, weights=weights(level, values))


def kappa(found: Pairs, *, rng: np.random.Generator, weights: Floats | None = None) -> Estimate:
    """Return the kappa of a table of pairs; weights: labels x labels, identity where not given."""
    return bootstrap(found.times, _kappa(found, weights), rng=rng, undefined=BOTH_ONE_LABEL, unseen=found.unseen)


def exact(found: Pairs, *, rng: np.random.Generator) -> Estimate:
    """Return the share of pairs that agree, not corrected for chance."""
    apart = (found.first != found.second).astype(np.float64)

    def statistic(times: Floats) -> tuple[Floats, Floats]:
        return times @ apart / times.sum(axis=1), np.ones(len(times))

    return bootstrap(found.times, statistic, rng=rng, undefined="there is no pair", unseen=found.unseen)


def _kappa(found: Pairs, weights: Floats | None) -> Statistic:
    agreeing = (found.first == found.second).astype(np.float64)
    if weights is not None:
        agreeing = weights[found.first, found.second]

    def statistic(times: Floats) -> tuple[Floats, Floats]:
        n = times.sum(axis=1, keepdims=True)
        first = tally(found.first, times / n, found.labels)
        second = tally(found.second, times / n, found.labels)
        chance = ((first if weights is None else first @ weights) * second).sum(axis=1)
        return some(1 - times @ agreeing / n[:, 0]), some(1 - chance)

    return statistic


def fleiss_kappa(ratings: Ratings, *, rng: np.random.Generator) -> Estimate:
    """Return Fleiss' kappa of any number of reviewers, not all of whom need have seen all items, with its interval.

    Agreement over items with two labels or more (n of them); the labels' shares over all items that have any, each item
    with the same weight. With as many labels on every item it is Fleiss' own.
    Unit: 1 perfect, 0 chance. Undefined where every label is the same.
    Source: Fleiss 1971, "Measuring Nominal Scale Agreement among Many Raters"; missing labels as in Gwet 2014, ch. 2.
    """
    return by_shares(ratings, rng=rng, expected=lambda shares: 1 - (shares**2).sum(axis=1))


def by_shares(
    ratings: Ratings,
    *,
    rng: np.random.Generator,
    expected: Callable[[Floats], Floats],
    weights: Floats | None = None,
) -> Estimate:
    """Return the coefficient whose expected disagreement is a function of the labels' shares: Fleiss, AC1 and AC2."""
    if not len(ratings.units.paired().times):
        return Undefined(reason="no item has labels of two reviewers", n=0)
    found, unseen = ratings.units.with_unseen()
    paired = found.size >= 2  # noqa: PLR2004 - a pair
    size = np.maximum(found.size, 2).astype(np.float64)
    agreeing = found.squares() if weights is None else found.products(weights)
    apart = np.where(paired, 1 - (agreeing - found.size) / (size * (size - 1)), 0.0)
    each = found.cell_count / found.size[found.cell_pattern]

    def statistic(times: Floats) -> tuple[Floats, Floats]:
        pairable = times @ paired
        counts = tally(found.cell_label, each * times[:, found.cell_pattern], found.labels)
        observed = np.divide(times @ apart, pairable, out=np.zeros(len(times)), where=pairable > 0)
        chance = some(expected(counts / times.sum(axis=1, keepdims=True)))
        return some(observed), np.where(pairable > 0, chance, 0.0)

    n = int(found.times @ paired)
    return bootstrap(found.times, statistic, rng=rng, undefined=ONE_LABEL, n=n, unseen=unseen)
