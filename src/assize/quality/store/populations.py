"""How many decisions there were to draw from: by stratum of plans in force, and by everything a plan can ask for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import CaseId, DecisionId, PlanId, ReviewerId, StratumId
from assize.platform.db import Row, Tx
from assize.platform.rollups import Reach, Rollup
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality.models import Cell, Decided
from assize.review.models import Verdict

SQL = queries("assize.quality")
_HELD = SQL["decided_of_rows"] + "\n" + SQL["held_by_strata"] + "\n"
POPULATION = Rollup(
    name="quality",
    first=SQL["first_decided"],
    clear=(SQL["clear_population"], SQL["clear_decided_days"]),
    fill=(_HELD + SQL["keep_population"], SQL["decided_of_rows"] + "\n" + SQL["keep_decided_days"]),
)
_FACETS = ("queue", "clause", "team_id", "vendor", "by", "language", "policy_version_id")


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What a stratum drew, how much of it waits, and what blind audits of it said of the decision."""

    drawn: int
    waiting: int
    compared: int
    wrong: int


def held(tx: Tx, plan_id: PlanId, reach: Reach) -> dict[StratumId, int]:
    """Return how many decisions each stratum of a plan held in a span."""
    rows = tx.rows(_HELD + SQL["read_population"], reach.params | {"plan_id": plan_id})
    return {StratumId(row["stratum_id"]): row["n"] for row in rows}


def drawn(tx: Tx, plan_id: PlanId, *, since: datetime, until: datetime) -> dict[StratumId, Drawn]:
    """Return what each stratum of a plan drew in a span."""
    rows = tx.rows(SQL["drawn_by_strata"], {"plan_id": plan_id, "since": since, "until": until})
    return {
        StratumId(row["stratum_id"]): Drawn(
            drawn=row["drawn"], waiting=row["waiting"], compared=row["compared"], wrong=row["wrong"]
        )
        for row in rows
    }


def drawn_by_day(tx: Tx, plan_id: PlanId, *, since: datetime, until: datetime) -> list[tuple[datetime, int, int]]:
    """Return day, how many were drawn and how many of these count for headlines."""
    rows = tx.rows(SQL["drawn_by_days"], {"plan_id": plan_id, "since": since, "until": until})
    return [(row["day"], row["drawn"], row["headline"]) for row in rows]


def cells(tx: Tx, *, since: datetime, until: datetime, reviewers: Collection[ReviewerId] = ()) -> list[Cell]:
    """Return how many decisions stood in a span of days, by all that strata can ask.

    Decisions of the named reviewers are told by reviewer, all others without one: they are counted by day, and only
    what a plan asks for by name is counted from rows.
    """
    span = {"since": since, "until": until}
    found = [_cell(row, since) for row in tx.rows(SQL["decided_cells"], span)]
    if reviewers:
        for row in tx.rows(SQL["decided_by_reviewers"], span | {"reviewers": sorted(reviewers)}):
            named = _cell(row, since)
            # Taken out of the number in which they are counted without a name.
            found += [named, _cell(row | {"reviewer_id": "", "n": -row["n"]}, since)]
    return found


def _cell(row: Row, since: datetime) -> Cell:
    decided = Decided(
        decision_id=DecisionId(""),
        case_id=CaseId(""),
        subject_id=None,
        reviewer_id=ReviewerId(row.get("reviewer_id", "")),
        severity=Severity(row["severity"]),
        verdict=Verdict(row["verdict"]),
        decided_at=since,
        **{name: row[name] for name in _FACETS},
    )
    return Cell(decided=decided, n=row["n"])
