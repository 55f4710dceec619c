"""A year of a large quality programme, made by the database, and how long the pages that read it take.

Five million decisions of two hundred people and eight machines, one in twenty of them compared with a label. Sums are
kept by the same triggers and rollups as in an installation; only the decisions themselves are shorter than real ones.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from assize.kernel import clock
from assize.kernel.ids import PlanId, StratumId
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality import service as quality
from assize.quality.models import Kind, Stratum, Wanted
from assize.quality.models.scoring import Of
from assize.workforce.models import SYSTEM

SQL = queries("assize.bench")
AT_ONCE = 50_000  # rows a statement: none may take longer than the application's limit
PEOPLE, MACHINES, TEAMS = 200, 8, 10
RUNS = 40  # of each page
CASES_OF_DAYS, PLAN_SINCE = 40, timedelta(days=35)
WANTED = Wanted(
    name="routine",
    strata=(
        Stratum(id=StratumId(""), name="everything", kind=Kind.RANDOM, rate=0.02, floor=0.01),
        Stratum(
            id=StratumId(""), name="by severity", kind=Kind.RISK, rate=0.02, floor=0.01,
            weights={Severity.SEV1: 10.0, Severity.SEV2: 3.0},
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Programme:
    """How much there is. compared: decisions beside which a label lies."""

    decisions: int
    compared: int


YEAR, WEEK = Programme(decisions=5_000_000, compared=250_000), Programme(decisions=20_000, compared=1_000)


def fill(database: Database, programme: Programme) -> None:
    """Make the people, their decisions, labels and comparisons, and roll the sums."""
    with database.transaction(SYSTEM) as tx:
        sizes = {"people": PEOPLE, "machines": MACHINES, "teams": TEAMS, "at": clock.now()}
        for name in ("quality_teams", "quality_reviewers"):
            tx.run(SQL[name], sizes)
    for name, count in (("quality_decisions", programme.decisions), ("quality_comparisons", programme.compared)):
        for first in range(1, count + 1, AT_ONCE):
            with database.transaction(SYSTEM) as tx:
                tx.run("set local statement_timeout = 0")
                last = min(first + AT_ONCE - 1, count)
                tx.run(SQL[name], {
                    "first": first, "last": last, "decisions": programme.decisions, "compared": programme.compared,
                    "people": PEOPLE, "machines": MACHINES, "teams": TEAMS, "at": clock.now(),
                })  # fmt: skip
    _cases(database)
    while quality.roll_work(database, at=clock.now()) or quality.roll(database, at=clock.now()):
        pass


def a_plan(database: Database, settings: Settings) -> PlanId:
    """Let a plan draw since before its standing is looked back on; return its id."""
    at = clock.now() - PLAN_SINCE
    with database.transaction(SYSTEM) as tx:
        made = quality.propose(tx, wanted=WANTED, at=at)
        return quality.put_in_force(tx, plan_id=made.id, settings=settings, at=at).id


def _cases(database: Database) -> None:
    """Make the cases of the last days, a day a statement."""
    until = clock.now()
    for day in range(CASES_OF_DAYS):
        with database.transaction(SYSTEM) as tx:
            tx.run("set local statement_timeout = 0")
            span = {"since": until - timedelta(days=day + 1), "until": until - timedelta(days=day)}
            tx.run(SQL["quality_cases"], span)


def measure_pages(
    database: Database, *, plan_id: PlanId | None = None, runs: int = RUNS
) -> Mapping[str, Sequence[float]]:
    """Return how long the services behind the pages take, in milliseconds, sorted; each asked `runs` times.

    The first of each board is made anew and the others come from what was kept for a minute: the p95 is that of pages as
    they are asked for, the largest that of the first.
    """
    with database.transaction(SYSTEM) as tx:
        reviewers = [row["id"] for row in tx.rows(SQL["quality_some_reviewers"])]
    took: dict[str, list[float]] = {}
    for at in range(runs):
        for of in (Of.REVIEWERS, Of.TEAMS, Of.MACHINES):
            took.setdefault(f"{of.value}, 28 days", []).append(_board(database, of, 28))
        took.setdefault("reviewers, 90 days", []).append(_board(database, Of.REVIEWERS, 90))
        took.setdefault("one reviewer", []).append(_card(database, reviewers[at % len(reviewers)]))
        took.setdefault("agreement, 90 days", []).append(_agreement(database))
        took.setdefault("my card", []).append(_own(database))
        took.setdefault("preview of a plan", []).append(_preview(database))
        if plan_id is not None:
            took.setdefault("standing of a plan", []).append(_standing(database, plan_id))
    return {name: sorted(ms) for name, ms in took.items()}


def _board(database: Database, of: Of, days: int) -> float:
    began = time.perf_counter()
    with database.transaction(SYSTEM) as tx:
        quality.scorecards(tx, of=of, days=days, at=clock.now())
    return _since(began)


def _card(database: Database, reviewer: str) -> float:
    began = time.perf_counter()
    with database.transaction(SYSTEM) as tx:
        quality.scorecard(tx, reviewer_id=reviewer, days=90, at=clock.now())  # type: ignore[arg-type]
    return _since(began)


def _agreement(database: Database) -> float:
    began = time.perf_counter()
    with database.transaction(SYSTEM) as tx:
        quality.agreements(tx, days=90, at=clock.now())
    return _since(began)


def _own(database: Database) -> float:
    began = time.perf_counter()
    with database.transaction(SYSTEM) as tx:
        quality.own_card(tx, at=clock.now())
    return _since(began)


def _preview(database: Database) -> float:
    began = time.perf_counter()
    with database.transaction(SYSTEM) as tx:
        quality.preview(tx, wanted=WANTED, at=clock.now())
    return _since(began)


def _standing(database: Database, plan_id: PlanId) -> float:
    began, at = time.perf_counter(), clock.now()
    with database.transaction(SYSTEM) as tx:
        quality.plan_standing(tx, plan_id=plan_id, since=at - timedelta(days=30), until=at)
    return _since(began)


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
