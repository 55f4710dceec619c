"""Where errors come from: one reviewer, several, or everybody."""

from collections.abc import Sequence

from assize.kernel.ids import ReviewerId
from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.differences import newcombe
from assize.quality.models.improving import CauseKind, Wrongs

LEAST = 10  # comparisons of somebody, before they are looked at by themselves
TOLERATED = 0.05  # a share of errors below which nobody asks for a cause
EVERYBODY = 0.5  # of those looked at: from here on it is not the people
CONFIDENCE = 0.99  # many people are looked at in many places: at 95 % every twentieth would stand out by chance


def cause_of(found: Sequence[Wrongs]) -> tuple[CauseKind, tuple[ReviewerId, ...]] | None:
    """Return where the errors of one criterion under one family come from, and whose they are; None: nothing stands out.

    Everybody: at least half of three reviewers or more err beyond what is tolerated, by the lower end of their own interval;
    then the words are at fault, not people. Otherwise whoever errs more than all others together, by Newcombe's interval at
    99 %: one is coached, several are trained.
    """
    looked_at = [one for one in found if one.n >= LEAST]
    if not looked_at:
        return None
    beyond = [one for one in looked_at if _low(wilson(one.wrong, one.n)) > TOLERATED]
    if len(looked_at) >= 3 and len(beyond) / len(looked_at) >= EVERYBODY:  # noqa: PLR2004 - two are no everybody
        return CauseKind.POLICY_GAP, ()
    out = tuple(one.reviewer_id for one in beyond if _stands_out(one, found))
    if not out:
        return None
    return (CauseKind.COACHING if len(out) == 1 else CauseKind.TRAINING), out


def rate_of(found: Sequence[Wrongs]) -> Interval | None:
    """Return how often all of them together were wrong."""
    return wilson(sum(one.wrong for one in found), sum(one.n for one in found))


def _stands_out(one: Wrongs, among: Sequence[Wrongs]) -> bool:
    others = [each for each in among if each.reviewer_id != one.reviewer_id]
    wrong, n = sum(each.wrong for each in others), sum(each.n for each in others)
    if n == 0:
        return True  # nobody to compare with: their own interval says it
    apart = newcombe(one.wrong, one.n, wrong, n, CONFIDENCE)
    return isinstance(apart, Interval) and apart.low > 0


def _low(found: Interval | None) -> float:
    return 0.0 if found is None else found.low
