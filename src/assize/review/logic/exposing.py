"""How much hard content somebody has opened, in points."""

from collections.abc import Mapping
from datetime import timedelta

from assize.workforce.models import Exposure

# Doubling, as classes of hardness are steps and not amounts. What a day may hold is a choice of policy: no trial of a
# specific limit is known to us, and none is claimed.
POINTS: Mapping[int, int] = {0: 0, 1: 1, 2: 2, 3: 4, 4: 8}
SPAN = timedelta(hours=24)  # rolling, so that a night shift has no midnight in it


BUDGET = 120  # about fifteen contents of the severest class: what holds where an installation names no other


def points(openings: Mapping[int, int]) -> int:
    """Return the points of so many openings, by exposure class (0 none to 4 severe)."""
    return sum(POINTS.get(exposure, 0) * count for exposure, count in openings.items())


def hardest(limit: Exposure, *, used: int, budget: int) -> int:
    """Return the hardest class of content that somebody may still be given today: within their skills and their budget.

    used: points of what they opened in the last 24 hours, or more: what is said then is never too hard.
    """
    within = [one for one in Exposure if one <= limit and used + points({int(one): 1}) <= budget]
    return int(max(within, default=Exposure.NONE))
