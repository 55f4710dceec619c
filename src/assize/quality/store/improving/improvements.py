"""Causes and improvements as they are kept."""

from datetime import datetime

from assize.kernel.ids import CaseId, ImprovementId, ReviewerId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.quality.models import Criterion
from assize.quality.models.improving import CauseKind, Improvement, Tooling, Wrongs

SQL = queries("assize.quality.store.improving")
_AS_IT_IS = ("id", "family", "team_id", "problem", "action", "owner_id", "opened_by", "opened_at", "due_at", "done_at", "done_by",
             "result")  # fmt: skip


def wrongs(tx: Tx, *, since: datetime) -> dict[tuple[str, Criterion], list[Wrongs]]:
    """Return how often each reviewer was wrong, by family of clauses and criterion."""
    told: dict[tuple[str, Criterion], list[Wrongs]] = {}
    for row in tx.rows(SQL["wrongs"], {"since": since}):
        one = Wrongs(reviewer_id=ReviewerId(row["reviewer_id"]), wrong=row["wrong"], n=row["n"])
        told.setdefault((row["family"], Criterion(row["criterion"])), []).append(one)
    return told


def tooling(tx: Tx, *, since: datetime) -> list[Tooling]:
    """Return where the tools failed, the dearest first."""
    return [
        Tooling(
            family=row["family"] or "none",
            cases=tuple(CaseId(one) for one in row["cases"]),
            n=row["n"],
            hours=float(row["hours"]),
        )
        for row in tx.rows(SQL["tooling"], {"since": since})
    ]


def wrong_cases(tx: Tx, one: Improvement, *, since: datetime, limit: int) -> list[Row]:
    """Return the latest cases in which people were wrong by what an improvement is about."""
    criterion = None if one.criterion is None else one.criterion.value
    asked = {"family": one.family, "criterion": criterion, "since": since, "limit": limit}
    return tx.rows(SQL["wrong_cases"], asked)


def insert(tx: Tx, one: Improvement) -> None:
    """Begin something about a cause."""
    names = ("id", "family", "team_id", "problem", "action", "owner_id", "opened_by", "opened_at", "due_at")
    values = {name: getattr(one, name) for name in names} | {
        "cause": one.cause.value,
        "criterion": None if one.criterion is None else one.criterion.value,
        "reviewers": list(one.reviewers),
    }
    tx.run(SQL["insert_improvement"], values)


def improvements(
    tx: Tx,
    *,
    improvement_id: str | None = None,
    team_id: str | None = None,
    reviewer_id: str | None = None,
    limit: int = 200,
) -> list[Improvement]:
    """Return what is done about causes, open ones first."""
    asked = {"id": improvement_id, "team_id": team_id, "reviewer_id": reviewer_id, "limit": limit}
    return [_improvement(row) for row in tx.rows(SQL["improvements"], asked)]


def lock(tx: Tx, improvement_id: ImprovementId) -> Improvement | None:
    """Return one that nobody else changes until the end of the transaction."""
    row = tx.row(SQL["lock_improvement"], {"id": improvement_id})
    return None if row is None else _improvement(row)


def finish(tx: Tx, improvement_id: ImprovementId, *, by: str, result: str, at: datetime) -> None:
    """Keep that it was done."""
    tx.run(SQL["finish_improvement"], {"id": improvement_id, "by": by, "result": result, "at": at})


def effect(tx: Tx, one: Improvement, *, since: datetime, at: datetime) -> dict[bool, tuple[int, int]]:
    """Return, for before and after a moment, how often decisions that it is about were wrong, and of how many."""
    asked = {
        "since": since,
        "at": at,
        "criterion": None if one.criterion is None else one.criterion.value,
        "family": one.family,
        "reviewers": list(one.reviewers),
        "team_id": one.team_id,
    }
    return {bool(row["later"]): (row["wrong"], row["n"]) for row in tx.rows(SQL["effect"], asked)}


def _improvement(row: Row) -> Improvement:
    return Improvement(
        cause=CauseKind(row["cause"]),
        criterion=None if row["criterion"] is None else Criterion(row["criterion"]),
        reviewers=tuple(ReviewerId(one) for one in row["reviewers"]),
        **{name: row[name] for name in _AS_IT_IS},
    )
