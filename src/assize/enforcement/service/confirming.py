"""The platform says whether an effect is in force."""

from dataclasses import replace
from datetime import datetime

from assize.enforcement.errors import EffectClosed, NoSuchEffect
from assize.enforcement.models import DeliveryState, Effect, EffectState
from assize.enforcement.service import progress
from assize.enforcement.store import effects
from assize.kernel.actor import EVERYTHING
from assize.platform.db import Database, Tx
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

_OPEN = (DeliveryState.WAITING, DeliveryState.TAKEN, DeliveryState.DEAD)


def confirm_as(
    database: Database,
    principal: Principal,
    *,
    effect_id: str,
    destination: str | None = None,
    failed: str | None = None,
    at: datetime,
) -> Effect:
    """Confirm on behalf of a platform's key, also for a case under need-to-know.

    The key speaks for the platform the effect was sent to: it may say what became of it, and learns nothing of the case.
    """
    with database.transaction(replace(principal, scope=EVERYTHING)) as tx:
        return confirm(tx, effect_id=effect_id, destination=destination, failed=failed, at=at)


def confirm(
    tx: Tx, *, effect_id: str, destination: str | None = None, failed: str | None = None, at: datetime
) -> Effect:
    """Keep that an effect is in force, or that the platform could not carry it out (`failed`: why, in its code).

    destination: which platform speaks; left out, all of them. Repeating it changes nothing.
    Raises NoSuchEffect, and EffectClosed where the effect was taken back or never left.
    """
    require(tx, Right.ENFORCEMENT_CONFIRM, about=effect_id)
    effect = progress.locked(tx, effect_id)
    if effect.state in {EffectState.CANCELLED, EffectState.NULL, EffectState.WAITING}:
        raise EffectClosed(state=effect.state)
    to = DeliveryState.CONFIRMED if failed is None else DeliveryState.FAILED
    # A failure reported after a confirmation counts too: what was in force may have come undone on its own.
    from_states = (*_OPEN, DeliveryState.FAILED) if failed is None else (*_OPEN, DeliveryState.CONFIRMED)
    effects.move_deliveries(tx, effect.id, to=to, from_states=from_states, destination=destination, at=at)
    progress.move_on(tx, effect, at=at, problem=failed)
    found = effects.by_id(tx, effect_id)
    if found is None:
        raise NoSuchEffect(effect_id=effect_id)
    return found
