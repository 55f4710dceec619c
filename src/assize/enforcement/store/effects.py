"""Effects, and their deliveries on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from assize.enforcement.models import Delivery, DeliveryState, Effect, EffectKind, EffectState, Target
from assize.kernel.ids import CaseId, DecisionId, DeliveryId, EffectId, EnforcementId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.enforcement")


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A delivery that this worker sends now. tries: this one counted. simulated: nothing may leave."""

    delivery_id: DeliveryId
    tries: int
    effect: Effect
    simulated: bool = False


@dataclass(frozen=True, kw_only=True)
class Settling:
    """What became of one try."""

    delivery_id: DeliveryId
    state: DeliveryState
    next_at: datetime
    last_status: int | None
    problem: str | None
    ended_at: datetime | None


def add(tx: Tx, effect: Effect) -> bool:
    """Write an effect. Return False where the same was written before."""
    values = {
        "id": effect.id,
        "kind": effect.kind,
        "about": effect.about,
        "case_id": effect.case_id,
        "enforcement_id": effect.enforcement_id,
        "action_id": effect.action_id,
        "target_level": effect.target.level,
        "target_ref": effect.target.ref,
        "data": Jsonb(dict(effect.data)),
        "state": effect.state,
        "event_at": effect.event_at,
        "created_at": effect.created_at,
        "due_at": effect.due_at,
    }
    return tx.row(SQL["add_effect"], values) is not None


def rest_answers(tx: Tx, case_id: CaseId, *, before: DecisionId, decision_id: DecisionId) -> None:
    """Let the answers to reports that one decision gave be those of another, which says the same."""
    tx.run(SQL["rest_answers"], {"case_id": case_id, "before": before, "decision_id": decision_id})


def by_id(tx: Tx, effect_id: str, *, for_change: bool = False) -> Effect | None:
    """Return one effect, locked where it is going to be changed."""
    found = tx.row(SQL["effect_for_change" if for_change else "effect_by_id"], {"id": effect_id})
    return _effect(found) if found else None


def about(tx: Tx, some_id: str) -> dict[EffectKind, Effect]:
    """Return the effects that carry something out, by kind, locked."""
    return {EffectKind(row["kind"]): _effect(row) for row in tx.rows(SQL["effects_about"], {"about": some_id})}


def listed(
    tx: Tx,
    *,
    case_id: str | None = None,
    enforcement_id: str | None = None,
    state: EffectState | None = None,
    before: str | None = None,
    limit: int,
) -> list[Effect]:
    """Return effects, newest first."""
    asked = {"case_id": case_id, "enforcement_id": enforcement_id, "state": state, "before": before, "limit": limit}
    return [_effect(row) for row in tx.rows(SQL["effects"], asked)]


def set_state(
    tx: Tx,
    effect_id: EffectId,
    state: EffectState,
    *,
    sent_at: datetime | None = None,
    confirmed_at: datetime | None = None,
    problem: str | None = None,
) -> None:
    """Say how far an effect has come; the first time it was sent and confirmed stays."""
    values = {"id": effect_id, "state": state, "sent_at": sent_at, "confirmed_at": confirmed_at, "problem": problem}
    tx.run(SQL["set_effect_state"], values)


def fan_out(tx: Tx, *, destinations: Sequence[str], limit: int, at: datetime) -> int:
    """Make a delivery to each destination of every effect that is due. Return how many effects."""
    return tx.run(SQL["fan_out"], {"destinations": list(destinations), "limit": limit, "at": at})


def count_due(tx: Tx, *, destination: str, limit: int, at: datetime) -> int:
    """Return how many deliveries are due at one destination, up to `limit`."""
    return int(tx.value(SQL["count_due"], {"destination": destination, "limit": limit, "at": at}))


def claim(tx: Tx, *, destination: str, limit: int, at: datetime, until: datetime) -> list[Claimed]:
    """Lease deliveries that are due at one destination."""
    asked = {"destination": destination, "limit": limit, "at": at, "until": until}
    return [
        Claimed(
            delivery_id=DeliveryId(row["delivery_id"]),
            tries=row["delivery_tries"],
            effect=_effect(row),
            simulated=row["simulated"],
        )
        for row in tx.rows(SQL["claim_deliveries"], asked)
    ]


def settle(tx: Tx, settling: Settling) -> bool:
    """Keep what became of a try. Return False where the delivery was confirmed or taken back meanwhile."""
    values = {
        "id": settling.delivery_id,
        "state": settling.state,
        "next_at": settling.next_at,
        "last_status": settling.last_status,
        "problem": settling.problem,
        "ended_at": settling.ended_at,
    }
    if tx.row(SQL["settle_delivery"], values) is not None:
        return True
    tx.run(SQL["free_delivery"], {"id": settling.delivery_id, "last_status": settling.last_status})
    return False


def delivery(tx: Tx, delivery_id: str) -> Delivery | None:
    """Return one delivery, locked."""
    found = tx.row(SQL["delivery_by_id"], {"id": delivery_id})
    return _delivery(found) if found else None


def deliveries_of(tx: Tx, effect_id: EffectId) -> list[Delivery]:
    """Return how one effect stands at each destination."""
    return [_delivery(row) for row in tx.rows(SQL["deliveries_of_effect"], {"effect_id": effect_id})]


def deliveries(
    tx: Tx, *, effect_id: str | None = None, state: DeliveryState | None = None, before: str | None = None, limit: int
) -> list[Delivery]:
    """Return deliveries, newest first."""
    asked = {"effect_id": effect_id, "state": state, "before": before, "limit": limit}
    return [_delivery(row) for row in tx.rows(SQL["deliveries"], asked)]


def move_deliveries(
    tx: Tx,
    effect_id: EffectId,
    *,
    to: DeliveryState,
    from_states: Sequence[DeliveryState],
    destination: str | None = None,
    at: datetime,
) -> int:
    """Move the deliveries of an effect that are in some states to another. Return how many."""
    values = {
        "effect_id": effect_id,
        "state": to,
        "from_states": [str(state) for state in from_states],
        "destination": destination,
        "at": at,
    }
    return tx.run(SQL["set_deliveries"], values)


def revive(tx: Tx, delivery_id: DeliveryId, *, at: datetime) -> bool:
    """Send a dead delivery on its way again."""
    return tx.row(SQL["revive_delivery"], {"id": delivery_id, "at": at}) is not None


def counts(tx: Tx) -> dict[str, int]:
    """Return how many things wait: for a person, a destination, a confirmation."""
    return dict(tx.one(SQL["count_outgoing"]))


def seconds_to_confirmed(tx: Tx, *, since: datetime) -> tuple[int, tuple[float, ...]]:
    """Return how many actions were confirmed, and the median, 90th, 95th percentile and longest time in seconds."""
    row = tx.one(SQL["seconds_to_confirmed"], {"since": since})
    return row["n"], tuple(float(value) for value in row["seconds"] or ())


def _effect(row: Row) -> Effect:
    return Effect(
        id=EffectId(row["id"]),
        kind=EffectKind(row["kind"]),
        about=row["about"],
        case_id=CaseId(row["case_id"]),
        enforcement_id=EnforcementId(row["enforcement_id"]) if row["enforcement_id"] else None,
        action_id=row["action_id"],
        target=Target(level=row["target_level"], ref=row["target_ref"]),
        data=row["data"],
        state=EffectState(row["state"]),
        event_at=row["event_at"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        sent_at=row["sent_at"],
        confirmed_at=row["confirmed_at"],
        problem=row["problem"],
    )


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=DeliveryId(row["id"]),
        effect_id=EffectId(row["effect_id"]),
        case_id=CaseId(row["case_id"]),
        kind=EffectKind(row["kind"]),
        destination=row["destination"],
        state=DeliveryState(row["state"]),
        tries=row["tries"],
        next_at=row["next_at"],
        last_status=row["last_status"],
        problem=row["problem"],
        created_at=row["created_at"],
        ended_at=row["ended_at"],
    )
