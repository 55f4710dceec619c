"""Propose a sampling plan, put it in force, end it; see beforehand what it would cost and show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from assize.kernel.ids import PlanId, ReviewerId, StratumId, new_id
from assize.platform.db import Tx
from assize.platform.settings import Settings
from assize.policy import service as policy
from assize.quality.errors import BadPlan, NoSuchPlan, NotInForce, NotProposed
from assize.quality.facts import PlanEnded, PlanProposed, PlanPutInForce
from assize.quality.logic import ERROR, Load, load, problems
from assize.quality.models import Plan, PlanState, Wanted
from assize.quality.service.keyring import keyring
from assize.quality.store import plans as store
from assize.quality.store import populations
from assize.workforce.models import Right
from assize.workforce.service import require

PREVIEW_DAYS = 30


def propose(tx: Tx, *, wanted: Wanted, at: datetime) -> Plan:
    """Propose a plan, or the next version of the one of this name. Raises BadPlan with every place that does not fit."""
    principal = require(tx, Right.QUALITY_PLAN)
    plan = replace(_plan(wanted, by=principal.id, at=at), version=store.last_version(tx, wanted.name.strip()) + 1)
    _check(tx, plan)
    store.insert(tx, plan)
    tx.record(PlanProposed(plan_id=plan.id, name=plan.name, version=plan.version), at=at)
    return plan


def put_in_force(tx: Tx, *, plan_id: PlanId, settings: Settings, at: datetime) -> Plan:
    """Let a plan draw from now on; the version before it ends. Raises NoSuchPlan, NotProposed, BadPlan, UnusableKey.

    Its draws are decided by the key that is the installation's first now, whatever key comes later.
    """
    principal = require(tx, Right.QUALITY_PLAN, about=plan_id)
    plan = _locked(tx, plan_id)
    if plan.state is not PlanState.PROPOSED:
        raise NotProposed
    _check(tx, plan)
    before = store.lock_in_force(tx, plan.name)
    if before is not None:
        store.end(tx, before.id, state=PlanState.ENDED, by=principal.id, at=at)
        tx.record(PlanEnded(plan_id=before.id, name=before.name, version=before.version, dropped=False), at=at)
    key_id = keyring(settings).key_id
    store.put_in_force(tx, plan.id, key_id=key_id, by=principal.id, at=at)
    replaced = None if before is None else before.id
    fact = PlanPutInForce(plan_id=plan.id, name=plan.name, version=plan.version, key_id=key_id, replaces=replaced)
    tx.record(fact, at=at)
    return plan_of(tx, plan_id=plan_id)


def drop_plan(tx: Tx, *, plan_id: PlanId, at: datetime) -> None:
    """Give up a plan that was only proposed. Raises NoSuchPlan, NotProposed."""
    principal = require(tx, Right.QUALITY_PLAN, about=plan_id)
    plan = _locked(tx, plan_id)
    if plan.state is not PlanState.PROPOSED:
        raise NotProposed
    store.end(tx, plan.id, state=PlanState.DROPPED, by=principal.id, at=at)
    tx.record(PlanEnded(plan_id=plan.id, name=plan.name, version=plan.version, dropped=True), at=at)


def end_plan(tx: Tx, *, plan_id: PlanId, at: datetime) -> None:
    """Let a plan draw no more; what it drew is looked at all the same. Raises NoSuchPlan, NotInForce."""
    principal = require(tx, Right.QUALITY_PLAN, about=plan_id)
    plan = _locked(tx, plan_id)
    if plan.state is not PlanState.IN_FORCE:
        raise NotInForce
    store.end(tx, plan.id, state=PlanState.ENDED, by=principal.id, at=at)
    tx.record(PlanEnded(plan_id=plan.id, name=plan.name, version=plan.version, dropped=False), at=at)


def plans(tx: Tx, *, states: tuple[PlanState, ...] | None = None) -> list[Plan]:
    """Return versions of plans, those in force first."""
    require(tx, Right.QUALITY_READ)
    return store.plans(tx, states=states)


def plan_of(tx: Tx, *, plan_id: PlanId) -> Plan:
    """Return a version of a plan. Raises NoSuchPlan."""
    require(tx, Right.QUALITY_READ, about=plan_id)
    found = store.plans(tx, ids=[plan_id])
    if not found:
        raise NoSuchPlan
    return found[0]


def preview(tx: Tx, *, wanted: Wanted, effort: int | None = None, error: float = ERROR, at: datetime) -> Load:
    """Return what a plan would have drawn of the decisions of the last 30 days; nothing is kept.

    effort: audits to share out over these days, as many as the plan draws where not given. Raises BadPlan.
    """
    principal = require(tx, Right.QUALITY_READ)
    plan = _plan(wanted, by=principal.id, at=at)
    _check(tx, plan)
    until = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    since = until - timedelta(days=PREVIEW_DAYS)
    named = frozenset().union(*(one.reviewers or () for one in plan.strata))
    return load(
        plan,
        populations.cells(tx, since=since, until=until, reviewers=named),
        days=PREVIEW_DAYS,
        effort=effort,
        error=error,
    )


def _plan(wanted: Wanted, *, by: str, at: datetime) -> Plan:
    return Plan(
        id=PlanId(new_id("plan")),
        name=wanted.name.strip(),
        version=0,
        state=PlanState.PROPOSED,
        note=wanted.note.strip(),
        strata=tuple(replace(one, id=StratumId(new_id("str"))) for one in wanted.strata),
        gravest_by_record=wanted.gravest_by_record,
        repeat_share=wanted.repeat_share,
        repeat_after=wanted.repeat_after,
        proposed_by=ReviewerId(by),
        proposed_at=at,
    )


def _check(tx: Tx, plan: Plan) -> None:
    found = problems(plan, policy.current(tx))
    if found:
        places = [{"pointer": one.pointer, "detail": one.detail} for one in found]
        raise BadPlan(count=len(places), summary=places[0]["detail"], places=places)


def _locked(tx: Tx, plan_id: PlanId) -> Plan:
    plan = store.lock(tx, plan_id)
    if plan is None:
        raise NoSuchPlan
    return plan
