"""Pages of enforcement: what waits for a second person, what leaves, appeals, defects."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.enforcement import service
from assize.enforcement.models import (
    AppealState,
    DeliveryState,
    Destination,
    EffectState,
    EnforcementState,
    Outbound,
    Trial,
)
from assize.enforcement.models.instead import DefectState, RequestState, WatchState
from assize.kernel import clock
from assize.platform.db import Tx
from assize.platform.http import authenticated, transaction
from assize.platform.pages import render
from assize.platform.settings import Settings
from assize.workforce import service as workforce
from assize.workforce.models import Principal

router = APIRouter(include_in_schema=False)

Before = Annotated[str | None, Query(max_length=200, pattern=r"^[A-Za-z0-9_]*$")]
Reason = Annotated[str, Form(min_length=1, max_length=2000)]
PAGE = 50


@router.get("/enforcement")
def enforcement_page(request: Request, before: Before = None) -> Response:
    """Show what waits for a second person first, then what was done."""
    with transaction(request) as tx:
        view: dict[str, Any] = {
            "waiting": service.enforcements(tx, state=EnforcementState.AWAITING_APPROVAL, limit=PAGE),
            "blocked": service.enforcements(tx, state=EnforcementState.BLOCKED, limit=PAGE),
            "plans": service.enforcements(tx, before=before, limit=PAGE),
            "failed": service.effects(tx, state=EffectState.FAILED, limit=PAGE),
            "unconfirmed": service.effects(tx, state=EffectState.SENT, limit=PAGE),
            "held": service.held_notices(tx, limit=PAGE),
            "watches": service.watches(tx, state=WatchState.RUNNING, limit=PAGE),
            "requests": [
                one
                for state in (RequestState.OVERDUE, RequestState.OPEN)
                for one in service.requests(tx, state=state, limit=PAGE)
            ],
        }
        people = [one.decided_by for one in view["waiting"]] + [one.owner for one in view["requests"]]
        people += [who for one in view["held"] for who in (one.asked_by, one.approved_by)]
        view["names"] = workforce.names(tx, people)
    return render(request, "enforcement/enforcement.html", me=_me(request), now=clock.now(), page=PAGE, **view)


@router.get("/enforcement/{enforcement_id}")
def plan_page(request: Request, enforcement_id: str) -> Response:
    """Show one plan with its effects and its statement of reasons."""
    with transaction(request) as tx:
        plan = service.enforcement(tx, enforcement_id=enforcement_id)
        view: dict[str, Any] = {
            "plan": plan,
            "effects": service.effects(tx, enforcement_id=enforcement_id, limit=PAGE),
            "notice": None
            if plan.state in {EnforcementState.AWAITING_APPROVAL, EnforcementState.BLOCKED, EnforcementState.REFUSED}
            else service.notice(tx, enforcement_id=enforcement_id),
            "names": workforce.names(tx, [plan.decided_by, plan.approved_by]),
        }
    return render(request, "enforcement/plan.html", me=_me(request), now=clock.now(), **view)


@router.post("/enforcement/{enforcement_id}/approve")
def approve(request: Request, enforcement_id: str) -> Response:
    """Approve, as a second, different person."""
    at = clock.now()
    return _then(request, "/enforcement", lambda tx: service.approve(tx, enforcement_id=enforcement_id, at=at))


@router.post("/enforcement/{enforcement_id}/refuse")
def refuse(request: Request, enforcement_id: str, reason: Reason) -> Response:
    """Say no, as a second, different person."""
    at = clock.now()
    return _then(
        request, "/enforcement", lambda tx: service.refuse(tx, enforcement_id=enforcement_id, reason=reason, at=at)
    )


@router.post("/enforcement/{enforcement_id}/lift")
def lift(request: Request, enforcement_id: str, reason: Reason) -> Response:
    """Take an enforcement back."""
    at = clock.now()
    return _then(
        request,
        f"/enforcement/{enforcement_id}",
        lambda tx: service.lift(tx, enforcement_id=enforcement_id, reason=reason, at=at),
    )


@router.post("/enforcement/{enforcement_id}/approve-hold")
def approve_hold(request: Request, enforcement_id: str) -> Response:
    """Approve that a notice is kept back."""
    at = clock.now()
    return _then(request, "/enforcement", lambda tx: service.approve_hold(tx, enforcement_id=enforcement_id, at=at))


@router.post("/information-requests/{request_id}/answer")
def answer_request(request: Request, request_id: str) -> Response:
    """Say that what was missing has come."""
    at = clock.now()
    return _then(request, "/enforcement", lambda tx: service.answer_request(tx, request_id=request_id, at=at))


@router.get("/deliveries")
def deliveries_page(request: Request, before: Before = None) -> Response:
    """Show dead letters first, then every delivery."""
    with transaction(request) as tx:
        view: dict[str, Any] = {
            "dead": service.deliveries(tx, state=DeliveryState.DEAD, limit=PAGE),
            "failed": service.deliveries(tx, state=DeliveryState.FAILED, limit=PAGE),
            "all": service.deliveries(tx, before=before, limit=PAGE),
        }
    return render(request, "enforcement/deliveries.html", now=clock.now(), page=PAGE, **view)


@router.post("/deliveries/{delivery_id}/redeliver")
def redeliver(request: Request, delivery_id: str) -> Response:
    """Send a dead delivery again."""
    at = clock.now()
    return _then(request, "/deliveries", lambda tx: service.redeliver(tx, delivery_id=delivery_id, at=at))


@router.get("/webhooks")
def webhooks_page(request: Request) -> Response:
    """Show where effects go, and how each destination does."""
    return _webhooks(request, tried=None)


@router.post("/webhooks/{destination}/test")
def try_destination(request: Request, destination: str) -> Response:
    """Send a trial message and show what came back."""
    who = authenticated(request).actor
    if not isinstance(who, Principal):
        raise TypeError("a request is made by a principal")
    found = service.try_destination(
        request.app.state.database, who, outbound=_outbound(request), name=destination, at=clock.now()
    )
    return _webhooks(request, tried=found)


@router.get("/appeals")
def appeals_page(request: Request, before: Before = None) -> Response:
    """Show open appeals first."""
    with transaction(request) as tx:
        view: dict[str, Any] = {
            "open": service.appeals(tx, state=AppealState.OPEN, limit=PAGE),
            "all": service.appeals(tx, before=before, limit=PAGE),
        }
        view["names"] = workforce.names(tx, [one.heard_by for one in view["all"]])
    return render(request, "enforcement/appeals.html", now=clock.now(), page=PAGE, **view)


@router.post("/appeals/{appeal_id}")
def appeal_page(
    request: Request, appeal_id: str, purpose: Annotated[str, Form(min_length=3, max_length=300)]
) -> Response:
    """Open one appeal, for a purpose that is kept. A post: opening leaves a trace."""
    with transaction(request) as tx:
        appeal = service.open_appeal(tx, appeal_id=appeal_id, purpose=purpose, at=clock.now())
        plan = service.enforcement(tx, enforcement_id=appeal.enforcement_id)
        names = workforce.names(tx, [appeal.heard_by, plan.decided_by, plan.approved_by])
    view: dict[str, Any] = {"appeal": appeal, "plan": plan, "names": names, "me": _me(request), "now": clock.now()}
    return render(request, "enforcement/appeal.html", **view)


@router.post("/appeals/{appeal_id}/hear")
def hear(
    request: Request,
    appeal_id: str,
    outcome: Annotated[str, Form(pattern="^(upheld|overturned|partly)$")],
    reason: Reason,
) -> Response:
    """Conclude an appeal."""
    at = clock.now()
    return _then(
        request,
        "/appeals",
        lambda tx: service.hear(tx, appeal_id=appeal_id, outcome=AppealState(outcome), reason=reason, at=at),
    )


@router.get("/defects")
def defects_page(request: Request, before: Before = None) -> Response:
    """Show safeguard defects, newest first."""
    with transaction(request) as tx:
        found = service.defects(tx, before=before, limit=PAGE)
    return render(request, "enforcement/defects.html", defects=found, now=clock.now(), page=PAGE)


@router.post("/defects/{defect_id}/move")
def move_defect(
    request: Request,
    defect_id: str,
    state: Annotated[str, Form(pattern="^(handed_over|closed)$")],
    outcome: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Hand a defect over, or close it."""
    at = clock.now()
    return _then(
        request,
        "/defects",
        lambda tx: service.move_defect(
            tx, defect_id=defect_id, state=DefectState(state), outcome=outcome.strip() or None, at=at
        ),
    )


def _webhooks(request: Request, *, tried: Trial | None) -> Response:
    with transaction(request) as tx:
        dead = service.deliveries(tx, state=DeliveryState.DEAD, limit=PAGE)
        recent = service.deliveries(tx, limit=PAGE)
    rows = [
        {
            "name": one.name,
            "host": urlsplit(one.url).netloc,
            "dead": sum(each.destination == one.name for each in dead),
            "last": next((each for each in recent if each.destination == one.name), None),
        }
        for one in _outbound(request).destinations
    ]
    return render(request, "enforcement/webhooks.html", destinations=rows, tried=tried, now=clock.now())


def _outbound(request: Request) -> Outbound:
    settings: Settings = request.app.state.settings
    destinations = tuple(Destination(name=one.name, url=one.url, secret=one.secret) for one in settings.destinations)
    return Outbound(destinations=destinations, source=settings.public_url, private=settings.allow_private_destinations)


def _then(request: Request, to: str, change: Callable[[Tx], object]) -> Response:
    with transaction(request) as tx:
        change(tx)
    return RedirectResponse(to, status_code=303)


def _me(request: Request) -> str:
    return str(request.state.authenticated.actor.id)
