"""Near-duplicates of a case, seen at a glance and decided together: one decision for each, whatever becomes of the others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assize.console.pages.evidence_turns import behind
from assize.console.pages.forms import Typed, begun, typed
from assize.console.pages.judging import has_level, judgement, level_of, target_of
from assize.console.pages.panel import offered, with_proposal
from assize.console.pages.task import read_form
from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict
from assize.kernel.ids import CaseId, DecisionId, DossierId, TaskId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.models import CaseView, Decision, Disposition, DispositionKind, Judgement, TaskState
from assize.workforce.models import Right
from assize.workforce.service import require

router = APIRouter()

MAX_CASES = 50
PURPOSE = "review of near-duplicates"


class NotSeen(Conflict):
    """It was not opened: nobody decides what they did not see."""

    code = "not-seen"


@router.get("/cases/{case_id}/batch")
def batch_page(request: Request, case_id: str) -> Response:
    """Show the near-duplicates of a case. Reading this page claims nothing and opens nothing."""
    with transaction(request) as tx:
        return _page(request, tx, CaseId(case_id), None)


@router.post("/cases/{case_id}/batch/open")
def open_all(request: Request, case_id: str, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Open the content of all that is shown, each recorded by itself with the purpose."""
    given = typed(form.multi_items())
    wanted = [CaseId(one) for one in (case_id, *given.many("case"))]
    with transaction(request) as tx:
        review.open_cases(tx, case_ids=wanted[: MAX_CASES + 1], purpose=PURPOSE, at=clock.now())
    return RedirectResponse(f"/cases/{case_id}/batch", status_code=303)


@router.post("/cases/{case_id}/batch")
def decide_all(request: Request, case_id: str, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Decide each ticked case by itself; one that is lost or different doesn't stop the others."""
    given, at = typed(form.multi_items()), clock.now()
    chosen = given.many("task")[: MAX_CASES + 1]
    with transaction(request) as tx:
        require(tx, Right.DECIDE, about=case_id)
        review.case_view(tx, case_id=CaseId(case_id))
        if given.one("do") == "show":
            return _page(request, tx, CaseId(case_id), given)
        problem = _unfit(given, chosen)
        if problem:
            return _page(request, tx, CaseId(case_id), given, problem=problem, status=422)
    grace = timedelta(seconds=request.app.state.settings.grace_s)
    results = [_decided(request, TaskId(one), given, grace=grace, at=at) for one in chosen]
    with transaction(request) as tx:
        return _page(request, tx, CaseId(case_id), given, results=results, status=200)


@router.post("/cases/{case_id}/batch/undo")
def undo_all(request: Request, case_id: str, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Take back every decision of a batch that can still be taken back."""
    at = clock.now()
    chosen = typed(form.multi_items()).many("decision")[: MAX_CASES + 1]
    with transaction(request) as tx:
        require(tx, Right.DECIDE, about=case_id)
        review.case_view(tx, case_id=CaseId(case_id))
    results = [_undone(request, DecisionId(one), at=at) for one in chosen]
    with transaction(request) as tx:
        return _page(request, tx, CaseId(case_id), None, results=results, undone=True)


def _decided(request: Request, task_id: TaskId, given: Typed, *, grace: timedelta, at: datetime) -> dict[str, Any]:
    try:
        with transaction(request) as tx:
            task = review.task(tx, task_id)
            if task.state is not TaskState.CLAIMED or task.holder != tx.actor.id:
                review.claim_task(tx, task_id=task_id, at=at)
            case = review.task_view(tx, task_id=task_id, brief=True)
            if not case.opened:
                raise NotSeen
            wanted = judgement(_own_place(given, case), case, owner=tx.actor.id, at=at)
            made = _for_this_case(wanted, case)
            left_out = _left_out(wanted, made, policy.current(tx))
            seen = given.one(f"seen.{task_id}")
            decision = review.decide(
                tx, task_id=task_id, judgement=made, seen=DossierId(seen) if seen else None, grace=grace, at=at
            )
    except AssizeError as error:
        return _became(task_id, problem=error.message)
    except ValueError:
        return _became(task_id, problem="Choose a clause and a verdict.")
    return _became(task_id, decision.case_id, decision=decision, until=_until(decision), left_out=left_out)


def _own_place(given: Typed, case: CaseView) -> Typed:
    # Each decision points at its own evidence: the same turn of its own first event.
    own = begun(case)
    return given.changed(place=own.one("place"), locus=given.one("locus") or own.one("locus"), finding=())


def _for_this_case(made: Judgement, case: CaseView) -> Judgement:
    # Whom a disposition bears on was resolved for this case already; one for a level that it doesn't have is left out,
    # which is said before and after.
    kept = tuple(
        replace(one, target_id=target_of(one.target_level.value, case, made.findings))
        for one in made.dispositions
        if has_level(one.target_level.value, case)
    )
    return replace(made, dispositions=kept)


def _left_out(wanted: Judgement, made: Judgement, version: PolicyVersion) -> list[str]:
    there = {one.target_level for one in made.dispositions}
    return [_named(one, version) for one in wanted.dispositions if one.target_level not in there]


def _named(one: Disposition, version: PolicyVersion) -> str:
    action = version.action(one.action_id) if one.action_id else None
    what = action.title if action else one.kind.value.replace("_", " ")
    return f"{what} ({one.target_level.value.replace('_', ' ')})"


def _lacking(case: CaseView, ladder: Sequence[dict[str, Any]]) -> list[str]:
    """Return the levels that the panel offers something for and this case has nobody of."""
    offered_for = dict.fromkeys(level for row in ladder for level, _ in row["levels"])
    return [one.replace("_", " ") for one in offered_for if not has_level(level_of(one, case), case)]


def _undone(request: Request, decision_id: DecisionId, *, at: datetime) -> dict[str, Any]:
    try:
        with transaction(request) as tx:
            one = review.undo(tx, decision_id=decision_id, at=at)
            if one.task_id is not None:
                review.release(tx, task_id=one.task_id, at=at)
    except AssizeError as error:
        return _became(problem=error.message)
    return _became(one.task_id, one.case_id)


def _unfit(given: Typed, chosen: Sequence[str]) -> str | None:
    if not chosen:
        return "Tick at least one case."
    if not given.clause or not given.verdict:
        return "Choose a clause and a verdict: they hold for every ticked case."
    enforces = any(one.startswith(DispositionKind.ENFORCE.value) for one in given.many("disposition"))
    enforces = enforces or bool(given.one("interim"))  # also where it holds for a time only
    if enforces and given.one("looked") != "yes":
        return "Confirm that you looked at every ticked case: something is enforced in each."
    return None


def _became(task_id: TaskId | None = None, case_id: CaseId | None = None, **more: Any) -> dict[str, Any]:
    return {"task": task_id, "case": case_id, "decision": None, "until": None, "problem": None, "left_out": (), **more}


def _until(decision: Decision) -> datetime | None:
    return decision.effective_at or decision.decided_at + review.GRACE


def _page(
    request: Request,
    tx: Tx,
    case_id: CaseId,
    given: Typed | None,
    *,
    results: Sequence[dict[str, Any]] = (),
    problem: str | None = None,
    undone: bool = False,
    status: int = 200,
) -> Response:
    at = clock.now()
    require(tx, Right.TASKS_CLAIM, about=case_id)
    anchor, version = review.case_view(tx, case_id=case_id), policy.current(tx)
    cases = review.alike(tx, case_id=case_id, at=at)
    own = next((one for one in review.in_hand(tx) if one.case_id == case_id), None)
    if own is not None:
        cases = [review.task_view(tx, task_id=own.id, brief=True), *cases]
    form = with_proposal(given, anchor, version) if given is not None else begun(anchor)
    panel = offered(anchor, version, form, at=at)
    untils = [one["until"] for one in results if one["until"] is not None]
    return render(
        request,
        "console/batch.html",
        status=status,
        case=anchor,
        cases=cases[:MAX_CASES],
        own=own,
        ticked=set(form.many("task")) if given is not None else {str(one.task.id) for one in cases if one.task},
        form=form,
        results=results,
        undone=undone,
        until=min(untils) if untils and min(untils) > at else None,
        problem=problem,
        all_opened=all(one.opened for one in cases),
        behind={
            event.id: behind(one.veil, event.handling)
            for one in cases
            for event in one.events
            if one.veil.over(event.handling)
        },
        lacking={one.id: _lacking(one, panel["ladder"]) for one in cases[:MAX_CASES]},
        now=at,
        **panel,
    )
