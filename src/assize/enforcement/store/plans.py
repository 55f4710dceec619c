"""Plans and what second people said about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from assize.enforcement.models import Enforcement, EnforcementState, Target
from assize.kernel.ids import ActionId, CaseId, ClauseId, DecisionId, EnforcementId, PolicyVersionId, SubjectId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.enforcement")


def add(tx: Tx, plan: Enforcement) -> bool:
    """Write a plan. Return False where this decision planned the same before."""
    values = {
        "id": plan.id,
        "case_id": plan.case_id,
        "decision_id": plan.decision_id,
        "subject_id": plan.subject_id,
        "target_level": plan.target.level,
        "target_ref": plan.target.ref,
        "action_id": plan.action_id,
        "title": plan.title,
        "sentence": plan.sentence,
        "params": Jsonb(dict(plan.params)),
        "high_impact": plan.high_impact,
        "reversible": plan.reversible,
        "containment": plan.containment,
        "state": plan.state,
        "problem": plan.problem,
        "clause_id": plan.clause_id,
        "policy_version_id": plan.policy_version_id,
        "decided_by": plan.decided_by,
        "by_machine": plan.by_machine,
        "strike_weight": plan.strike_weight,
        "event_at": plan.event_at,
        "planned_at": plan.planned_at,
        "effective_at": plan.effective_at,
        "approved_by": plan.approved_by,
        "interim": plan.interim,
    }
    return tx.row(SQL["add_enforcement"], values) is not None


def by_id(tx: Tx, enforcement_id: str, *, for_change: bool = False) -> Enforcement | None:
    """Return one plan, locked where it is going to be changed."""
    found = tx.row(SQL["enforcement_for_change" if for_change else "enforcement_by_id"], {"id": enforcement_id})
    return _plan(found) if found else None


def of_decision(tx: Tx, decision_id: DecisionId) -> list[Enforcement]:
    """Return the plans of a decision, locked."""
    return [_plan(row) for row in tx.rows(SQL["enforcements_of_decision"], {"decision_id": decision_id})]


def of_decisions(tx: Tx, decision_ids: Sequence[str]) -> list[Enforcement]:
    """Return the plans of these decisions, in order."""
    return [_plan(row) for row in tx.rows(SQL["enforcements_of_decisions"], {"decision_ids": list(decision_ids)})]


def listed(
    tx: Tx,
    *,
    case_id: str | None = None,
    subject_id: str | None = None,
    state: EnforcementState | None = None,
    before: str | None = None,
    limit: int,
) -> list[Enforcement]:
    """Return plans, newest first."""
    asked = {"case_id": case_id, "subject_id": subject_id, "state": state, "before": before, "limit": limit}
    return [_plan(row) for row in tx.rows(SQL["enforcements"], asked)]


def lock_target(tx: Tx, *, target: Target, action_id: str) -> None:
    """Wait until nobody else plans or undoes this action on this target; held to the end of the transaction."""
    tx.run(SQL["lock_target"], {"name": f"{target.level}/{target.ref}/{action_id}"})


def in_force(tx: Tx, *, target: Target, action_id: str, other_than: str = "") -> list[Enforcement]:
    """Return the plans by which an action is in force on a target or about to be, locked, oldest first."""
    asked = {
        "target_level": target.level,
        "target_ref": target.ref,
        "action_id": action_id,
        "other_than": other_than,
    }
    return [_plan(row) for row in tx.rows(SQL["in_force"], asked)]


def set_state(
    tx: Tx,
    enforcement_id: EnforcementId,
    state: EnforcementState,
    *,
    approved_by: str | None = None,
    effective_at: datetime | None = None,
    undone_at: datetime | None = None,
    undone_because: str | None = None,
    problem: str | None = None,
) -> None:
    """Say where a plan stands; what is left out stays."""
    values = {
        "id": enforcement_id,
        "state": state,
        "approved_by": approved_by,
        "effective_at": effective_at,
        "undone_at": undone_at,
        "undone_because": undone_because,
        "problem": problem,
    }
    tx.run(SQL["set_enforcement_state"], values)


def adopt(tx: Tx, in_force_id: EnforcementId, by: Enforcement, *, approved_by: str | None) -> None:
    """Let a decision's plan take over what is in force already."""
    values = {
        "id": in_force_id,
        "decision_id": by.decision_id,
        "clause_id": by.clause_id,
        "decided_by": by.decided_by,
        "by_machine": by.by_machine,
        "policy_version_id": by.policy_version_id,
        "strike_weight": by.strike_weight,
        "subject_id": by.subject_id,
        "approved_by": approved_by,
        "interim": by.interim,
    }
    tx.run(SQL["adopt"], values)


def add_approval(
    tx: Tx, enforcement_id: EnforcementId, *, approver: str, given: bool, reason: str | None, at: datetime
) -> bool:
    """Keep what a second person said. Return False where they said something before."""
    values: Mapping[str, Any] = {
        "enforcement_id": enforcement_id,
        "approver": approver,
        "given": given,
        "reason": reason,
        "at": at,
    }
    return tx.row(SQL["add_approval"], values) is not None


def approvers(tx: Tx, enforcement_id: EnforcementId) -> frozenset[str]:
    """Return who had a say in a plan."""
    return frozenset(row["approver"] for row in tx.rows(SQL["approvers"], {"enforcement_id": enforcement_id}))


def _plan(row: Row) -> Enforcement:
    return Enforcement(
        id=EnforcementId(row["id"]),
        case_id=CaseId(row["case_id"]),
        decision_id=DecisionId(row["decision_id"]) if row["decision_id"] else None,
        subject_id=SubjectId(row["subject_id"]) if row["subject_id"] else None,
        target=Target(level=row["target_level"], ref=row["target_ref"]),
        action_id=ActionId(row["action_id"]),
        title=row["title"],
        sentence=row["sentence"],
        params=row["params"],
        high_impact=row["high_impact"],
        reversible=row["reversible"],
        containment=row["containment"],
        state=EnforcementState(row["state"]),
        problem=row["problem"],
        clause_id=ClauseId(row["clause_id"]) if row["clause_id"] else None,
        policy_version_id=PolicyVersionId(row["policy_version_id"]) if row["policy_version_id"] else None,
        decided_by=row["decided_by"],
        by_machine=row["by_machine"],
        strike_weight=row["strike_weight"],
        event_at=row["event_at"],
        planned_at=row["planned_at"],
        effective_at=row["effective_at"],
        approved_by=row["approved_by"],
        undone_at=row["undone_at"],
        undone_because=row["undone_because"],
        interim=row["interim"],
    )
