"""Measures of the work: how long first looks and decisions take, and what teams do."""

from datetime import datetime

from assize.platform import rollups
from assize.platform.db import Database, Tx
from assize.review.models import Pace, TeamWork
from assize.review.store import measuring
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import require


def pace(tx: Tx, *, since: datetime, until: datetime) -> list[Pace]:
    """Return how long first looks and decisions of a span took and how many were in time, of what the actor may see."""
    require(tx, Right.TASKS_ASSIGN)
    reach = rollups.reach(tx, measuring.PACE.name, since=rollups.hour_of(since), until=until)
    return measuring.pace(tx, reach)


def team_work(tx: Tx, *, since: datetime, until: datetime) -> list[TeamWork]:
    """Return what teams decided in a span and have in hand: of teams, never of persons."""
    require(tx, Right.TASKS_ASSIGN)
    reach = rollups.reach(tx, measuring.PACE.name, since=rollups.hour_of(since), until=until)
    return measuring.teams(tx, reach)


def roll(database: Database, *, at: datetime, wait: bool = False) -> int:
    """Make the sums of hours that are over; return whether there may be more to make."""
    return rollups.roll(database, measuring.PACE, actor=SYSTEM, at=at, wait=wait)
