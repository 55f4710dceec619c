"""Measures of carrying out: from the harm first reaching us to its effect confirmed."""

from datetime import datetime

from assize.enforcement.store import measuring
from assize.kernel.measures import Spread
from assize.platform import rollups
from assize.platform.db import Database, Tx
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import require


def confirmation_pace(tx: Tx, *, since: datetime, until: datetime) -> Spread | None:
    """Return how long it took to a confirmed effect in a span, of what the actor may see."""
    require(tx, Right.TASKS_ASSIGN)
    reach = rollups.reach(tx, measuring.PACE.name, since=rollups.hour_of(since), until=until)
    return measuring.pace(tx, reach)


def roll(database: Database, *, at: datetime, wait: bool = False) -> int:
    """Make the sums of hours that are over; return whether there may be more to make."""
    return rollups.roll(database, measuring.PACE, actor=SYSTEM, at=at, wait=wait)
