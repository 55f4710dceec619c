"""What counts for certificates, and recommendations, as rows."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from assize.kernel.ids import CertificateId, ClauseId, DecisionId, ReviewerId, new_id
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.quality.models import (
    Conclusion,
    Evidence,
    Recommendation,
    RecommendationState,
    TrialDraw,
    TrialOutcome,
    Tried,
)
from assize.workforce.models import NO_ACTION

SQL = queries("assize.quality")
_OF_DECISION = ("decision_id", "case_id", "subject_id", "reviewer_id", "clause", "decided_at", "restriction", "region")


def wait(tx: Tx, decision_id: DecisionId, *, due_at: datetime) -> None:
    """Let a decision wait to be put to certificates."""
    tx.run(SQL["trial_wait"], {"decision_id": decision_id, "due_at": due_at})


def take(tx: Tx, *, at: datetime, limit: int) -> list[DecisionId]:
    """Take decisions that are due, out of what waits."""
    return [row["decision_id"] for row in tx.rows(SQL["trial_take"], {"at": at, "limit": limit})]


def tried(tx: Tx, ids: Sequence[DecisionId]) -> list[Tried]:
    """Return what certificates ask of decisions."""
    return [
        Tried(
            **{name: row[name] for name in _OF_DECISION},
            found=frozenset(ClauseId(one) for one in row["found"]),
            actions=frozenset(row["actions"]) or frozenset({NO_ACTION}),
            language=row["language"],
            queue=row["queue"],
            severity=row["severity"],
            policy_version_id=row["policy_version_id"],
        )
        for row in tx.rows(SQL["tried"], {"ids": list(ids)})
    ]


def insert(tx: Tx, one: TrialDraw) -> bool:
    """Keep a draw; False where it is there already."""
    values = {
        "certificate_id": one.certificate_id,
        "key_id": one.key_id,
        "place": one.place,
        "rate": one.rate,
        "drawn_at": one.drawn_at,
    }
    given = {name: getattr(one.tried, name) for name in _OF_DECISION}
    return tx.row(SQL["insert_trial_draw"], values | given) is not None


def certificates_of(tx: Tx, decision_id: DecisionId) -> list[CertificateId]:
    """Return the certificates that a decision counts for."""
    rows = tx.rows(SQL["certificates_of_decision"], {"decision_id": decision_id})
    return [CertificateId(row["certificate_id"]) for row in rows]


def outcomes(tx: Tx, certificate_id: CertificateId, *, since: datetime) -> list[TrialOutcome]:
    """Return what came of the decisions that count for a certificate."""
    rows = tx.rows(SQL["trial_outcomes"], {"certificate_id": certificate_id, "since": since})
    return [TrialOutcome(**dict(row)) for row in rows]


def plan_outcomes(
    tx: Tx, reviewer_id: ReviewerId, *, since: datetime, fits: Callable[[ClauseId | None, str | None], bool]
) -> list[TrialOutcome]:
    """Return what came of somebody's decisions that plans drew at random. fits: of which clause and language."""
    rows = tx.rows(SQL["plan_outcomes"], {"reviewer_id": reviewer_id, "since": since})
    names = ("decision_id", "clause", "decided_at", "place", "wrong", "compared_at")
    return [TrialOutcome(**{name: row[name] for name in names}) for row in rows if fits(row["clause"], row["language"])]


def save_evidence(tx: Tx, certificate_id: CertificateId, one: Evidence, *, reached: bool, at: datetime) -> None:
    """Keep how the evidence of a certificate stands."""
    values = {
        "certificate_id": certificate_id,
        "audits": one.audits,
        "errors": one.errors,
        "held_up": one.held_up,
        "waiting": one.waiting,
        "log_evidence": one.log_evidence,
        "drift": one.drift,
        "weighed_at": at,
        "reached_at": at if reached else None,
    }
    tx.run(SQL["save_evidence"], values)


def evidence_of(tx: Tx, ids: Sequence[str]) -> dict[str, Row]:
    """Return how evidence stood when it was last weighed, by certificate."""
    return {row["certificate_id"]: row for row in tx.rows(SQL["evidence_of"], {"ids": list(ids)})}


def raise_recommendation(
    tx: Tx,
    *,
    certificate_id: CertificateId,
    reviewer_id: ReviewerId,
    signal: str,
    errors: int,
    audits: int,
    note: str,
    at: datetime,
) -> str | None:
    """Tell a manager what the signals say; None where that is open already."""
    values = {
        "id": new_id("rec"),
        "certificate_id": certificate_id,
        "reviewer_id": reviewer_id,
        "signal": signal,
        "errors": errors,
        "audits": audits,
        "raised_by": tx.actor.id,
        "raised_at": at,
        "note": note,
    }
    row = tx.row(SQL["insert_recommendation"], values)
    return None if row is None else str(row["id"])


def recommendations(
    tx: Tx,
    *,
    id: str | None = None,  # noqa: A002
    certificate_id: str | None = None,
    reviewer_id: str | None = None,
    open_only: bool = False,
) -> list[Recommendation]:
    """Return recommendations, the latest first."""
    asked = {"id": id, "certificate_id": certificate_id, "reviewer_id": reviewer_id, "open_only": open_only}
    return [_recommendation(row) for row in tx.rows(SQL["recommendations"], asked)]


def lock_recommendation(tx: Tx, recommendation_id: str) -> Recommendation | None:
    """Return one that nobody else changes until the end of the transaction."""
    row = tx.row(SQL["lock_recommendation"], {"id": recommendation_id})
    return None if row is None else _recommendation(row)


def coach(tx: Tx, recommendation_id: str, *, note: str, by: str, at: datetime) -> None:
    """A manager coached somebody."""
    tx.run(SQL["coach_recommendation"], {"id": recommendation_id, "note": note, "by": by, "at": at})


def reply(tx: Tx, recommendation_id: str, *, note: str, at: datetime) -> None:
    """Whoever it is about replied."""
    tx.run(SQL["reply_recommendation"], {"id": recommendation_id, "note": note, "at": at})


def close(tx: Tx, recommendation_id: str, *, outcome: Conclusion, note: str, by: str, at: datetime) -> None:
    """A manager decided what follows."""
    values = {"id": recommendation_id, "outcome": outcome.value, "note": note, "by": by, "at": at}
    tx.run(SQL["close_recommendation"], values)


def _recommendation(row: Row) -> Recommendation:
    given: dict[str, Any] = dict(row)
    return Recommendation(
        **given
        | {
            "state": RecommendationState(row["state"]),
            "outcome": None if row["outcome"] is None else Conclusion(row["outcome"]),
        }
    )
