"""Dossiers, openings and drafts as they are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from assize.kernel.ids import CaseId, ClauseId, DossierId, EventId, ReviewerId, TaskId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.review.models import Dossier, DossierEvent, DossierSignal, Draft

SQL = queries("assize.review")


def insert(tx: Tx, dossiers: Sequence[Dossier]) -> None:
    """Freeze evidence."""
    if dossiers:
        tx.run(SQL["insert_dossiers"], {"rows": Jsonb([_row(one) for one in dossiers])})


def by_id(tx: Tx, dossier_id: DossierId) -> Dossier | None:
    """Return a dossier, or None."""
    row = tx.row(SQL["dossier_by_id"], {"dossier_id": dossier_id})
    return None if row is None else _dossier(row)


def newest(tx: Tx, case_ids: Sequence[CaseId]) -> dict[CaseId, Dossier]:
    """Return the newest dossier of each of these cases that has one."""
    found = [_dossier(row) for row in tx.rows(SQL["newest_dossiers"], {"case_ids": list(case_ids)})]
    return {one.case_id: one for one in found}


def supersede(tx: Tx, case_id: CaseId, *, version: int) -> None:
    """Mark the dossiers of a case that are older than a version."""
    tx.run(SQL["supersede_dossiers"], {"case_id": case_id, "version": version})


def forget_hashes(tx: Tx, event_ids: Sequence[EventId]) -> int:
    """Take the hashes of erased events out of dossiers; return how many dossiers changed."""
    return tx.run(SQL["forget_event_hashes"], {"event_ids": list(event_ids)})


def insert_opening(
    tx: Tx, *, case_id: CaseId, reviewer: str, task_id: TaskId | None, purpose: str, at: datetime
) -> None:
    """Somebody opened the content of a case."""
    params = {"case_id": case_id, "me": reviewer, "task_id": task_id, "purpose": purpose, "at": at}
    tx.run(SQL["insert_opening"], params)


def opened_since(tx: Tx, *, case_id: CaseId, reviewer: str, since: datetime) -> bool:
    """Whether somebody opened the content of a case after a time."""
    return bool(tx.value(SQL["opened_since"], {"case_id": case_id, "me": reviewer, "since": since}))


def exposure_since(tx: Tx, *, reviewer: str, since: datetime) -> dict[int, int]:
    """Return how many contents of each exposure class somebody opened after a time."""
    rows = tx.rows(SQL["exposure_since"], {"me": reviewer, "since": since})
    return {row["exposure"]: row["openings"] for row in rows}


def save_draft(
    tx: Tx, *, task_id: TaskId, case_id: CaseId, reviewer: str, body: Mapping[str, Any], lost: bool, at: datetime
) -> None:
    """Keep what was typed for a task."""
    params = {"task_id": task_id, "case_id": case_id, "me": reviewer, "body": Jsonb(dict(body)), "lost": lost, "at": at}
    tx.run(SQL["save_draft"], params)


def mark_drafts_lost(tx: Tx, task_ids: Sequence[str]) -> None:
    """Mark what was typed for tasks whose lease ended."""
    tx.run(SQL["mark_drafts_lost"], {"task_ids": list(task_ids)})


def drafts(tx: Tx, *, reviewer: str, task_id: TaskId | None, limit: int) -> list[Draft]:
    """Return what a reviewer typed and has not sent, the latest first."""
    rows = tx.rows(SQL["drafts_of"], {"me": reviewer, "task_id": task_id, "limit": limit})
    return [
        Draft(
            task_id=TaskId(row["task_id"]),
            case_id=CaseId(row["case_id"]),
            reviewer_id=ReviewerId(row["reviewer_id"]),
            body=row["body"],
            saved_at=row["saved_at"],
            lost=row["lost"],
        )
        for row in rows
    ]


def drop_draft(tx: Tx, *, task_id: TaskId, reviewer: str) -> None:
    """A decision was sent, or its words thrown away."""
    tx.run(SQL["drop_draft"], {"task_id": task_id, "me": reviewer})


def _row(one: Dossier) -> dict[str, Any]:
    return {
        "id": one.id,
        "case_id": one.case_id,
        "version": one.version,
        "frozen_at": one.frozen_at.isoformat(),
        "events": [
            {
                "event_id": each.event_id,
                "kind": each.kind,
                "occurred_at": each.occurred_at.isoformat(),
                "hash": each.hash,
            }
            for each in one.events
        ],
        "subject": dict(one.subject),
        "signals": [{"name": each.name, "clause_id": each.clause_id, "detail": each.detail} for each in one.signals],
        "precedents": list(one.precedents),
        "rubric": dict(one.rubric),
        "severity": int(one.severity),
        "hash": one.hash,
    }


def _dossier(row: Row) -> Dossier:
    return Dossier(
        id=DossierId(row["id"]),
        case_id=CaseId(row["case_id"]),
        version=row["version"],
        frozen_at=row["frozen_at"],
        events=tuple(
            DossierEvent(
                event_id=EventId(each["event_id"]),
                kind=each["kind"],
                occurred_at=datetime.fromisoformat(each["occurred_at"]),
                hash=each["hash"],
            )
            for each in row["events"]
        ),
        subject=row["subject"],
        signals=tuple(
            DossierSignal(
                name=each["name"],
                clause_id=None if each["clause_id"] is None else ClauseId(each["clause_id"]),
                detail=each["detail"],
            )
            for each in row["signals"]
        ),
        precedents=tuple(row["precedents"]),
        rubric=row["rubric"],
        severity=Severity(row["severity"]),
        hash=row["hash"],
        superseded=row["superseded"],
    )
