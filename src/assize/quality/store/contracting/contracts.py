"""Contracts and the months of teams as they are kept."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import TeamId
from assize.platform.db import Tx
from assize.platform.sql import queries
from assize.quality.models.contract import Contract

SQL = queries("assize.quality.store.contracting")


@dataclass(frozen=True, kw_only=True)
class Month:
    """What a team did in a span. timed: first looks; in_time: of these, decided by their due time."""

    decisions: int
    people: int
    hours: float
    timed: int
    in_time: int


def contracts(tx: Tx, *, team_id: str | None = None) -> dict[TeamId, Contract]:
    """Return what is agreed with teams by now."""
    return {TeamId(row["team_id"]): Contract(**row) for row in tx.rows(SQL["contracts"], {"team_id": team_id})}


def agree(tx: Tx, one: Contract) -> None:
    """Agree something, in place of what was agreed before; its version is the next."""
    names = (
        "team_id",
        "accuracy_floor",
        "in_time_floor",
        "per_week",
        "ramp_weeks",
        "starts_at",
        "note",
        "set_by",
        "set_at",
    )
    tx.run(SQL["insert_contract"], {name: getattr(one, name) for name in names})


def month(tx: Tx, team_id: TeamId, *, since: datetime, until: datetime) -> Month:
    """Return what a team did in a span."""
    row = tx.one(SQL["month"], {"team_id": team_id, "since": since, "until": until})
    return Month(**{**row, "hours": float(row["hours"])})


def weeks(tx: Tx, team_id: TeamId, *, since: datetime, until: datetime) -> list[tuple[datetime, int, int]]:
    """Return what a team did in each week, and how many people were at work."""
    asked = {"team_id": team_id, "since": since, "until": until}
    return [(row["begins"], row["decisions"], row["heads"]) for row in tx.rows(SQL["weeks"], asked)]


def inflow(tx: Tx, *, since: datetime, until: datetime) -> list[int]:
    """Return how many cases came in each whole week of a span that begins and ends with one."""
    return [row["opened"] for row in tx.rows(SQL["inflow"], {"since": since, "until": until})]


def all_decided(tx: Tx, *, since: datetime, until: datetime) -> int:
    """Return how many decisions everybody made in a span."""
    return int(tx.value(SQL["all_decided"], {"since": since, "until": until}))
