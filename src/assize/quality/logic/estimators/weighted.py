"""Shares from samples whose inclusion probabilities differ and are known: one sample, many questions."""

from dataclasses import dataclass

import numpy as np

from assize.kernel.measures import Interval
from assize.quality.logic.estimators.effective import HALFWAY, score_interval
from assize.quality.logic.estimators.estimate import Floats, Undefined


@dataclass(frozen=True, kw_only=True)
class Weighted:
    """A share from a weighted sample. effective_n: the simple random sample it is worth; error: its standard error."""

    share: Interval
    error: float
    effective_n: float


def horvitz_thompson(
    event: Floats, probability: Floats, base: Floats | None = None, confidence: float = 0.95
) -> Weighted | Undefined:
    """Return the share of events among all, from a sample in which each was drawn by itself with its probability.

    event, probability, base: one entry a drawn decision; event 0 to base; probability of having been drawn, above 0 and
    up to 1, as stored with it; base: what an event is counted against (views, say), 1 where not given.
    Drawing by the hash of each id is just such a sample: Poisson's. The variance is that of the linearised ratio.
    Not the plain share: gravely doubtful decisions are drawn more often, and would be counted more often.
    Raises ValueError where a probability is none.
    Source: Horvitz and Thompson 1952; Särndal, Swensson and Wretman 1992, "Model Assisted Survey Sampling", 3.5 and 5.6.
    """
    if not bool(((probability > 0) & (probability <= 1)).all()):
        raise ValueError("a probability of inclusion lies above 0 and up to 1")
    against = np.ones_like(event) if base is None else base
    total = float((against / probability).sum())
    if total <= 0:
        return Undefined(reason="nothing was drawn", n=len(event))
    share = min(1.0, float((event / probability).sum()) / total)
    residual = event - share * against
    variance = float(((1 - probability) / probability**2 * residual**2).sum()) / total**2
    squares = (1 - probability) / probability**2 * against**2 / total**2
    return _weighted(share, variance, squares, len(event), confidence)


def hansen_hurwitz(
    event: Floats, draw_probability: Floats, base: Floats | None = None, confidence: float = 0.95
) -> Weighted | Undefined:
    """Return the share of events among all, from draws with replacement, each with its probability of one draw.

    As `horvitz_thompson`, but the same decision may be drawn, and counts, several times; draw probabilities need only
    be right up to a common factor. At least two draws.
    Raises ValueError where a probability is none.
    Source: Hansen and Hurwitz 1943, "On the Theory of Sampling from Finite Populations"; Cochran 1977, section 9A.3.
    """
    if not bool((draw_probability > 0).all()):
        raise ValueError("a probability of being drawn lies above 0")
    n = len(event)
    if n < 2:  # noqa: PLR2004 - a spread takes two
        return Undefined(reason="fewer than two draws", n=n)
    against = np.ones_like(event) if base is None else base
    total = float((against / draw_probability).sum())
    if total <= 0:
        return Undefined(reason="what events are counted against adds up to nothing", n=n)
    share = min(1.0, float((event / draw_probability).sum()) / total)
    residual = (event - share * against) / draw_probability
    variance = n / (n - 1) * float((residual**2).sum()) / total**2
    return _weighted(share, variance, (against / draw_probability / total) ** 2, n, confidence)


def _weighted(share: float, variance: float, squares: Floats, n: int, confidence: float) -> Weighted:
    """Add half an event of the largest weight that may have gone unseen, then take the equal sample that this is worth.

    squares: what an event in each place would add to the variance. Without the half, a sample in which by luck no event
    of a large weight was found would pass for a very precise one.
    """
    most = float(squares.max())
    toward = share + (0.5 if share < HALFWAY else -0.5) * most**0.5
    spread = max(toward * (1 - toward), share * (1 - share))
    unseen = variance + 0.5 * most
    effective = spread / unseen if unseen > 0 else float("inf")
    return Weighted(share=score_interval(share, effective, n, confidence), error=variance**0.5, effective_n=effective)
