"""How busy a platform is through a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import cos, pi

from assize.kernel.chance import Rng

DAY_S = 86_400
BUSIEST_HOUR_UTC = 17  # Europe's evening and America's noon together
SWING = 0.55  # the quietest hour has 45 % of the mean, the busiest 155 %
WEEKEND = 0.85


def busyness(at: datetime) -> float:
    """Return how busy a moment is: 1 is the mean of a working day."""
    hours = at.hour + at.minute / 60
    daily = 1 + SWING * cos((hours - BUSIEST_HOUR_UTC) / 24 * 2 * pi)
    return daily * (WEEKEND if at.weekday() >= 5 else 1.0)  # noqa: PLR2004 - Saturday


def arrivals(rng: Rng, *, begin: datetime, per_s: float) -> Iterator[float]:
    """Yield ascending seconds after `begin` at which something arrives, for ever.

    per_s: the mean rate of a working day. A Poisson process whose rate follows `busyness`, by thinning: gaps drawn from
    a changing rate directly would lag behind it.
    """
    most = per_s * (1 + SWING)
    after_s = 0.0
    while True:
        after_s += rng.expovariate(most)
        moment = begin + timedelta(seconds=after_s)
        if rng.random() * (1 + SWING) <= busyness(moment):
            yield after_s
