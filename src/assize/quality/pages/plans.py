"""Sampling plans: what is in force and how it stands, what a plan would cost before it is proposed."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.ids import PlanId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.platform.settings import Settings
from assize.policy import service as policy
from assize.quality import service
from assize.quality.errors import BadPlan
from assize.quality.models import Kind, PlanState, Stratum
from assize.quality.pages.forms import (
    Sent,
    effort_of,
    error_of,
    problems_of,
    rows_of,
    sent,
    starter,
    wanted_from,
    written,
)
from assize.quality.service import ERROR, Load, half_width
from assize.review.models import Verdict
from assize.workforce import service as workforce
from assize.workforce.models import Right
from assize.workforce.service import require

router = APIRouter()
SPAN = timedelta(days=30)
WEEKS = 30 / 7
KINDS = {
    Kind.RANDOM: "Random floor",
    Kind.RISK: "By risk",
    Kind.TARGETED: "Targeted, never in headline figures",
}
TONES = {PlanState.IN_FORCE: "good", PlanState.PROPOSED: "info", PlanState.ENDED: "", PlanState.DROPPED: ""}


async def read_form(request: Request) -> FormData:
    """Return the fields of the form, of which the names count the rows."""
    return await request.form()


@router.get("/quality/plans")
def plans_page(request: Request) -> Response:
    """Show every plan, those in force first."""
    with transaction(request) as tx:
        found = service.plans(tx)
        names = workforce.names(tx, [one.proposed_by for one in found])
    return render(request, "quality/plans.html", plans=found, names=names, tones=TONES, now=clock.now())


@router.get("/quality/plans/new")
def new_plan(request: Request, of: Annotated[str, Query(max_length=64, alias="from")] = "") -> Response:
    """Show the form of a plan: of one that is there, or of one to begin with."""
    settings: Settings = request.app.state.settings
    with transaction(request) as tx:
        require(tx, Right.QUALITY_PLAN)
        given = written(service.plan_of(tx, plan_id=PlanId(of)) if of else starter(settings.audit_floor))
        return _form(request, tx, given)


@router.post("/quality/plans")
def propose(request: Request, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Propose what was typed, or show what it would cost; rows are added by a button."""
    given, at = sent(form.multi_items()), clock.now()
    try:
        with transaction(request) as tx:
            require(tx, Right.QUALITY_PLAN)
            if given.one("do") == "row":
                return _form(request, tx, given, more=2)
            wanted = wanted_from(given)
            if given.one("do") == "preview":
                weekly = effort_of(given)
                effort = None if weekly is None else round(weekly * WEEKS)
                error = error_of(given, ERROR)
                load = service.preview(tx, wanted=wanted, effort=effort, error=error, at=at)
                return _form(request, tx, given, load=load, error=error)
            plan = service.propose(tx, wanted=wanted, at=at)
    except BadPlan as problem:
        with transaction(request) as tx:
            return _form(request, tx, given, problems=problems_of(problem.facts), status=422)
    return RedirectResponse(f"/quality/plans/{plan.id}", status_code=303)


@router.get("/quality/plans/{plan_id}")
def plan_page(request: Request, plan_id: str) -> Response:
    """Show a plan: its strata, what they held and drew, and how well that lets their error be known."""
    at = clock.now()
    with transaction(request) as tx:
        standing = service.plan_standing(tx, plan_id=PlanId(plan_id), since=at - SPAN, until=at)
        drawn = service.draws_of(tx, plan_id=PlanId(plan_id), limit=20)
        plan = standing.plan
        names = workforce.names(tx, [one for one in (plan.proposed_by, plan.in_force_by, plan.ended_by) if one])
    return render(
        request,
        "quality/plan.html",
        plan=plan,
        names=names,
        tone=TONES[plan.state],
        strata=[_standing(one) for one in standing.strata],
        days=[{"day": day, "drawn": n, "headline": headline} for day, n, headline in reversed(standing.days)],
        per_day=sum(n for _, n, _ in standing.days) / max(1, len(standing.days)),
        draws=drawn,
        kinds=KINDS,
        now=at,
    )


@router.post("/quality/plans/{plan_id}/in-force")
def put_in_force(request: Request, plan_id: str) -> Response:
    """Let a plan draw from now on."""
    with transaction(request) as tx:
        service.put_in_force(tx, plan_id=PlanId(plan_id), settings=request.app.state.settings, at=clock.now())
    return RedirectResponse(f"/quality/plans/{plan_id}", status_code=303)


@router.post("/quality/plans/{plan_id}/drop")
def drop(request: Request, plan_id: str) -> Response:
    """Give up a plan that was only proposed."""
    with transaction(request) as tx:
        service.drop_plan(tx, plan_id=PlanId(plan_id), at=clock.now())
    return RedirectResponse("/quality/plans", status_code=303)


@router.post("/quality/plans/{plan_id}/end")
def end(request: Request, plan_id: str) -> Response:
    """Let a plan draw no more."""
    with transaction(request) as tx:
        service.end_plan(tx, plan_id=PlanId(plan_id), at=clock.now())
    return RedirectResponse(f"/quality/plans/{plan_id}", status_code=303)


def _form(
    request: Request,
    tx: Tx,
    given: Sent,
    *,
    load: Load | None = None,
    error: float = ERROR,
    problems: list[tuple[str, str]] | None = None,
    more: int = 0,
    status: int = 200,
) -> Response:
    version = policy.current(tx)
    return render(
        request,
        "quality/plan_form.html",
        status=status,
        form=given,
        rows=rows_of(given, more=more),
        kinds=[(one.value, title) for one, title in KINDS.items()],
        verdicts=[(one.value, one.value.replace("_", " ")) for one in Verdict],
        queues=[one.name for one in version.queues],
        families=sorted({one.id.partition("-")[0] for one in version.clauses}),
        problems=problems or [],
        load=None if load is None else _load(load, error),
    )


def _load(load: Load, error: float) -> dict[str, Any]:
    return {
        "decisions": load.decisions,
        "per_day": load.per_day,
        "per_week": load.per_week,
        "record": 7 * load.record / load.days,
        "error": 100 * error,
        "needed": service.needed(0.02, error=error),
        "strata": [
            {
                "name": one.stratum.name,
                "kind": KINDS[one.stratum.kind],
                "population": one.population,
                "expected": one.expected,
                "half": None if one.half_width is None else 100 * one.half_width,
                "headline": one.stratum.kind is not Kind.TARGETED,
                "best_n": one.best_n,
                "best_rate": None if one.best_rate is None else 100 * one.best_rate,
            }
            for one in load.strata
        ],
    }


def _standing(one: service.StratumStanding) -> dict[str, Any]:
    half = half_width(one.drawn)
    return {
        "name": one.stratum.name,
        "kind": KINDS[one.stratum.kind],
        "limits": limits_of(one.stratum),
        "rate": 100 * one.stratum.rate,
        "floor": 100 * one.stratum.floor,
        "weights": ", ".join(
            f"SEV{int(level)} times {weight:g}" for level, weight in sorted(one.stratum.weights.items())
        ),
        "population": one.population,
        "drawn": one.drawn,
        "waiting": one.waiting,
        "half": None if half is None else 100 * half,
        "error": one.error,
    }


def limits_of(one: Stratum) -> list[str]:
    """Return what a stratum is limited to, in words; nothing where it holds everything."""
    said = [
        ("queue", one.queues),
        ("clause", one.clauses),
        ("verdict", None if one.verdicts is None else {each.value.replace("_", " ") for each in one.verdicts}),
        ("severity", None if one.severities is None else {f"SEV{int(each)}" for each in one.severities}),
        ("reviewer", one.reviewers),
        ("team", one.teams),
        ("language", one.languages),
        ("policy", one.policy_versions),
        ("by", None if one.by is None else {one.by}),
        ("of", None if one.vendor is None else {"vendors" if one.vendor else "our own"}),
    ]
    return [f"{name} {', '.join(sorted(values))}" for name, values in said if values is not None]
