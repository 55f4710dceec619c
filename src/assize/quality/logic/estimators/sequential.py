"""Tests that stay valid however often they are looked at: when a reviewer may act alone, and when no longer."""

from collections.abc import Iterable
from math import exp, inf, log, log1p

from assize.quality.logic.estimators.special import log_beta, log_beta_cdf

HALF = 0.5  # Jeffreys' prior on the error: no rate is favoured, and small ones are found quickly
MOST_AUDITS = 1_000_000


def log_evidence(errors: int, audits: int, alpha: float) -> float:
    """Return the logarithm of the evidence against "this reviewer errs at a rate of alpha or more".

    errors of audits: on decisions drawn at random from those it would take alone, in the order of the draw. Evidence of
    1/delta or more may be acted upon at any time, after any number of looks: where the rate is alpha or more, the
    chance that it is ever reached is at most delta. A bet on every error rate below alpha, weighed by a truncated
    Beta(1/2, 1/2); the wealth of each bet is a supermartingale for every rate from alpha up, and so is the mixture.
    Not a bound computed again at every audit: looked at throughout, one at 95 % is wrong far more often than 5 %.
    Raises ValueError for impossible counts.
    Source: Ville 1939; mixtures: Robbins 1970, "Statistical Methods Related to the Law of the Iterated Logarithm"; as
    bets: Waudby-Smith and Ramdas 2024, "Estimating Means of Bounded Random Variables by Betting".
    """
    if not 0 <= errors <= audits or not 0 < alpha < 1:
        raise ValueError(f"{errors} errors of {audits} against {alpha}")
    a, b = HALF + errors, HALF + audits - errors
    mixed = log_beta(a, b) + log_beta_cdf(alpha, a, b)
    prior = log_beta(HALF, HALF) + log_beta_cdf(alpha, HALF, HALF)
    return mixed - prior - errors * log(alpha) - (audits - errors) * log1p(-alpha)


def weakest(directions: Iterable[tuple[int, int]], alpha: float) -> float:
    """Return the logarithm of the evidence that the rate of error is below alpha in every direction.

    directions: errors and audits among the true events, and among the others. The weakest evidence is evidence against
    "in some direction the rate is alpha or more".
    Not all audits in one sum: where 1 % of cases are events, whoever never finds one errs in 1 %, and would be granted.
    Source: Berger 1982, "Multiparameter Hypothesis Testing and Acceptance Sampling" (intersection-union test).
    """
    return min((log_evidence(errors, audits, alpha) for errors, audits in directions), default=0.0)


def may_grant(errors: int, audits: int, *, alpha: float, delta: float) -> bool:
    """Return whether the evidence grants: with 1 - delta confidence the rate of error is below alpha."""
    return log_evidence(errors, audits, alpha) >= -log(delta)


def audits_needed(errors: int, *, alpha: float, delta: float) -> int | None:
    """Return the fewest audits at which so many errors would grant; None where a million don't.

    What is still to do is this less the audits done, if no further error comes. At alpha 2 % and delta 5 % without an
    error: 188, where one look planned beforehand takes 149: the price of looking at any time.
    """
    low, high = errors, max(errors, 1)
    while not may_grant(errors, high, alpha=alpha, delta=delta):
        low, high = high, high * 2
        if high > MOST_AUDITS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if may_grant(errors, middle, alpha=alpha, delta=delta) else (middle, high)
    return high


def anytime_upper(errors: int, audits: int, *, delta: float) -> float:
    """Return the bound that the rate of error stays below with 1 - delta confidence, whenever it is looked at.

    The smallest alpha that the evidence so far would grant at; 1 where it would grant none.
    """
    enough = -log(delta)
    low, high = errors / audits if audits else 0.0, 1 - 1e-9
    if log_evidence(errors, audits, high) < enough:
        return 1.0
    while high - low > 1e-9:  # noqa: PLR2004 - far below what a certificate can say
        middle = (low + high) / 2
        low, high = (low, middle) if log_evidence(errors, audits, middle) >= enough else (middle, high)
    return high


def drifted(evidence: float, *, error: bool, alpha: float, alternative: float | None = None) -> float:
    """Return the evidence that a reviewer errs more than alpha by now, after one audit more; it starts at 0.

    evidence: what this returned last. A bet on the alternative (three times alpha unless given), begun anew at every
    audit: the longest run that speaks for drift counts, whenever it began. Suspend at 1/delta or more: while the rate is
    alpha or less, the mean number of audits to a false alarm is at least 1/delta. It tells of a rise, not of its size.
    Raises ValueError unless alpha < alternative < 1.
    Source: Shin, Ramdas and Rinaldo 2024, "E-detectors: A Nonparametric Framework for Sequential Change Detection"
    (e-CUSUM); Page 1954, "Continuous Inspection Schemes".
    """
    worse = default_alternative(alpha) if alternative is None else alternative
    if not 0 < alpha < worse < 1:
        raise ValueError(f"drift from {alpha} to {worse}")
    return max(evidence, 1.0) * (worse / alpha if error else (1 - worse) / (1 - alpha))


def default_alternative(alpha: float) -> float:
    """Return the rate to bet on for drift: three times alpha, or half of what lies above it where that is less."""
    return min(3 * alpha, (1 + alpha) / 2)


def grant_boundary(most: int, *, alpha: float, delta: float, every: int = 1) -> list[int]:
    """Return for each number of audits from 0 to `most` the most errors that grant, -1 where none does.

    every: looked at only after each so many audits. For simulation, and for the curve on a certificate's page.
    """
    found, errors = [-1] * (most + 1), -1
    for audits in range(1, most + 1):
        # Allowed errors grow slowly and never shrink: one step is looked at, not all.
        while errors + 1 <= audits and may_grant(errors + 1, audits, alpha=alpha, delta=delta):
            errors += 1
        if audits % every == 0:
            found[audits] = errors
    return found


def as_factor(log_value: float) -> float:
    """Return evidence as a factor, infinite where it is beyond what can be told."""
    return exp(log_value) if log_value < 700 else inf  # noqa: PLR2004 - the end of double precision
