"""A reviewer over time: by week, smoothed, and the evidence that they err more than is accepted by now."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from assize.quality.logic.estimators.sequential import drifted
from assize.quality.logic.estimators.trend import ewma
from assize.quality.models.scoring import Trend

ALARM = 1_000  # evidence at which somebody should look: by chance on average after 1,000 audits at the earliest


def trend(decisions: Sequence[tuple[datetime, bool]], *, expected: float) -> list[Trend]:
    """Return the share of wrong decisions by week, smoothed, with its limits; weeks without any keep the line.

    decisions: when each was made and whether it was wrong, in order. expected: the share that is accepted.
    """
    if not decisions:
        return []
    first, last = _week(decisions[0][0]), _week(decisions[-1][0])
    weeks = [first + timedelta(days=7 * at) for at in range((last - first).days // 7 + 1)]
    counts = {week: [0, 0] for week in weeks}
    for at, wrong in decisions:
        count = counts[_week(at)]
        count[0] += wrong
        count[1] += 1
    points = ewma([(wrong, n) for wrong, n in counts.values()], expected=expected)
    return [
        Trend(
            week=week, wrong=counts[week][0], n=counts[week][1], smoothed=point.value, low=point.low, high=point.high,
            signal=point.signal,
        )
        for week, point in zip(weeks, points, strict=True)
    ]  # fmt: skip


def drift(errors: Iterable[bool], *, accepted: float) -> float:
    """Return the evidence for drift after these decisions, in their order: e-CUSUM, as `estimators.sequential` has it."""
    evidence = 0.0
    for error in errors:
        evidence = drifted(evidence, error=error, alpha=accepted)
    return evidence


def _week(at: datetime) -> datetime:
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
