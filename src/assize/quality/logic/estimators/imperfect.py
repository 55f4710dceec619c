"""A share measured by somebody who errs, put right by what is known of their errors."""

from math import sqrt
from statistics import NormalDist

from assize.kernel.measures import Interval
from assize.quality.logic.estimators.estimate import Estimate, Undefined


def rogan_gladen(
    positive: int,
    n: int,
    *,
    hits: int,
    events: int,
    rejections: int,
    non_events: int,
    confidence: float = 0.95,
) -> Estimate:
    """Return the true share of events behind `positive` of n labels by somebody who errs, with an interval.

    Of `events` known ones they found `hits` (sensitivity), of `non_events` they rejected `rejections` (specificity):
    counts on gold, not rates, because what is uncertain in them widens the interval. Kept within 0 and 1. The value is
    Rogan and Gladen's; the interval is by the delta method on counts drawn a little to the middle, which holds at few
    positives, where the plain one covers too seldom.
    Undefined where the labels are no better than chance, or a count is empty. Raises ValueError for impossible counts.
    Not the raw share: at a prevalence of 1 % and 1 % false alarms it is about twice the truth.
    Source: Rogan and Gladen 1978, "Estimating Prevalence from the Results of a Screening Test"; interval: Lang and
    Reiczigel 2014, "Confidence Limits for Prevalence of Disease Adjusted for Estimated Sensitivity and Specificity".
    """
    for found, of in ((positive, n), (hits, events), (rejections, non_events)):
        if not 0 <= found <= of:
            raise ValueError(f"{found} of {of}")
    if not (n and events and non_events):
        return Undefined(reason="labels, known events and known non-events are all needed", n=n)
    youden = hits / events + rejections / non_events - 1
    if youden <= 0:
        return Undefined(reason="on gold the labels are no better than chance", n=n)
    value = (positive / n + rejections / non_events - 1) / youden
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    labels, apparent = n + z * z, (positive + z * z / 2) / (n + z * z)
    sensitivity, specificity = (hits + 1) / (events + 2), (rejections + 1) / (non_events + 2)
    middled = sensitivity + specificity - 1
    if middled <= 0:
        return Undefined(reason="on so little gold the labels may be no better than chance", n=n)
    share = (apparent + specificity - 1) / middled
    of_events = sensitivity * (1 - sensitivity) / (events + 2)
    of_others = specificity * (1 - specificity) / (non_events + 2)
    shift = 2 * z * z * (share * of_events - (1 - share) * of_others)
    spread = apparent * (1 - apparent) / labels + share**2 * of_events + (1 - share) ** 2 * of_others
    half = z * sqrt(spread) / middled
    kept = min(1.0, max(0.0, value))
    low, high = min(1.0, max(0.0, share + shift - half)), min(1.0, max(0.0, share + shift + half))
    return Interval(value=kept, low=min(low, kept), high=max(high, kept), n=n)
