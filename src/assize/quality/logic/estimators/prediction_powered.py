"""A share from few audits and many machine labels: the labels lend precision, the audits keep it honest."""

import numpy as np

from assize.quality.logic.estimators.effective import HALFWAY, score_interval
from assize.quality.logic.estimators.estimate import Estimate, Floats, Undefined


def ppi_mean(audited: Floats, predicted: Floats, unaudited: Floats, confidence: float = 0.95) -> Estimate:
    """Return the share of what audits would say of everything, with an interval; n: the audits.

    audited, predicted: an audit's label and the machine's of the same decision, each from 0 to 1; unaudited: the machine's on the rest,
    drawn from the same traffic. The more the machine is worth on the audited, the more its labels weigh; a machine
    worth nothing weighs nothing, and what is left is the mean of the audits. Nothing is assumed of the machine.
    Not the machine's raw rate: its interval is narrow and in the wrong place.
    Undefined below two audits, or without other labels. Raises ValueError where the first two differ in length, or a
    label lies outside 0 to 1.
    Source: Angelopoulos, Duchi and Zrnic 2023, "PPI++: Efficient Prediction-Powered Inference"; the interval is the
    score interval at the effective n, because the normal one misses the truth where events are rare.
    """
    n, rest = len(audited), len(unaudited)
    if len(predicted) != n:
        raise ValueError(f"{n} audits with {len(predicted)} labels")
    if any(len(one) and not 0 <= float(one.min()) <= float(one.max()) <= 1 for one in (audited, predicted, unaudited)):
        raise ValueError("labels lie from 0 to 1")
    if n < 2 or rest == 0:  # noqa: PLR2004 - a spread takes two
        return Undefined(reason="two audits and some other labels are the least", n=n)
    weight = _weight(audited, predicted, unaudited)
    left = audited - weight * predicted
    value = weight * float(unaudited.mean()) + float(left.mean())
    variance = float(left.var(ddof=1)) / n
    if rest > 1:
        variance += weight**2 * float(unaudited.var(ddof=1)) / rest
    # Half a decision that may have gone unseen, as in `weighted`: few events don't show how much they spread.
    toward = min(1.0, max(0.0, value)) + (0.5 if value < HALFWAY else -0.5) / n
    effective = toward * (1 - toward) / (variance + 0.5 / n**2)
    return score_interval(min(1.0, max(0.0, value)), effective, n, confidence)


def _weight(audited: Floats, predicted: Floats, unaudited: Floats) -> float:
    spread = float(np.concatenate([predicted, unaudited]).var(ddof=1))
    if spread == 0:
        return 0.0
    common = float(np.cov(audited, predicted, ddof=1)[0, 1])
    return min(1.0, max(0.0, common / ((1 + len(audited) / len(unaudited)) * spread)))
