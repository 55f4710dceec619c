"""Raw agreement between reviewers, and of a reviewer with themselves: the figures to stand beside every coefficient."""

from dataclasses import dataclass

import numpy as np

from assize.quality.logic.estimators.distances import quadratic
from assize.quality.logic.estimators.estimate import Estimate, Floats, Undefined
from assize.quality.logic.estimators.kappa import exact, kappa, pairs
from assize.quality.logic.estimators.ratings import Ratings
from assize.quality.logic.estimators.resampling import bootstrap

NO_PAIRS = "no item has labels of two reviewers"


def raw_agreement(ratings: Ratings, *, rng: np.random.Generator) -> Estimate:
    """Return the share of pairs of reviewers who agree, the mean over items with two labels or more, with its interval.

    n: those items. Not corrected for chance: at a base rate of 2 % two reviewers who guess agree 96 % of the time.
    Source: Fleiss 1971, "Measuring Nominal Scale Agreement among Many Raters" (the mean of P_i).
    """
    found, unseen = ratings.units.paired().with_unseen()
    apart = 1 - (found.squares() - found.size) / (found.size * (found.size - 1.0))

    def statistic(weights: Floats) -> tuple[Floats, Floats]:
        return weights @ apart / weights.sum(axis=1), np.ones(len(weights))

    return bootstrap(found.times, statistic, rng=rng, undefined=NO_PAIRS, unseen=unseen)


@dataclass(frozen=True, kw_only=True)
class IntraRater:
    """How reviewers agree with themselves where they labelled an item again. n: repeated pairs."""

    exact: Estimate
    kappa: Estimate
    weighted_kappa: Estimate


def intra_rater(ratings: Ratings, *, rng: np.random.Generator) -> IntraRater:
    """Return the agreement of first and second labels by the same reviewer of the same item, over all reviewers.

    Only items that a reviewer labelled just twice. It bounds from above what agreement between reviewers can be asked
    for. The weighted kappa has quadratic weights over the labels in their order. Source: Gwet 2014, "Handbook of Inter-Rater Reliability", chapter 11.
    """
    first, second = ratings.repeats()
    if not len(first):
        none = Undefined(reason="no reviewer labelled an item twice", n=0)
        return IntraRater(exact=none, kappa=none, weighted_kappa=none)
    found = pairs(ratings.label[first], ratings.label[second], len(ratings.labels))
    return IntraRater(
        exact=exact(found, rng=rng),
        kappa=kappa(found, rng=rng),
        weighted_kappa=kappa(found, rng=rng, weights=quadratic(found.labels)),
    )
