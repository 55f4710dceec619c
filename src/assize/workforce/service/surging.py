"""Surge levers: approved beforehand, pulled by a person for a time, in force by the clock.

Their state lies here, in the lowest slice, so that whoever must act otherwise while one is pulled can ask: triage,
review, and later quality. Nobody is told; they ask when they act, and so a lever ends without a worker.
"""

import threading
from datetime import datetime, timedelta

from assize.kernel.ids import new_id
from assize.platform.db import Database, Tx
from assize.workforce.errors import AlreadyPulled, BadPull, NoSuchLever, NotYourLever
from assize.workforce.facts import LeverEnded, LeverPulled
from assize.workforce.logic import LEVERS, is_pulled, lever_of
from assize.workforce.models import EVERYWHERE, SYSTEM, Lever, Pull, Reach, Right
from assize.workforce.service.access import require
from assize.workforce.store import levers as store

FRESH = timedelta(seconds=3)  # how long a server may not know that a lever was pulled; that one ends it knows at once
SHORTEST = timedelta(minutes=5)

_lock = threading.Lock()
_known: dict[str, tuple[datetime, tuple[Pull, ...]]] = {}


def levers() -> tuple[Lever, ...]:
    """Return every lever there is."""
    return LEVERS


def pull_lever(tx: Tx, *, lever: str, reach: str | None, hours: float, reason: str, at: datetime) -> Pull:
    """Pull a lever until a time. The caller checked that its reach is there.

    Raises NoSuchLever, NotYourLever, BadPull, AlreadyPulled.
    """
    puller = require(tx, Right.LEVERS_PULL)
    found = lever_of(lever)
    if found is None:
        raise NoSuchLever(lever=lever)
    if not puller.roles & found.roles:
        raise NotYourLever(lever=lever)
    where = _reach(found, reach)
    until = at + timedelta(hours=hours)
    if not SHORTEST <= until - at <= found.longest:
        raise BadPull(reason=f"it lasts from five minutes to {int(found.longest.total_seconds() // 3600)} hours")
    if not reason.strip():
        raise BadPull(reason="it must say why")
    pull_id = new_id("lev")
    _end_due(tx, at=at)
    if not store.add(tx, id=pull_id, lever=lever, reach=where, reason=reason.strip(), by=puller.id, at=at, until=until):
        raise AlreadyPulled
    tx.record(LeverPulled(pull_id=pull_id, lever=lever, reach=where, until=until), at=at)
    _forget(tx)
    return next(one for one in store.not_ended(tx) if one.id == pull_id)


def end_lever(tx: Tx, *, pull_id: str, at: datetime) -> None:
    """End a pull before its time. Raises NoSuchLever where it has ended."""
    require(tx, Right.LEVERS_PULL)
    ended = store.end(tx, pull_id, by=tx.actor.id, at=at)
    if ended is None:
        raise NoSuchLever(lever=pull_id)
    tx.record(LeverEnded(pull_id=pull_id, lever=ended.lever, reach=ended.reach, early=True), at=at)
    _forget(tx)


def levers_pulled(tx: Tx, *, limit: int = 50) -> list[Pull]:
    """Return pulls, the latest first."""
    require(tx, Right.CASES_READ)
    return store.pulled(tx, limit=limit)


def levers_in_force(tx: Tx, *, at: datetime) -> tuple[Pull, ...]:
    """Return what is pulled at this moment, in the caller's transaction. A step of acting; binds everybody."""
    return tuple(one for one in store.not_ended(tx) if one.in_force(at))


def surge_in_force(tx: Tx, *, lever: str, reach: str = EVERYWHERE, at: datetime) -> bool:
    """Whether a lever is pulled for something at this moment. A step of acting; binds everybody.

    Raises NoSuchLever: a name that is mistyped must not read as "nothing is pulled".
    """
    if lever_of(lever) is None:
        raise NoSuchLever(lever=lever)
    return is_pulled(store.not_ended(tx), lever, reach=reach, at=at)


def lever_was_pulled(tx: Tx, *, lever: str, at: datetime) -> bool:
    """Whether a lever was in force at a moment that may be past. A step of acting; binds everybody."""
    return store.was_pulled(tx, lever, at=at)


def levers_now(database: Database, *, at: datetime) -> tuple[Pull, ...]:
    """Return what is pulled at this moment, known for a few seconds: for what is asked thousands of times a second."""
    with _lock:
        asked_at, found = _known.get(database.dsn, (datetime.min.replace(tzinfo=at.tzinfo), ()))
    if not timedelta(0) <= at - asked_at < FRESH:
        with database.transaction(SYSTEM) as tx:
            found = tuple(store.not_ended(tx))
        with _lock:
            _known[database.dsn] = (at, found)
    return tuple(one for one in found if one.in_force(at))


def sweep_levers(database: Database, *, at: datetime) -> int:
    """Write down that levers ended whose time is over; return how many."""
    with database.transaction(SYSTEM) as tx:
        return _end_due(tx, at=at)


def _end_due(tx: Tx, *, at: datetime) -> int:
    ended = store.end_due(tx, at=at)
    facts = [LeverEnded(pull_id=one.id, lever=one.lever, reach=one.reach, early=False) for one in ended]
    tx.record_many(facts, at=at)
    return len(ended)


def _reach(lever: Lever, reach: str | None) -> str:
    named = (reach or "").strip()
    if lever.reach is Reach.EVERYTHING:
        return EVERYWHERE
    if not named:
        raise BadPull(reason=f"say for which {lever.reach.value}")
    return named


def _forget(tx: Tx) -> None:
    with _lock:
        _known.pop(tx.database.dsn, None)
