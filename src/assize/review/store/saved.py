"""Saved searches and exports as they are kept."""

from datetime import datetime

from assize.kernel.ids import TeamId
from assize.platform.db import Row, Tx, named_constraint
from assize.platform.sql import queries
from assize.review.errors import NameTaken
from assize.review.models import Export, ExportColumns, ExportFormat, ExportState, SavedView

SQL = queries("assize.review")


def insert_view(tx: Tx, one: SavedView, *, owner: str, team_id: TeamId | None) -> None:
    """Keep a named search. Raises NameTaken."""
    params = {
        "id": one.id,
        "owner": owner,
        "team_id": team_id,
        "name": one.name,
        "address": one.address,
        "pinned": one.pinned,
        "made_at": one.made_at,
    }
    with named_constraint({"saved_view_named_once": NameTaken}):
        tx.run(SQL["insert_saved_view"], params)


def views(tx: Tx, *, me: str, team_id: TeamId | None, view_id: str | None = None) -> list[SavedView]:
    """Return what somebody saved and what their team shares, pinned first."""
    rows = tx.rows(SQL["saved_views"], {"me": me, "team_id": team_id, "id": view_id})
    return [_view(row, me) for row in rows]


def change_view(tx: Tx, *, view_id: str, owner: str, name: str, team_id: TeamId | None, pinned: bool) -> bool:
    """Change a search of one's own; return whether it was there. Raises NameTaken."""
    params = {"id": view_id, "owner": owner, "name": name, "team_id": team_id, "pinned": pinned}
    with named_constraint({"saved_view_named_once": NameTaken}):
        return tx.run(SQL["update_saved_view"], params) > 0


def delete_view(tx: Tx, *, view_id: str, owner: str) -> bool:
    """Delete a search of one's own; return whether it was there."""
    return tx.run(SQL["delete_saved_view"], {"id": view_id, "owner": owner}) > 0


def insert_export(tx: Tx, one: Export) -> None:
    """An export begins."""
    params = {
        "id": one.id,
        "owner": one.owner,
        "format": one.format.value,
        "columns": one.columns.value,
        "address": one.address,
        "state": one.state.value,
        "started_at": one.started_at,
    }
    tx.run(SQL["insert_export"], params)


def end_export(tx: Tx, one: Export, *, at: datetime) -> bool:
    """An export is over; return whether it was running until now."""
    params = {
        "id": one.id,
        "owner": one.owner,
        "state": one.state.value,
        "at": at,
        "rows": one.rows,
        "left_out": one.left_out,
        "bytes": one.bytes,
        "sha256": one.sha256,
    }
    return tx.run(SQL["end_export"], params) > 0


def exports(tx: Tx, *, owner: str, export_id: str | None = None, limit: int = 50) -> list[Export]:
    """Return the exports of somebody, the latest first."""
    rows = tx.rows(SQL["exports"], {"owner": owner, "id": export_id, "limit": limit})
    return [_export(row) for row in rows]


def _view(row: Row, me: str) -> SavedView:
    return SavedView(
        id=row["id"],
        name=row["name"],
        address=row["address"],
        shared=row["team_id"] is not None,
        pinned=row["pinned"],
        mine=row["owner"] == me,
        made_at=row["made_at"],
    )


def _export(row: Row) -> Export:
    return Export(
        id=row["id"],
        owner=row["owner"],
        format=ExportFormat(row["format"]),
        columns=ExportColumns(row["columns"]),
        address=row["address"],
        state=ExportState(row["state"]),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        rows=row["rows"],
        left_out=row["left_out"],
        bytes=row["bytes"],
        sha256=row["sha256"],
    )
