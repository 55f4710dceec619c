"""One person acts at once with a reversible action; a second makes it stay, or it is reversed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assize.enforcement.errors import (
    AlreadyInForce,
    BadParameter,
    NoSuchEnforcement,
    NotContainable,
    NotWaiting,
)
from assize.enforcement.facts import ApprovalGiven, EnforcementPlanned
from assize.enforcement.logic import check_second_person, plan
from assize.enforcement.models import Enforcement, EnforcementState, Preview
from assize.enforcement.ports import Order, action_for
from assize.enforcement.service import issuing, knowing, reversing
from assize.enforcement.service.enforcing import planning_of
from assize.enforcement.store import plans
from assize.kernel.ids import ActionId, CaseId, EnforcementId, SubjectId, new_id
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import ActionSpec, PolicyVersion
from assize.triage.models import Case
from assize.workforce.models import Principal, PrincipalKind, Right
from assize.workforce.service import require


def contain(
    tx: Tx,
    *,
    case_id: CaseId,
    action_id: ActionId,
    target_level: str,
    target_id: str,
    params: Mapping[str, Any] | None = None,
    at: datetime,
) -> Enforcement:
    """Act at once on a case, before any decision: the effect leaves now, and no second person is waited for.

    Only a reversible action, only by a person. The caller sees to the second person; see `second` and `lapse`.
    Raises NotContainable, BadParameter, WrongTarget, AlreadyInForce (with what is in force).
    """
    principal = require(tx, Right.CONTAIN, about=case_id)
    case, version = knowing.case_of(tx, case_id), policy.current(tx)
    spec = version.action(action_id)
    if spec is None or not spec.reversible or principal.kind is not PrincipalKind.PERSON:
        raise NotContainable(action_id=action_id)
    target, subject_id = knowing.resolve(tx, level=target_level, target_id=target_id)
    if target is None:
        raise BadParameter(field="target_id", reason="the platform's id of it is not known, or was erased")
    order = Order(action_id=action_id, target=target, params=params or {}, at=at)
    preview = plan(action_for(action_id), planning_of(spec), order, by_machine=False)
    plans.lock_target(tx, target=target, action_id=action_id)
    for before in plans.in_force(tx, target=target, action_id=action_id):
        if before.state is not EnforcementState.AWAITING_APPROVAL:
            raise AlreadyInForce(enforcement_id=before.id)
    made = _containment(case, spec, version, preview, order, by=principal, subject_id=subject_id)
    plans.add(tx, made)
    tx.record(_planned(made), at=at)
    issuing.issue(tx, made, at=at)
    return made


def second(tx: Tx, *, enforcement_id: str, at: datetime) -> Enforcement:
    """Approve what one person did alone: it stays until a decision or a person takes it back.

    Raises NoSuchEnforcement, NotWaiting, SecondPersonNeeded.
    """
    approver = require(tx, Right.APPROVE, about=enforcement_id)
    made = plans.by_id(tx, enforcement_id, for_change=True)
    if made is None:
        raise NoSuchEnforcement(enforcement_id=enforcement_id)
    check_second_person(
        decided_by=made.decided_by,
        approver=approver.id,
        is_person=approver.kind is PrincipalKind.PERSON,
        why="one person contained alone",
    )
    if not stands_alone(made):
        raise NotWaiting(state=made.state)
    plans.add_approval(tx, made.id, approver=approver.id, given=True, reason=None, at=at)
    plans.set_state(tx, made.id, made.state, approved_by=approver.id)
    tx.record(ApprovalGiven(enforcement_id=made.id, case_id=made.case_id), at=at)
    return plans.by_id(tx, made.id) or made


def lapse(tx: Tx, *, enforcement_id: EnforcementId, at: datetime) -> bool:
    """Reverse what one person did alone and nobody seconded. Return False where it no longer stands alone."""
    require(tx, Right.CONTAIN, about=enforcement_id)
    made = plans.by_id(tx, enforcement_id, for_change=True)
    if made is None or not stands_alone(made):
        return False
    reversing.undo(tx, made, because="no second person approved in time", at=at)
    return True


def stands_alone(made: Enforcement) -> bool:
    """Whether only one person's word is behind what is in force."""
    in_force = made.state in {EnforcementState.ISSUED, EnforcementState.CONFIRMED}
    return in_force and made.containment and made.approved_by is None


def _containment(
    case: Case,
    spec: ActionSpec,
    version: PolicyVersion,
    preview: Preview,
    order: Order,
    *,
    by: Principal,
    subject_id: SubjectId | None,
) -> Enforcement:
    return Enforcement(
        id=EnforcementId(new_id("enf")),
        case_id=case.id,
        decision_id=None,
        subject_id=subject_id,
        target=order.target,
        action_id=spec.id,
        title=spec.title,
        sentence=preview.sentence,
        params=order.params,
        high_impact=spec.high_impact,
        reversible=spec.reversible,
        containment=True,
        state=EnforcementState.NULL if case.shown_as_test else EnforcementState.ISSUED,
        problem=None,
        clause_id=None,
        policy_version_id=version.id,
        decided_by=by.id,
        by_machine=False,
        strike_weight=0.0,
        event_at=case.first_seen_at,
        planned_at=order.at,
        effective_at=order.at,
    )


def _planned(made: Enforcement) -> EnforcementPlanned:
    return EnforcementPlanned(
        enforcement_id=made.id,
        case_id=made.case_id,
        decision_id=None,
        action_id=made.action_id,
        target_level=made.target.level,
        state=made.state,
        containment=True,
        effective_at=made.effective_at,
    )
