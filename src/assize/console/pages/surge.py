"""Surge: the levers there are, what is pulled, what was."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from assize.console.levers import Choices, choices
from assize.console.levers import pull as pull_lever
from assize.kernel import clock
from assize.platform.http import transaction
from assize.platform.pages import ago, render
from assize.workforce import service as workforce
from assize.workforce.models import EVERYWHERE, Lever, Principal, Pull, Right

router = APIRouter()


@router.get("/surge")
def surge_page(request: Request) -> Response:
    """Show every lever, what is pulled and until when."""
    at = clock.now()
    with transaction(request) as tx:
        pulls = workforce.levers_pulled(tx)
        roles = tx.actor.roles if isinstance(tx.actor, Principal) else frozenset()
        rights = tx.actor.rights if isinstance(tx.actor, Principal) else frozenset()
        known = choices(tx, at=at) if Right.LEVERS_PULL in rights else {}
    return render(
        request,
        "console/surge.html",
        levers=[
            _lever(one, known, mine=Right.LEVERS_PULL in rights and bool(one.roles & roles))
            for one in workforce.levers()
        ],
        pulled=[_pull(one, at) for one in pulls if one.in_force(at)],
        before=[_pull(one, at) for one in pulls if not one.in_force(at)],
        may_end=Right.LEVERS_PULL in rights,
    )


@router.post("/surge")
def pull(
    request: Request,
    lever: Annotated[str, Form(max_length=50)],
    hours: Annotated[float, Form(gt=0, le=100)],
    reason: Annotated[str, Form(min_length=3, max_length=300)],
    reach: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Pull a lever for some hours."""
    at = clock.now()
    with transaction(request) as tx:
        pull_lever(tx, lever=lever, reach=reach, hours=hours, reason=reason, at=at)
    return RedirectResponse("/surge", status_code=303)


@router.post("/surge/{pull_id}/end")
def end(request: Request, pull_id: Annotated[str, Path(max_length=100)]) -> Response:
    """End a lever before its time."""
    at = clock.now()
    with transaction(request) as tx:
        workforce.end_lever(tx, pull_id=pull_id, at=at)
    return RedirectResponse("/surge", status_code=303)


def _lever(one: Lever, known: Choices, *, mine: bool) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "does": one.does,
        "keeps": one.keeps,
        "reach": one.reach.value,
        "choices": known.get(one.reach, []),
        "longest": int(one.longest.total_seconds() // 3600),
        "roles": ", ".join(sorted(role.value.replace("_", " ") for role in one.roles)),
        "heard": one.heard,
        "mine": mine,
    }


def _pull(one: Pull, at: datetime) -> dict[str, Any]:
    lever = next((each for each in workforce.levers() if each.id == one.lever), None)
    ended = "early" if one.ended_by else "by itself"
    return {
        "id": one.id,
        "title": lever.title if lever else one.lever,
        "reach": "" if one.reach == EVERYWHERE else one.reach,
        "reason": one.reason,
        "by": one.by_name,
        "since": one.pulled_at,
        "until": one.until,
        "left": ago(one.until, at),
        "ended": ended,
        "ended_at": one.ended_at or one.until,
    }
