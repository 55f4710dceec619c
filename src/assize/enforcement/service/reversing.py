"""Taking back what was done: cancelled before it leaves, undone after."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from assize.enforcement.errors import Irreversible, NoSuchEnforcement, NothingToUndo
from assize.enforcement.facts import EffectUndone, EnforcementCancelled, StrikeRemoved
from assize.enforcement.models import (
    DeliveryState,
    Effect,
    EffectKind,
    EffectState,
    Enforcement,
    EnforcementState,
    NoticeState,
)
from assize.enforcement.ports import action_for
from assize.enforcement.service import issuing, progress
from assize.enforcement.store import effects, plans, standing
from assize.kernel.ids import DecisionId, EnforcementId
from assize.platform.db import Tx
from assize.workforce.models import Right
from assize.workforce.service import require

_NOT_YET = frozenset({EnforcementState.AWAITING_APPROVAL, EnforcementState.BLOCKED})
_IN_FORCE = frozenset({EnforcementState.ISSUED, EnforcementState.CONFIRMED})
_ON_THE_WAY = (DeliveryState.WAITING, DeliveryState.DEAD)


def lift(tx: Tx, *, enforcement_id: str, reason: str, at: datetime) -> Enforcement:
    """Take one enforcement back by hand, with its strike. The reason in words stays with the plan.

    Raises NoSuchEnforcement, NothingToUndo, Irreversible.
    """
    require(tx, Right.APPROVE, about=enforcement_id)
    plan = plans.by_id(tx, enforcement_id, for_change=True)
    if plan is None:
        raise NoSuchEnforcement(enforcement_id=enforcement_id)
    if not can_be_undone(plan):
        raise NothingToUndo(state=plan.state)
    if plan.state in _IN_FORCE and not plan.reversible and not _nothing_left(tx, plan):
        raise Irreversible(action_id=plan.action_id)
    undo(tx, plan, because="lifted by hand", at=at)
    plans.set_state(tx, plan.id, _state(tx, plan), undone_because=reason)
    return plans.by_id(tx, enforcement_id) or plan


def _state(tx: Tx, plan: Enforcement) -> EnforcementState:
    seen = plans.by_id(tx, plan.id)
    return plan.state if seen is None else seen.state


def undo_all(
    tx: Tx,
    decision_id: DecisionId,
    *,
    because: str,
    other_than: Collection[EnforcementId] = (),
    leaves_at: datetime | None = None,
    at: datetime,
) -> None:
    """Take back every plan of a decision but these. A step of other use cases. leaves_at: as of `undo`."""
    for plan in plans.of_decision(tx, decision_id):
        if plan.id not in other_than:
            undo(tx, plan, because=because, leaves_at=leaves_at, at=at)


def can_be_undone(plan: Enforcement) -> bool:
    """Whether there is anything of a plan to take back: what is in force, or waits to be."""
    return plan.state in _NOT_YET | _IN_FORCE


def undo(
    tx: Tx,
    plan: Enforcement,
    *,
    because: str,
    keep_strike: bool = False,
    leaves_at: datetime | None = None,
    at: datetime,
) -> None:
    """Take one locked plan back. A step of other use cases; nothing happens where nothing is in force.

    leaves_at: when the reverse is sent, where whoever wants it may still think better of it; otherwise at once.
    An irreversible action that has left stays done: the plan says so, for whoever must make good by hand.
    """
    if not can_be_undone(plan):
        return
    plans.lock_target(tx, target=plan.target, action_id=plan.action_id)
    if plan.state in _NOT_YET or _nothing_left(tx, plan):
        _cancel(tx, plan, because=because, at=at)
    else:
        _reverse(tx, plan, because=because, leaves_at=leaves_at or at, at=at)
    if not keep_strike:
        _unstrike(tx, plan, because=because, at=at)
    _silence(tx, plan)


def keep_in_force(tx: Tx, plan: Enforcement, *, at: datetime) -> None:
    """Don't send the reverse of a plan, where it has not left. A step of a decision that stands again."""
    undoing = effects.about(tx, plan.id).get(EffectKind.UNDO)
    if undoing is not None and not _has_left(tx, undoing):
        _stop(tx, undoing, at=at)
        effects.set_state(tx, undoing.id, EffectState.CANCELLED)


def _nothing_left(tx: Tx, plan: Enforcement) -> bool:
    apply = effects.about(tx, plan.id).get(EffectKind.APPLY)
    return apply is None or not _has_left(tx, apply)


def _has_left(tx: Tx, effect: Effect) -> bool:
    # A try that was begun counts as left: the answer may be lost, and the action in force.
    return effect.state is not EffectState.WAITING and any(one.tries for one in effects.deliveries_of(tx, effect.id))


def _cancel(tx: Tx, plan: Enforcement, *, because: str, at: datetime) -> None:
    for effect in effects.about(tx, plan.id).values():
        _stop(tx, effect, at=at)
        effects.set_state(tx, effect.id, EffectState.CANCELLED)
    plans.set_state(tx, plan.id, EnforcementState.CANCELLED, undone_at=at, undone_because=because)
    tx.record(EnforcementCancelled(enforcement_id=plan.id, case_id=plan.case_id, because=because), at=at)


def _reverse(tx: Tx, plan: Enforcement, *, because: str, leaves_at: datetime, at: datetime) -> None:
    applied = effects.about(tx, plan.id)[EffectKind.APPLY]
    _stop(tx, applied, at=at)
    # Between two tries nobody else would: an effect whose deliveries were all taken back would stay on its way for good.
    progress.move_on(tx, applied, at=at)
    others = plans.in_force(tx, target=plan.target, action_id=plan.action_id, other_than=plan.id)
    still = next((one for one in others if one.state in _IN_FORCE), None)
    problem = None
    if still is not None:
        problem = f"still in force by {still.id}"
    elif not plan.reversible:
        problem = "irreversible: to be made good by hand"
    else:
        order = dict(action_for(plan.action_id).undo(issuing.order_of(plan))) | {"undoes": applied.id}
        undoing = issuing.effect_of(plan, kind=EffectKind.UNDO, order=order | {"enforcement_id": plan.id}, at=at)
        effects.add(tx, replace(undoing, due_at=max(undoing.due_at, leaves_at)))
    plans.set_state(tx, plan.id, EnforcementState.UNDONE, undone_at=at, undone_because=because, problem=problem)
    tx.record(EffectUndone(enforcement_id=plan.id, case_id=plan.case_id, because=because), at=at)


def _stop(tx: Tx, effect: Effect, *, at: datetime) -> None:
    effects.move_deliveries(tx, effect.id, to=DeliveryState.CANCELLED, from_states=_ON_THE_WAY, at=at)


def _unstrike(tx: Tx, plan: Enforcement, *, because: str, at: datetime) -> None:
    removed = standing.remove_strike(tx, plan.id, because=because, at=at)
    if removed is not None:
        strike_id, subject_id = removed
        fact = StrikeRemoved(strike_id=strike_id, case_id=plan.case_id, subject_id=subject_id, because=because)
        tx.record(fact, at=at)


def _silence(tx: Tx, plan: Enforcement) -> None:
    """Don't tell somebody of what was taken back before they were told."""
    notice = standing.notice(tx, plan.id)
    told = effects.about(tx, plan.id).get(EffectKind.NOTICE)
    if notice is None or notice.state not in {NoticeState.DUE, NoticeState.HELD}:
        return
    if told is not None and told.state is EffectState.WAITING:
        effects.set_state(tx, told.id, EffectState.CANCELLED)
    if told is None or told.state in {EffectState.WAITING, EffectState.CANCELLED}:
        standing.set_notice_state(tx, plan.id, NoticeState.CANCELLED, sent_at=None)
