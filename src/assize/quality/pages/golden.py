"""The golden set: known cases, how often they are put among the others, what answers tell, and who may know them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.kernel.ids import GoldenId, LabelId, QueueName
from assize.platform.db import Tx
from assize.platform.http import authenticated, transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.quality import service
from assize.quality.models.golden import Difficulty, Golden, GoldenSet, GoldenState, Leak
from assize.quality.pages import rates
from assize.workforce import service as workforce

router = APIRouter()
GoldenPath = Annotated[str, Path(max_length=64)]
Note = Annotated[str, Form(max_length=2000)]
Days = Annotated[int, Form(ge=1, le=730)]
TONES = {
    GoldenState.CANDIDATE: "info",
    GoldenState.ACTIVE: "good",
    GoldenState.STALE: "warn",
    GoldenState.RETIRED: "",
}
PER_CENT = 100
HERE = "/quality/golden"


@router.get("/quality/golden")
def golden_page(request: Request, state: Annotated[GoldenState | None, Query()] = None) -> Response:
    """Show the golden set."""
    return _set(request, state=state)


@router.post("/quality/golden")
def propose(request: Request, label_id: Annotated[str, Form(max_length=64)], note: Note = "") -> Response:
    """Propose the case of a label."""
    try:
        with transaction(request) as tx:
            made = service.propose_golden(tx, label_id=LabelId(label_id.strip()), note=note, at=clock.now())
    except (Invalid, Conflict) as error:
        return _set(request, problem=error)
    return RedirectResponse(f"/quality/golden/{made.id}", status_code=303)


@router.post("/quality/golden/rates")
def set_rate(
    request: Request,
    queue: Annotated[str, Form(max_length=100)],
    share: Annotated[float, Form(ge=0, le=PER_CENT, allow_inf_nan=False)],
) -> Response:
    """Say to which share of the cases of a queue a known one is added; share: per cent."""
    try:
        with transaction(request) as tx:
            service.set_golden_rate(tx, queue=QueueName(queue), share=share / PER_CENT, at=clock.now())
    except (Invalid, Conflict) as error:
        return _set(request, problem=error)
    return RedirectResponse("/quality/golden", status_code=303)


@router.get("/quality/golden/{golden_id}")
def item_page(request: Request, golden_id: GoldenPath) -> Response:
    """Show a known case with its copies."""
    return _item(request, golden_id)


@router.post("/quality/golden/{golden_id}/approve")
def approve(
    request: Request,
    golden_id: GoldenPath,
    *,
    difficulty: Annotated[Difficulty, Form()],
    days: Days = service.HOLDS_FOR.days,
    note: Note = "",
) -> Response:
    """Take a proposed case into the set."""
    try:
        with transaction(request) as tx:
            service.approve_golden(
                tx,
                golden_id=GoldenId(golden_id),
                difficulty=difficulty,
                note=note,
                holds_for=timedelta(days=days),
                at=clock.now(),
            )
    except (Invalid, Conflict) as error:
        return _item(request, golden_id, problem=error)
    return RedirectResponse(f"/quality/golden/{golden_id}", status_code=303)


@router.post("/quality/golden/{golden_id}/holds")
def holds(request: Request, golden_id: GoldenPath, note: Note = "", days: Days = service.HOLDS_FOR.days) -> Response:
    """Say that what experts said of it still holds."""
    try:
        with transaction(request) as tx:
            service.golden_holds(
                tx, golden_id=GoldenId(golden_id), note=note, holds_for=timedelta(days=days), at=clock.now()
            )
    except (Invalid, Conflict) as error:
        return _item(request, golden_id, problem=error)
    return RedirectResponse(f"/quality/golden/{golden_id}", status_code=303)


@router.post("/quality/golden/{golden_id}/retire")
def retire(request: Request, golden_id: GoldenPath, why: Note = "") -> Response:
    """Take a case out of the set, or turn a proposal down."""
    try:
        with transaction(request) as tx:
            service.retire_golden(tx, golden_id=GoldenId(golden_id), why=why, at=clock.now())
    except (Invalid, Conflict) as error:
        return _item(request, golden_id, problem=error)
    return RedirectResponse(f"/quality/golden/{golden_id}", status_code=303)


def _set(request: Request, *, state: GoldenState | None = None, problem: AssizeError | None = None) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        found = service.golden_set(tx, state=state, at=at)
        names = workforce.names(tx, [one.reviewer_id for one in found.leaks])
        queues = _rates(tx, found)
    return render(
        request,
        "quality/golden.html",
        status=422 if problem else 200,
        items=[_row(one) for one in found.items],
        tabs_of=[("All", HERE), *((one.value.capitalize(), f"{HERE}?state={one.value}") for one in GoldenState)],
        here_now=HERE if state is None else f"{HERE}?state={state.value}",
        chosen=state.value if state else "",
        queues=queues,
        answered=found.answered,
        right=rates.share(found.answered.right, why="no copy was decided yet"),
        leaks=[_leak(one, names) for one in found.leaks],
        problem=problem.message if problem else None,
        now=at,
    )


def _rates(tx: Tx, found: GoldenSet) -> list[dict[str, Any]]:
    known = {one.queue: one.share for one in found.rates}
    version = policy.current(tx)
    return [
        {"name": one.name, "title": one.title, "share": f"{PER_CENT * known.get(one.name, 0.0):.3g}"}
        for one in version.queues
    ]


def _row(one: Golden) -> dict[str, Any]:
    return {
        "id": one.id,
        "clause": one.clause or "no clause",
        "verdict": one.verdict.value.replace("_", " "),
        "severity": one.severity,
        "queue": one.queue,
        "language": one.language or "—",
        "difficulty": one.difficulty.value,
        "agreement": f"{one.agreeing} of {one.experts}",
        "state": one.state.value,
        "tone": TONES[one.state],
        "why": one.why,
        "expires_at": one.expires_at,
        "proposed_at": one.proposed_at,
    }


def _leak(one: Leak, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": one.reviewer_id,
        "name": names.get(one.reviewer_id, one.reviewer_id),
        "known": rates.share(one.known),
        "audited": rates.share(one.audited, why="no audit drawn by chance"),
        "better": rates.number(one.better, signed=True),
        "faster": rates.number(one.faster),
        "suspected": one.suspected,
    }


def _item(request: Request, golden_id: str, *, problem: AssizeError | None = None) -> Response:
    with transaction(request) as tx:
        view = service.golden_view(tx, golden_id=GoldenId(golden_id))
        one = view.golden
        people = [one.proposed_by, *([one.approved_by] if one.approved_by else [])]
        names = workforce.names(tx, people)
    return render(
        request,
        "quality/golden_item.html",
        status=422 if problem else 200,
        one=one,
        row=_row(one),
        origin=f"/quality/adjudications/{one.origin_id}" if one.origin == "adjudication" else None,
        view=view,
        names=names,
        me=authenticated(request).actor.id,
        right=rates.share(view.answered.right, why="no copy was decided yet"),
        difficulties=[each.value for each in Difficulty],
        days=service.HOLDS_FOR.days,
        problem=problem.message if problem else None,
        now=clock.now(),
    )
