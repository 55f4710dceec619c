"""What plans drew, and the decisions they draw from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import ClauseId, DecisionId, DossierId, PlanId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality.models import Decided, Draw
from assize.review.models import Verdict

SQL = queries("assize.quality")
_AS_IT_IS = (
    "key_id", "place", "random_stratum", "random_rate", "by_random", "risk_stratum", "risk_rate", "by_risk",
    "targeted_stratum", "targeted_rate", "by_targeted", "by_record", "inclusion", "floored", "drawn_at",
)  # fmt: skip
_OF_DECISION = (
    "decision_id", "case_id", "subject_id", "reviewer_id", "team_id", "vendor", "by", "queue", "clause", "language",
    "policy_version_id", "decided_at", "restriction", "region", "test",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What an audit of a decision stands on. severity: as frozen, before anybody decided. keys: its clauses and their families. exposure: 0 to 4."""

    dossier_id: DossierId
    severity: Severity
    exposure: int
    clauses: tuple[ClauseId, ...]
    keys: tuple[str, ...]


def wait(tx: Tx, decision_id: DecisionId, *, due_at: datetime) -> None:
    """Let a decision wait until it can't be taken back any more."""
    tx.run(SQL["wait_to_be_drawn"], {"decision_id": decision_id, "due_at": due_at})


def take_waiting(tx: Tx, *, at: datetime, limit: int) -> list[DecisionId]:
    """Take decisions that are due, out of what waits."""
    return [row["decision_id"] for row in tx.rows(SQL["take_waiting"], {"at": at, "limit": limit})]


def grounds(tx: Tx, ids: Sequence[DecisionId]) -> dict[DecisionId, Ground]:
    """Return what audits of decisions stand on; nothing for one whose evidence was never frozen."""
    return {
        DecisionId(row["id"]): Ground(
            dossier_id=row["dossier_id"],
            severity=Severity(row["severity"]),
            exposure=row["exposure"],
            clauses=tuple(row["clauses"]),
            keys=tuple(row["clause_keys"]),
        )
        for row in tx.rows(SQL["grounds"], {"ids": list(ids)})
    }


def decided(tx: Tx, ids: Sequence[DecisionId]) -> list[Decided]:
    """Return what strata can ask of decisions; those that were taken back, or never stood, are not there."""
    return [_decided(row | {"decision_id": row["id"]}) for row in tx.rows(SQL["decided"], {"ids": list(ids)})]


def insert(tx: Tx, draw: Draw) -> bool:
    """Keep a draw; return False where it is kept already."""
    values = {name: getattr(draw, name) for name in _AS_IT_IS} | {
        name: getattr(draw.decided, name) for name in _OF_DECISION
    }
    more = {
        "plan_id": draw.plan_id,
        "severity": int(draw.decided.severity),
        "verdict": draw.decided.verdict.value,
    }
    return tx.row(SQL["insert_draw"], values | more) is not None


def of_decisions(tx: Tx, ids: Sequence[DecisionId]) -> list[Draw]:
    """Return what plans drew of these decisions."""
    return [_draw(row) for row in tx.rows(SQL["draws_of_decisions"], {"ids": list(ids)})]


def of_plan(
    tx: Tx, plan_id: PlanId, *, team: str | None = None, before: str | None = None, limit: int = 50
) -> list[Draw]:
    """Return what a plan drew, of one team's decisions or of all, the latest first."""
    wanted = {"plan_id": plan_id, "team": team, "before": before, "limit": limit}
    return [_draw(row) for row in tx.rows(SQL["draws_of_plan"], wanted)]


def void(tx: Tx, decision_id: DecisionId, *, at: datetime) -> int:
    """Say that a decision was taken back before it counted; return how many draws that ends."""
    return tx.run(SQL["void_draws"], {"decision_id": decision_id, "at": at})


def _decided(row: Row) -> Decided:
    return Decided(
        severity=Severity(row["severity"]),
        verdict=Verdict(row["verdict"]),
        **{name: row[name] for name in _OF_DECISION},
    )


def _draw(row: Row) -> Draw:
    return Draw(
        plan_id=row["plan_id"],
        decided=_decided(row),
        voided_at=row["voided_at"],
        **{name: row[name] for name in _AS_IT_IS},
    )
