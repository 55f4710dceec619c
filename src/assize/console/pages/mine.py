"""My page: how hard content is shown to me, what I was exposed to, breaks, categories set aside."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.ids import ClauseId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.platform.settings import Settings
from assize.policy import service as policy
from assize.review import service as review
from assize.workforce import service as workforce
from assize.workforce.models import BREAK, Exposure, Look, Principal, Right, Theme

router = APIRouter()
HOURS = ((1, "an hour"), (4, "4 hours"), (12, "this shift"))
MINUTES = (5, 15, 30, 60)


@router.get("/me")
def my_page(request: Request) -> Response:
    """Show my settings and what nobody but me is shown."""
    at = clock.now()
    with transaction(request) as tx:
        me = tx.actor if isinstance(tx.actor, Principal) else None
        version = policy.current(tx)
        seen = review.exposure_today(tx, at=at) if me and Right.CONTENT_OPEN in me.rights else None
    settings: Settings = request.app.state.settings
    aside = workforce.set_aside(me, at=at) if me else frozenset()
    return render(
        request,
        "console/mine.html",
        me=me,
        calm_every=me.calm_every if me else None,
        look=me.look if me else Look(),
        themes=[(one.value, {"machine": "as this machine"}.get(one.value, one.value)) for one in Theme],
        exposure=_exposure(seen, settings.exposure_budget) if seen else None,
        break_until=workforce.break_until(me, at=at) if me else None,
        aside=[(family, me.respites[family]) for family in sorted(aside)] if me else [],
        families=sorted({clause.family: clause.title for clause in reversed(version.clauses)}.items()),
        hours=HOURS,
        minutes=MINUTES,
        now=at,
    )


@router.post("/me/look")
def set_look(
    request: Request,
    theme: Annotated[Theme, Form()] = Theme.MACHINE,
    grey: Annotated[bool, Form()] = False,
    blur: Annotated[bool, Form()] = False,
    text_only: Annotated[bool, Form()] = False,
    folded: Annotated[bool, Form()] = False,
) -> Response:
    """Keep how content is shown to me."""
    with transaction(request) as tx:
        workforce.set_look(tx, look=Look(theme=theme, grey=grey, blur=blur, text_only=text_only, folded=folded))
    return RedirectResponse("/me", status_code=303)


@router.post("/me/break")
def take_break(request: Request, minutes: Annotated[int, Form(ge=0, le=240)]) -> Response:
    """Take a break for so many minutes; 0 ends it."""
    return _respite(request, BREAK, timedelta(minutes=minutes))


@router.post("/me/aside")
def set_aside(
    request: Request,
    family: Annotated[str, Form(min_length=1, max_length=20, pattern=r"^[A-Z]+$")],
    hours: Annotated[int, Form(ge=0, le=16)],
) -> Response:
    """Don't give me this category for some hours; 0 takes it back. No reason is asked, and nobody is told."""
    return _respite(request, ClauseId(family), timedelta(hours=hours))


def _respite(request: Request, family: ClauseId, lasting: timedelta) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        workforce.set_aside_until(tx, family=family, until=at + lasting if lasting else None, at=at)
    return RedirectResponse("/me", status_code=303)


def _exposure(seen: Any, budget: int) -> dict[str, Any]:
    return {
        "points": seen.points,
        "budget": budget,
        "over": seen.points >= budget,
        "openings": seen.openings,
        "by_class": [(Exposure(one).name.lower(), count) for one, count in sorted(seen.by_class.items(), reverse=True)],
    }
