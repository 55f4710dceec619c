"""What was done over HTTP: plans, approvals, notices, effects and deliveries, confirmations, appeals."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from assize.enforcement import service
from assize.enforcement.api.forms import Form, Id, Limit, Place, Words
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
    Preview,
    Standing,
)
from assize.kernel import clock
from assize.kernel.ids import ActionId, SubjectId
from assize.platform.db import Database
from assize.platform.http import authenticated, transaction
from assize.workforce.models import Principal

router = APIRouter(prefix="/v1", tags=["enforcement"])


class PreviewForm(Form):
    """An action on a target, in our ids: an event for content, a subject for all else."""

    action_id: Id
    target_level: Id
    target_id: Id
    params: dict[str, Any] = Field(default={})


class ReasonForm(Form):
    """Why, in words."""

    reason: Words


class ConfirmationForm(Form):
    """What the platform says of an effect. failed: why it could not, as a code of its own."""

    status: Annotated[str, Field(pattern="^(confirmed|failed)$")]
    destination: Annotated[str | None, Field(max_length=100)] = None
    reason: Annotated[str | None, Field(max_length=100, pattern=r"^[A-Za-z0-9._-]+$")] = None


class AppealForm(Form):
    """An appeal. external_id: the platform's own, under which repeating it changes nothing."""

    enforcement_id: Id
    external_id: Id
    statement: Annotated[str, Field(min_length=1, max_length=20_000)]


class HearingForm(Form):
    """How an appeal ended."""

    outcome: Annotated[str, Field(pattern="^(upheld|overturned|partly)$")]
    reason: Words


class PurposeForm(Form):
    """For which purpose somebody opens what was written."""

    purpose: Annotated[str, Field(min_length=3, max_length=300)]


class HoldForm(Form):
    """On which basis somebody is not told, and until when."""

    basis: Annotated[str, Field(min_length=1, max_length=500)]
    until: datetime


class AppealTaken(BaseModel):
    """An appeal as the platform hears of it."""

    id: str
    enforcement_id: str
    external_id: str
    state: str
    lodged_at: datetime


class EffectSaid(BaseModel):
    """An effect as the platform hears of it."""

    id: str
    state: str
    confirmed_at: datetime | None


@router.get("/enforcements")
def enforcements(
    request: Request,
    *,
    case_id: Place = None,
    subject_id: Place = None,
    state: EnforcementState | None = None,
    before: Place = None,
    limit: Limit = 50,
) -> list[Enforcement]:
    """List what was planned, newest first; `before` is the last id of the page before."""
    with transaction(request) as tx:
        return service.enforcements(tx, case_id=case_id, subject_id=subject_id, state=state, before=before, limit=limit)


@router.get("/enforcements/{enforcement_id}")
def enforcement(request: Request, enforcement_id: str) -> Enforcement:
    """Read one plan."""
    with transaction(request) as tx:
        return service.enforcement(tx, enforcement_id=enforcement_id)


@router.post("/enforcements/preview")
def preview(request: Request, form: PreviewForm) -> Preview:
    """Say what an action would do, to whom. Nothing is done."""
    with transaction(request) as tx:
        return service.preview(
            tx,
            action_id=ActionId(form.action_id),
            target_level=form.target_level,
            target_id=form.target_id,
            params=form.params,
            at=clock.now(),
        )


@router.post("/enforcements/{enforcement_id}/approval")
def approve(request: Request, enforcement_id: str) -> Enforcement:
    """Approve, as a second, different person."""
    with transaction(request) as tx:
        return service.approve(tx, enforcement_id=enforcement_id, at=clock.now())


@router.post("/enforcements/{enforcement_id}/refusal")
def refuse(request: Request, enforcement_id: str, form: ReasonForm) -> Enforcement:
    """Say no, as a second, different person."""
    with transaction(request) as tx:
        return service.refuse(tx, enforcement_id=enforcement_id, reason=form.reason, at=clock.now())


@router.post("/enforcements/{enforcement_id}/lifting")
def lift(request: Request, enforcement_id: str, form: ReasonForm) -> Enforcement:
    """Take an enforcement back, with its strike."""
    with transaction(request) as tx:
        return service.lift(tx, enforcement_id=enforcement_id, reason=form.reason, at=clock.now())


@router.get("/enforcements/{enforcement_id}/notice")
def notice(request: Request, enforcement_id: str) -> Notice:
    """Read the statement of reasons, and whether it was sent."""
    with transaction(request) as tx:
        return service.notice(tx, enforcement_id=enforcement_id)


@router.post("/enforcements/{enforcement_id}/notice/hold")
def hold_notice(request: Request, enforcement_id: str, form: HoldForm) -> Notice:
    """Keep a notice back: for a day at most until a second person approves."""
    with transaction(request) as tx:
        return service.hold(tx, enforcement_id=enforcement_id, basis=form.basis, until=form.until, at=clock.now())


@router.post("/enforcements/{enforcement_id}/notice/hold/approval")
def approve_hold(request: Request, enforcement_id: str) -> Notice:
    """Approve that a notice is kept back, as a second, different person."""
    with transaction(request) as tx:
        return service.approve_hold(tx, enforcement_id=enforcement_id, at=clock.now())


@router.get("/effects")
def effects(
    request: Request,
    *,
    case_id: Place = None,
    enforcement_id: Place = None,
    state: EffectState | None = None,
    before: Place = None,
    limit: Limit = 50,
) -> list[Effect]:
    """List what left or is to leave, newest first."""
    with transaction(request) as tx:
        return service.effects(
            tx, case_id=case_id, enforcement_id=enforcement_id, state=state, before=before, limit=limit
        )


@router.get("/effects/{effect_id}")
def effect(request: Request, effect_id: str) -> Effect:
    """Read one effect."""
    with transaction(request) as tx:
        return service.effect(tx, effect_id=effect_id)


@router.post("/effects/{effect_id}/confirmation")
def confirm(request: Request, effect_id: str, form: ConfirmationForm) -> EffectSaid:
    """The platform says that an effect is in force, or that it could not. Repeating it changes nothing."""
    database, principal = _caller(request)
    found = service.confirm_as(
        database,
        principal,
        effect_id=effect_id,
        destination=form.destination,
        failed=(form.reason or "unsaid") if form.status == "failed" else None,
        at=clock.now(),
    )
    return EffectSaid(id=found.id, state=found.state, confirmed_at=found.confirmed_at)


@router.get("/deliveries")
def deliveries(
    request: Request,
    *,
    effect_id: Place = None,
    state: DeliveryState | None = None,
    before: Place = None,
    limit: Limit = 50,
) -> list[Delivery]:
    """List deliveries, newest first; `state=dead` lists what waits for a person."""
    with transaction(request) as tx:
        return service.deliveries(tx, effect_id=effect_id, state=state, before=before, limit=limit)


@router.post("/deliveries/{delivery_id}/redelivery")
def redeliver(request: Request, delivery_id: str) -> Delivery:
    """Send a delivery that is dead or failed on its way again, under the same key."""
    with transaction(request) as tx:
        return service.redeliver(tx, delivery_id=delivery_id, at=clock.now())


@router.get("/subjects/{subject_id}/standing")
def standing(request: Request, subject_id: str) -> Standing:
    """Read how an account stands: its strikes, what is left of them, what the ladder recommends."""
    with transaction(request) as tx:
        return service.standing_of(tx, subject_id=SubjectId(subject_id), at=clock.now())


@router.post("/appeals", status_code=201)
def lodge(request: Request, form: AppealForm) -> AppealTaken:
    """Take an appeal in. Repeating it under the same `external_id` answers with the same appeal."""
    database, principal = _caller(request)
    appeal = service.lodge_as(
        database,
        principal,
        enforcement_id=form.enforcement_id,
        external_id=form.external_id,
        statement=form.statement.replace("\x00", ""),
        at=clock.now(),
    )
    kept = ("id", "enforcement_id", "external_id", "state", "lodged_at")
    return AppealTaken(**{name: value for name, value in asdict(appeal).items() if name in kept})


@router.get("/appeals")
def appeals(
    request: Request, *, state: AppealState | None = None, before: Place = None, limit: Limit = 50
) -> list[Appeal]:
    """List appeals without what was written, newest first."""
    with transaction(request) as tx:
        return service.appeals(tx, state=state, before=before, limit=limit)


@router.get("/appeals/{appeal_id}")
def appeal(request: Request, appeal_id: str) -> Appeal:
    """Read one appeal without what was written."""
    with transaction(request) as tx:
        return service.appeal(tx, appeal_id=appeal_id)


@router.post("/appeals/{appeal_id}/opening")
def open_appeal(request: Request, appeal_id: str, form: PurposeForm) -> Appeal:
    """Read what was written, for a purpose that is kept."""
    with transaction(request) as tx:
        return service.open_appeal(tx, appeal_id=appeal_id, purpose=form.purpose, at=clock.now())


@router.post("/appeals/{appeal_id}/hearing")
def hear(request: Request, appeal_id: str, form: HearingForm) -> Appeal:
    """Conclude an appeal, as somebody who had no part in the decision."""
    with transaction(request) as tx:
        return service.hear(
            tx, appeal_id=appeal_id, outcome=AppealState(form.outcome), reason=form.reason, at=clock.now()
        )


def _caller(request: Request) -> tuple[Database, Principal]:
    actor = authenticated(request).actor
    if not isinstance(actor, Principal):
        raise TypeError("a request is made by a principal")
    database: Database = request.app.state.database
    return database, actor
