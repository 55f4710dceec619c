"""Sums of how long judgements took, and of what teams did."""

from collections import defaultdict

from assize.kernel.ids import QueueName, TeamId
from assize.kernel.measures import spread
from assize.platform.db import Row, Tx
from assize.platform.rollups import Reach, Rollup
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.review.models import Pace, TeamWork

SQL = queries("assize.review")
PACE = Rollup(
    name="review.pace",
    first=SQL["first_pace"],
    clear=(SQL["clear_pace"], SQL["clear_team"]),
    fill=(SQL["pace_of_rows"] + "\n" + SQL["keep_pace"], SQL["team_of_rows"] + "\n" + SQL["keep_team"]),
)
READ = SQL["pace_of_rows"] + "\n" + SQL["read_pace"]
READ_TEAM = SQL["team_of_rows"] + "\n" + SQL["read_team"]


def pace(tx: Tx, reach: Reach) -> list[Pace]:
    """Return how long first looks and decisions took, by queue and severity, and over all (queue and severity None)."""
    found: dict[tuple[str, str | None, int | None], list[Row]] = defaultdict(list)
    for row in tx.rows(READ, reach.params):
        found[row["what"], row["queue"], row["severity"]].append(row)
        found[row["what"], None, None].append(row)
    return [
        _pace(what, queue, severity, rows) for (what, queue, severity), rows in sorted(found.items(), key=_in_order)
    ]


def teams(tx: Tx, reach: Reach) -> list[TeamWork]:
    """Return what each team did and has in hand."""
    return [
        TeamWork(
            team_id=None if row["team_id"] is None else TeamId(row["team_id"]),
            team=row["team"],
            in_hand=row["in_hand"],
            decided=row["decided"],
            hours=row["in_hand_s"] / 3600,
        )
        for row in tx.rows(READ_TEAM, reach.params)
    ]


def _in_order(entry: tuple[tuple[str, str | None, int | None], list[Row]]) -> tuple[str, str, int]:
    what, queue, severity = entry[0]
    return what, queue or "", -1 if severity is None else severity


def _pace(what: str, queue: str | None, severity: int | None, rows: list[Row]) -> Pace:
    buckets: dict[int, int] = defaultdict(int)
    for row in rows:
        buckets[row["bucket"]] += row["n"]
    return Pace(
        what=what,
        queue=None if queue is None else QueueName(queue),
        severity=None if severity is None else Severity(severity),
        spread=spread(buckets, most=max(row["most_s"] for row in rows)),
        in_time=sum(row["in_time"] for row in rows),
        n=sum(buckets.values()),
    )
