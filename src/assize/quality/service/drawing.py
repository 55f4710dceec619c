"""Put decisions that stand to the plans in force, and ask for audits of those that are drawn."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from assize.kernel.ids import AuditId, DecisionId, PlanId, new_id
from assize.platform import rollups
from assize.platform.db import Database, Tx
from assize.platform.settings import Settings
from assize.quality.errors import NoSuchDecision, NoSuchPlan
from assize.quality.facts import AuditOffered, DecisionDrawn
from assize.quality.logic import BY_RECORD, draw, due_at, repeats, wanted_of
from assize.quality.models import Audit, AuditState, Decided, Draw, LooksAt, Plan
from assize.quality.service.keyring import Keyring, keyring
from assize.quality.store import audits, draws, plans, populations
from assize.quality.store.draws import Ground
from assize.workforce.models import SYSTEM, Right, SearchScope
from assize.workforce.service import lever_was_pulled, require

BATCH = 200  # decisions a transaction
FLOOR = "audit-floor"


def stands(tx: Tx, *, decision_id: DecisionId, effective_at: datetime) -> None:
    """Let a decision be put to the plans as soon as it can't be taken back any more. A step of what it announced."""
    draws.wait(tx, decision_id, due_at=effective_at)


def draw_due(database: Database, *, settings: Settings, at: datetime) -> int:
    """Put waiting decisions to the plans; return how many were. Any number of workers may do it at once.

    Where the key of a plan is not here the decisions go on waiting. Raises NoSamplingKey, UnusableKey.
    """
    with database.transaction(SYSTEM) as tx:
        taken = draws.take_waiting(tx, at=at, limit=BATCH)
        decided = [one for one in draws.decided(tx, taken) if not one.test]
        if decided:
            _put(tx, decided, settings=settings, at=at)
    return len(taken)


def draw_again(tx: Tx, *, plan_id: PlanId, decision_id: DecisionId, settings: Settings, at: datetime) -> Draw:
    """Return what a plan made of a decision, made again from key and decision, whether or not it was drawn.

    Raises NoSuchPlan where it was not in force when the decision was made, NoSuchDecision, NoSamplingKey.
    """
    require(tx, Right.QUALITY_READ, about=decision_id)
    decided = next(iter(draws.decided(tx, [decision_id])), None)
    if decided is None:
        raise NoSuchDecision
    plan = next((one for one in plans.in_force_at(tx, decided.decided_at) if one.id == plan_id), None)
    if plan is None:
        raise NoSuchPlan
    return _draw(tx, plan, decided, keyring(settings), at=at)


def draws_of(tx: Tx, *, plan_id: PlanId, before: str | None = None, limit: int = 50) -> list[Draw]:
    """Return what a plan drew, the latest first; of a team for whoever may search only that, to nobody their own."""
    principal = require(tx, Right.QUALITY_READ, about=plan_id)
    scope = principal.view.search_scope
    if scope is SearchScope.OWN:
        return []
    team = (principal.team_id or "") if scope is SearchScope.TEAM else None
    return draws.of_plan(tx, plan_id, team=team, before=before, limit=min(max(1, limit), 200))


def roll(database: Database, *, at: datetime, wait: bool = False) -> int:
    """Count the decisions of hours that are over; return whether there may be more to count."""
    return rollups.roll(database, populations.POPULATION, actor=SYSTEM, at=at, wait=wait)


def _put(tx: Tx, decided: Sequence[Decided], *, settings: Settings, at: datetime) -> None:
    in_force = plans.since(tx, min(one.decided_at for one in decided))
    if not in_force:
        return
    keys = keyring(settings)
    drawn: dict[DecisionId, list[tuple[Plan, Draw]]] = defaultdict(list)
    for one in decided:
        for plan in in_force:
            if _drew_then(plan, one.decided_at):
                made = _draw(tx, plan, one, keys, at=at)
                if made.drawn and draws.insert(tx, made):
                    drawn[one.decision_id].append((plan, made))
    grounds = draws.grounds(tx, list(drawn))
    for decision_id, several in drawn.items():
        _told(tx, several, at=at)
        if decision_id in grounds:
            _offer(tx, several, grounds[decision_id], keys, at=at)


def _drew_then(plan: Plan, at: datetime) -> bool:
    return plan.in_force_at is not None and plan.in_force_at <= at and (plan.ended_at is None or at < plan.ended_at)


def _draw(tx: Tx, plan: Plan, decided: Decided, keys: Keyring, *, at: datetime) -> Draw:
    floored = lever_was_pulled(tx, lever=FLOOR, at=decided.decided_at)
    return draw(plan, decided, key=keys.key(plan.key_id or ""), floored=floored, at=at)


def _told(tx: Tx, several: Sequence[tuple[Plan, Draw]], *, at: datetime) -> None:
    tx.record_many(
        [
            DecisionDrawn(
                plan_id=plan.id,
                decision_id=made.decided.decision_id,
                case_id=made.decided.case_id,
                inclusion=made.inclusion,
                headline=made.headline,
            )
            for plan, made in several
        ],
        at=at,
    )


def _offer(tx: Tx, several: Sequence[tuple[Plan, Draw]], ground: Ground, keys: Keyring, *, at: datetime) -> None:
    for looks_at in wanted_of([made for _, made in several]):
        audit = _audit(several[0][1].decided, ground, looks_at, _repeat_days(several, keys, looks_at), at=at)
        if audits.insert(tx, audit, keys=ground.keys):
            fact = AuditOffered(
                audit_id=audit.id, decision_id=audit.decision_id, case_id=audit.case_id, looks_at=looks_at.value
            )
            tx.record(fact, at=at)


def _repeat_days(several: Sequence[tuple[Plan, Draw]], keys: Keyring, looks_at: LooksAt) -> int | None:
    if looks_at is LooksAt.RECORD:
        return None
    found = [
        plan.repeat_after.days
        for plan, made in several
        if repeats(keys.key(plan.key_id or ""), made.decided.decision_id, plan.repeat_share)
    ]
    return min(found, default=None)


def _audit(decided: Decided, ground: Ground, looks_at: LooksAt, repeat_days: int | None, *, at: datetime) -> Audit:
    by_record = looks_at is LooksAt.RECORD
    return Audit(
        id=AuditId(new_id("aud")),
        decision_id=decided.decision_id,
        case_id=decided.case_id,
        subject_id=decided.subject_id,
        dossier_id=ground.dossier_id,
        policy_version_id=decided.policy_version_id,
        decider_id=decided.reviewer_id,
        queue=decided.queue,
        # As it was before anybody decided: what an auditor sees of it must not tell what was.
        severity=ground.severity,
        clauses=ground.clauses,
        language=decided.language,
        exposure=0 if by_record else ground.exposure,
        looks_at=looks_at,
        state=AuditState.OPEN,
        not_before=at,
        due_at=due_at(ground.severity, at),
        offered_at=at,
        blind=not by_record,
        why_not_blind=BY_RECORD if by_record else None,
        repeat_days=repeat_days,
        restriction=decided.restriction,
        region=decided.region,
        test=decided.test,
    )
