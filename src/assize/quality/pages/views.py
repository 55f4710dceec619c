"""Cards as pages show them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from assize.platform.pages import span
from assize.quality.models import Criterion
from assize.quality.models.scoring import AuditorCard, Card, Difference, Period, Scoring, Work
from assize.quality.pages import rates

DAYS = (28, 90, 365)
NAMES = {
    Criterion.DECISION: "Decision",
    Criterion.CLAUSE: "Clause",
    Criterion.SEVERITY: "Severity",
    Criterion.ACTION: "Action",
    Criterion.ESCALATION: "Escalation",
    Criterion.RATIONALE: "Rationale",
    Criterion.REQUIRED_STEP: "Required step",
}
PLACES = ("SEV0", "SEV1", "SEV2", "SEV3", "SEV4", "none")


def card(one: Card, scoring: Scoring) -> dict[str, Any]:
    """Return a card."""
    few = f"too few: n {one.drawn}"
    return {
        "id": one.who.id,
        "name": one.who.name,
        "by": one.who.by,
        "team": one.who.team,
        "linked": one.who.by in {"person", "machine"},
        "drawn": one.drawn,
        "compared": one.compared,
        "technical": one.technical,
        "accuracy": rates.share(one.accuracy, why=few, n=one.drawn),
        "score": rates.share(one.score, why=few, n=one.drawn),
        "adjusted": rates.share(one.adjusted, why=few if one.drawn < scoring.least else "nobody to compare with"),
        "harm": rates.number(one.harm, why=few),
        "critical_misses": one.critical_misses,
        "critical": rates.share(one.critical, why="nothing was compared"),
        "critical_count": rates.counted(one.critical, one.critical_misses),
        "missed": rates.share(one.missed, why="nothing had to be escalated"),
        "bias": rates.number(one.bias, why="too few severities", signed=True),
        "golden": rates.share(one.golden, why="no known case"),
        "criteria": [
            (NAMES[criterion], criterion in scoring.critical, rates.share(found))
            for criterion, found in one.by_criterion.items()
        ],
        "rank": _rank(one),
        "work": None if one.work is None else work(one.work),
    }


def _rank(one: Card) -> str:
    if one.rank_low is None or one.rank_high is None:
        return "—"
    if (one.rank_low, one.rank_high) == (1, one.ranked):
        return f"not told apart from the other {one.ranked - 1}"
    if one.rank_low == one.rank_high:
        return f"{one.rank_low} of {one.ranked}"
    return f"{one.rank_low} to {one.rank_high} of {one.ranked}"


def work(one: Work) -> dict[str, Any]:
    """Return what was done: hands-on time and waiting apart."""
    return {
        "decided": f"{one.decided:,}",
        "hours": f"{one.hours:,.1f}",
        "in_hand": rates.minutes(one.in_hand),
        "waited": "—" if one.waited_s is None else span(one.waited_s),
    }


def auditor(one: AuditorCard) -> dict[str, Any]:
    """Return an auditor's card."""
    return {
        "name": one.who.name,
        "team": one.who.team,
        "judged": one.judged,
        "again": one.looked_at_again,
        "overturned": rates.share(one.overturned, why="nobody looked again"),
        "of_all": rates.share(one.of_all, why="nothing judged"),
        "bias": rates.number(one.bias, why="too few to tell", signed=True),
        "found_wrong": rates.share(one.found_wrong, why="nothing judged"),
    }


def period(one: Period) -> dict[str, Any]:
    """Return a span that is told to whoever is measured."""
    return {
        "since": _day(one.since),
        "until": _day(one.until - timedelta(days=1)),
        "n": one.n,
        "right": rates.share(one.right, why="nothing to judge"),
        "score": "—" if one.score is None else f"{one.score:.0%}",
        "critical_misses": one.critical_misses,
        "differences": [difference(found) for found in one.differences],
    }


def difference(one: Difference) -> dict[str, Any]:
    """Return in what way decisions differed."""
    return {"criterion": NAMES[one.criterion], "family": one.family or "—", "how": one.how, "n": one.n}


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%-d %B %Y")
