"""Quality over HTTP: sampling plans and how they stand, what they drew, audits and what came of them."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from assize.kernel import clock
from assize.kernel.ids import AuditId, PlanId
from assize.kernel.measures import Interval
from assize.platform.http import transaction
from assize.quality import service
from assize.quality.models import AuditCard, AuditState, Comparison, Draw, Plan, PlanState, card_of

router = APIRouter(prefix="/v1/quality", tags=["quality"])

ULID = "[0-9A-HJKMNP-TV-Z]{26}"
PlanPath = Annotated[str, Path(pattern=f"^plan_{ULID}$")]
AuditPath = Annotated[str, Path(pattern=f"^aud_{ULID}$")]
Limit = Annotated[int, Query(ge=1, le=200)]
Before = Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9_]+$")]
MOST_DAYS = 366


class StratumView(BaseModel):
    """How a stratum stands. error: how often blind audits found the decision wrong; null without any."""

    stratum_id: str
    name: str
    kind: str
    population: int
    drawn: int
    waiting: int
    error: Interval | None


class PlanView(BaseModel):
    """A plan, and how it stands over a span."""

    plan: Plan
    since: datetime
    until: datetime
    strata: list[StratumView]


class DrawView(BaseModel):
    """A draw as it may be listed: the probabilities, and nothing of what was decided."""

    plan_id: str
    decision_id: str
    decided_at: datetime
    key_id: str
    place: float
    random_stratum: str | None
    random_rate: float
    by_random: bool
    risk_stratum: str | None
    risk_rate: float
    by_risk: bool
    targeted_stratum: str | None
    targeted_rate: float
    by_targeted: bool
    by_record: bool
    inclusion: float
    headline: bool
    floored: bool
    drawn_at: datetime


class RevealedView(BaseModel):
    """What came of a revealed audit. before: comparisons that it took the place of, the oldest first."""

    audit: AuditCard
    decision_id: str | None
    label_hash: str | None
    comparison: Comparison | None
    before: list[Comparison]


@router.get("/plans")
def list_plans(request: Request, *, state: PlanState | None = None) -> list[Plan]:
    """List versions of sampling plans, those in force first."""
    with transaction(request) as tx:
        return service.plans(tx, states=None if state is None else (state,))


@router.get("/plans/{plan_id}")
def read_plan(request: Request, plan_id: PlanPath, *, days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 30) -> PlanView:
    """Read a plan and how it stands over the last days."""
    at = clock.now()
    with transaction(request) as tx:
        found = service.plan_standing(tx, plan_id=PlanId(plan_id), since=at - timedelta(days=days), until=at)
    return PlanView(
        plan=found.plan,
        since=found.since,
        until=found.until,
        strata=[
            StratumView(
                stratum_id=one.stratum.id,
                name=one.stratum.name,
                kind=one.stratum.kind.value,
                population=one.population,
                drawn=one.drawn,
                waiting=one.waiting,
                error=one.error,
            )
            for one in found.strata
        ],
    )


@router.get("/plans/{plan_id}/draws")
def list_draws(request: Request, plan_id: PlanPath, *, before: Before = None, limit: Limit = 50) -> list[DrawView]:
    """List what a plan drew, the latest first. before: the last decision of the page before."""
    with transaction(request) as tx:
        return [_draw(one) for one in service.draws_of(tx, plan_id=PlanId(plan_id), before=before, limit=limit)]


@router.get("/audits")
def list_audits(
    request: Request, *, state: AuditState | None = None, before: Before = None, limit: Limit = 50
) -> list[AuditCard]:
    """List audits of others' decisions, the latest first: nothing of what was decided. before: the last of the page before."""
    with transaction(request) as tx:
        states = None if state is None else (state,)
        return service.list_audits(tx, states=states, before=before, limit=limit)


@router.get("/audits/{audit_id}")
def read_audit(request: Request, audit_id: AuditPath) -> RevealedView:
    """Read what came of an audit. Until it is revealed it can't be read."""
    with transaction(request) as tx:
        found = service.revealed(tx, audit_id=AuditId(audit_id))
        me = tx.actor.id
    return RevealedView(
        audit=card_of(found.audit, to=me),
        decision_id=None if found.decision is None else found.decision.id,
        label_hash=None if found.label is None else found.label.hash,
        comparison=found.comparison,
        before=list(found.before),
    )


def _draw(one: Draw) -> DrawView:
    names = set(DrawView.model_fields) - {"decision_id", "decided_at", "headline"}
    return DrawView(
        decision_id=one.decided.decision_id,
        decided_at=one.decided.decided_at,
        headline=one.headline,
        **{name: getattr(one, name) for name in names},
    )
