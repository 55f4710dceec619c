"""Remediations and their items."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assize.enforcement.models.remediation import (
    Cause,
    Chosen,
    ItemState,
    Remediation,
    RemediationItem,
    RemediationState,
    Remedied,
    Selection,
    Share,
)
from assize.kernel.ids import CaseId, DecisionId, EnforcementId
from assize.kernel.measures import wilson
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.enforcement")
FIX = SQL["matching_items"] + "\n" + SQL["add_remediation_items"]
COUNT = SQL["matching_items"] + "\n" + SQL["count_matching"]
WITHOUT_ACTION = "A decision without an action"
COUNT_VOUCHED = SQL["matching_items"] + "\n" + SQL["count_vouched"]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An item that is to be taken back."""

    id: str
    enforcement_id: EnforcementId | None
    decision_id: DecisionId | None
    case_id: CaseId


def add(
    tx: Tx,
    *,
    id: str,  # noqa: A002
    selection: Selection,
    doubts: bool,
    reason: str,
    sample: int,
    by: str,
    at: datetime,
) -> int:
    """Write a remediation and fix what it takes back; return how many."""
    values = _chosen(selection) | {"id": id, "doubts": doubts, "reason": reason, "sample": sample, "by": by, "at": at}
    tx.run(SQL["add_remediation"], values)
    items = tx.run(FIX, values)
    tx.run(SQL["set_remediation_items"], {"id": id, "items": items})
    return items


def chosen(tx: Tx, selection: Selection, *, doubts: bool) -> Chosen:
    """Return how much a selection is. doubts: whether what was found is in doubt too."""
    values = _chosen(selection) | {"doubts": doubts}
    return Chosen(shares=tuple(Share(**row) for row in tx.rows(COUNT, values)), **tx.one(COUNT_VOUCHED, values))


def listed(tx: Tx, *, limit: int) -> list[Remediation]:
    """Return remediations, the latest first."""
    return [_remediation(row) for row in tx.rows(SQL["remediations"], {"limit": limit})]


def by_id(tx: Tx, remediation_id: str, *, for_change: bool = False) -> Remediation | None:
    """Return one remediation, locked where it is going to be changed."""
    found = tx.row(SQL["remediation_for_change" if for_change else "remediation_by_id"], {"id": remediation_id})
    return None if found is None else _remediation(found)


def next_running(tx: Tx) -> Remediation | None:
    """Return a remediation that is under way, locked."""
    found = tx.row(SQL["next_remediation"])
    return None if found is None else _remediation(found)


def set_state(
    tx: Tx,
    remediation_id: str,
    state: RemediationState,
    *,
    answered_by: str | None = None,
    answered_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> None:
    """Say where a remediation stands."""
    values = {
        "id": remediation_id,
        "state": state,
        "answered_by": answered_by,
        "answered_at": answered_at,
        "ended_at": ended_at,
    }
    tx.run(SQL["set_remediation_state"], values)


def progress(tx: Tx, remediation_id: str) -> Remedied:
    """Return how far a remediation is, of what the actor may see."""
    row = tx.one(SQL["remediation_progress"], {"id": remediation_id})
    return Remedied(**row, errors=wilson(row["wrong"], row["judged"]))


def items(
    tx: Tx, remediation_id: str, *, first: int | None = None, states: list[str] | None = None, limit: int
) -> list[RemediationItem]:
    """Return items in their drawn order."""
    values = {"id": remediation_id, "first": first, "states": states, "limit": limit}
    return [_item(row) for row in tx.rows(SQL["remediation_items"], values)]


def waiting(tx: Tx, remediation_id: str, *, limit: int) -> list[Waiting]:
    """Return the next items to take back, locked."""
    rows = tx.rows(SQL["waiting_items"], {"id": remediation_id, "limit": limit})
    return [_waiting(row["item_id"], row) for row in rows]


def set_item(tx: Tx, remediation_id: str, item_id: str, state: ItemState, at: datetime, **more: Any) -> None:
    """Say what became of an item. more: problem, strike, told, reports, entries."""
    values = {"problem": None, "strike": False, "told": False, "reports": 0, "entries": 0} | more
    values |= {"id": remediation_id, "item_id": item_id, "state": state, "at": at}
    tx.run(SQL["set_item"], values)


def judge(tx: Tx, remediation_id: str, item_id: str, *, wrong: bool, by: str) -> Waiting | None:
    """Keep what somebody says of an item of the sample; None where it is none, or no longer looked at."""
    values = {"id": remediation_id, "item_id": item_id, "wrong": wrong, "by": by}
    found = tx.row(SQL["judge_item"], values)
    return None if found is None else _waiting(item_id, found)


def try_again(tx: Tx, remediation_id: str) -> int:
    """Let what failed be tried again."""
    return tx.run(SQL["try_failed_again"], {"id": remediation_id})


def _chosen(selection: Selection) -> dict[str, Any]:
    return {
        "cause": selection.cause.value,
        "cause_id": selection.cause_id,
        "since": selection.since,
        "until": selection.until,
    }


def _remediation(row: Row) -> Remediation:
    selection = Selection(cause=Cause(row["cause"]), cause_id=row["cause_id"], since=row["since"], until=row["until"])
    kept = ("id", "reason", "items", "sample", "planned_by", "planned_at", "answered_by", "answered_at", "ended_at")
    return Remediation(selection=selection, state=RemediationState(row["state"]), **{name: row[name] for name in kept})


def _waiting(item_id: str, row: Row) -> Waiting:
    return Waiting(
        id=item_id,
        enforcement_id=EnforcementId(row["enforcement_id"]) if row["enforcement_id"] else None,
        decision_id=DecisionId(row["decision_id"]) if row["decision_id"] else None,
        case_id=CaseId(row["case_id"]),
    )


def _item(row: Row) -> RemediationItem:
    return RemediationItem(
        id=row["item_id"],
        enforcement_id=EnforcementId(row["enforcement_id"]) if row["enforcement_id"] else None,
        decision_id=DecisionId(row["decision_id"]) if row["decision_id"] else None,
        case_id=CaseId(row["case_id"]),
        title=row["title"] or WITHOUT_ACTION,
        clause_id=row["clause_id"],
        decided_by=row["decided_by"],
        planned_at=row["planned_at"],
        state=ItemState(row["state"]),
        problem=row["problem"],
        place=row["place"],
        wrong=row["wrong"],
        judged_by=row["judged_by"],
    )
