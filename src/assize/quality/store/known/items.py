"""Known cases as they are kept."""

from collections.abc import Sequence
from datetime import datetime

from assize.kernel.ids import ClauseId, EventId, QueueName, ReviewerId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality.models.golden import Difficulty, Golden, GoldenRate, GoldenState
from assize.review.models import Verdict

SQL = queries("assize.quality.store.known")
_AS_IT_IS = (
    "id", "case_id", "subject_id", "origin", "origin_id", "label_id", "policy_version_id", "clause_hash", "language", "exposure",
    "experts", "agreeing", "note", "why", "truth_id", "proposed_by", "proposed_at", "approved_by", "approved_at", "expires_at",
    "ended_at", "restriction", "region",
)  # fmt: skip


def insert(tx: Tx, one: Golden) -> bool:
    """Propose a known case; False where the case is in the set already."""
    return tx.row(SQL["insert_golden"], _row(one) | {"event_ids": list(one.event_ids)}) is not None


def found(
    tx: Tx,
    *,
    golden_id: str | None = None,
    state: GoldenState | None = None,
    queue: str | None = None,
    limit: int = 1,
) -> list[Golden]:
    """Return known cases, the latest first."""
    asked = {"id": golden_id, "state": None if state is None else state.value, "queue": queue, "limit": limit}
    return [golden_of(row) for row in tx.rows(SQL["golden"], asked)]


def lock(tx: Tx, golden_id: str) -> Golden | None:
    """Return a known case that nobody else changes until the end of the transaction."""
    row = tx.row(SQL["lock_golden"], {"id": golden_id})
    return None if row is None else golden_of(row)


def change(tx: Tx, one: Golden) -> None:
    """Keep where a known case stands."""
    tx.run(SQL["change_golden"], _row(one))


def of_events(tx: Tx, event_ids: Sequence[EventId]) -> list[Golden]:
    """Return known cases that hold any of these events."""
    return [golden_of(row) for row in tx.rows(SQL["golden_of_events"], {"event_ids": list(event_ids)})]


def expired(tx: Tx, *, at: datetime, limit: int) -> list[Golden]:
    """Return known cases whose time is up, locked."""
    return [golden_of(row) for row in tx.rows(SQL["expired"], {"at": at, "limit": limit})]


def rates(tx: Tx) -> list[GoldenRate]:
    """Return to which share of the cases of each queue known ones are added."""
    return [GoldenRate(**row) for row in tx.rows(SQL["rates"])]


def set_rate(tx: Tx, queue: QueueName, share: float, *, by: ReviewerId, at: datetime) -> None:
    """Keep a share."""
    tx.run(SQL["set_rate"], {"queue": queue, "share": share, "by": by, "at": at})


def golden_of(row: Row) -> Golden:
    """Return the known case that a row means."""
    return Golden(
        event_ids=tuple(EventId(one) for one in row["event_ids"]),
        clause=None if row["clause"] is None else ClauseId(row["clause"]),
        queue=QueueName(row["queue"]),
        verdict=Verdict(row["verdict"]),
        severity=Severity(row["severity"]),
        difficulty=Difficulty(row["difficulty"]),
        state=GoldenState(row["state"]),
        **{name: row[name] for name in _AS_IT_IS},
    )


def _row(one: Golden) -> dict[str, object]:
    return {name: getattr(one, name) for name in _AS_IT_IS} | {
        "clause": one.clause,
        "queue": one.queue,
        "verdict": one.verdict.value,
        "severity": int(one.severity),
        "difficulty": one.difficulty.value,
        "state": one.state.value,
    }
