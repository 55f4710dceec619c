"""Sending effects to the platform: at least once, under one key, until somebody takes them or a person must look."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from assize.enforcement.errors import NoSuchDelivery, NotDead
from assize.enforcement.facts import DeliveryDead, DeliveryFailed, DeliveryRevived
from assize.enforcement.logic import Try, after, backoff, confirmation_in, envelope
from assize.enforcement.logic.envelope import CONTENT_TYPE
from assize.enforcement.models import Delivered, Delivery, DeliveryState, Destination, Effect, EffectState, Outbound
from assize.enforcement.service import progress
from assize.enforcement.store import effects
from assize.enforcement.store.effects import Claimed, Settling
from assize.kernel import chance
from assize.kernel.chance import Rng
from assize.platform.db import Database, Tx
from assize.platform.logs import log
from assize.platform.webhooks import AddressForbidden, Message, Reach, post
from assize.platform.webhooks import DeliveryFailed as NoAnswer
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import require

LEASE_SPARE = timedelta(seconds=30)  # beyond the time-out: writing the outcome down may wait for the database
# What became of an effect of a sealed copy of a known case: it goes every way but out.
SIMULATED = Try(status=HTTPStatus.OK, taken=True, says=True)
FAN_OUT = 500  # effects a round; more come with the next one, half a second later


@dataclass(frozen=True, kw_only=True)
class _Round:
    database: Database
    outbound: Outbound
    destination: Destination
    rng: Rng
    at: datetime
    started: float

    def now(self) -> datetime:
        """Return the present moment of this round: a try late in it must not carry the time of its beginning."""
        return self.at + timedelta(seconds=time.monotonic() - self.started)


def deliver_due(
    database: Database, *, outbound: Outbound, limit: int, at: datetime, rng: Rng | None = None
) -> Delivered:
    """Send what is due, at most `limit` tries a destination, all destinations beside each other.

    Returns when the slowest is done: give each destination a loop of its own (`outbound` with one destination), and
    one that hangs delays no other. A worker killed in the middle leaves a lease that ends; the next sends again under
    the same key.
    """
    if not outbound.destinations:
        return Delivered()
    with database.transaction(SYSTEM) as tx:
        require(tx, Right.DELIVERIES_MANAGE)
        effects.fan_out(tx, destinations=[one.name for one in outbound.destinations], limit=FAN_OUT, at=at)
        # An idle round costs two statements, not one try of each lane.
        due = {
            one.name: effects.count_due(tx, destination=one.name, limit=limit, at=at) for one in outbound.destinations
        }
    rounds = [
        _Round(
            database=database,
            outbound=outbound,
            destination=destination,
            rng=rng or chance.rng(),
            at=at,
            started=time.monotonic(),
        )
        for destination in outbound.destinations
    ]
    shares = [(one, share) for one in rounds for share in _shares(due[one.destination.name], outbound.parallel)]
    if not shares:
        return Delivered()
    with ThreadPoolExecutor(max_workers=len(shares), thread_name_prefix="deliver") as pool:
        done = list(pool.map(lambda share: _lane(share[0], share[1]), shares))
    return _sum(done)


def redeliver(tx: Tx, *, delivery_id: str, at: datetime) -> Delivery:
    """Send a delivery that is dead, or that the platform failed to carry out, on its way again.

    Raises NoSuchDelivery, NotDead.
    """
    require(tx, Right.DELIVERIES_MANAGE, about=delivery_id)
    seen = effects.delivery(tx, delivery_id)
    if seen is None:
        raise NoSuchDelivery(delivery_id=delivery_id)
    effect = progress.locked(tx, seen.effect_id)
    if effect.state is EffectState.CANCELLED or not effects.revive(tx, seen.id, at=at):
        raise NotDead(state=seen.state)
    progress.move_on(tx, effect, at=at)
    revived = DeliveryRevived(delivery_id=seen.id, case_id=seen.case_id, destination=seen.destination)
    tx.record(revived, at=at)
    return effects.delivery(tx, delivery_id) or seen


def _shares(due: int, parallel: int) -> list[int]:
    """Part what is due among lanes as evenly as it goes, with no lane that has nothing."""
    lanes = min(due, parallel)
    return [due // lanes + (lane < due % lanes) for lane in range(lanes)]


def _lane(one: _Round, share: int) -> Delivered:
    done = Delivered()
    for _ in range(share):
        claimed = _claim(one)
        if claimed is None:
            break
        result = SIMULATED if claimed.simulated else _send(one, claimed.effect)
        done = _sum([done, _settle(one, claimed, result)])
    return done


def _claim(one: _Round) -> Claimed | None:
    now = one.now()
    until = now + timedelta(seconds=one.outbound.timeout_s) + LEASE_SPARE
    with one.database.transaction(SYSTEM) as tx:
        found = effects.claim(tx, destination=one.destination.name, limit=1, at=now, until=until)
    return found[0] if found else None


def _send(one: _Round, effect: Effect) -> Try:
    message = Message(
        id=effect.id,
        body=envelope(effect, source=one.outbound.source),
        secret=one.destination.secret,
        content_type=CONTENT_TYPE,
    )
    reach = Reach(private=one.outbound.private, timeout_s=one.outbound.timeout_s)
    try:
        answer = post(one.destination.url, message, at=one.now(), reach=reach)
    except AddressForbidden:
        return Try(problem="address-forbidden", final=True)
    except NoAnswer as error:
        return Try(problem=str(error.facts["reason"]))
    if not answer.accepted:
        return Try(status=answer.status, problem=f"answered {answer.status}")
    return Try(status=answer.status, taken=True, says=confirmation_in(answer.body, effect_id=effect.id))


def _settle(one: _Round, claimed: Claimed, result: Try) -> Delivered:
    now = one.now()
    wait = backoff(claimed.tries, one.rng)
    state = after(result, tries_left=wait is not None)
    settling = Settling(
        delivery_id=claimed.delivery_id,
        state=state,
        next_at=now + (wait or timedelta()),
        last_status=result.status,
        problem=result.problem,
        ended_at=None if state is DeliveryState.WAITING else now,
    )
    with one.database.transaction(SYSTEM) as tx:
        effect = progress.locked(tx, claimed.effect.id)
        if effects.settle(tx, settling):
            _announce(tx, claimed, one.destination.name, settling, at=now)
            problem = "the platform said so" if state is DeliveryState.FAILED else result.problem
            progress.move_on(tx, effect, at=now, problem=problem)
    if not result.taken:
        log.warning("delivery_failed", delivery_id=claimed.delivery_id, destination=one.destination.name,
                    status=result.status, attempt=claimed.tries, reason=result.problem)  # fmt: skip
    return _counted(state)


def _announce(tx: Tx, claimed: Claimed, destination: str, settling: Settling, *, at: datetime) -> None:
    problem, case_id = settling.problem or "", claimed.effect.case_id
    if settling.state is DeliveryState.DEAD:
        dead = DeliveryDead(delivery_id=claimed.delivery_id, case_id=case_id, destination=destination, problem=problem,
                            tries=claimed.tries)  # fmt: skip
        tx.record(dead, at=at)
    elif settling.state is DeliveryState.WAITING and claimed.tries == 1:
        # The first failure is a fact, the next eleven are counted in the row: a platform that is down for an hour
        # must not fill the ledger with its silence.
        failed = DeliveryFailed(
            delivery_id=claimed.delivery_id, case_id=case_id, destination=destination, problem=problem
        )
        tx.record(failed, at=at)


def _counted(state: DeliveryState) -> Delivered:
    return Delivered(
        taken=int(state in {DeliveryState.TAKEN, DeliveryState.CONFIRMED}),
        confirmed=int(state is DeliveryState.CONFIRMED),
        failed=int(state in {DeliveryState.WAITING, DeliveryState.FAILED}),
        dead=int(state is DeliveryState.DEAD),
    )


def _sum(parts: list[Delivered]) -> Delivered:
    return Delivered(
        taken=sum(one.taken for one in parts),
        confirmed=sum(one.confirmed for one in parts),
        failed=sum(one.failed for one in parts),
        dead=sum(one.dead for one in parts),
    )
