"""Carrying out what a standing decision says, target by target."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from assize.enforcement.errors import BadParameter
from assize.enforcement.facts import EnforcementPlanned
from assize.enforcement.logic import Planning, plan
from assize.enforcement.logic.noticing import hold_asked
from assize.enforcement.models import Enforcement, EnforcementState, Preview, Target
from assize.enforcement.ports import Order, action_for
from assize.enforcement.service import appealing, curing, interim, issuing, knowing, offering, reversing, vouching
from assize.enforcement.service.knowing import Ground
from assize.enforcement.store import instead, plans, standing
from assize.kernel.errors import AssizeError
from assize.kernel.ids import ActionId, DecisionId, EnforcementId, SubjectId, new_id
from assize.platform.db import Tx
from assize.policy.models import ActionSpec
from assize.review.models import Disposition, DispositionKind
from assize.workforce.models import Right
from assize.workforce.service import require

_TAKEN_BACK = frozenset({EnforcementState.CANCELLED, EnforcementState.UNDONE})
_REPLACED = "another decision stands in its place"


def enforce(
    tx: Tx, *, decision_id: DecisionId, effective_at: datetime, replaces: DecisionId | None = None, at: datetime
) -> tuple[EnforcementId, ...]:
    """Carry out a decision that stands. Return its plans. Repeating it changes nothing.

    effective_at: before this nothing leaves. What can't be carried out as decided is kept as blocked, with the reason,
    for a person: a disposition is never dropped. replaces: the decision that stood before; what of it is not wanted
    again is undone.
    """
    require(tx, Right.DECIDE, about=decision_id)
    found = knowing.ground(tx, decision_id)
    kept = []
    # What is missing comes last: a measure that holds meanwhile is not needed where the same is enforced anyway.
    asks = DispositionKind.REQUEST_INFORMATION
    for disposition in sorted(found.decision.dispositions, key=lambda one: one.kind is asks):
        planned = _follow(tx, found, disposition, effective_at=effective_at, at=at)
        if planned is not None:
            kept.append(planned)
    vouching.vouch(tx, found, replaces=replaces, effective_at=effective_at, at=at)
    if replaces is not None:
        instead.withdraw_requests_of(tx, replaces)
        # What is under appeal is heard by this decision: the hearing undoes what it overturns, and tells who appealed.
        heard = appealing.note_hearings(tx, found.decision, replaced=replaces, effective_at=effective_at)
        reversing.undo_all(tx, replaces, because=_REPLACED, other_than={*kept, *heard}, leaves_at=effective_at, at=at)
    return tuple(kept)


def undo_decision(tx: Tx, *, decision_id: DecisionId, restores: DecisionId | None = None, at: datetime) -> None:
    """Take back everything of a decision that was undone. Repeating it changes nothing.

    restores: the one that stands again. What both do stays in force, what was taken back for it is carried out again
    (with the approval that it needs), and what it says of reports is said again.
    """
    require(tx, Right.DECIDE, about=decision_id)
    kept = () if restores is None else _again(tx, restores, at=at)
    reversing.undo_all(tx, decision_id, because="the decision was undone", other_than=kept, at=at)
    vouching.withdraw(tx, decision_id, at=at)
    if restores is not None:
        vouching.vouch(tx, knowing.ground(tx, restores), replaces=None, effective_at=at, at=at)
    offering.withdraw_all(tx, knowing.ground(tx, decision_id), at=at)
    standing.forget_hearing(tx, decision_id)


def describe(
    tx: Tx, found: Ground, disposition: Disposition, *, effective_at: datetime
) -> tuple[Preview, SubjectId | None]:
    """Say what a disposition would do. Raises the errors of planning."""
    target, subject_id = knowing.target_of(tx, disposition)
    if target is None:
        raise BadParameter(field="target", reason="the platform's id of it is not known, or was erased")
    if disposition.action_id is None:
        raise BadParameter(field="action_id", reason="an action is needed to enforce")
    spec = found.version.action(disposition.action_id)
    if spec is None:
        raise BadParameter(field="action_id", reason="this policy version declares no such action")
    order = Order(action_id=spec.id, target=target, params=disposition.params, at=effective_at)
    hold_asked(disposition.params, at=found.decision.decided_at)
    clauses = [found.version.clause(one.clause_id) for one in found.decision.findings]
    by_clause = any(one is not None and spec.id in one.second_person_for for one in clauses)
    planning = planning_of(spec, by_clause=by_clause)
    return plan(action_for(spec.id), planning, order, by_machine=found.by_machine), subject_id


def planning_of(spec: ActionSpec, *, by_clause: bool = False) -> Planning:
    """Return what the policy declares of an action."""
    return Planning(title=spec.title, high_impact=spec.high_impact, reversible=spec.reversible, by_clause=by_clause)


def _follow(
    tx: Tx, found: Ground, disposition: Disposition, *, effective_at: datetime, at: datetime
) -> EnforcementId | None:
    match disposition.kind:
        case DispositionKind.ENFORCE:
            return _enforce(tx, found, disposition, effective_at=effective_at, at=at)
        case DispositionKind.SUPPORT:
            offering.support(tx, found, disposition, effective_at=effective_at, at=at)
        case DispositionKind.SAFEGUARD_DEFECT:
            offering.defect(tx, found, disposition, at=at)
        case DispositionKind.REQUEST_INFORMATION:
            return _ask(tx, found, disposition, effective_at=effective_at, at=at)
        case DispositionKind.WATCH:
            offering.watch(tx, found, disposition, at=at)
        case DispositionKind.NONE:
            pass
        case _:
            assert_never(disposition.kind)
    return None


def _again(tx: Tx, decision_id: DecisionId, *, at: datetime) -> tuple[EnforcementId, ...]:
    """Carry out again what a decision enforces, and return its plans; what is in force already is taken over."""
    found = knowing.ground(tx, decision_id)
    effective_at = max(at, found.decision.effective_at or at)
    made = [
        _enforce(tx, found, one, effective_at=effective_at, at=at, again=True)
        for one in found.decision.dispositions
        if one.kind is DispositionKind.ENFORCE
    ]
    return tuple(one for one in made if one is not None)


def _ask(
    tx: Tx, found: Ground, disposition: Disposition, *, effective_at: datetime, at: datetime
) -> EnforcementId | None:
    due_at = interim.due_of(disposition, at=at)
    meanwhile = interim.measure_of(disposition, at=effective_at)
    plan_id = None
    if meanwhile is not None:
        plan_id = _enforce(tx, found, meanwhile, effective_at=effective_at, at=at, ends_at=due_at)
    plan = None if plan_id is None else plans.by_id(tx, plan_id)
    measure = plan if plan is not None and plan.interim else None
    offering.request(tx, found, disposition, due_at=due_at, measure=measure, at=at)
    return plan_id


def _enforce(
    tx: Tx,
    found: Ground,
    disposition: Disposition,
    *,
    effective_at: datetime,
    at: datetime,
    ends_at: datetime | None = None,
    again: bool = False,
) -> EnforcementId | None:
    try:
        preview, subject_id = describe(tx, found, disposition, effective_at=effective_at)
    except AssizeError as error:
        drafted = _blocked(found, disposition, error, effective_at=effective_at, at=at)
    else:
        drafted = _drafted(found, disposition, preview, subject_id, effective_at=effective_at, at=at)
    if ends_at is not None:
        drafted = interim.as_measure(drafted, due_at=ends_at)
    plans.lock_target(tx, target=drafted.target, action_id=drafted.action_id)
    taken = _taken_over(tx, found, drafted)
    if taken is not None:
        return taken
    planned = [one for one in plans.of_decision(tx, found.decision.id) if _same(one, drafted)]
    # What was lifted by hand or on appeal is not brought back; what another decision replaced is, by standing again.
    known = next((one for one in planned if not (again and _replaced(one))), None)
    if known is not None or not plans.add(tx, drafted):
        return None if known is None else known.id
    for one in planned:
        reversing.keep_in_force(tx, one, at=at)
    tx.record(_planned(drafted), at=at)
    if drafted.state in {EnforcementState.ISSUED, EnforcementState.NULL} and drafted.problem is None:
        issuing.issue(tx, drafted, at=at)
        curing.watch_for_cure(tx, drafted, at=at)
    return drafted.id


def _drafted(
    found: Ground,
    disposition: Disposition,
    preview: Preview,
    subject_id: SubjectId | None,
    *,
    effective_at: datetime,
    at: datetime,
) -> Enforcement:
    spec = found.version.action(preview.action_id)
    waiting = EnforcementState.AWAITING_APPROVAL if preview.needs_second_person else EnforcementState.ISSUED
    return Enforcement(
        id=EnforcementId(new_id("enf")),
        case_id=found.decision.case_id,
        decision_id=found.decision.id,
        subject_id=subject_id,
        target=preview.target,
        action_id=preview.action_id,
        title=preview.title,
        sentence=preview.sentence,
        params=disposition.params,
        high_impact=spec is not None and spec.high_impact,
        reversible=preview.reversible,
        containment=False,
        state=EnforcementState.NULL if found.test else waiting,
        problem=None,
        clause_id=found.decision.primary_clause,
        policy_version_id=found.version.id,
        decided_by=found.decision.reviewer_id,
        by_machine=found.by_machine,
        strike_weight=float(spec.strike_weight) if spec is not None else 0.0,
        event_at=found.case.first_seen_at,
        planned_at=at,
        effective_at=effective_at,
    )


def _blocked(
    found: Ground, disposition: Disposition, error: AssizeError, *, effective_at: datetime, at: datetime
) -> Enforcement:
    action_id = disposition.action_id or ActionId("unsaid")
    return Enforcement(
        id=EnforcementId(new_id("enf")),
        case_id=found.decision.case_id,
        decision_id=found.decision.id,
        subject_id=None,
        target=Target(level=disposition.target_level, ref=disposition.target_id),
        action_id=action_id,
        title=str(action_id),
        sentence="This can't be carried out as it was decided.",
        params=disposition.params,
        high_impact=False,
        reversible=True,
        containment=False,
        state=EnforcementState.NULL if found.test else EnforcementState.BLOCKED,
        problem=error.message,
        clause_id=found.decision.primary_clause,
        policy_version_id=found.version.id,
        decided_by=found.decision.reviewer_id,
        by_machine=found.by_machine,
        strike_weight=0.0,
        event_at=found.case.first_seen_at,
        planned_at=at,
        effective_at=effective_at,
    )


def _taken_over(tx: Tx, found: Ground, drafted: Enforcement) -> EnforcementId | None:
    """Let the decision take over what is in force in this case already, so that nothing is sent twice."""
    if drafted.state in {EnforcementState.NULL, EnforcementState.BLOCKED}:
        return None
    in_force = plans.in_force(tx, target=drafted.target, action_id=drafted.action_id)
    before = next((one for one in in_force if one.case_id == drafted.case_id), None)
    if before is not None and appealing.is_under_appeal(tx, before):
        return before.id
    if before is None or before.decision_id == drafted.decision_id:
        return None if before is None else before.id
    alone = (
        before.containment and before.decided_by == drafted.decided_by and drafted.state is not EnforcementState.ISSUED
    )
    if alone or before.state is EnforcementState.AWAITING_APPROVAL:
        return None
    # Whoever contained and whoever decided are two people: together they are the second opinion an action needs.
    approved_by = before.decided_by if before.decided_by != drafted.decided_by else None
    plans.adopt(tx, before.id, drafted, approved_by=approved_by)
    issuing.strike(tx, replace(drafted, id=before.id), found, at=drafted.planned_at)
    tx.record(_planned(drafted, enforcement_id=before.id, state=before.state), at=drafted.planned_at)
    return before.id


def _planned(
    drafted: Enforcement, *, enforcement_id: EnforcementId | None = None, state: EnforcementState | None = None
) -> EnforcementPlanned:
    return EnforcementPlanned(
        enforcement_id=enforcement_id or drafted.id,
        case_id=drafted.case_id,
        decision_id=drafted.decision_id,
        action_id=drafted.action_id,
        target_level=drafted.target.level,
        state=state or drafted.state,
        containment=drafted.containment,
        effective_at=drafted.effective_at,
    )


def _replaced(one: Enforcement) -> bool:
    return one.state in _TAKEN_BACK and one.undone_because == _REPLACED


def _same(one: Enforcement, other: Enforcement) -> bool:
    return (one.target, one.action_id) == (other.target, other.action_id)
