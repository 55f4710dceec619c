"""Making effects of a plan that may go ahead: the action, the notice with its reasons, the strike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assize.enforcement.facts import NoticeHeld, StrikeGiven, StrikeRemoved
from assize.enforcement.logic import Reasons, data_of, hold_until, statement
from assize.enforcement.logic.noticing import hold_asked
from assize.enforcement.models import (
    Effect,
    EffectKind,
    EffectState,
    Enforcement,
    EnforcementState,
    Notice,
    NoticeState,
    Strike,
)
from assize.enforcement.ports import Action, Order, action_for
from assize.enforcement.service import knowing
from assize.enforcement.service.knowing import Ground
from assize.enforcement.store import effects, standing
from assize.kernel.ids import EffectId, StrikeId, new_id
from assize.platform.db import Tx
from assize.review.models import Verdict
from assize.triage import service as triage

HOW_TO_APPEAL = "you can appeal through the platform that told you this, in your own words."
STRIKES = "strikes"  # triage's counter, which rules may read
BY_HAND = "hand:"  # how a clause begins to say that a person, and no rule, pointed at it


def issue(tx: Tx, plan: Enforcement, *, at: datetime) -> None:
    """Put a plan's effect on its way, with its statement of reasons and its strike.

    For test and red-team traffic everything is written and nothing leaves: the effect is null.
    """
    action, order = action_for(plan.action_id), order_of(plan)
    null = plan.state is EnforcementState.NULL
    payload = dict(action.apply(order)) | {"enforcement_id": plan.id}
    effects.add(tx, effect_of(plan, kind=EffectKind.APPLY, order=payload, null=null, at=at))
    found = knowing.ground_of(tx, plan)
    _notify(tx, plan, action, found, null=null, at=at)
    if not null and found is not None:
        strike(tx, plan, found, at=at)


def strike(tx: Tx, plan: Enforcement, found: Ground, *, at: datetime) -> None:
    """Give the strike of a plan, where its action weighs and a violation was found: one a decision, the heaviest."""
    account = knowing.account_of(tx, plan.subject_id or found.decision.subject_id)
    if plan.strike_weight <= 0 or account is None or found.decision.verdict is not Verdict.VIOLATION:
        return
    before = standing.strike_of_decision(tx, found.decision.id, account)
    if before is not None and (before.weight >= plan.strike_weight or before.enforcement_id == plan.id):
        # One decision is one strike, the heaviest of its actions: two actions about one deed are no two offences.
        return
    if before is not None:
        standing.remove_strike(tx, before.enforcement_id, because="a heavier action of the same decision", at=at)
        tx.record(
            StrikeRemoved(strike_id=before.id, case_id=plan.case_id, subject_id=account, because="superseded"), at=at
        )
    made = Strike(
        id=StrikeId(new_id("str")),
        enforcement_id=plan.id,
        subject_id=account,
        clause_id=plan.clause_id,
        weight=plan.strike_weight,
        given_at=at,
    )
    if standing.add_strike(tx, made, case_id=plan.case_id):
        given = StrikeGiven(
            strike_id=made.id,
            case_id=plan.case_id,
            subject_id=account,
            weight=made.weight,
            clause_id=plan.clause_id,
        )
        tx.record(given, at=at)
        if before is None:
            triage.bump(tx, subject_id=account, counter=STRIKES, at=at)


def order_of(plan: Enforcement) -> Order:
    """Return what the plug-in is asked, as it was when it was planned."""
    return Order(action_id=plan.action_id, target=plan.target, params=plan.params, at=plan.effective_at)


def effect_of(
    plan: Enforcement,
    *,
    kind: EffectKind,
    order: Mapping[str, Any],
    null: bool = False,
    about: str | None = None,
    at: datetime,
) -> Effect:
    """Return an effect of a plan, due when the plan takes effect."""
    effect_id = EffectId(new_id("eff"))
    return Effect(
        id=effect_id,
        kind=kind,
        about=about or plan.id,
        case_id=plan.case_id,
        enforcement_id=plan.id,
        action_id=plan.action_id,
        target=plan.target,
        data=data_of(
            effect_id=effect_id,
            kind=kind,
            case_id=plan.case_id,
            action_id=plan.action_id,
            target=plan.target,
            order=order,
        ),
        state=EffectState.NULL if null else EffectState.WAITING,
        event_at=plan.event_at,
        created_at=at,
        due_at=max(plan.effective_at, at),
    )


def notice_effect(plan: Enforcement, notice: Notice, *, at: datetime) -> Effect:
    """Return the effect that tells the person concerned."""
    order = {"do": "notify", "text": notice.text, "language": "en", "enforcement_id": plan.id}
    return effect_of(plan, kind=EffectKind.NOTICE, order=order, at=at)


def _notify(tx: Tx, plan: Enforcement, action: Action, found: Ground | None, *, null: bool, at: datetime) -> None:
    version = knowing.version_of(tx, plan)
    clause = version.clause(plan.clause_id) if plan.clause_id else None
    finding = next((one for one in found.decision.findings if one.primary), None) if found else None
    text = statement(
        Reasons(
            action=plan.sentence,
            clause_id=clause.id if clause else None,
            clause_title=clause.title if clause else None,
            clause_scope=clause.scope if clause else None,
            policy_name=version.name,
            policy_version=version.version,
            locus=finding.locus if finding else None,
            outcome=finding.model_outcome if finding else None,
            by_machine=plan.by_machine,
            approved_by_person=plan.approved_by is not None,
            found_by_machine=_found_by_machine(found),
            reversible=plan.reversible,
            decided_at=plan.planned_at,
            effective_at=max(plan.effective_at, at),
            until=action.plan(order_of(plan)).until,
            appeal=HOW_TO_APPEAL,
        )
    )
    notice = _with_hold(plan, text, null=null, at=at)
    standing.add_notice(tx, notice)
    if notice.state is NoticeState.DUE:
        effects.add(tx, notice_effect(plan, notice, at=at))
    if notice.state is NoticeState.HELD and notice.expires_at is not None:
        held = NoticeHeld(
            enforcement_id=plan.id,
            case_id=plan.case_id,
            basis="given",  # a fact holds no words that somebody typed
            until=notice.expires_at,
            approved=False,
        )
        tx.record(held, at=at)


def _found_by_machine(found: Ground | None) -> bool:
    # A case opened by hand has no clause that a rule or a signal pointed at.
    return found is not None and any(not why.startswith(BY_HAND) for one in found.case.clauses for why in one.why)


def _with_hold(plan: Enforcement, text: str, *, null: bool, at: datetime) -> Notice:
    if null:
        return Notice(enforcement_id=plan.id, case_id=plan.case_id, text=text, state=NoticeState.CANCELLED)
    asked = hold_asked(plan.params, at=plan.planned_at)
    if asked is None or asked.until <= at:
        return Notice(enforcement_id=plan.id, case_id=plan.case_id, text=text, state=NoticeState.DUE)
    return Notice(
        enforcement_id=plan.id,
        case_id=plan.case_id,
        text=text,
        state=NoticeState.HELD,
        basis=asked.basis,
        asked_by=plan.decided_by,
        asked_until=asked.until,
        expires_at=hold_until(asked_until=asked.until, approved=False, at=at),
    )
