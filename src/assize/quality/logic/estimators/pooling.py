"""Reviewers compared as if all had had the same cases, those of whom little is known drawn to the middle."""

from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

import numpy as np

from assize.kernel.measures import Interval
from assize.quality.logic.estimators.estimate import Floats, Undefined

NODES = 21  # Gauss-Hermite nodes about each reviewer's mode; more change nothing in six digits
MOST_ROUNDS = 500
CLOSE = 1e-5  # logits: a rate of 5 % then stands to half a millionth
WIDEST = 3.0  # logits between reviewers: beyond, one of them answers something else
NARROWEST = 1e-3
AHEAD = 3  # rounds after which the width is taken to where it goes
TINY = 1e-9


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """Reviewers' rates on the common mix of cases.

    rates: by reviewer, each with its interval and how many decisions it stands on. spread: the standard deviation of
    reviewers in logits; near 0 they can't be told apart. base: the rate of a reviewer in the middle, by stratum.
    """

    rates: list[Interval]
    spread: float
    base: Floats


def pooled_rates(events: Floats, decisions: Floats, confidence: float = 0.95) -> Pooled | Undefined:
    """Return each reviewer's rate of events, adjusted to the mix of all cases and partially pooled, with intervals.

    events, decisions: reviewers x strata of difficulty (queue, severity, language …), counts. In each stratum there is
    a common rate; a reviewer shifts all of them by one amount in logits, drawn from a normal distribution whose width
    the data tell. The rate told is what the reviewer would have on the mix of all decisions.
    With fewer than ten reviewers the intervals cover nearer to 90 % than to 95 %: how they differ is then a guess.
    Not the raw rate: it blames whoever takes the hard queue, and puts those with ten cases at both ends of any list.
    Strata in which nobody has an event, or everybody, tell reviewers apart no better and are kept at a tiny rate.
    Undefined without decisions. Raises ValueError for impossible counts.
    Source: Normand, Glickman and Gatsonis 1997, "Statistical Methods for Profiling Providers of Medical Care"; fitted
    by marginal likelihood with adaptive quadrature (Pinheiro and Bates 1995), the width kept off nought as in Chung et
    al. 2013, "A Nondegenerate Penalized Likelihood Estimator for Variance Parameters in Multilevel Models"; what the middle adds: Kass and Steffey 1989.
    """
    if events.shape != decisions.shape or bool(((events < 0) | (events > decisions)).any()):
        raise ValueError("events are counted for every reviewer and stratum, and are no more than decisions")
    mix = decisions.sum(axis=0)
    if mix.sum() == 0:
        return Undefined(reason="no decision was looked at", n=0)
    used = mix > 0
    events, decisions, mix = events[:, used], decisions[:, used], mix[used] / mix.sum()
    model = _fit(events, decisions)
    rates = [_told(model, at, mix, int(n), confidence) for at, n in enumerate(decisions.sum(axis=1).astype(np.int64))]
    base = np.full(len(used), np.nan)
    base[used] = _rate(model.level)
    return Pooled(rates=rates, spread=model.spread, base=base)


@dataclass(frozen=True, kw_only=True)
class _Model:
    level: Floats
    spread: float
    nodes: Floats  # reviewers x nodes: shifts
    weights: Floats  # reviewers x nodes: their probabilities
    unsure: Floats  # reviewers: what not knowing the middle adds to the variance of a shift


def _fit(events: Floats, decisions: Floats) -> _Model:
    total = decisions.sum(axis=0)
    level = _logit((events.sum(axis=0) + 0.5) / (total + 1))
    spread = 0.5
    mode = np.zeros(len(events))
    widths: list[float] = []
    for _ in range(MOST_ROUNDS):
        mode = _modes(events, decisions, level, spread, mode)
        nodes, weights = _nodes(events, decisions, level, spread, mode)
        # One fewer than there are: a width of nought would say that all are surely alike, from too few to tell.
        squares = float((weights * nodes**2).sum()) / max(len(events) - 1, 1)
        following = min(WIDEST, max(NARROWEST, squares**0.5))
        step = _level_step(events, decisions, level, nodes, weights)
        level, moved = level + step, max(abs(following - spread), float(np.abs(step).max()))
        widths.append(log(following))
        spread = exp(_ahead(widths)) if len(widths) == AHEAD else following
        if moved < CLOSE:
            break
    mode = _modes(events, decisions, level, spread, mode)
    nodes, weights = _nodes(events, decisions, level, spread, mode)
    return _Model(
        level=level, spread=spread, nodes=nodes, weights=weights, unsure=_unsure(decisions, level, spread, mode)
    )


def _ahead(widths: list[float]) -> float:
    """Return where a sequence of widths that creeps goes to, by its last three; as it is where that can't be told.

    The plain iteration takes hundreds of rounds where reviewers are much alike. Source: Aitken 1926, "On Bernoulli's
    Numerical Solution of Algebraic Equations" (the delta-squared process).
    """
    first, second, third = widths
    widths.clear()
    curve = (third - second) - (second - first)
    if not curve or (third - second) * (second - first) <= 0 or abs(third - second) >= abs(second - first):
        return third
    step = -((third - second) ** 2) / curve
    return min(log(WIDEST), max(log(NARROWEST), third + min(1.0, max(-1.0, step))))


def _unsure(decisions: Floats, level: Floats, spread: float, mode: Floats) -> Floats:
    """The less a reviewer's own cases say, the more they are drawn to the middle, and the middle is an estimate too."""
    rate = _rate(level + mode[:, None])
    own = 1 / np.maximum((decisions * rate * (1 - rate)).sum(axis=1), TINY)
    middle = 1 / (1 / (spread**2 + own)).sum()
    return np.asarray((own / (spread**2 + own)) ** 2 * middle)


def _modes(events: Floats, decisions: Floats, level: Floats, spread: float, mode: Floats) -> Floats:
    for _ in range(50):
        rate = _rate(level + mode[:, None])
        slope = (events - decisions * rate).sum(axis=1) - mode / spread**2
        curve = (decisions * rate * (1 - rate)).sum(axis=1) + 1 / spread**2
        step = np.clip(slope / curve, -1, 1)
        mode = mode + step
        if float(np.abs(step).max()) < CLOSE:
            break
    return mode


def _nodes(events: Floats, decisions: Floats, level: Floats, spread: float, mode: Floats) -> tuple[Floats, Floats]:
    rate = _rate(level + mode[:, None])
    width = ((decisions * rate * (1 - rate)).sum(axis=1) + 1 / spread**2) ** -0.5
    rule: tuple[Floats, Floats] = np.polynomial.hermite_e.hermegauss(NODES)
    places, masses = rule
    nodes = mode[:, None] + width[:, None] * places
    logits = level[None, None, :] + nodes[:, :, None]
    joint = (events[:, None, :] * logits - decisions[:, None, :] * np.logaddexp(0, logits)).sum(axis=2)
    joint += -(nodes**2) / (2 * spread**2) + places**2 / 2 + np.log(masses)
    weights = np.exp(joint - joint.max(axis=1, keepdims=True))
    return np.asarray(nodes), np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _level_step(events: Floats, decisions: Floats, level: Floats, nodes: Floats, weights: Floats) -> Floats:
    rate = _rate(level[None, None, :] + nodes[:, :, None])
    mean = (weights[:, :, None] * rate).sum(axis=1)
    curve = (weights[:, :, None] * rate * (1 - rate)).sum(axis=1)
    # Half an event and half a non-event keep a stratum without any from running off to nought.
    pull = 0.5 - _rate(level)
    slope = (events - decisions * mean).sum(axis=0) + pull
    return np.asarray(np.clip(slope / ((decisions * curve).sum(axis=0) + _rate(level) * (1 - _rate(level))), -1, 1))


def _told(model: _Model, at: int, mix: Floats, n: int, confidence: float) -> Interval:
    nodes, weights = model.nodes[at], model.weights[at]
    value = float(weights @ (_rate(model.level + nodes[:, None]) @ mix))
    mean = float(weights @ nodes)
    error = (float(weights @ (nodes - mean) ** 2) + float(model.unsure[at])) ** 0.5
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    low, high = (float(_rate(model.level + mean + side * z * error) @ mix) for side in (-1, 1))
    return Interval(value=value, low=min(low, value), high=max(high, value), n=n)


def _rate(logit: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logit)))


def _logit(rate: Floats) -> Floats:
    return np.asarray(np.log(rate / (1 - rate)))
