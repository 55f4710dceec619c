"""Moving an effect on: locked in one order everywhere, so that a confirmation and an undoing can't wait for each other.

The order is plan, effect, deliveries.
"""

from datetime import datetime

from assize.enforcement.errors import NoSuchEffect
from assize.enforcement.facts import EffectConfirmed, EffectFailed, EffectSent
from assize.enforcement.logic import effect_state
from assize.enforcement.models import Effect, EffectKind, EffectState, EnforcementState
from assize.enforcement.store import effects, plans
from assize.platform.db import Tx

_PAST_SENT = frozenset({EffectState.SENT, EffectState.CONFIRMED, EffectState.FAILED})


def locked(tx: Tx, effect_id: str) -> Effect:
    """Return an effect, locked with its plan. Raises NoSuchEffect."""
    seen = effects.by_id(tx, effect_id)
    if seen is None:
        raise NoSuchEffect(effect_id=effect_id)
    if seen.enforcement_id is not None:
        plans.by_id(tx, seen.enforcement_id, for_change=True)
    return effects.by_id(tx, effect_id, for_change=True) or seen


def move_on(tx: Tx, effect: Effect, *, at: datetime, problem: str | None = None) -> EffectState:
    """Bring a locked effect to where its deliveries are, and announce it. Return where that is."""
    state = effect_state([one.state for one in effects.deliveries_of(tx, effect.id)])
    if state is effect.state or effect.state in {EffectState.CANCELLED, EffectState.NULL}:
        return effect.state
    sent_at = at if state in _PAST_SENT else None
    confirmed_at = at if state is EffectState.CONFIRMED else None
    effects.set_state(tx, effect.id, state, sent_at=sent_at, confirmed_at=confirmed_at, problem=problem)
    if state in _PAST_SENT and effect.sent_at is None:
        tx.record(EffectSent(effect_id=effect.id, case_id=effect.case_id, effect_kind=effect.kind), at=at)
    if state is EffectState.CONFIRMED:
        _confirmed(tx, effect, at=at)
    if state is EffectState.FAILED:
        failed = EffectFailed(
            effect_id=effect.id, case_id=effect.case_id, effect_kind=effect.kind, reason=problem or "unsaid"
        )
        tx.record(failed, at=at)
    return state


def _confirmed(tx: Tx, effect: Effect, *, at: datetime) -> None:
    seconds = max(0.0, (at - effect.event_at).total_seconds())
    fact = EffectConfirmed(
        effect_id=effect.id, case_id=effect.case_id, effect_kind=effect.kind, seconds_from_event=seconds
    )
    tx.record(fact, at=at)
    if effect.kind is EffectKind.APPLY and effect.enforcement_id is not None:
        plan = plans.by_id(tx, effect.enforcement_id)
        if plan is not None and plan.state is EnforcementState.ISSUED:
            plans.set_state(tx, plan.id, EnforcementState.CONFIRMED)
