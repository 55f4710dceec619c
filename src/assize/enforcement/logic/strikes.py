"""What strikes still weigh, and what an account's standing recommends."""

import math
from collections.abc import Sequence
from datetime import datetime

from assize.enforcement.models import Standing, Strike
from assize.kernel.ids import ActionId
from assize.policy.models import Ladder

_DAY_S = 86_400


def remaining(strike: Strike, *, at: datetime, ladder: Ladder) -> float:
    """Return what is left of a strike: half after each half-life, nothing once removed or expired.

    Not only a window after which it vanishes at once: two accounts a day apart would stand worlds apart.
    """
    days = max(0.0, (at - strike.given_at).total_seconds() / _DAY_S)
    if (strike.removed_at is not None and strike.removed_at <= at) or days >= ladder.expire_days:
        return 0.0
    return strike.weight * math.pow(0.5, days / ladder.half_life_days)


def standing(strikes: Sequence[Strike], *, at: datetime, ladder: Ladder) -> Standing:
    """Return how an account stands at a moment, with what the ladder recommends."""
    left = tuple(remaining(strike, at=at, ladder=ladder) for strike in strikes)
    points = sum(left)
    return Standing(points=points, strikes=tuple(strikes), recommended=recommended(points, ladder), left=left)


def recommended(points: float, ladder: Ladder) -> ActionId | None:
    """Return the action of the highest rung reached. A recommendation to a person; nothing acts on it."""
    reached = [step for step in ladder.steps if points >= step.points]
    return max(reached, key=lambda step: step.points).action_id if reached else None
