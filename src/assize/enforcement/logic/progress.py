"""How far an effect has come, read from what became of each try."""

from collections.abc import Collection
from dataclasses import dataclass

from assize.enforcement.models import DeliveryState, EffectState

_TAKEN = frozenset({DeliveryState.TAKEN, DeliveryState.CONFIRMED})


@dataclass(frozen=True, kw_only=True)
class Try:
    """What one try came to. status: HTTP's, None where no answer came. says: what the answer's body says of the effect.

    final: another try can't help before somebody changes the configuration.
    """

    status: int | None = None
    taken: bool = False
    says: bool | None = None
    problem: str | None = None
    final: bool = False


def after(one: Try, *, tries_left: bool) -> DeliveryState:
    """Return where a delivery stands after a try; WAITING means it is tried again."""
    if one.taken:
        if one.says is None:
            return DeliveryState.TAKEN
        return DeliveryState.CONFIRMED if one.says else DeliveryState.FAILED
    return DeliveryState.WAITING if tries_left and not one.final else DeliveryState.DEAD


def effect_state(deliveries: Collection[DeliveryState]) -> EffectState:
    """Return how far an effect has come over all its destinations: as far as the one that is furthest behind.

    What needs a person comes first, so that a destination that failed is not hidden by one that did not.
    """
    states = set(deliveries)
    if DeliveryState.FAILED in states:
        return EffectState.FAILED
    if DeliveryState.DEAD in states:
        return EffectState.DEAD
    if DeliveryState.WAITING in states:
        return EffectState.OUTGOING
    if states and states <= {DeliveryState.CONFIRMED}:
        return EffectState.CONFIRMED
    if states and states <= _TAKEN:
        return EffectState.SENT
    return EffectState.CANCELLED
