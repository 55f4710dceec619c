"""When a course is passed: by a bound on the error, not by a raw mark."""

from collections.abc import Collection, Mapping

from assize.kernel.ids import ClauseId
from assize.quality.logic.estimators.intervals import needed_at_zero, upper_bound

CONFIDENCE = 0.95
BOUND = 0.2  # what a beginner under double review may be trusted with; later evidence is much narrower
MOST_ITEMS = 500


def may_miss(n: int, bound: float, confidence: float = CONFIDENCE) -> int | None:
    """Return the most errors in n answers that still show an error under the bound; None where even none does not.

    Source: the exact one-sided bound of Clopper and Pearson 1934, `upper_bound`.
    """
    if n <= 0 or upper_bound(0, n, confidence) > bound:
        return None
    errors = 0
    while errors < n and upper_bound(errors + 1, n, confidence) <= bound:
        errors += 1
    return errors


def least_items(bound: float, confidence: float = CONFIDENCE) -> int:
    """Return how many answers without an error show an error under the bound: 14 for a fifth, 29 for a tenth."""
    return needed_at_zero(bound, confidence)


def passes(n: int, errors: int, bound: float, confidence: float = CONFIDENCE) -> bool:
    """Whether so many errors in n answers pass. Where n is too small to show the bound, none may be wrong.

    That happens only where words changed: of what is new there may be few known cases yet, or none.
    """
    allowed = may_miss(n, bound, confidence)
    return errors <= (0 if allowed is None else allowed)


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[ClauseId, ...]:
    """Return the sections whose words are others by now, or that are new, in order."""
    return tuple(ClauseId(one) for one in sorted(now) if before.get(one) != now[one])


def left_to_read(sections: Collection[ClauseId], read: Collection[ClauseId]) -> tuple[ClauseId, ...]:
    """Return what is still to be read, in order."""
    done = set(read)
    return tuple(one for one in sections if one not in done)
