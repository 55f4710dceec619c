"""Calibration rounds as they are kept."""

from collections.abc import Sequence
from datetime import datetime

from assize.kernel.ids import CalibrationActionId, CalibrationId, CalibrationItemId, CaseId, ReviewerId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.quality.models.calibrating import Finding, Form, Item, Round, Stage, ToDo

SQL = queries("assize.quality.store.words")
_ROUND = ("id", "name", "facilitator_id", "opened_at", "due_at", "discussed_at", "closed_at", "retest_at", "retests")
_ITEM = (
    "id", "calibration_id", "ordinal", "case_id", "subject_id", "policy_version_id", "note", "restriction", "region", "test",
)  # fmt: skip
_TODO = ("id", "calibration_id", "text", "owner_id", "due_at", "made_at", "done_at", "done_by")


def insert(tx: Tx, one: Round, *, members: Sequence[ReviewerId], items: Sequence[Item]) -> None:
    """Open a round with its people and cases."""
    names = ("id", "name", "facilitator_id", "opened_at", "due_at", "retest_at", "retests")
    tx.run(SQL["insert_round"], {name: getattr(one, name) for name in names} | {"form": one.form.value})
    tx.run(SQL["insert_members"], {"id": one.id, "members": list(members)})
    for item in items:
        tx.run(SQL["insert_item"], {name: getattr(item, name) for name in _ITEM})


def rounds(tx: Tx, *, round_id: str | None = None, member: str | None = None, limit: int = 1) -> list[Round]:
    """Return rounds, the latest first: all, or those somebody takes part in."""
    rows = tx.rows(SQL["rounds"], {"id": round_id, "member": member, "limit": limit})
    return [
        Round(form=Form(row["form"]), state=Stage(row["state"]), **{name: row[name] for name in _ROUND}) for row in rows
    ]


def members(tx: Tx, round_id: CalibrationId) -> list[ReviewerId]:
    """Return who takes part."""
    return [row["reviewer_id"] for row in tx.rows(SQL["members"], {"id": round_id})]


def items(tx: Tx, *, round_id: str | None = None, item_id: str | None = None) -> list[Item]:
    """Return the cases of a round that the actor may see, in order, or one of them."""
    return [_item(row) for row in tx.rows(SQL["items"], {"round_id": round_id, "id": item_id})]


def move(tx: Tx, round_id: CalibrationId, state: Stage, *, at: datetime) -> None:
    """Begin the discussion, or close a round."""
    tx.run(SQL["move_round"], {"id": round_id, "state": state.value, "at": at})


def conclude(tx: Tx, item_id: CalibrationItemId, *, outcome: Finding, note: str) -> None:
    """Keep what the discussion of a case came to."""
    tx.run(SQL["conclude_item"], {"id": item_id, "outcome": outcome.value, "note": note})


def actions(tx: Tx, *, round_id: str | None = None, action_id: str | None = None) -> list[ToDo]:
    """Return what a round asks of people, the next due first."""
    rows = tx.rows(SQL["actions"], {"round_id": round_id, "id": action_id})
    return [ToDo(**{name: row[name] for name in _TODO}) for row in rows]


def insert_action(tx: Tx, one: ToDo) -> None:
    """Ask something of somebody."""
    names = ("id", "calibration_id", "text", "owner_id", "due_at", "made_at")
    tx.run(SQL["insert_action"], {name: getattr(one, name) for name in names})


def finish(tx: Tx, action_id: CalibrationActionId, *, by: str, at: datetime) -> None:
    """Keep that it was done."""
    tx.run(SQL["finish_action"], {"id": action_id, "by": by, "at": at})


def labelling(tx: Tx, reviewer_id: ReviewerId) -> list[CaseId]:
    """Return the cases that somebody is to label alone now."""
    return [row["case_id"] for row in tx.rows(SQL["labelling"], {"me": reviewer_id})]


def _item(row: Row) -> Item:
    outcome = None if row["outcome"] is None else Finding(row["outcome"])
    return Item(outcome=outcome, **{name: row[name] for name in _ITEM})
