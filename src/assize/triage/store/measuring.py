"""Sums of what came in and what left."""

from datetime import datetime

from assize.kernel.ids import QueueName
from assize.platform.db import Tx
from assize.platform.rollups import Reach, Rollup
from assize.policy.models import Severity
from assize.triage.models import Flow, QueueFlow, Standing
from assize.triage.store import SQL

FLOW = Rollup(
    name="triage.flow",
    first=SQL["first_flow"],
    clear=(SQL["clear_flow"],),
    fill=(SQL["flow_of_rows"] + "\n" + SQL["keep_flow"],),
)
READ = SQL["flow_of_rows"] + "\n" + SQL["read_flow"]

READ_BY_QUEUE = SQL["flow_of_rows"] + "\n" + SQL["read_flow_by_queue"]
READ_HOURS = SQL["flow_of_rows"] + "\n" + SQL["read_flow_hours"]
READ_NET = SQL["flow_of_rows"] + "\n" + SQL["read_net"]


def flow(tx: Tx, reach: Reach, *, step: str) -> list[Flow]:
    """Return what came and left in each step (`hour`, `day`) of a span, in order of time."""
    rows = tx.rows(READ, {**reach.params, "step": step})
    return [Flow(at=row["at"], opened=row["opened"], gone=row["gone"]) for row in rows]


def flow_by_queue(tx: Tx, reach: Reach, *, hourly: bool = False) -> list[QueueFlow]:
    """Return what came and left by queue and severity: over a whole span, or in each of its hours."""
    return [
        QueueFlow(
            at=row["at"],
            queue=QueueName(row["queue"]),
            severity=Severity(row["severity"]),
            opened=row["opened"],
            gone=row["gone"],
        )
        for row in tx.rows(READ_HOURS if hourly else READ_BY_QUEUE, reach.params)
    ]


def net(tx: Tx, reach: Reach) -> list[tuple[datetime, int]]:
    """Return what the backlog grew by in each hour in which anything happened."""
    return [(row["at"], row["net"]) for row in tx.rows(READ_NET, reach.params)]


def standing(tx: Tx, *, at: datetime) -> list[Standing]:
    """Return what is open now."""
    return [
        Standing(
            queue=QueueName(row["queue"]),
            severity=Severity(row["severity"]),
            open=row["open"],
            overdue=row["overdue"],
            oldest_at=row["oldest_at"],
            ages=(row["hour"], row["four"], row["day"], row["older"]),
        )
        for row in tx.rows(SQL["standing_now"], {"at": at})
    ]
