"""What goes over the wire: a CloudEvents 1.0 JSON event, and what an answer says about it.

Source: github.com/cloudevents/spec, JSON format 1.0, structured mode.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assize.enforcement.models import Effect, EffectKind, Target
from assize.kernel.ids import CaseId, EffectId

CONTENT_TYPE = "application/cloudevents+json"
TYPE = "assize.effect.{kind}.v1"
TRIAL = "assize.trial.v1"
_SAYS = {"confirmed": True, "failed": False}


def data_of(
    *, effect_id: EffectId, kind: EffectKind, case_id: CaseId, action_id: str, target: Target, order: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the `data` of an effect: ids and orders, never content of a conversation."""
    return {
        "effect_id": effect_id,
        "operation": kind.value,
        "action": action_id,
        "target": {"level": target.level, "id": target.ref},
        "case_id": case_id,
        "order": dict(order),
    }


def envelope(effect: Effect, *, source: str) -> bytes:
    """Return the event's bytes: the same for every try, so that a receiver may compare them."""
    event = {
        "specversion": "1.0",
        "id": effect.id,
        "source": source,
        "type": TYPE.format(kind=effect.kind.value),
        "subject": f"{effect.target.level}/{effect.target.ref}",
        "time": effect.created_at.isoformat(),
        "datacontenttype": "application/json",
        "data": dict(effect.data) | {"confirm": f"{source}/v1/effects/{effect.id}/confirmation"},
    }
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def trial(*, message_id: str, source: str, at: datetime) -> bytes:
    """Return a trial message: an event of a type that orders nothing, signed and sent like any other."""
    event = {
        "specversion": "1.0",
        "id": message_id,
        "source": source,
        "type": TRIAL,
        "time": at.isoformat(),
        "datacontenttype": "application/json",
        "data": {"message": "A trial from Assize: nothing is to be done. Answer 2xx if the signature is right."},
    }
    return json.dumps(event, sort_keys=True, separators=(",", ":")).encode()


def confirmation_in(body: bytes, *, effect_id: EffectId) -> bool | None:
    """Return True where an answer confirms this effect, False where it says it failed, None where it says neither.

    An answer about another effect says nothing: a receiver that mixes up its answers must not confirm by accident.
    """
    try:
        said = json.loads(body)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("effect_id") != effect_id:
        return None
    status = said.get("status")
    return _SAYS.get(status) if isinstance(status, str) else None
