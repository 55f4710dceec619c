"""What was done, for whoever may read it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from assize.enforcement.errors import (
    NoSuchAppeal,
    NoSuchEffect,
    NoSuchEnforcement,
    NoSuchRow,
    OutsideView,
    PurposeMissing,
)
from assize.enforcement.facts import AppealOpened
from assize.enforcement.models import (
    Appeal,
    AppealState,
    Delivery,
    DeliveryState,
    Effect,
    EffectState,
    Enforcement,
    EnforcementState,
    Notice,
    Support,
    Target,
)
from assize.enforcement.models.instead import Defect, DefectState, InformationRequest, RequestState, Watch, WatchState
from assize.enforcement.store import effects as effect_store
from assize.enforcement.store import instead, plans, standing
from assize.kernel import clock
from assize.platform.db import Tx
from assize.workforce.models import Principal, Right, SearchScope
from assize.workforce.service import require

MOST = 200
RECENT = timedelta(hours=24)
MIN_PURPOSE, MAX_PURPOSE = 3, 300
MASKED = "•••"
Words = TypeVar("Words", str, str | None)


def enforcement(tx: Tx, *, enforcement_id: str) -> Enforcement:
    """Return one plan. Raises NoSuchEnforcement."""
    reader = require(tx, Right.ENFORCEMENT_READ, about=enforcement_id)
    found = plans.by_id(tx, enforcement_id)
    if found is None:
        raise NoSuchEnforcement(enforcement_id=enforcement_id)
    return _shown_plan(found, reader)


def enforcements(
    tx: Tx,
    *,
    case_id: str | None = None,
    subject_id: str | None = None,
    state: EnforcementState | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Enforcement]:
    """Return plans, newest first; `before` is the last id of the page before."""
    reader = reader_of(tx, case_id)
    found = plans.listed(tx, case_id=case_id, subject_id=subject_id, state=state, before=before, limit=_page(limit))
    return [_shown_plan(one, reader) for one in found]


def enforcements_of_decisions(tx: Tx, *, decision_ids: Sequence[str]) -> list[Enforcement]:
    """Return the plans of these decisions, in order: for those who found the decisions within their search scope."""
    reader = require(tx, Right.ENFORCEMENT_READ)
    return [_shown_plan(one, reader) for one in plans.of_decisions(tx, decision_ids)]


def effect(tx: Tx, *, effect_id: str) -> Effect:
    """Return one effect. Raises NoSuchEffect."""
    reader = require(tx, Right.ENFORCEMENT_READ, about=effect_id)
    found = effect_store.by_id(tx, effect_id)
    if found is None:
        raise NoSuchEffect(effect_id=effect_id)
    return _shown_effect(found, reader)


def effects(
    tx: Tx,
    *,
    case_id: str | None = None,
    enforcement_id: str | None = None,
    state: EffectState | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Effect]:
    """Return effects, newest first."""
    reader = reader_of(tx, case_id or enforcement_id)
    found = effect_store.listed(
        tx, case_id=case_id, enforcement_id=enforcement_id, state=state, before=before, limit=_page(limit)
    )
    return [_shown_effect(one, reader) for one in found]


def deliveries(
    tx: Tx,
    *,
    effect_id: str | None = None,
    state: DeliveryState | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Delivery]:
    """Return deliveries, newest first."""
    reader_of(tx, effect_id)
    return effect_store.deliveries(tx, effect_id=effect_id, state=state, before=before, limit=_page(limit))


def notice(tx: Tx, *, enforcement_id: str) -> Notice:
    """Return the statement of reasons of a plan, and whether it was sent. Raises NoSuchRow."""
    reader = require(tx, Right.ENFORCEMENT_READ, about=enforcement_id)
    found = standing.notice(tx, enforcement_id)
    if found is None:
        raise NoSuchRow(what="notice", id=enforcement_id)
    return _shown_notice(found, reader)


def held_notices(tx: Tx, *, limit: int = 50) -> list[Notice]:
    """Return notices that are kept back."""
    reader = reader_of(tx)
    return [_shown_notice(one, reader) for one in standing.held_notices(tx, limit=_page(limit))]


def appeal(tx: Tx, *, appeal_id: str) -> Appeal:
    """Return one appeal. Raises NoSuchAppeal."""
    reader = require(tx, Right.ENFORCEMENT_READ, about=appeal_id)
    found = standing.appeal(tx, appeal_id)
    if found is None:
        raise NoSuchAppeal(appeal_id=appeal_id)
    return _shown_appeal(replace(found, statement=None), reader)


def open_appeal(tx: Tx, *, appeal_id: str, purpose: str, at: datetime) -> Appeal:
    """Return one appeal with what was written, and keep who read it for which purpose.

    Raises NoSuchAppeal, PurposeMissing.
    """
    reader = require(tx, Right.CONTENT_OPEN, about=appeal_id)
    if not MIN_PURPOSE <= len(purpose.strip()) <= MAX_PURPOSE:
        raise PurposeMissing(field="purpose")
    found = standing.appeal(tx, appeal_id)
    if found is None:
        raise NoSuchAppeal(appeal_id=appeal_id)
    tx.record(AppealOpened(appeal_id=found.id, case_id=found.case_id, purpose=purpose.strip()), at=at)
    return _shown_appeal(found, reader)


def appeals(tx: Tx, *, state: AppealState | None = None, before: str | None = None, limit: int = 50) -> list[Appeal]:
    """Return appeals, newest first."""
    reader = reader_of(tx)
    found = standing.appeals(tx, state=state, before=before, limit=_page(limit))
    return [_shown_appeal(replace(one, statement=None), reader) for one in found]


def supports(tx: Tx, *, case_id: str | None = None, limit: int = 50) -> list[Support]:
    """Return offers of support with how far each has come."""
    reader = reader_of(tx, case_id)
    found = instead.supports(tx, case_id=case_id, limit=_page(limit))
    return [replace(one, target=_shown_target(one.target, reader)) for one in found]


def defects(tx: Tx, *, state: DefectState | None = None, before: str | None = None, limit: int = 50) -> list[Defect]:
    """Return safeguard defects, newest first."""
    reader = reader_of(tx)
    found = instead.defects(tx, state=state, before=before, limit=_page(limit))
    return [replace(one, note=words(one.note, reader), outcome=words(one.outcome, reader)) for one in found]


def watches(tx: Tx, *, state: WatchState | None = None, limit: int = 50) -> list[Watch]:
    """Return watches, the next to come back first."""
    reader = reader_of(tx)
    found = instead.watches(tx, state=state, limit=_page(limit))
    return [replace(one, reason=words(one.reason, reader)) for one in found]


def requests(tx: Tx, *, state: RequestState | None = None, limit: int = 50) -> list[InformationRequest]:
    """Return requests for information, the next due first."""
    reader = reader_of(tx)
    found = instead.requests(tx, state=state, limit=_page(limit))
    return [replace(one, missing=words(one.missing, reader)) for one in found]


def levels(tx: Tx) -> dict[str, float]:
    """Return what is waiting and how long confirmed effects of the last day took, for the measures.

    Counts are of all cases: what waits must be seen to wait. Times are of cases that are under no need-to-know.
    """
    counted = {f"enforcement_{name}": float(value) for name, value in effect_store.counts(tx).items()}
    n, seconds = effect_store.seconds_to_confirmed(tx, since=clock.now() - RECENT)
    names = ("median", "p90", "p95", "longest")
    return counted | {
        "enforcement_confirmed_last_day": float(n),
        **{f"enforcement_seconds_to_confirmed_{name}": value for name, value in zip(names, seconds, strict=False)},
    }


def reader_of(tx: Tx, about: str | None = None) -> Principal:
    """Return who reads. Raises OutsideView where their view covers single cases and none is named."""
    reader = require(tx, Right.ENFORCEMENT_READ, about=about)
    if about is None and reader.view.search_scope is not SearchScope.ALL:
        raise OutsideView
    return reader


def _shown_plan(plan: Enforcement, reader: Principal) -> Enforcement:
    return replace(plan, target=_shown_target(plan.target, reader))


def _shown_effect(effect: Effect, reader: Principal) -> Effect:
    # What was sent is for the platform; readers get who and what, not the words of a notice.
    return replace(effect, target=_shown_target(effect.target, reader), data={})


def _shown_notice(notice: Notice, reader: Principal) -> Notice:
    return replace(notice, basis=words(notice.basis, reader))


def _shown_appeal(appeal: Appeal, reader: Principal) -> Appeal:
    # What the appellant wrote, and why it ended as it did, may quote the content; the platform's id names a person.
    external_id = MASKED if "subject" in reader.view.masked_fields else appeal.external_id
    return replace(
        appeal,
        statement=words(appeal.statement, reader),
        reason=words(appeal.reason, reader),
        external_id=external_id,
    )


def words(given: Words, reader: Principal) -> Words:
    """Return what somebody typed as a reader is shown it: masked where text is, for it may quote the content."""
    return MASKED if given and "text" in reader.view.masked_fields else given


def _shown_target(target: Target, reader: Principal) -> Target:
    return replace(target, ref=MASKED) if "subject" in reader.view.masked_fields else target


def _page(limit: int) -> int:
    return max(1, min(limit, MOST))
