"""Sums of how long it took until what was ordered was in force."""

from assize.kernel.measures import Spread, spread
from assize.platform.db import Tx
from assize.platform.rollups import Reach, Rollup
from assize.platform.sql import queries

SQL = queries("assize.enforcement")
PACE = Rollup(
    name="enforcement.pace",
    first=SQL["first_pace"],
    clear=(SQL["clear_pace"],),
    fill=(SQL["pace_of_rows"] + "\n" + SQL["keep_pace"],),
)
READ = SQL["pace_of_rows"] + "\n" + SQL["read_pace"]


def pace(tx: Tx, reach: Reach) -> Spread | None:
    """Return how long it took in a span."""
    rows = tx.rows(READ, reach.params)
    return spread({row["bucket"]: row["n"] for row in rows}, most=max((row["most_s"] for row in rows), default=0.0))
