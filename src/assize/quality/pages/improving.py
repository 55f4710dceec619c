"""Where errors come from and what is done about it; and what is agreed with oneself."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.kernel.ids import ImprovementId, ReviewerId, TeamId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.quality import service
from assize.quality.models import Criterion
from assize.quality.models.improving import Cause, CauseKind, Causes, ImprovementView
from assize.quality.pages import rates, views
from assize.quality.pages.adjudicating import people_of
from assize.workforce import service as workforce
from assize.workforce.models import Right

router = APIRouter()
Text = Annotated[str, Form(max_length=2000)]
Word = Annotated[str, Form(max_length=64, pattern=r"^[^\x00]*$")]
DAYS = 28
KINDS = {
    CauseKind.COACHING: "Coaching: one stands out",
    CauseKind.TRAINING: "Training: several stand out",
    CauseKind.POLICY_GAP: "The policy: everybody errs",
    CauseKind.TOOLING: "Tools",
    CauseKind.CORRECTIVE: "Corrective-action plan of a team",
}


@router.get("/quality/causes")
def causes_page(request: Request) -> Response:
    """Show where errors come from, and what is done about it."""
    return _causes(request)


@router.post("/quality/causes")
def begin(
    request: Request,
    *,
    cause: Annotated[CauseKind, Form()],
    problem: Text,
    todo: Text,
    owner: Word,
    due_at: Annotated[datetime, Form()],
    family: Word = "",
    criterion: Annotated[str, Form(max_length=20)] = "",
    reviewers: Annotated[str, Form(max_length=4000)] = "",
    team: Word = "",
) -> Response:
    """Begin something about a cause. reviewers: their ids, parted by blanks."""
    try:
        with transaction(request) as tx:
            service.begin_improvement(
                tx,
                cause=cause,
                problem=problem,
                action=todo,
                owner_id=ReviewerId(owner),
                due_at=due_at if due_at.tzinfo else due_at.replace(tzinfo=UTC),
                family=family or None,
                criterion=Criterion(criterion) if criterion in set(Criterion) else None,
                reviewers=[ReviewerId(one) for one in reviewers.split()],
                team_id=TeamId(team) if team else None,
                at=clock.now(),
            )
    except Invalid as error:
        return _causes(request, problem=error)
    return RedirectResponse("/quality/causes", status_code=303)


@router.post("/quality/causes/{improvement_id}/done")
def finish(request: Request, improvement_id: str, result: Text) -> Response:
    """Say that it was done, and what came of it."""
    try:
        with transaction(request) as tx:
            service.finish_improvement(tx, improvement_id=ImprovementId(improvement_id), result=result, at=clock.now())
            measures = Right.QUALITY_READ in getattr(tx.actor, "rights", ())
    except (Invalid, Conflict) as error:
        return _causes(request, problem=error)
    return RedirectResponse("/quality/causes" if measures else "/me/agreed", status_code=303)


@router.get("/me/agreed")
def own_page(request: Request) -> Response:
    """Show what is agreed with oneself: coaching, and what one is to do."""
    with transaction(request) as tx:
        found = service.own_improvements(tx)
        names = workforce.names(tx, [one.owner_id for one in found])
        me = tx.actor.id
    return render(request, "quality/agreed.html", found=found, names=names, me=me, now=clock.now())


def _causes(request: Request, *, problem: AssizeError | None = None) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        found = service.causes(tx, at=at)
        plans = Right.QUALITY_PLAN in getattr(tx.actor, "rights", ())
        people = people_of(tx) if plans else []
        teams = [(one.id, one.name) for one in workforce.teams(tx)] if plans else []
        names = workforce.names(tx, _everybody(found))
    return render(
        request,
        "quality/causes.html",
        status=422 if problem else 200,
        found=found,
        rows=[_cause(one) for one in found.causes],
        done=[_improvement(one) for one in found.improvements],
        names=names,
        people=people,
        teams=dict(teams),
        plans=plans,
        kinds=[(one.value, title) for one, title in KINDS.items()],
        criteria=[(one.value, title) for one, title in views.NAMES.items()],
        begun={
            _key(one.improvement.family, one.improvement.criterion)
            for one in found.improvements
            if not one.improvement.done_at
        },
        days=DAYS,
        problem=problem.message if problem else None,
        now=at,
    )


def _everybody(found: Causes) -> list[str]:
    of_causes = [each for one in found.causes for each in one.reviewers]
    return [
        *of_causes,
        *(each for one in found.improvements for each in (one.improvement.owner_id, *one.improvement.reviewers)),
    ]


def _key(family: str | None, criterion: Criterion | None) -> str:
    return f"{family}|{'' if criterion is None else criterion.value}"


def _cause(one: Cause) -> dict[str, Any]:
    return {
        "key": _key(one.family, one.criterion),
        "family": one.family,
        "criterion": one.criterion.value,
        "name": views.NAMES[one.criterion],
        "kind": one.kind.value,
        "title": KINDS[one.kind],
        "reviewers": one.reviewers,
        "rate": rates.share(one.rate),
        "people": one.people,
    }


def _improvement(one: ImprovementView) -> dict[str, Any]:
    effect, of = one.effect, one.improvement
    return {
        "of": of,
        "title": KINDS[of.cause],
        "criterion": views.NAMES[of.criterion] if of.criterion else None,
        "effect": None
        if effect is None
        else [
            ("Before", rates.share(effect.before, why="nothing was compared")),
            ("Since", rates.share(effect.after, why="nothing was compared yet")),
            ("Difference", rates.number(effect.difference, why="too little to tell", signed=True)),
        ],
    }
