"""Sums by hour, made from rows: in steps, each in a transaction of its own, and the same whenever they are made again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assize.kernel.actor import Actor
from assize.platform.db import Database, Tx
from assize.platform.sql import queries

SQL = queries("assize.platform")
LATE = timedelta(minutes=2)  # what is committed later than this after its hour is not in its sum
STEP = timedelta(hours=24)  # an hour's worth of a busy house in a second; nobody waits for its locks
LONGEST_MS = 5_000  # a page that can't be made in this time says so; a longer read would hold back what is cleaned up


@dataclass(frozen=True, kw_only=True)
class Rollup:
    """One table of sums. first: gives `at`, the earliest row; clear and fill: take `since` and `until`."""

    name: str
    first: str
    clear: tuple[str, ...]
    fill: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Which part of a span is read from sums and which from rows: [since, rolled) and [rolled, until)."""

    since: datetime
    rolled: datetime
    until: datetime

    @property
    def params(self) -> dict[str, datetime]:
        """Return it as the statements name it."""
        return {"since": self.since, "rows_since": self.rolled, "until": self.until}


def roll(database: Database, rollup: Rollup, *, actor: Actor, at: datetime, wait: bool = False) -> int:
    """Make the sums of the next hours that are over; return 1 where there may be more, 0 where all are made.

    wait: for whoever makes the same sums now; otherwise they are left to them, and 0 is returned.
    """
    closed = hour_of(at - LATE)
    with database.transaction(actor) as tx:
        if wait:
            tx.run(SQL["wait_for_rolled"], {"name": rollup.name})
        elif not tx.value(SQL["lock_rolled"], {"name": rollup.name}):
            return 0
        since = _until(tx, rollup.name) or _first(tx, rollup, closed)
        until = min(closed, since + STEP)
        if until <= since:
            return 0
        span = {"since": since, "rows_since": since, "until": until}
        for sql in (*rollup.clear, *rollup.fill):
            tx.run(sql, span)
        tx.run(SQL["set_rolled"], {"name": rollup.name, "until": until})
    return 1


def forget(tx: Tx, *, since: datetime | None) -> None:
    """Let all sums be made again: from an hour on, or from the earliest row where None is given."""
    if since is None:
        tx.run(SQL["forget_rolled"])
    else:
        tx.run(SQL["take_rolled_back"], {"until": hour_of(since)})


def reach(tx: Tx, name: str, *, since: datetime, until: datetime) -> Reach:
    """Return what of a span to read from sums, for whoever asks; and let no statement after it take long.

    Somebody who has stepped back from cases reads rows alone: sums can't leave single cases out.
    """
    tx.run(SQL["be_short"], {"ms": str(LONGEST_MS)})
    made = None if tx.actor.scope.recused else _until(tx, name)
    return Reach(since=since, rolled=since if made is None else min(max(made, since), until), until=until)


def made(tx: Tx) -> dict[str, datetime]:
    """Return until when each table of sums is made."""
    return {row["name"]: row["until"] for row in tx.rows(SQL["all_rolled"])}


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _until(tx: Tx, name: str) -> datetime | None:
    found = tx.value(SQL["rolled_until"], {"name": name})
    return found if isinstance(found, datetime) else None


def _first(tx: Tx, rollup: Rollup, closed: datetime) -> datetime:
    found = tx.value(rollup.first)
    return hour_of(found) if isinstance(found, datetime) else closed
