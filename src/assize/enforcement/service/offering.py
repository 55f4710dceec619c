"""What follows other than enforcement: support, a safeguard defect, a request for information, a watch."""

from datetime import UTC, datetime, time, timedelta

from assize.enforcement.facts import (
    InformationRequested,
    InterimMeasureSet,
    SafeguardDefectFound,
    SupportSent,
    WatchSet,
)
from assize.enforcement.logic import data_of, resources_for
from assize.enforcement.models import (
    Effect,
    EffectKind,
    EffectState,
    Enforcement,
    Support,
    Target,
)
from assize.enforcement.models.instead import (
    Defect,
    DefectState,
    InformationRequest,
    RequestState,
    Watch,
    WatchState,
    WatchTrigger,
)
from assize.enforcement.ports import Order, action_for
from assize.enforcement.service import knowing
from assize.enforcement.service.knowing import Ground
from assize.enforcement.store import effects, instead
from assize.kernel.ids import EffectId, WatchId, new_id
from assize.platform.db import Tx
from assize.review.models import Disposition

SUPPORT = "support"
WATCH_DAYS = 30  # where a decision watches without a date


def support(tx: Tx, found: Ground, disposition: Disposition, *, effective_at: datetime, at: datetime) -> None:
    """Offer crisis resources by locale, on the path for minors where the person is one. Never a strike.

    Never held up: where the platform's own id of the target is not known, the offer goes out under ours, and the
    platform answers that it failed, which a person sees.
    """
    target, _ = knowing.target_of(tx, disposition)
    minor = _minor(tx, found, disposition)
    wanted = disposition.params.get("locale")
    locale, resources = resources_for(
        found.version.support,
        locale=str(wanted or knowing.locale_of(found.case)),
        minor=minor,
        clauses=[one.clause_id for one in found.decision.findings],
    )
    offered = Support(
        id=new_id("sup"),
        case_id=found.case.id,
        decision_id=found.decision.id,
        target=target or Target(level=disposition.target_level, ref=disposition.target_id),
        locale=locale,
        minor=minor,
        state=EffectState.NULL if found.test else EffectState.WAITING,
        offered_at=at,
    )
    if not instead.add_support(tx, offered):
        return
    order = Order(
        action_id=SUPPORT, target=offered.target, at=effective_at, locale=locale, minor=minor, resources=resources
    )
    effects.add(tx, _support_effect(offered, order, event_at=found.case.first_seen_at, at=at))
    tx.record(SupportSent(support_id=offered.id, case_id=offered.case_id, locale=locale, minor=minor), at=at)


def defect(tx: Tx, found: Ground, disposition: Disposition, *, at: datetime) -> None:
    """Put a safeguard defect on its own list: the model answered what it should not; nobody is punished for it."""
    primary = next((one for one in found.decision.findings if one.primary), None)
    clause_id = primary.clause_id if primary else found.decision.primary_clause
    version = disposition.params.get("model_version")
    one = Defect(
        id=new_id("def"),
        case_id=found.case.id,
        decision_id=found.decision.id,
        clause_id=clause_id,
        model_version=version if isinstance(version, str) else None,
        note=disposition.defect,
        state=DefectState.OPEN,
        found_at=at,
    )
    if instead.add_defect(tx, one):
        fact = SafeguardDefectFound(
            defect_id=one.id, case_id=one.case_id, decision_id=one.decision_id, clause_id=clause_id
        )
        tx.record(fact, at=at)


def request(
    tx: Tx, found: Ground, disposition: Disposition, *, due_at: datetime, measure: Enforcement | None, at: datetime
) -> None:
    """Keep what is missing, what holds meanwhile, whose it is, and by when. measure: its plan, where it is ours to end."""
    asked = InformationRequest(
        id=new_id("req"),
        case_id=found.case.id,
        decision_id=found.decision.id,
        missing=disposition.missing or "unsaid",
        interim_measure=disposition.interim,
        owner=disposition.owner or found.decision.reviewer_id,
        due_at=due_at,
        state=RequestState.OPEN,
        asked_at=at,
        enforcement_id=None if measure is None else measure.id,
    )
    if not instead.add_request(tx, asked):
        return
    fact = InformationRequested(request_id=asked.id, case_id=asked.case_id, owner=asked.owner, due_at=asked.due_at)
    tx.record(fact, at=at)
    if measure is not None:
        meanwhile = InterimMeasureSet(
            request_id=asked.id,
            case_id=asked.case_id,
            enforcement_id=measure.id,
            action_id=measure.action_id,
            ends_at=due_at,
        )
        tx.record(meanwhile, at=at)


def watch(tx: Tx, found: Ground, disposition: Disposition, *, at: datetime) -> None:
    """Watch a subject until a date, or until something happens; it comes back by itself."""
    _, subject_id = knowing.target_of(tx, disposition)
    day = disposition.until
    known = {one.value for one in WatchTrigger}
    set_on = Watch(
        id=WatchId(new_id("watch")),
        case_id=found.case.id,
        decision_id=found.decision.id,
        subject_id=subject_id or found.decision.subject_id,
        until=datetime.combine(day, time.min, UTC) if day else at + timedelta(days=WATCH_DAYS),
        triggers=frozenset(WatchTrigger(name) for name in disposition.triggers if name in known),
        reason=f"watched at {disposition.target_level}",
        state=WatchState.RUNNING,
        set_at=at,
    )
    if not found.test and instead.add_watch(tx, set_on):
        fact = WatchSet(watch_id=set_on.id, case_id=set_on.case_id, subject_id=set_on.subject_id, until=set_on.until)
        tx.record(fact, at=at)


def withdraw_all(tx: Tx, found: Ground, *, at: datetime) -> None:
    """Take back what a decision that was undone offered, found or watched; what was sent already stays sent."""
    for support_id in instead.supports_of_decision(tx, found.decision.id):
        for effect in effects.about(tx, support_id).values():
            if effect.state is EffectState.WAITING:
                effects.set_state(tx, effect.id, EffectState.CANCELLED)
    instead.close_defects_of(tx, found.decision.id, at=at)
    instead.end_watches_of(tx, found.decision.id)
    instead.withdraw_requests_of(tx, found.decision.id)


def _minor(tx: Tx, found: Ground, disposition: Disposition) -> bool:
    told = disposition.params.get("minor")
    return told if isinstance(told, bool) else knowing.seems_minor(tx, found.decision.subject_id)


def _support_effect(offered: Support, order: Order, *, event_at: datetime, at: datetime) -> Effect:
    effect_id = EffectId(new_id("eff"))
    return Effect(
        id=effect_id,
        kind=EffectKind.SUPPORT,
        about=offered.id,
        case_id=offered.case_id,
        enforcement_id=None,
        action_id=SUPPORT,
        target=offered.target,
        data=data_of(
            effect_id=effect_id,
            kind=EffectKind.SUPPORT,
            case_id=offered.case_id,
            action_id=SUPPORT,
            target=offered.target,
            order=action_for(SUPPORT).apply(order),
        ),
        state=offered.state,
        event_at=event_at,
        created_at=at,
        due_at=max(order.at, at),
    )
