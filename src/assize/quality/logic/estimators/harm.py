"""Errors weighed by the harm they let through: a gravest case passed over is not one error among many."""

from collections.abc import Sequence

import numpy as np

from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.estimate import Estimate, Floats, Ints, Undefined
from assize.quality.logic.estimators.intervals import upper_bound_at_zero
from assize.quality.logic.estimators.resampling import REPLICATES, percentiles, replicates


def costs_by_severity(harm: Sequence[float], overreach: float) -> Floats:
    """Return a cost matrix, true x given severity, from the harm that a case of each severity lets through.

    harm: by severity, in the order of the labels. Calling a case less grave than it is costs the harm in between;
    calling it graver costs `overreach` times that: somebody was wrongly held to account.
    """
    between = np.subtract.outer(np.asarray(harm, dtype=np.float64), np.asarray(harm, dtype=np.float64))
    return np.where(between > 0, between, -overreach * between)


def harm_weighted_error(
    true: Ints,
    given: Ints,
    costs: Floats,
    *,
    rng: np.random.Generator,
    probability: Floats | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Return the mean cost of a decision, with its bootstrap interval over decisions.

    true, given: severity by its place, one entry a decision; costs: true x given, 0 on the diagonal; probability: with
    which each was drawn, 1 where not given. Unit: that of the costs. Where no drawn decision cost anything, the upper
    end is the dearest error as often as it may have gone unseen.
    Not the error rate: ten slips between neighbouring severities may weigh less than one gravest case missed.
    Source: Elkan 2001, "The Foundations of Cost-Sensitive Learning"; Efron and Tibshirani 1993, chapter 13.
    """
    n = len(true)
    if n == 0:
        return Undefined(reason="no decision was drawn", n=0)
    weight = np.ones(n) if probability is None else 1 / probability
    # What cost and weighs the same is told once: resampling takes as long as there are kinds, not decisions.
    kinds, times = np.unique(costs[true, given] + 1j * weight, return_counts=True)
    cost, weighs = kinds.real, kinds.imag
    value = float(times @ (weighs * cost)) / float(times @ weighs)
    if value == 0:
        effective = float(weight.sum()) ** 2 / float((weight**2).sum())
        return Interval(
            value=0.0, low=0.0, high=upper_bound_at_zero(int(effective), confidence) * float(costs.max()), n=n
        )
    drawn = _drawn(times, weighs, cost, costs, rng)
    low, high = percentiles(drawn, confidence)
    return Interval(value=value, low=min(low, value), high=max(high, value), n=n)


def _drawn(times: Ints, weight: Floats, cost: Floats, costs: Floats, rng: np.random.Generator) -> Floats:
    """Draw again from the decisions and half an error of a kind that may have gone unseen, all kinds alike."""
    errors, alike = np.unique(costs[~np.eye(len(costs), dtype=bool)], return_counts=True)
    cost = np.r_[cost, errors]
    weight = np.r_[weight, np.full(len(errors), float(times @ weight) / float(times.sum()))]
    unseen = np.r_[np.zeros(len(times)), 0.5 * alike / max(alike.sum(), 1)]
    drawn_from = np.r_[times, np.zeros(len(errors), dtype=np.int64)]
    return replicates(drawn_from, lambda found: found @ (weight * cost) / (found @ weight), REPLICATES, rng, unseen)


def missed_escalations(true: Ints, given: Ints, must: Sequence[bool], confidence: float = 0.95) -> Estimate:
    """Return how often a case that had to be escalated was not, of those that had to: told alone, in no mean.

    must: by severity, whether a case of it has to be escalated. Undefined where none had to. Interval: Wilson 1927.
    """
    asked = np.asarray(must, dtype=bool)
    had_to = asked[true]
    missed = had_to & ~asked[given]
    return wilson(int(missed.sum()), int(had_to.sum()), confidence) or Undefined(
        reason="no case had to be escalated", n=0
    )
