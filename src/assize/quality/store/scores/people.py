"""Whose cards there are: people, machines and teams, and one's own work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import ReviewerId, TeamId
from assize.platform.db import Tx
from assize.platform.sql import queries
from assize.quality.models.scoring import Work
from assize.quality.store.scores.work import worked

SQL = queries("assize.quality.store.scores")


@dataclass(frozen=True, kw_only=True)
class Known:
    """Somebody who decides. by: person or machine."""

    id: ReviewerId
    by: str
    team_id: TeamId | None
    team: str | None


def people(tx: Tx, ids: Iterable[str]) -> dict[str, Known]:
    """Return who these are; nothing for ids of nobody."""
    return {
        row["id"]: Known(id=ReviewerId(row["id"]), by=row["by"], team_id=row["team_id"], team=row["team"])
        for row in tx.rows(SQL["people"], {"ids": list(ids)})
    }


def teams(tx: Tx, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of teams."""
    return {row["id"]: row["name"] for row in tx.rows(SQL["teams"], {"ids": list(ids)})}


def own_work(tx: Tx, reviewer_id: ReviewerId, *, since: datetime, until: datetime) -> Work | None:
    """Return what somebody decided in a span, from their decisions themselves: sums are for those who measure."""
    found = tx.rows(SQL["own_work"], {"reviewer_id": reviewer_id, "since": since, "until": until})
    return worked(found[0]) if found and found[0]["n"] else None
