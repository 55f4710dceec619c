"""When a delivery that failed is tried again."""

from datetime import timedelta

from assize.kernel.chance import Rng

FIRST = timedelta(seconds=5)  # a receiver that restarts is back by then
FACTOR = 3.0
LONGEST = timedelta(hours=6)  # four times a day: somebody notices within a shift
MAX_TRIES = 12  # 5 s, 15 s, 45 s … 6 h: about a day and a half, longer than a night and a morning
SPREAD = 0.25  # tries of many deliveries that failed together must not come back together


def backoff(tries: int, rng: Rng) -> timedelta | None:
    """Return how long to wait after so many failed tries (1 or more), or None when they are used up.

    Exponential, each wait spread by a quarter either way. Not full jitter: a first wait near nothing would hammer a
    receiver that is just coming back.
    """
    if tries >= MAX_TRIES:
        return None
    wait = min(FIRST * FACTOR ** (tries - 1), LONGEST)
    return wait * rng.uniform(1 - SPREAD, 1 + SPREAD)
