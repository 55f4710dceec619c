"""Gaps of the policy as they are kept."""

from collections.abc import Mapping
from datetime import datetime

from assize.kernel.ids import AdjudicationId, CaseId, GapId, new_id
from assize.platform.db import Tx
from assize.platform.sql import queries
from assize.quality.models.adjudicating import Gap

SQL = queries("assize.quality.store.words")
_FIELDS = (
    "id", "title", "clause", "state", "owner_id", "opened_by", "opened_at", "due_at", "changed_at", "change", "cases",
)  # fmt: skip


def gaps(tx: Tx, *, gap_id: str | None = None, limit: int = 1) -> list[Gap]:
    """Return gaps, open ones first."""
    rows = tx.rows(SQL["gaps"], {"id": gap_id, "limit": limit})
    return [Gap(**{name: row[name] for name in _FIELDS}) for row in rows]


def open_named(tx: Tx, *, clause: str, title: str) -> GapId | None:
    """Return the open gap of a clause and name."""
    row = tx.row(SQL["open_gap_named"], {"clause": clause, "title": title})
    return None if row is None else GapId(row["id"])


def insert(tx: Tx, gap: Gap) -> None:
    """Open a gap."""
    names = ("id", "title", "clause", "owner_id", "opened_by", "opened_at", "due_at")
    tx.run(SQL["insert_gap"], {name: getattr(gap, name) for name in names})


def add_case(
    tx: Tx,
    gap_id: GapId,
    *,
    case: Mapping[str, object],
    at: datetime,
    adjudication_id: str | None = None,
    calibration_id: str | None = None,
) -> None:
    """Keep that a case showed a gap. case: case_id, subject_id, restriction, region."""
    values = {
        "id": new_id("gpc"),
        "gap_id": gap_id,
        "adjudication_id": adjudication_id,
        "calibration_id": calibration_id,
        "at": at,
    }
    tx.run(SQL["add_gap_case"], {**case, **values})


def cases(tx: Tx, gap_id: GapId) -> list[tuple[CaseId, AdjudicationId | None]]:
    """Return the cases that showed a gap, of those the actor may see."""
    return [(row["case_id"], row["adjudication_id"]) for row in tx.rows(SQL["gap_cases"], {"id": gap_id})]


def move(tx: Tx, gap: Gap, *, at: datetime) -> None:
    """Keep its owner, its due date, and what was done about it."""
    names = ("id", "state", "owner_id", "due_at", "change")
    tx.run(SQL["move_gap"], {name: getattr(gap, name) for name in names} | {"at": at})


def differed(tx: Tx, *, family: str, since: datetime, at: datetime) -> dict[bool, tuple[int, int]]:
    """Return, for before and after a moment, how many decisions differed from a label, and of how many."""
    rows = tx.rows(SQL["differed"], {"family": family, "since": since, "at": at})
    return {bool(row["later"]): (row["differed"], row["n"]) for row in rows}
