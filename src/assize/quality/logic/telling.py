"""What those who are measured are told of it: whole spans, long over, never a case.

A reviewer who saw yesterday's differences, or a single one, could work out which of their cases was looked at again or
known beforehand, and would work differently on such cases. So differences are told by week, a week after its end, and
weeks with few comparisons are put together until there are enough.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from assize.kernel.measures import wilson
from assize.quality.logic.scoring import RIGHT, WRONG, is_critical, mark, score, wrong
from assize.quality.models.label import Criterion, Outcome
from assize.quality.models.scoring import Difference, OwnWeek, Period, Scoring

WEEK = timedelta(days=7)
REST = WEEK  # between the end of a span and its telling
LEAST = 5  # comparisons in a span: fewer would tell of single cases


def told_before(at: datetime) -> datetime:
    """Return until when comparisons may be told at a moment: the end of a week that is a week over."""
    before = at.astimezone(UTC) - REST
    return before.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=before.weekday())


def periods(weeks: Iterable[OwnWeek], *, scoring: Scoring, until: datetime, least: int = LEAST) -> list[Period]:
    """Return the spans that may be told, the latest first.

    Weeks are put together from the oldest on until a span has `least` comparisons; what is left waits for more.
    """
    told: list[Period] = []
    held: list[OwnWeek] = []
    by_week: dict[datetime, list[OwnWeek]] = {}
    for one in weeks:
        if one.week < until:
            by_week.setdefault(one.week, []).append(one)
    since: datetime | None = None
    for week in sorted(by_week):
        since = since or week
        held += by_week[week]
        if sum(one.n for one in held) >= least:
            told.append(_period(held, since, week + WEEK, scoring))
            held, since = [], None
    return told[::-1]


def _period(weeks: Sequence[OwnWeek], since: datetime, until: datetime, scoring: Scoring) -> Period:
    n = sum(one.n for one in weeks)
    fair = [one for one in weeks if mark(one.marks, Criterion.DECISION) in {RIGHT, WRONG}]
    right = sum(one.n for one in fair if mark(one.marks, Criterion.DECISION) == RIGHT)
    worth = [(one.n, value) for one in weeks if (value := score(one.marks, scoring)) is not None]
    total = sum(times for times, _ in worth)
    return Period(
        since=since,
        until=until,
        right=wilson(right, sum(one.n for one in fair)),
        score=sum(times * value for times, value in worth) / total if total else None,
        critical_misses=sum(one.n for one in weeks if is_critical(one.marks, scoring)),
        differences=tuple(differences(weeks)),
        n=n,
    )


def differences(weeks: Iterable[OwnWeek]) -> list[Difference]:
    """Return in what ways decisions differed, the most frequent first; by family of clause, never by case."""
    counts: dict[tuple[Criterion, str | None, str], int] = {}
    for one in weeks:
        for criterion in wrong(one.marks):
            key = (criterion, one.family, _how(one, criterion))
            counts[key] = counts.get(key, 0) + one.n
    found = [Difference(criterion=key[0], family=key[1], how=key[2], n=n) for key, n in counts.items()]
    return sorted(found, key=lambda one: (-one.n, one.criterion, one.family or "", one.how))


def _how(one: OwnWeek, criterion: Criterion) -> str:
    match criterion:
        case Criterion.DECISION:
            return "found, where there was none" if one.outcome is Outcome.FALSE_POSITIVE else "passed over"
        case Criterion.CLAUSE:
            return "under another clause"
        case Criterion.SEVERITY:
            return _gap(one)
        case Criterion.ACTION:
            return "with another action"
        case Criterion.ESCALATION:
            return "missed" if one.missed_escalation else "escalated without need"
        case Criterion.RATIONALE:
            return "the reason does not carry the decision"
        case Criterion.REQUIRED_STEP:
            return "left out"


def _gap(one: OwnWeek) -> str:
    if one.severity_given is None or one.severity_true is None or one.severity_given == one.severity_true:
        return "otherwise"
    steps = abs(one.severity_given - one.severity_true)
    return f"{steps} {'milder' if one.severity_given > one.severity_true else 'graver'}"
