"""Whether a service level was kept, how fast a team should be by now, and how many people the next week takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from assize.kernel.measures import Interval
from assize.quality.models.contract import Level

LEAST_WEEKS = 4  # of history: three changes from week to week, to say by how much a forecast is wrong


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """What the next week brings. low, high: with what the same forecast was wrong by in weeks before."""

    expected: int
    low: int
    high: int


def level_of(found: Interval | None, floor: float) -> Level | None:
    """Return whether a level was kept: above the floor with its whole interval, below it, or neither can be said."""
    if found is None:
        return None
    if found.low >= floor:
        return Level.MET
    return Level.MISSED if found.high < floor else Level.NOT_TOLD_APART


def planned(week: int, *, per_week: int, ramp_weeks: int) -> float:
    """Return what one person is to decide in a week, counted from 0: a straight line up to full speed."""
    if ramp_weeks <= 0 or week >= ramp_weeks:
        return float(per_week)
    return per_week * (week + 1) / (ramp_weeks + 1)


def next_week(weeks: Sequence[int]) -> Weekly | None:
    """Forecast the next week from whole weeks before it, oldest first; None with fewer than four.

    Naive: it brings what the last one brought. The range is empirical: the least and the most that this was wrong by.
    Not a trend: of some weeks its parameters would be noise.
    Source: Hyndman & Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., sections 5.2 and 5.5.
    """
    if len(weeks) < LEAST_WEEKS:
        return None
    wrong = [after - before for before, after in pairwise(weeks)]
    last = weeks[-1]
    return Weekly(expected=last, low=max(0, last + min(0, *wrong)), high=last + max(0, *wrong))


def heads_for(cases: int, share: float, per_week: int) -> int:
    """Return how many people decide so many cases of which a team decides a share, in a week at full speed."""
    return ceil(cases * share / per_week)
