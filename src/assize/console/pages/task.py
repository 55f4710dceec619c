"""One task: the evidence, and the decision."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assize.console.pages.evidence import evidence_view, precedents
from assize.console.pages.forms import Typed, begun, restored, typed
from assize.console.pages.judging import judgement
from assize.console.pages.opposing import Reworded, conflict, reworded
from assize.console.pages.panel import block, offered, with_proposal
from assize.console.pages.presence import also_here
from assize.console.pages.steps import last_decided, offered_steps
from assize.console.pages.weighing import anchor, outcome, unconfirmed
from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.kernel.ids import DossierId, TaskId
from assize.platform.db import Tx
from assize.platform.http import authenticated, transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.errors import BadJudgement
from assize.review.models import CaseView, Decision, Task, TaskState
from assize.workforce import service as workforce
from assize.workforce.models import Right
from assize.workforce.service import require

router = APIRouter()

IN_PLACE = "x-in-place"  # the page's script takes the next page as the answer, without asking for it again


async def read_form(request: Request) -> FormData:
    """Return the fields of the form, of which some names are only known when it is sent."""
    return await request.form()


@router.get("/tasks/{task_id}")
def task_page(
    request: Request,
    task_id: str,
    decided: Annotated[str | None, Query(max_length=64)] = None,
    part: Annotated[str | None, Query(pattern="^precedents$")] = None,
) -> Response:
    """Show the task. Reading this page claims nothing and opens nothing. part: precedents and similar cases alone."""
    if part is None:
        return _shown(request, TaskId(task_id), decided=decided)
    with transaction(request) as tx:
        case = review.task_view(tx, task_id=TaskId(task_id), brief=True, guided=True)
        found = precedents(case, policy.current(tx))
    return render(request, "console/precedents.html", at=clock.now(), **found)


@router.post("/tasks/{task_id}/assessment")
def assessment(
    request: Request,
    task_id: str,
    form: Annotated[FormData, Depends(read_form)],
    part: Annotated[str | None, Query(pattern="^outcome$")] = None,
) -> Response:
    """Say what the form comes to as it stands; nothing is changed. part: that alone, not the page around it."""
    at = clock.now()
    with transaction(request) as tx:
        require(tx, Right.DECIDE, about=task_id)
        case, task, version = _load(tx, TaskId(task_id), brief=part is not None)
        given = edited(typed(form.multi_items()))
        if part is not None:
            told = outcome(tx, case, task, given, at=at)
            return render(request, "console/decide_outcome.html", outcome=told)
        return _page(request, tx, (case, task, version), with_proposal(given, case, version))


@router.get("/tasks/{task_id}/clause")
def clause_part(
    request: Request,
    task_id: str,
    clause: Annotated[str, Query(max_length=64)],
    part: Annotated[str | None, Query(pattern="^(text|block)$")] = None,
) -> Response:
    """Show the words of a clause. part: `text` those alone, `block` the choices that belong to it in the form."""
    with transaction(request) as tx:
        case, task, version = _load(tx, TaskId(task_id), brief=True)
        found = policy.clause(tx, clause_id=clause)
    template = {"text": "console/clause_text.html", "block": "console/decide_block.html"}.get(part or "")
    return render(
        request,
        template or "console/clause.html",
        clause=found,
        block=block(found, case, version),
        form=Typed(),
        task=task,
    )


@router.post("/tasks/{task_id}/draft")
def keep_draft(request: Request, task_id: str, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Keep what was typed, and show it."""
    given = typed(form.multi_items())
    who = authenticated(request).actor.id
    with transaction(request) as tx:
        require(tx, Right.DECIDE, about=task_id)
        # What somebody else typed before they were signed out is no draft of mine.
        if given.one("who", who) == who:
            review.save_draft(tx, task_id=TaskId(task_id), body=given.draft(), at=clock.now())
        else:
            review.task(tx, TaskId(task_id))
    return RedirectResponse(f"/tasks/{task_id}", status_code=303)


@router.post("/tasks/{task_id}/decision")
def decide(request: Request, task_id: str, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Decide, and go to the next task. What doesn't fit is shown beside what was typed, which is kept."""
    given, at = typed(form.multi_items()), clock.now()
    try:
        with transaction(request) as tx:
            case, _, version = _load(tx, TaskId(task_id), brief=True)
            _same_words(tx, given, version)
            made = judgement(given, case, owner=tx.actor.id, at=at)
            if unconfirmed(made, case, version, given):
                raise _to_confirm()
            decision = review.decide(
                tx,
                task_id=TaskId(task_id),
                judgement=made,
                seen=DossierId(seen) if (seen := given.one("seen")) else None,
                grace=timedelta(seconds=request.app.state.settings.grace_s),
                at=at,
            )
            following = review.claim(tx, queues=None, budget=request.app.state.settings.exposure_budget, at=at)
    except (Invalid, Conflict) as error:
        return _again(request, TaskId(task_id), given, error)
    except ValueError:
        return _again(request, TaskId(task_id), given, None)
    if following is None:
        return RedirectResponse(f"/decided/{decision.id}", status_code=303)
    there = f"/tasks/{following.id}?decided={decision.id}"
    if IN_PLACE not in request.headers:
        return RedirectResponse(there, status_code=303)
    page = _shown(request, following.id, decided=decision, later=f"/tasks/{following.id}?part=precedents")
    page.headers["content-location"] = there
    return page


def _shown(request: Request, task_id: TaskId, *, decided: Decision | str | None, later: str = "") -> Response:
    """Return the page of a task. later: where precedents are fetched once it is shown; "" where they come with it."""
    with transaction(request) as tx:
        loaded = _load(tx, task_id, guided=False if later else None)
        given = restored(loaded[0]) or begun(loaded[0])
        return _page(request, tx, loaded, given, decided=decided, later=later)


def _load(
    tx: Tx, task_id: TaskId, *, brief: bool = False, guided: bool | None = None, seen: str = ""
) -> tuple[CaseView, Task, PolicyVersion]:
    frozen = DossierId(seen) if seen else None
    case = review.task_view(tx, task_id=task_id, brief=brief, guided=guided, seen=frozen)
    if case.task is None:
        raise LookupError("a task's view carries its task")
    return case, case.task, policy.current(tx)


def _same_words(tx: Tx, given: Typed, version: PolicyVersion) -> None:
    if reworded(tx, given, version):
        raise Reworded


def _to_confirm() -> BadJudgement:
    detail = "confirm whom this is about: it is grave, weighs much, or can't be taken back"
    return BadJudgement(count=1, summary=detail, places=[{"pointer": "/confirm", "detail": detail}])


def edited(given: Typed) -> Typed:
    """Return the form after a finding was kept or dropped, where the button said so."""
    if given.one("do") == "add" and given.clause and given.verdict:
        parts = (given.clause, given.verdict, given.one("place"), given.one("locus"), given.exception)
        kept = [*given.many("finding"), "|".join(parts)]
        return given.changed(finding=kept, clause=(), other_clause=(), verdict=(), exception_of=(), do=())
    dropped = given.one("drop")
    if dropped.isdigit():
        kept = [one for number, one in enumerate(given.many("finding")) if number != int(dropped)]
        return given.changed(finding=kept, drop=())
    unmarked = given.one("unmark")
    if unmarked.isdigit():
        left = [one for number, one in enumerate(given.many("highlight")) if number != int(unmarked)]
        return given.changed(highlight=left, unmark=())
    return given


def _again(request: Request, task_id: TaskId, given: Typed, error: AssizeError | None) -> Response:
    problems = [("finding", error.message if error else "Choose a clause, a verdict and whose words it is about.")]
    places = error.facts.get("places") if error else None
    if isinstance(places, list | tuple) and places:
        problems = [(anchor(str(one["pointer"])), str(one["detail"])) for one in places]
    with transaction(request) as tx:
        case, task, version = _load(tx, task_id, seen=given.one("seen") if isinstance(error, Conflict) else "")
        against = conflict(tx, error, given, case, version) if isinstance(error, Conflict) else None
        if isinstance(error, Conflict):
            review.save_draft(tx, task_id=task_id, body=given.draft(), at=clock.now())
        return _page(
            request,
            tx,
            (case, task, version),
            given,
            problems=[] if against else problems,
            against=against,
            status=409 if isinstance(error, Conflict) else 422,
        )


def _page(
    request: Request,
    tx: Tx,
    loaded: tuple[CaseView, Task, PolicyVersion],
    given: Typed,
    *,
    problems: Sequence[tuple[str, str]] = (),
    against: dict[str, Any] | None = None,
    decided: Decision | str | None = None,
    later: str = "",
    status: int = 200,
) -> Response:
    case, task, version = loaded
    at = clock.now()
    mine = task.state is TaskState.CLAIMED and task.holder == tx.actor.id
    clause = version.clause(case.likely[0][0]) if case.likely else None
    translates = request.app.state.settings.translation_url is not None
    told = outcome(tx, case, task, given, at=at) if given.verdict and given.clause else None
    return render(
        request,
        "console/task.html",
        status=status,
        case=case,
        ev=evidence_view(tx, case, at=at, page=f"/tasks/{task.id}", translates=translates, later=later),
        task=task,
        form=given,
        mine=mine,
        kept=None if mine or against else restored(case),
        problems=problems,
        against=against,
        outcome=told,
        now=at,
        heading=clause.title if clause else "Case",
        reviewer=tx.actor.id,
        also_here=also_here(tx, case.id, at=at),
        policy_id=version.id,
        last=last_decided(tx, decided, at=at),
        playbooks=workforce.playbooks(tx, clauses=[one for one, _, _ in case.likely]),
        **offered_steps(tx, case, version),
        **offered(case, version, given, at=at),
    )
