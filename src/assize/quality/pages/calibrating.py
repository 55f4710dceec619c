"""Calibration rounds: the facilitator's page and the participant's are one, which shows each what is theirs."""

from datetime import UTC, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.kernel.ids import CalibrationActionId, CalibrationId, CalibrationItemId, CaseId, ClauseId, ReviewerId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy.models import Severity
from assize.quality import service
from assize.quality.models.calibrating import Agreement, Finding, Round, Said, Stage
from assize.quality.models.calibrating import Form as RoundForm
from assize.quality.pages import rates
from assize.quality.pages.adjudicating import SEVERITIES, people_of
from assize.review.models import Verdict
from assize.workforce import service as workforce
from assize.workforce.models import Right

router = APIRouter()
Text = Annotated[str, Form(max_length=2000)]

FORMS = (
    (RoundForm.BLIND, "Blind: the facilitator sees labels as they come"),
    (RoundForm.DOUBLE_BLIND, "Double-blind: nobody sees any before the discussion"),
    (RoundForm.GROUP, "Group: each sees others' after their own"),
)


@router.get("/quality/rounds")
def rounds_page(request: Request) -> Response:
    """Show the rounds one takes part in, or all for whoever plans."""
    return _rounds(request)


@router.post("/quality/rounds")
def open_round(
    request: Request,
    *,
    title: Annotated[str, Form(min_length=1, max_length=120)],
    form: Annotated[RoundForm, Form()],
    cases: Annotated[str, Form(max_length=4000)],
    days: Annotated[int, Form(ge=1, le=90)] = 7,
    retest_days: Annotated[int, Form(ge=1, le=365)] = 42,
    members: Annotated[list[str], Form(max_length=50)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Open a round. cases: their ids, one a line or parted by blanks."""
    at = clock.now()
    try:
        with transaction(request) as tx:
            made = service.open_round(
                tx,
                name=title,
                form=form,
                members=[ReviewerId(one) for one in members],
                cases=[CaseId(one) for one in cases.split()],
                due_at=at + timedelta(days=days),
                retest_at=at + timedelta(days=days + retest_days),
                at=at,
            )
    except Invalid as error:
        return _rounds(request, problem=error)
    return RedirectResponse(f"/quality/rounds/{made.id}", status_code=303)


@router.get("/quality/rounds/{calibration_id}")
def round_page(request: Request, calibration_id: str) -> Response:
    """Show a round: of labels those that the reader may see now."""
    return _round(request, calibration_id)


@router.get("/quality/rounds/{calibration_id}/minutes.md")
def minutes(request: Request, calibration_id: str) -> Response:
    """Take the minutes along as Markdown."""
    with transaction(request) as tx:
        text = service.minutes(tx, calibration_id=CalibrationId(calibration_id))
    headers = {"content-disposition": 'attachment; filename="minutes.md"', "x-content-type-options": "nosniff"}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)


@router.post("/quality/rounds/{calibration_id}/items/{calibration_item_id}/label")
def label_item(
    request: Request,
    calibration_id: str,
    calibration_item_id: str,
    *,
    verdict: Annotated[Verdict, Form()],
    clause: Annotated[str, Form(min_length=1, max_length=64, pattern=r"^[^\x00]*$")],
    severity: Annotated[Severity, Form()],
    rationale: Text = "",
) -> Response:
    """Label a case: alone first, once more after the discussion."""
    said = Said(verdict=verdict, clause=ClauseId(clause.strip()), severity=severity, rationale=rationale)
    try:
        with transaction(request) as tx:
            service.label_item(tx, item_id=CalibrationItemId(calibration_item_id), said=said, at=clock.now())
    except (Invalid, Conflict) as error:
        return _round(request, calibration_id, problem=error)
    return RedirectResponse(f"/quality/rounds/{calibration_id}", status_code=303)


@router.post("/quality/rounds/{calibration_id}/items/{calibration_item_id}/outcome")
def conclude_item(
    request: Request,
    calibration_id: str,
    calibration_item_id: str,
    *,
    outcome: Annotated[Finding, Form()],
    note: Text = "",
    clause: Annotated[str, Form(max_length=64, pattern=r"^[^\x00]*$")] = "",
) -> Response:
    """Say what the discussion of a case came to."""
    try:
        with transaction(request) as tx:
            service.conclude_item(
                tx,
                item_id=CalibrationItemId(calibration_item_id),
                outcome=outcome,
                note=note,
                clause=ClauseId(clause.strip()) if clause.strip() else None,
                at=clock.now(),
            )
    except (Invalid, Conflict) as error:
        return _round(request, calibration_id, problem=error)
    return RedirectResponse(f"/quality/rounds/{calibration_id}", status_code=303)


@router.post("/quality/rounds/{calibration_id}/move")
def move_round(
    request: Request, calibration_id: str, state: Annotated[str, Form(pattern="^(discussion|closed)$")]
) -> Response:
    """Begin the discussion, or close the round."""
    try:
        with transaction(request) as tx:
            service.move_round(tx, calibration_id=CalibrationId(calibration_id), state=Stage(state), at=clock.now())
    except Conflict as error:
        return _round(request, calibration_id, problem=error)
    return RedirectResponse(f"/quality/rounds/{calibration_id}", status_code=303)


@router.post("/quality/rounds/{calibration_id}/retest")
def retest(request: Request, calibration_id: str) -> Response:
    """Let the same people try the same cases again."""
    try:
        with transaction(request) as tx:
            made = service.retest(tx, calibration_id=CalibrationId(calibration_id), at=clock.now())
    except (Invalid, Conflict) as error:
        return _round(request, calibration_id, problem=error)
    return RedirectResponse(f"/quality/rounds/{made.id}", status_code=303)


@router.post("/quality/rounds/{calibration_id}/actions")
def add_action(
    request: Request,
    calibration_id: str,
    *,
    todo: Annotated[str, Form(min_length=1, max_length=2000)],
    owner: Annotated[str, Form(max_length=64)],
    days: Annotated[int, Form(ge=1, le=365)] = 14,
) -> Response:
    """Ask something of somebody by a day."""
    at = clock.now()
    try:
        with transaction(request) as tx:
            service.add_action(
                tx,
                calibration_id=CalibrationId(calibration_id),
                text=todo,
                owner_id=ReviewerId(owner),
                due_at=at + timedelta(days=days),
                at=at,
            )
    except Invalid as error:
        return _round(request, calibration_id, problem=error)
    return RedirectResponse(f"/quality/rounds/{calibration_id}", status_code=303)


@router.post("/quality/rounds/{calibration_id}/actions/{calibration_action_id}/done")
def finish_action(request: Request, calibration_id: str, calibration_action_id: str) -> Response:
    """Say that it was done."""
    with transaction(request) as tx:
        service.finish_action(tx, action_id=CalibrationActionId(calibration_action_id), at=clock.now())
    return RedirectResponse(f"/quality/rounds/{calibration_id}", status_code=303)


def _rounds(request: Request, *, problem: AssizeError | None = None) -> Response:
    with transaction(request) as tx:
        found = service.calibration_rounds(tx)
        people = people_of(tx) if Right.QUALITY_PLAN in getattr(tx.actor, "rights", ()) else []
    return render(
        request,
        "quality/rounds.html",
        status=422 if problem else 200,
        found=found,
        people=people,
        forms=FORMS,
        problem=problem.message if problem else None,
        now=clock.now(),
    )


def _round(request: Request, calibration_id: str, *, problem: AssizeError | None = None) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        view = service.calibration_round(tx, calibration_id=CalibrationId(calibration_id))
        plans = Right.QUALITY_PLAN in getattr(tx.actor, "rights", ())
        people = people_of(tx) if plans else []
        ids = {*view.members, view.round.facilitator_id, *(one.owner_id for one in view.actions)}
        names = workforce.names(tx, sorted(ids))
        me = tx.actor.id
    due = [one for one in view.items if me in view.members and _may_label(view.round, one.labels, me)]
    return render(
        request,
        "quality/round.html",
        status=422 if problem else 200,
        view=view,
        me=me,
        plans=plans,
        people=people,
        names=names,
        due={one.item.id for one in due},
        agreement=[(title, *_told(one)) for title, one in (("Alone", view.before), ("After", view.after)) if one],
        verdicts=tuple(one.value for one in Verdict),
        severities=SEVERITIES,
        outcomes=tuple((one.value, one.value.replace("_", " ")) for one in Finding),
        may_retest=view.round.state is Stage.CLOSED and view.round.retest_at <= at.astimezone(UTC),
        problem=problem.message if problem else None,
        now=at,
    )


def _may_label(of: Round, labels: object, me: str) -> bool:
    given = [one.round for one in labels if one.labeler_id == me] if isinstance(labels, tuple) else []
    return (of.state is Stage.ALONE and not given) or (of.state is Stage.DISCUSSION and given == [1])


def _told(one: Agreement) -> tuple[object, object]:
    return rates.share(one.raw, why="too little to tell"), rates.number(one.alpha, why="too little to tell")
