"""How often each interval holds the truth: by summing over the binomial where that can be done, else by simulation."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.alpha import krippendorff_alpha
from assize.quality.logic.estimators.differences import newcombe
from assize.quality.logic.estimators.distances import Level
from assize.quality.logic.estimators.estimate import Estimate, Floats
from assize.quality.logic.estimators.gwet import gwet_ac1
from assize.quality.logic.estimators.harm import costs_by_severity, harm_weighted_error
from assize.quality.logic.estimators.imperfect import rogan_gladen
from assize.quality.logic.estimators.intervals import clopper_pearson, jeffreys, upper_bound
from assize.quality.logic.estimators.kappa import cohen_kappa
from assize.quality.logic.estimators.pooling import Pooled, pooled_rates
from assize.quality.logic.estimators.prediction_powered import ppi_mean
from assize.quality.logic.estimators.ratings import Ratings
from assize.quality.logic.estimators.sequential import grant_boundary
from assize.quality.logic.estimators.stratified import Stratum, stratified_share
from assize.quality.logic.estimators.weighted import Weighted, hansen_hurwitz, horvitz_thompson

SIZES = (20, 100, 1_000)
PREVALENCES = (0.001, 0.005, 0.01, 0.05, 0.1, 0.3, 0.5)
DELTA = 0.05
HARD, HARD_MORE = 0.1, 5.0  # a tenth of the traffic is hard; there events are up to five times as common, and drawn so
TRAFFIC = 20  # decisions for each one drawn
SENSITIVITY, FALSE_ALARMS, GOLD = 0.9, 0.05, 200
NEGLIGIBLE = 1e-9  # probability left out of a sum


def coverage(rng: np.random.Generator, *, quick: bool) -> dict[str, object]:
    """Return for each interval, n and prevalence the share of samples whose interval holds the truth."""
    sizes, prevalences, runs = ((20, 100), (0.01, 0.5), 20) if quick else (SIZES, PREVALENCES, 200)
    found: dict[str, object] = {"runs_where_simulated": runs, "prevalences_in_this_order": list(prevalences)}
    exact: dict[str, Callable[[int, float], float]] = {
        "wilson": lambda n, p: _summed(n, p, wilson),
        "jeffreys": lambda n, p: _summed(n, p, jeffreys),
        "clopper_pearson": lambda n, p: _summed(n, p, clopper_pearson),
        "upper_bound": lambda n, p: _summed(n, p, _upper),
        "newcombe_difference_from_half": _newcombe,
        "anytime_at_every_look": lambda n, p: _anytime(rng, n, p, 5 * runs),
    }
    simulated: dict[str, Callable[[int, float], Iterable[tuple[Interval, float]]]] = {
        "stratified": lambda n, p: _stratified(rng, n, p, runs),
        "horvitz_thompson": lambda n, p: _weighted(rng, n, p, runs, replaced=False),
        "hansen_hurwitz": lambda n, p: _weighted(rng, n, p, runs, replaced=True),
        "rogan_gladen": lambda n, p: _imperfect(rng, n, p, runs),
        "prediction_powered": lambda n, p: _powered(rng, n, p, runs),
        "harm_weighted": lambda n, p: _harm(rng, n, p, runs),
        "cohen_kappa": lambda n, p: _agreement(rng, n, p, runs, _cohen),
        "krippendorff_alpha": lambda n, p: _agreement(rng, n, p, runs, _alpha),
        "gwet_ac1": lambda n, p: _agreement(rng, n, p, runs, _ac1),
        "partially_pooled": lambda n, p: _pooled(rng, n, p, max(2, runs // 20)),
    }
    for name, share in exact.items():
        found[name] = _table(share, sizes, prevalences)
    for name, draw in simulated.items():
        found[name] = _table(lambda n, p, draw=draw: _held(draw(n, p)), sizes, prevalences)  # type: ignore[misc]
    return found


def _table(
    share: Callable[[int, float], float | None], sizes: Iterable[int], prevalences: Iterable[float]
) -> dict[str, object]:
    told = {f"n_{n}": [share(n, p) for p in prevalences] for n in sizes}
    return {n: [None if value is None else round(value, 3) for value in row] for n, row in told.items()}


def _held(drawn: Iterable[tuple[Interval, float]]) -> float | None:
    """Return how often the truth was held among the samples for which an interval could be told at all."""
    inside = [found.low - 1e-12 <= truth <= found.high + 1e-12 for found, truth in drawn]
    return sum(inside) / len(inside) if inside else None


def _likely(n: int, p: float) -> list[tuple[int, float]]:
    """Return the counts that matter, with their binomial probabilities."""
    logs = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)
        for k in range(n + 1)
    ]
    return [(k, math.exp(one)) for k, one in enumerate(logs) if one > math.log(NEGLIGIBLE)]


def _summed(n: int, p: float, interval: Callable[[int, int], Interval | None]) -> float:
    total = 0.0
    for k, chance in _likely(n, p):
        found = interval(k, n)
        if found is not None and found.low <= p <= found.high:
            total += chance
    return total


def _upper(k: int, n: int) -> Interval:
    return Interval(value=k / n, low=0.0, high=upper_bound(k, n), n=n)


def _newcombe(n: int, p: float) -> float:
    total = 0.0
    for one, first in _likely(n, p):
        for other, second in _likely(n, p / 2):
            if first * second > NEGLIGIBLE:
                found = newcombe(one, n, other, n)
                total += first * second * (isinstance(found, Interval) and found.low <= p / 2 <= found.high)
    return total


def _anytime(rng: np.random.Generator, n: int, p: float, runs: int) -> float:
    """Return how often the bound lay above the truth at every audit up to n: it is below just when p would be granted."""
    most = np.array(grant_boundary(n, alpha=p, delta=DELTA))
    errors = np.cumsum(rng.random((runs, n)) < p, axis=1)
    return 1 - float((errors <= most[1:]).any(axis=1).mean())


def _rates(p: float) -> tuple[float, float]:
    """Return the rates of events in hard and easy traffic that make p together."""
    hard = min(HARD_MORE * p, 0.9)
    return hard, (p - HARD * hard) / (1 - HARD)


def _stratified(rng: np.random.Generator, n: int, p: float, runs: int) -> Iterable[tuple[Interval, float]]:
    hard, easy = _rates(p)
    sizes = (round(n * TRAFFIC * HARD), round(n * TRAFFIC * (1 - HARD)))
    for _ in range(runs):
        events = [int(rng.binomial(size, rate)) for size, rate in zip(sizes, (hard, easy), strict=True)]
        strata = [
            Stratum(size=size, n=n // 2, found=int(rng.hypergeometric(one, size - one, n // 2)))
            for size, one in zip(sizes, events, strict=True)
        ]
        yield from _with(stratified_share(strata), sum(events) / sum(sizes))


def _weighted(
    rng: np.random.Generator, n: int, p: float, runs: int, *, replaced: bool
) -> Iterable[tuple[Interval, float]]:
    traffic = n * TRAFFIC
    hard = np.arange(traffic) < traffic * HARD
    weight = np.where(hard, HARD_MORE, 1.0)
    probability = weight / weight.sum() * n
    rate = np.where(hard, *_rates(p))
    for _ in range(runs):
        event = (rng.random(traffic) < rate).astype(np.float64)
        if replaced:
            taken = rng.choice(traffic, n, p=probability / n)
            found = hansen_hurwitz(event[taken], probability[taken] / n)
        else:
            taken = np.flatnonzero(rng.random(traffic) < probability)
            found = horvitz_thompson(event[taken], probability[taken])
        if isinstance(found, Weighted):
            yield found.share, float(event.mean())


def _imperfect(rng: np.random.Generator, n: int, p: float, runs: int) -> Iterable[tuple[Interval, float]]:
    apparent = p * SENSITIVITY + (1 - p) * FALSE_ALARMS
    for _ in range(runs):
        found = rogan_gladen(
            int(rng.binomial(n, apparent)),
            n,
            hits=int(rng.binomial(GOLD, SENSITIVITY)),
            events=GOLD,
            rejections=int(rng.binomial(GOLD, 1 - FALSE_ALARMS)),
            non_events=GOLD,
        )
        yield from _with(found, p)


def _powered(rng: np.random.Generator, n: int, p: float, runs: int) -> Iterable[tuple[Interval, float]]:
    for _ in range(runs):
        event = (rng.random(n * TRAFFIC) < p).astype(np.float64)
        label = np.where(event > 0, rng.random(len(event)) < SENSITIVITY, rng.random(len(event)) < FALSE_ALARMS)
        yield from _with(ppi_mean(event[:n], label[:n].astype(np.float64), label[n:].astype(np.float64)), p)


def _harm(rng: np.random.Generator, n: int, p: float, runs: int) -> Iterable[tuple[Interval, float]]:
    """An error in a share p of decisions, to either of the two other severities."""
    costs, mix = costs_by_severity([20, 5, 1], overreach=0.5), np.array([0.1, 0.3, 0.6])
    truth = p * float(mix @ costs.sum(axis=1)) / 2
    for _ in range(runs):
        true = rng.choice(3, n, p=mix)
        given = np.where(rng.random(n) < p, (true + rng.integers(1, 3, n)) % 3, true)
        yield from _with(harm_weighted_error(true, given, costs, rng=rng), truth)


def _cohen(ratings: Ratings, rng: np.random.Generator) -> Estimate:
    return cohen_kappa(ratings, rng=rng)


def _alpha(ratings: Ratings, rng: np.random.Generator) -> Estimate:
    return krippendorff_alpha(ratings, level=Level.NOMINAL, rng=rng)


def _ac1(ratings: Ratings, rng: np.random.Generator) -> Estimate:
    return gwet_ac1(ratings, rng=rng)


def _agreement(
    rng: np.random.Generator,
    n: int,
    p: float,
    runs: int,
    coefficient: Callable[[Ratings, np.random.Generator], Estimate],
) -> Iterable[tuple[Interval, float]]:
    """Two reviewers who are each right in nine of ten cases, of which a share p are events."""
    right = SENSITIVITY
    agreed, yes = right**2 + (1 - right) ** 2, p * right + (1 - p) * (1 - right)
    by_habit, by_gwet = yes**2 + (1 - yes) ** 2, 2 * yes * (1 - yes)
    chance = by_gwet if coefficient is _ac1 else by_habit
    truth = (agreed - chance) / (1 - chance)
    places = np.arange(n)
    for _ in range(runs):
        event = rng.random(n) < p
        given = [event ^ (rng.random(n) > right) for _ in range(2)]
        ratings = Ratings(
            items=tuple(map(str, range(n))),
            raters=("one", "two"),
            labels=("no", "yes"),
            item=np.r_[places, places],
            rater=np.repeat(np.arange(2), n),
            label=np.concatenate(given).astype(np.int64),
        )
        yield from _with(coefficient(ratings, rng), truth)


def _pooled(rng: np.random.Generator, n: int, p: float, fits: int) -> Iterable[tuple[Interval, float]]:
    """Twenty reviewers with n decisions each, who differ by half a logit."""
    for _ in range(fits):
        shift = rng.normal(0, 0.5, 20)
        rate: Floats = 1 / (1 + np.exp(-(math.log(p / (1 - p)) + shift)))
        found = pooled_rates(rng.binomial(n, rate)[:, None].astype(np.float64), np.full((20, 1), float(n)))
        if isinstance(found, Pooled):
            yield from zip(found.rates, rate.tolist(), strict=True)


def _with(found: Estimate, truth: float) -> Iterable[tuple[Interval, float]]:
    if isinstance(found, Interval):
        yield found, truth
