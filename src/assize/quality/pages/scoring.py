"""How decisions are scored: shown to whoever reads cards, changed by whoever plans."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.quality import service
from assize.quality.errors import BadScoring
from assize.quality.logic.scoring import costs
from assize.quality.models import Criterion
from assize.quality.models.scoring import PLACES, Scoring
from assize.quality.pages import views
from assize.workforce.service import names

router = APIRouter()
Weight = Annotated[float, Form(ge=0, le=1000)]
Harm = Annotated[float, Form(ge=0, le=1_000_000)]


@router.get("/quality/scoring")
def scoring_page(request: Request) -> Response:
    """Show how decisions are scored now, and were."""
    return _page(request)


@router.post("/quality/scoring")
def set_scoring(
    request: Request,
    decision: Weight,
    clause: Weight,
    severity: Weight,
    action: Weight,
    escalation: Weight,
    rationale: Weight,
    required_step: Weight,
    sev0: Harm,
    sev1: Harm,
    sev2: Harm,
    sev3: Harm,
    sev4: Harm,
    overreach: Harm,
    accepted_error: Annotated[float, Form(gt=0, lt=50)],
    least: Annotated[int, Form(ge=1, le=10_000)],
    note: Annotated[str, Form(min_length=3, max_length=500, pattern=r"^[^\x00]*$")],
    critical: Annotated[list[Criterion], Form(max_length=7)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Score differently from now on. accepted_error: in per cent."""
    weights = (decision, clause, severity, action, escalation, rationale, required_step)
    wanted = Scoring(
        version=0,
        weights=dict(zip(Criterion, weights, strict=True)),
        critical=frozenset(critical),
        harm=(sev0, sev1, sev2, sev3, sev4, 0.0),
        overreach=overreach,
        accepted_error=accepted_error / 100,
        least=least,
        note=note,
    )
    try:
        with transaction(request) as tx:
            service.score_by(tx, wanted=wanted, at=clock.now())
    except BadScoring as problem:
        return _page(request, wanted=wanted, problem=str(problem))
    return RedirectResponse("/quality/scoring", status_code=303)


def _page(request: Request, *, wanted: Scoring | None = None, problem: str = "") -> Response:
    with transaction(request) as tx:
        known = service.scorings(tx)
        by = names(tx, [one.set_by for one in known])
    now = wanted or known[0]
    matrix = costs(now)
    return render(
        request,
        "quality/scoring.html",
        status=422 if problem else 200,
        problem=problem,
        now=now,
        criteria=[(one, views.NAMES[one], now.weights.get(one, 0), one in now.critical) for one in Criterion],
        places=views.PLACES,
        harm=list(zip(views.PLACES, now.harm, strict=True))[: PLACES - 1],
        matrix=[
            (views.PLACES[true], [f"{abs(matrix[true, given]):g}" for given in range(PLACES)]) for true in range(PLACES)
        ],
        accepted=f"{100 * now.accepted_error:g}",
        versions=[(one, by.get(one.set_by, one.set_by)) for one in known],
    )
