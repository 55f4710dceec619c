"""Gwet's coefficients: agreement that doesn't collapse where nearly every label is the same."""

import numpy as np

from assize.quality.logic.estimators.distances import Level, weights
from assize.quality.logic.estimators.estimate import Estimate, Floats, Undefined
from assize.quality.logic.estimators.kappa import MOST_LABELS, TOO_MANY, by_shares
from assize.quality.logic.estimators.ratings import Ratings

ONE_LABEL = "every label is the same, and with one label there is no chance to compare with"


def gwet_ac1(ratings: Ratings, *, rng: np.random.Generator) -> Estimate:
    """Return Gwet's AC1 with its interval.

    For labels that are rare: where 98 % of the labels are the same, kappa falls to nought while reviewers agree.
    Chance is taken over as many labels as occur. Unit: 1 perfect, 0 chance. Undefined where only one occurs.
    Source: Gwet 2008, "Computing Inter-Rater Reliability and Its Variance in the Presence of High Agreement".
    """
    given = _given(ratings)
    if len(given) <= 1:
        return Undefined(reason=ONE_LABEL, n=0)
    return by_shares(ratings, rng=rng, expected=lambda shares: 1 - _chance(shares, len(given), float(len(given))))


def gwet_ac2(ratings: Ratings, *, level: Level, rng: np.random.Generator) -> Estimate:
    """Return Gwet's AC2: AC1 in which near labels count for part of an agreement, with its interval.

    Weights by level as in `distances.weights`; with a nominal level it is AC1.
    Source: Gwet 2014, "Handbook of Inter-Rater Reliability", 4th edition, chapter 4.
    """
    given = _given(ratings)
    if len(given) <= 1:
        return Undefined(reason=ONE_LABEL, n=0)
    if len(given) > MOST_LABELS:
        return Undefined(reason=TOO_MANY, n=0)
    places = np.arange(len(ratings.labels), dtype=np.float64)
    values = ratings.values if ratings.values is not None else places
    between = weights(level, values)
    total = float(between[np.ix_(given, given)].sum())
    return by_shares(ratings, rng=rng, expected=lambda shares: 1 - _chance(shares, len(given), total), weights=between)


def _given(ratings: Ratings) -> list[int]:
    return [int(label) for label in np.unique(ratings.label)]


def _chance(shares: Floats, labels: int, total: float) -> Floats:
    return np.asarray(total * (shares * (1 - shares)).sum(axis=1) / (labels * (labels - 1)))
