"""Agreement of decisions with blind labels of the same cases: every coefficient from one table of counts, at once.

A page shows a table for each clause family and queue. The coefficients are those of `estimators`, which take ratings one
by one and resample each figure anew; of pairs only the cells of the table count, so one set of resampled tables bears
all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.estimate import Estimate, Floats, Undefined
from assize.quality.logic.estimators.resampling import REPLICATES, percentiles
from assize.quality.models.label import Outcome

SEED = 1
UNSEEN = np.array([[0.5, 0.25], [0.25, 0.5]])  # of a pair, what may have gone unseen: as `estimators.kappa.pairs` adds
NOTHING = "no pair of blind judgements"
ONE_LABEL = "every judgement is the same, so that chance alone would agree as often"


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Agreement in pairs. n: pairs; found: how many of the decisions found a violation."""

    n: int
    found: int
    raw: Estimate
    kappa: Estimate
    alpha: Estimate
    ac1: Estimate


def table_of(counts: Mapping[Outcome, int]) -> Floats:
    """Return decision x label counts, a violation first."""
    return np.array(
        [
            [counts.get(Outcome.TRUE_POSITIVE, 0), counts.get(Outcome.FALSE_POSITIVE, 0)],
            [counts.get(Outcome.FALSE_NEGATIVE, 0), counts.get(Outcome.TRUE_NEGATIVE, 0)],
        ],
        dtype=np.float64,
    )


def agreement(table: Floats) -> Agreement:
    """Return the coefficients of a table of pairs, decision x label, with percentile bootstrap intervals over pairs.

    Raw agreement: Wilson's interval. Cohen's kappa 1960; Krippendorff's alpha 2011, nominal, for two judgements of each
    case; Gwet's AC1 2008. Where nothing disagrees, the lower end is what Wilson's bound on unseen disagreement leaves.
    """
    n = int(table.sum())
    found = int(table[0].sum())
    if n == 0:
        none = Undefined(reason=NOTHING, n=0)
        return Agreement(n=0, found=0, raw=none, kappa=none, alpha=none, ac1=none)
    right = int(np.trace(table))
    drawn_from = (table + UNSEEN) / (n + UNSEEN.sum())
    drawn = np.random.default_rng(SEED).multinomial(n, drawn_from.ravel(), size=REPLICATES).reshape(-1, *table.shape)
    observed, expected = _disagreements(table[None])
    resampled = _disagreements(drawn.astype(np.float64))
    told = [_estimate(float(observed[0]), float(expected[at][0]), resampled[0], resampled[1][at], n) for at in range(3)]
    return Agreement(
        n=n,
        found=found,
        raw=wilson(right, n) or Undefined(reason=NOTHING, n=0),
        kappa=told[0],
        alpha=told[1],
        ac1=told[2],
    )


def _disagreements(tables: Floats) -> tuple[Floats, Floats]:
    """Return for each table the observed disagreement, and the one by chance for kappa, alpha and AC1."""
    n = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    observed = 1 - np.trace(tables, axis1=1, axis2=2) / n
    kappa = 1 - (rows * columns).sum(axis=1) / (n * n)
    both = rows + columns
    alpha = ((2 * n) ** 2 - (both * both).sum(axis=1)) / (2 * n * (2 * n - 1))
    share = both / (2 * n)[:, None]
    labels = tables.shape[1]
    # Chance of Gwet's is how often both guess alike; as a disagreement it is the rest.
    ac1 = 1 - (share * (1 - share)).sum(axis=1) / (labels - 1)
    return observed, np.stack([kappa, alpha, ac1])


def _estimate(observed: float, expected: float, drawn: Floats, chance: Floats, n: int) -> Estimate:
    if expected <= 0:
        return Undefined(reason=ONE_LABEL, n=n)
    value = 1 - observed / expected
    if observed <= 0:
        unseen = wilson(0, n)
        return Interval(value=1.0, low=max(-1.0, 1 - (unseen.high if unseen else 1.0) / expected), high=1.0, n=n)
    with np.errstate(divide="ignore", invalid="ignore"):
        replicates = np.where(chance > 0, 1 - drawn / chance, np.nan)
    low, high = percentiles(replicates)
    return Interval(value=value, low=min(low, value), high=max(high, value), n=n)
