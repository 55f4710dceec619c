"""Pulls of surge levers as rows."""

from datetime import datetime

from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.workforce.models import Pull

SQL = queries("assize.workforce")


def add(tx: Tx, *, id: str, lever: str, reach: str, reason: str, by: str, at: datetime, until: datetime) -> bool:  # noqa: A002
    """Write a pull. Return False where the lever is pulled already."""
    values = {"id": id, "lever": lever, "reach": reach, "reason": reason, "by": by, "at": at, "until": until}
    return tx.row(SQL["add_lever_pull"], values) is not None


def pulled(tx: Tx, *, limit: int) -> list[Pull]:
    """Return pulls, the latest first."""
    return [_pull(row) for row in tx.rows(SQL["levers_pulled"], {"limit": limit})]


def not_ended(tx: Tx) -> list[Pull]:
    """Return pulls that nobody ended; some may be over by the clock."""
    return [_pull(row) for row in tx.rows(SQL["levers_not_ended"])]


def was_pulled(tx: Tx, lever: str, *, at: datetime) -> bool:
    """Whether a lever was in force at a moment, also one that is past."""
    return bool(tx.value(SQL["lever_was_pulled"], {"lever": lever, "at": at}))


def end(tx: Tx, pull_id: str, *, by: str, at: datetime) -> Pull | None:
    """End a pull early; None where it had ended."""
    found = tx.row(SQL["end_lever"], {"id": pull_id, "by": by, "at": at})
    return None if found is None else _pull(found)


def end_due(tx: Tx, *, at: datetime) -> list[Pull]:
    """Write down the end of pulls whose time is over."""
    return [_pull(row) for row in tx.rows(SQL["end_levers"], {"at": at})]


def _pull(row: Row) -> Pull:
    return Pull(
        id=row["id"],
        lever=row["lever"],
        reach=row["reach"],
        reason=row["reason"],
        pulled_by=row["pulled_by"],
        by_name=row["by_name"] if "by_name" in row else row["pulled_by"],
        pulled_at=row["pulled_at"],
        until=row["until"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
    )
