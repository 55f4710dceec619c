"""The second, different person."""

from datetime import datetime

from assize.enforcement.errors import NoSuchEnforcement, NotWaiting
from assize.enforcement.facts import ApprovalGiven, ApprovalRefused
from assize.enforcement.logic import check_second_person, why_second_person
from assize.enforcement.models import Enforcement, EnforcementState
from assize.enforcement.service import curing, issuing
from assize.enforcement.store import plans
from assize.platform.db import Tx
from assize.workforce.models import Principal, PrincipalKind, Right
from assize.workforce.service import require


def approve(tx: Tx, *, enforcement_id: str, at: datetime) -> Enforcement:
    """Let a plan that waits for a second person go ahead. Repeating it changes nothing.

    Raises NoSuchEnforcement, NotWaiting, SecondPersonNeeded (who decided can't approve, nor can a machine or a key).
    """
    approver, plan = _waiting(tx, enforcement_id)
    if plan.approved_by == approver.id:
        return plan
    _check_waits(plan)
    plans.add_approval(tx, plan.id, approver=approver.id, given=True, reason=None, at=at)
    effective_at = max(plan.effective_at, at)
    plans.set_state(tx, plan.id, EnforcementState.ISSUED, approved_by=approver.id, effective_at=effective_at)
    tx.record(ApprovalGiven(enforcement_id=plan.id, case_id=plan.case_id), at=at)
    issued = plans.by_id(tx, plan.id) or plan
    issuing.issue(tx, issued, at=at)
    curing.watch_for_cure(tx, issued, at=at)
    return issued


def refuse(tx: Tx, *, enforcement_id: str, reason: str, at: datetime) -> Enforcement:
    """Say no to a plan that waits, or put one that is blocked aside. Nothing is done.

    Raises NoSuchEnforcement, NotWaiting, SecondPersonNeeded.
    """
    approver, plan = _waiting(tx, enforcement_id)
    _check_waits(plan, EnforcementState.BLOCKED)
    plans.add_approval(tx, plan.id, approver=approver.id, given=False, reason=reason, at=at)
    plans.set_state(tx, plan.id, EnforcementState.REFUSED)
    tx.record(ApprovalRefused(enforcement_id=plan.id, case_id=plan.case_id, reason="a second person said no"), at=at)
    return plans.by_id(tx, plan.id) or plan


def _waiting(tx: Tx, enforcement_id: str) -> tuple[Principal, Enforcement]:
    approver = require(tx, Right.APPROVE, about=enforcement_id)
    plan = plans.by_id(tx, enforcement_id, for_change=True)
    if plan is None:
        raise NoSuchEnforcement(enforcement_id=enforcement_id)
    why = why_second_person(high_impact=plan.high_impact, reversible=plan.reversible, by_machine=plan.by_machine)
    check_second_person(
        decided_by=plan.decided_by,
        approver=approver.id,
        is_person=approver.kind is PrincipalKind.PERSON,
        why=why or "one person decided",
    )
    return approver, plan


def _check_waits(plan: Enforcement, *also: EnforcementState) -> None:
    if plan.state not in {EnforcementState.AWAITING_APPROVAL, *also}:
        raise NotWaiting(state=plan.state)
