"""Cards: comparisons added up, each figure with its interval, and no order where intervals leave none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.estimate import Estimate, Floats, Ints, Undefined
from assize.quality.logic.estimators.harm import harm_weighted_error
from assize.quality.logic.estimators.pooling import pooled_rates
from assize.quality.logic.estimators.ranks import rank_intervals
from assize.quality.logic.estimators.resampling import REPLICATES, percentiles
from assize.quality.logic.estimators.weighted import Weighted, horvitz_thompson
from assize.quality.logic.scoring import (
    CRITERIA,
    RIGHT,
    WRONG,
    costs,
    is_critical,
    mark,
    place_given,
    place_true,
    score,
)
from assize.quality.models.label import Criterion
from assize.quality.models.scoring import Card, Cell, Scoring, Who, Work

GRAVE = 1  # SEV0 and SEV1 are a stratum of their own when cards are put on one mix of cases
SEED = 1  # intervals repeat to the last digit


def cards(
    cells: Mapping[Who, Sequence[Cell]], *, scoring: Scoring, work: Mapping[str, Work] | None = None
) -> list[Card]:
    """Return everybody's card, in the order given: by name, never by score.

    Ranks are told of those with enough drawn comparisons, as the intervals of all pairs leave them.
    """
    done = work or {}
    made = [card(who, found, scoring=scoring, work=done.get(who.id)) for who, found in cells.items()]
    return _ranked(_adjusted(made, cells, scoring), cells, scoring)


def card(who: Who, cells: Sequence[Cell], *, scoring: Scoring, work: Work | None = None) -> Card:
    """Return one card; without what takes everybody's: adjusted rate and rank."""
    counted = [one for one in cells if not one.technical]
    drawn = [one for one in counted if in_headline(one)]
    n = sum(one.n for one in drawn)
    told = n >= scoring.least
    worth = {marks: score(marks, scoring) for marks in {one.marks for one in drawn}}
    critical = sum(one.n for one in counted if is_critical(one.marks, scoring))
    compared = sum(one.n for one in counted)
    asked = [one for one in counted if mark(one.marks, Criterion.ESCALATION) in {RIGHT, WRONG} or one.missed_escalation]
    return Card(
        who=who,
        drawn=n,
        compared=compared,
        technical=sum(one.n for one in cells if one.technical),
        accuracy=_weighted(drawn, _decision) if told else None,
        score=_weighted(drawn, lambda one: worth[one.marks]) if told else None,
        adjusted=None,
        harm=_harm(drawn, scoring) if told else None,
        critical_misses=critical,
        critical=wilson(critical, compared),
        missed=wilson(sum(one.n for one in asked if one.missed_escalation), sum(one.n for one in asked)),
        bias=mean_gap(counted, least=scoring.least),
        golden=_golden(counted),
        by_criterion={one: found for one in CRITERIA if (found := _criterion(counted, one)) is not None},
        work=work,
    )


def in_headline(cell: Cell) -> bool:
    """Whether comparisons count for headline figures: drawn by chance, with a known probability."""
    return cell.headline and cell.inclusion is not None and cell.inclusion > 0 and not cell.technical


def _decision(cell: Cell) -> float | None:
    letter = mark(cell.marks, Criterion.DECISION)
    return {RIGHT: 1.0, WRONG: 0.0}.get(letter)


def _weighted(cells: Sequence[Cell], worth: Callable[[Cell], float | None]) -> Interval | None:
    found = weighted(cells, worth)
    return None if isinstance(found, Undefined) else found.share


def weighted(cells: Sequence[Cell], worth: Callable[[Cell], float | None]) -> Weighted | Undefined:
    """Return the mean worth of drawn decisions, each weighted by its probability; those worth None are in no part."""
    kept = [(value, one) for one in cells if (value := worth(one)) is not None]
    if not kept:
        return Undefined(reason="nothing was drawn", n=0)
    times = np.array([one.n for _, one in kept], dtype=np.int64)
    values = np.repeat(np.array([value for value, _ in kept], dtype=np.float64), times)
    probability = np.repeat(np.array([one.inclusion for _, one in kept], dtype=np.float64), times)
    return horvitz_thompson(values, probability)


def _harm(cells: Sequence[Cell], scoring: Scoring) -> Interval | None:
    kept = [(true, given, one) for one in cells if (true := place_true(one)) is not None
            and (given := place_given(one)) is not None]  # fmt: skip
    if not kept:
        return None
    times = np.array([one.n for _, _, one in kept], dtype=np.int64)
    found: Estimate = harm_weighted_error(
        _repeated([true for true, _, _ in kept], times),
        _repeated([given for _, given, _ in kept], times),
        costs(scoring),
        rng=np.random.default_rng(SEED),
        probability=np.repeat(np.array([one.inclusion for _, _, one in kept], dtype=np.float64), times),
    )
    return None if isinstance(found, Undefined) else found


def _repeated(places: Sequence[int], times: Ints) -> Ints:
    return np.repeat(np.array(places, dtype=np.int64), times)


def _golden(cells: Sequence[Cell]) -> Interval | None:
    return _criterion([one for one in cells if one.of == "golden"], Criterion.DECISION)


def _criterion(cells: Sequence[Cell], criterion: Criterion) -> Interval | None:
    right = sum(one.n for one in cells if mark(one.marks, criterion) == RIGHT)
    return wilson(right, right + sum(one.n for one in cells if mark(one.marks, criterion) == WRONG))


def mean_gap(cells: Sequence[Cell], *, least: int) -> Interval | None:
    """Return the mean of given less true severity where both found a violation: above 0 is milder than it should be.

    The interval is the percentile bootstrap over comparisons; where no gap differs from the others it can't vary, and
    nothing is told below `least`. Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
    """
    gaps: dict[int, int] = {}
    for one in cells:
        if one.outcome == "tp" and one.severity_given is not None and one.severity_true is not None:
            gap = one.severity_given - one.severity_true
            gaps[gap] = gaps.get(gap, 0) + one.n
    return mean_of(gaps, least=least)


def mean_of(counts: Mapping[int, int], *, least: int) -> Interval | None:
    """Return the mean of counted whole numbers with its percentile bootstrap interval; None below `least`."""
    n = sum(counts.values())
    if n < max(least, 1):
        return None
    values = np.array(list(counts), dtype=np.float64)
    shares = np.array(list(counts.values()), dtype=np.float64) / n
    drawn: Floats = np.random.default_rng(SEED).multinomial(n, shares, size=REPLICATES) @ values / n
    value = float(values @ shares)
    low, high = percentiles(drawn)
    return Interval(value=value, low=min(low, value), high=max(high, value), n=n)


def _adjusted(made: list[Card], cells: Mapping[Who, Sequence[Cell]], scoring: Scoring) -> list[Card]:
    """Put everybody's share of wrong decisions on the mix of all cases: by queue, and whether it was grave."""
    strata: dict[tuple[str, str], int] = {}
    rows: list[dict[int, list[int]]] = []
    for found in cells.values():
        row: dict[int, list[int]] = {}
        for one in found:
            value = _decision(one) if in_headline(one) else None
            if value is not None:
                counts = row.setdefault(strata.setdefault(_stratum(one), len(strata)), [0, 0])
                counts[0] += one.n * (value == 0)
                counts[1] += one.n
        rows.append(row)
    if not strata or sum(bool(row) for row in rows) < 2:  # noqa: PLR2004 - one alone has nobody to be drawn to
        return made
    events, decisions = np.zeros((len(rows), len(strata))), np.zeros((len(rows), len(strata)))
    for at, row in enumerate(rows):
        for stratum, (wrong, n) in row.items():
            events[at, stratum], decisions[at, stratum] = wrong, n
    pooled = pooled_rates(events, decisions)
    if isinstance(pooled, Undefined):
        return made
    return [
        replace(one, adjusted=rate) if one.drawn >= scoring.least else one
        for one, rate in zip(made, pooled.rates, strict=True)
    ]


def _stratum(cell: Cell) -> tuple[str, str]:
    place = place_true(cell)
    return cell.queue, "grave" if place is not None and place <= GRAVE else "other"


def _ranked(made: list[Card], cells: Mapping[Who, Sequence[Cell]], scoring: Scoring) -> list[Card]:
    enough = [at for at, one in enumerate(made) if one.drawn >= scoring.least and one.accuracy is not None]
    if len(enough) < 2:  # noqa: PLR2004 - a rank takes two
        return made
    found = list(cells.values())
    right, n = [], []
    for at in enough:
        share = weighted([one for one in found[at] if in_headline(one)], _decision)
        if isinstance(share, Undefined):
            raise TypeError("a card with an accuracy has one")
        # An unequal sample ranks as the equal one that it is worth.
        worth = min(share.effective_n, share.share.n)
        n.append(worth)
        right.append(worth * share.share.value)
    ranks = rank_intervals(np.array(right), np.array(n))
    told = list(made)
    for at, rank in zip(enough, ranks, strict=True):
        told[at] = replace(made[at], rank_low=rank.low, rank_high=rank.high, ranked=len(enough))
    return told
