"""Appeals: somebody says it was wrong, somebody else hears it, and what was wrong is undone."""

from dataclasses import replace
from datetime import datetime

from assize.enforcement.errors import (
    AppealClosed,
    AppealIdReused,
    NoSuchAppeal,
    NoSuchEnforcement,
    NotAppealable,
    SecondPersonNeeded,
)
from assize.enforcement.facts import AppealLodged, AppealOverturned, AppealPartlyUpheld, AppealUpheld
from assize.enforcement.logic import outcome_of, reverses_action, reverses_strike
from assize.enforcement.models import Appeal, AppealState, EffectKind, Enforcement, EnforcementState, Target
from assize.enforcement.service import issuing, knowing, reversing
from assize.enforcement.store import effects, plans, standing
from assize.kernel.actor import EVERYTHING
from assize.kernel.ids import AppealId, DecisionId, EnforcementId, ReviewerId, new_id
from assize.platform.db import Database, Tx
from assize.review import service as review
from assize.review.models import Decision, DecisionState, DispositionKind, Verdict, View
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

TASK_KIND = "appeal"
_APPEALABLE = frozenset({EnforcementState.ISSUED, EnforcementState.CONFIRMED})
_FACTS = {
    AppealState.UPHELD: AppealUpheld,
    AppealState.OVERTURNED: AppealOverturned,
    AppealState.PARTLY: AppealPartlyUpheld,
}
_WORDS = {
    AppealState.UPHELD: "Your appeal was heard by somebody who had no part in the decision. The decision stays.",
    AppealState.OVERTURNED: "Your appeal was heard. The decision was wrong; it is undone, and nothing is held against you.",
    AppealState.PARTLY: "Your appeal was heard. What was done went too far and is undone; the finding itself stays.",
}


def lodge_as(
    database: Database, principal: Principal, *, enforcement_id: str, external_id: str, statement: str, at: datetime
) -> Appeal:
    """Lodge an appeal on behalf of a platform's key, also in a case under need-to-know; see `lodge`."""
    with database.transaction(replace(principal, scope=EVERYTHING)) as tx:
        return lodge(tx, enforcement_id=enforcement_id, external_id=external_id, statement=statement, at=at)


def lodge(tx: Tx, *, enforcement_id: str, external_id: str, statement: str, at: datetime) -> Appeal:
    """Take an appeal in. The same `external_id` of the same caller is the same appeal; one is open at a time.

    Raises NoSuchEnforcement, NotAppealable (nothing is in force), AppealIdReused.
    """
    caller = require(tx, Right.APPEALS_WRITE, about=enforcement_id)
    known = standing.known_appeal(tx, lodged_by=caller.id, external_id=external_id)
    if known is not None:
        if known.enforcement_id != enforcement_id:
            raise AppealIdReused
        return known
    plan = plans.by_id(tx, enforcement_id, for_change=True)
    if plan is None:
        raise NoSuchEnforcement(enforcement_id=enforcement_id)
    before = standing.open_appeal(tx, plan.id)
    if before is not None:
        return before
    if plan.state not in _APPEALABLE or plan.decision_id is None:
        raise NotAppealable(state=plan.state)
    appeal = Appeal(
        id=AppealId(new_id("app")),
        enforcement_id=plan.id,
        case_id=plan.case_id,
        external_id=external_id,
        statement=statement,
        state=AppealState.OPEN,
        task_id=None,
        lodged_at=at,
    )
    standing.add_appeal(tx, appeal, lodged_by=caller.id)
    tx.record(AppealLodged(appeal_id=appeal.id, case_id=appeal.case_id, enforcement_id=plan.id), at=at)
    return appeal


def offer_hearing(tx: Tx, *, appeal_id: AppealId, at: datetime) -> None:
    """Ask somebody who had no part in it to hear an appeal. Repeating it changes nothing."""
    require(tx, Right.APPEALS_HEAR, about=appeal_id)
    appeal = standing.appeal(tx, appeal_id)
    plan = plans.by_id(tx, appeal.enforcement_id) if appeal else None
    if appeal is None or plan is None or appeal.task_id is not None or appeal.state is not AppealState.OPEN:
        return
    task = review.offer(
        tx,
        case_id=appeal.case_id,
        kind=TASK_KIND,
        view=View.FULL,
        excluded=frozenset(ReviewerId(one) for one in _involved(tx, plan)),
        about=plan.decision_id,
        at=at,
    )
    if task is not None:
        standing.set_appeal_task(tx, appeal.id, task.id)


def hear(tx: Tx, *, appeal_id: str, outcome: AppealState, reason: str, at: datetime) -> Appeal:
    """Conclude an appeal directly, by somebody who had no part in the decision.

    Raises NoSuchAppeal, AppealClosed, SecondPersonNeeded.
    """
    principal = require(tx, Right.APPEALS_HEAR, about=appeal_id)
    appeal = standing.appeal(tx, appeal_id)
    if appeal is None:
        raise NoSuchAppeal(appeal_id=appeal_id)
    if appeal.state is not AppealState.OPEN or outcome is AppealState.OPEN:
        raise AppealClosed(state=appeal.state)
    return _conclude(tx, appeal, outcome, heard_by=principal.id, reason=reason, at=at)


def is_under_appeal(tx: Tx, plan: Enforcement) -> bool:
    """Whether an appeal is open against a plan. A step of enforcing."""
    return standing.open_appeal(tx, plan.id) is not None


def note_hearings(
    tx: Tx, decision: Decision, *, replaced: DecisionId, effective_at: datetime
) -> frozenset[EnforcementId]:
    """Let a decision hear the appeals against what it replaces, once it takes effect. A step of enforcing.

    Not at once: within its grace time it can be taken back, and an appeal that was won must not be lost again.
    """
    heard = standing.note_hearings(
        tx, decision_id=decision.id, replaced=replaced, heard_by=decision.reviewer_id, hear_at=effective_at
    )
    return frozenset(heard)


def conclude_due(tx: Tx, *, limit: int, at: datetime) -> int:
    """Conclude the appeals whose hearing takes effect. Return how many."""
    require(tx, Right.APPEALS_HEAR)
    due = standing.to_conclude(tx, at=at, limit=limit)
    for appeal in due:
        if appeal.hearing_decision_id is not None:
            _by_decision(tx, appeal, review.decision(tx, appeal.hearing_decision_id), at=at)
    return len(due)


def _by_decision(tx: Tx, appeal: Appeal, decision: Decision, *, at: datetime) -> None:
    if decision.state is DecisionState.UNDONE:
        standing.forget_hearing(tx, decision.id)
        return
    plan = plans.by_id(tx, appeal.enforcement_id)
    if plan is None:
        raise NoSuchEnforcement(enforcement_id=appeal.enforcement_id)
    enforced: list[tuple[str, Target]] = []
    for one in decision.dispositions:
        target, _ = knowing.target_of(tx, one)
        if one.kind is DispositionKind.ENFORCE and one.action_id is not None and target is not None:
            enforced.append((one.action_id, target))
    outcome = outcome_of(
        violation=decision.verdict is Verdict.VIOLATION, enforced=enforced, action_id=plan.action_id, target=plan.target
    )
    _conclude(tx, appeal, outcome, heard_by=decision.reviewer_id, reason="by an independent decision", at=at)


def _conclude(tx: Tx, appeal: Appeal, outcome: AppealState, *, heard_by: str, reason: str, at: datetime) -> Appeal:
    plan = plans.by_id(tx, appeal.enforcement_id, for_change=True)
    if plan is None:
        raise NoSuchEnforcement(enforcement_id=appeal.enforcement_id)
    if heard_by in _involved(tx, plan):
        raise SecondPersonNeeded(why="whoever decided or approved can't hear the appeal")
    if not standing.close_appeal(tx, appeal.id, state=outcome, heard_by=heard_by, reason=reason, at=at):
        raise AppealClosed(state=appeal.state)
    if reverses_action(outcome):
        reversing.undo(tx, plan, because=f"appeal {appeal.id}", keep_strike=not reverses_strike(outcome), at=at)
    order = {"do": "tell_outcome", "outcome": outcome.value, "text": _WORDS[outcome], "appeal_id": appeal.id,
             "external_id": appeal.external_id, "enforcement_id": plan.id}  # fmt: skip
    told = replace(plan, effective_at=at)
    effects.add(tx, issuing.effect_of(told, kind=EffectKind.APPEAL_OUTCOME, order=order, about=appeal.id, at=at))
    fact = _FACTS[outcome](
        appeal_id=appeal.id, case_id=appeal.case_id, enforcement_id=plan.id, reason=reason_code(reason)
    )
    tx.record(fact, at=at)
    return standing.appeal(tx, appeal.id) or appeal


def reason_code(reason: str) -> str:
    """Return what of a reason may enter the ledger: that there is one, not its words, which may quote content."""
    return "given" if reason.strip() else "none"


def _involved(tx: Tx, plan: Enforcement) -> frozenset[str]:
    return plans.approvers(tx, plan.id) | {plan.decided_by}
