"""Measures of the backlog: what came in, what left, what stands, and what to expect."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from assize.kernel.actor import Scope
from assize.kernel.ids import QueueName
from assize.platform import rollups
from assize.platform.db import Database, Tx
from assize.triage.logic.clearing import time_to_clear
from assize.triage.logic.forecast import HISTORY, forecast
from assize.triage.logic.surging import usual_if_surging
from assize.triage.models import Clearing, Flow, Forecast, QueueFlow, Standing, Surge
from assize.triage.store import measuring
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import require

RECENT = timedelta(hours=24)  # yesterday's hands say more of today than last month's

QUICK_S = 0.01  # what is read in less is read anew for every page
MOST_KEPT = 200  # scopes and hours
Outflow = Mapping[QueueName, Mapping[datetime, int]]
_kept: dict[tuple[str, Scope, datetime], Outflow] = {}


WORTH_TIMES, LONGEST_GOOD_S = 20, 15.0


@dataclass(frozen=True, kw_only=True)
class _Counted:
    standing: tuple[Standing, ...]
    good_until: float  # of the monotonic clock


_lock = threading.Lock()
_counted: dict[tuple[str, Scope], _Counted] = {}


def flow(tx: Tx, *, since: datetime, until: datetime, step: str) -> list[Flow]:
    """Return what came and left in each `hour` or `day` of a span, of what the actor may see."""
    require(tx, Right.TASKS_ASSIGN)
    reach = rollups.reach(tx, measuring.FLOW.name, since=rollups.hour_of(since), until=until)
    return measuring.flow(tx, reach, step=step)


def flow_by_queue(tx: Tx, *, since: datetime, until: datetime) -> list[QueueFlow]:
    """Return what came and left in a span by queue and severity, of what the actor may see."""
    require(tx, Right.TASKS_ASSIGN)
    reach = rollups.reach(tx, measuring.FLOW.name, since=rollups.hour_of(since), until=until)
    return measuring.flow_by_queue(tx, reach)


def clearing(tx: Tx, *, waiting: Mapping[QueueName, int], at: datetime) -> dict[QueueName, Clearing | None]:
    """Return how long what waits in each queue may take; None where too little left lately to say.

    waiting: how many wait, by queue. From the last 24 full hours, of what the actor may see.
    """
    actor = require(tx, Right.CASES_READ)
    gone = _gone(tx, actor.scope, until=rollups.hour_of(at))
    return {queue: time_to_clear(n, list(gone.get(queue, {}).values())) for queue, n in waiting.items()}


def surges(tx: Tx, *, at: datetime) -> list[Surge]:
    """Return the queues into which more came in the last full hour than is usual, of what the actor may see."""
    require(tx, Right.CASES_READ)
    until = rollups.hour_of(at)
    last, since = until - timedelta(hours=1), until - RECENT
    reach = rollups.reach(tx, measuring.FLOW.name, since=since, until=until)
    came: dict[QueueName, dict[datetime, int]] = {}
    for one in measuring.flow_by_queue(tx, reach, hourly=True):
        hours = came.setdefault(one.queue, {})
        hours[one.at] = hours.get(one.at, 0) + one.opened
    found = []
    for queue, hours in came.items():
        first = min(hours)
        before = [hours.get(first + timedelta(hours=n), 0) for n in range(int((last - first) / timedelta(hours=1)))]
        usual = usual_if_surging(hours.get(last, 0), before)
        if usual is not None:
            found.append(Surge(queue=queue, last=hours[last], usual=usual, n=len(before)))
    return found


def standing(tx: Tx, *, at: datetime) -> list[Standing]:
    """Return what is open now by queue and severity, with its ages, of what the actor may see.

    What took long to count is kept for twenty times as long, a quarter of a minute at most: counting costs a twentieth of the time.
    """
    require(tx, Right.TASKS_ASSIGN)
    key = (tx.database.dsn, tx.actor.scope)
    with _lock:
        known = _counted.get(key)
    if known is not None and monotonic() < known.good_until:
        return list(known.standing)
    began = monotonic()
    found = measuring.standing(tx, at=at)
    took_s = monotonic() - began
    good_until = monotonic() + min(WORTH_TIMES * took_s, LONGEST_GOOD_S)
    with _lock:
        if len(_counted) >= MOST_KEPT:
            _counted.clear()
        _counted[key] = _Counted(standing=tuple(found), good_until=good_until)
    return found


def backlog_forecast(tx: Tx, *, open_now: int, hours: int = 24, at: datetime) -> Forecast | None:
    """Return what the backlog may be in the next hours; None where the house is too young to say."""
    require(tx, Right.TASKS_ASSIGN)
    until = rollups.hour_of(at)
    since = until - HISTORY
    reach = rollups.reach(tx, measuring.FLOW.name, since=since, until=until)
    net = _hourly(measuring.net(tx, reach), since=since, until=until)
    return forecast(net, open_now=open_now, hours=hours)


def roll(database: Database, *, at: datetime, wait: bool = False) -> int:
    """Make the sums of hours that are over; return whether there may be more to make."""
    return rollups.roll(database, measuring.FLOW, actor=SYSTEM, at=at, wait=wait)


def _gone(tx: Tx, scope: Scope, *, until: datetime) -> Outflow:
    """Return what left in each of the last full hours. Hours that are over change no more: what was slow is kept."""
    key = (tx.database.dsn, scope, until)
    known = _kept.get(key)
    if known is not None:
        return known
    began = monotonic()
    reach = rollups.reach(tx, measuring.FLOW.name, since=until - RECENT, until=until)
    gone: dict[QueueName, dict[datetime, int]] = {}
    for one in measuring.flow_by_queue(tx, reach, hourly=True):
        hours = gone.setdefault(one.queue, {})
        hours[one.at] = hours.get(one.at, 0) + one.gone
    if monotonic() - began > QUICK_S:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = gone
    return gone


def _hourly(known: Sequence[tuple[datetime, int]], *, since: datetime, until: datetime) -> list[int]:
    """Return what the backlog grew by in every hour, from the first in which anything happened."""
    if not known:
        return []
    first = max(since, known[0][0])
    net = [0] * int((until - first) / timedelta(hours=1))
    for at, grown in known:
        net[int((at - first) / timedelta(hours=1))] += grown
    return net
