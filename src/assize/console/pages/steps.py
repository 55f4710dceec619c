"""What else can be done with a task: open it, take it, set it aside, give it back, ask somebody, undo."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.console.pages.forms import from_judgement
from assize.console.pages.opposing import told
from assize.escalation import service as escalation
from assize.kernel import clock
from assize.kernel.errors import NotFound
from assize.kernel.ids import DecisionId, QueueName, ReviewerId, TaskId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.models import CaseView, Decision, DecisionState, TaskState
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right

router = APIRouter()
HOLDS = ((1, "1 hour"), (4, "4 hours"), (24, "a day"), (72, "3 days"))
# Why a task is given back for good. It costs nothing, and says nothing about whoever chose it.
SKIPS = (
    ("conflict-of-interest", "I know somebody in it"),
    ("language", "I don't read this language well enough"),
    ("not-today", "Not this category today"),
    ("not-my-field", "Outside what I was trained for"),
    ("other", "Another reason"),
)
DUE = ((1, "within the hour"), (4, "in 4 hours"), (24, "within a day"))
_GONE = frozenset({DecisionState.UNDONE, DecisionState.REPLACED})


def offered_steps(tx: Tx, case: CaseView, version: PolicyVersion) -> dict[str, Any]:
    """Return what the small dialogs of a task offer to whoever looks."""
    rights = tx.actor.rights if isinstance(tx.actor, Principal) else frozenset()
    standing = next((one for one in case.decisions if one.state is DecisionState.STANDS), None)
    return {
        "holds": HOLDS,
        "skips": SKIPS,
        "dues": DUE,
        "owners": workforce.reviewers_with(tx, Right.CONTAIN) if Right.ESCALATE in rights else [],
        "colleagues": workforce.reviewers_with(tx, Right.DECIDE) if Right.TASKS_ASSIGN in rights else [],
        "queues": [(one.name, one.title) for one in version.queues] if Right.TASKS_ASSIGN in rights else [],
        "standing": None if standing is None else told(tx, standing, version) | {"id": standing.id},
        "has_alike": "text" not in case.masked,
    }


def last_decided(tx: Tx, decided: Decision | str | None, *, at: datetime) -> dict[str, Any] | None:
    """Return what somebody decided just before, by itself or its id, while they can still take it back; None after."""
    if not decided:
        return None
    try:
        one = review.decision(tx, DecisionId(decided)) if isinstance(decided, str) else decided
    except NotFound:
        return None
    until = _until(one)
    if one.reviewer_id != tx.actor.id or one.state in _GONE or until is None or at >= until:
        return None
    return {"id": one.id, "until": until, **told(tx, one, policy.current(tx))}


@router.post("/tasks/{task_id}/open")
def open_content(request: Request, task_id: str, purpose: Annotated[str, Form(max_length=200)]) -> Response:
    """Open the content, which is recorded with its purpose."""
    with transaction(request) as tx:
        review.open_content(tx, task_id=TaskId(task_id), purpose=purpose, at=clock.now())
    return RedirectResponse(f"/tasks/{task_id}", status_code=303)


@router.post("/tasks/{task_id}/claim")
def claim(request: Request, task_id: str) -> Response:
    """Take this task in hand; a draft of mine comes with it."""
    with transaction(request) as tx:
        review.claim_task(tx, task_id=TaskId(task_id), at=clock.now())
    return RedirectResponse(f"/tasks/{task_id}", status_code=303)


@router.post("/tasks/{task_id}/hold")
def hold(
    request: Request,
    task_id: str,
    reason: Annotated[str, Form(min_length=1, max_length=500)],
    hours: Annotated[int, Form(ge=1, le=720)],
) -> Response:
    """Put the task aside until it can be decided."""
    at = clock.now()
    with transaction(request) as tx:
        review.hold(tx, task_id=TaskId(task_id), until=at + timedelta(hours=hours), reason=reason, at=at)
    return RedirectResponse("/", status_code=303)


@router.post("/tasks/{task_id}/release")
def release(request: Request, task_id: str) -> Response:
    """Give the task back to its queue."""
    with transaction(request) as tx:
        review.release(tx, task_id=TaskId(task_id), at=clock.now())
    return RedirectResponse("/", status_code=303)


@router.post("/tasks/{task_id}/skip")
def skip(request: Request, task_id: str, reason_code: Annotated[str, Form(min_length=1, max_length=64)]) -> Response:
    """Give the task back for good, with a reason, and take the next."""
    at = clock.now()
    with transaction(request) as tx:
        review.skip(tx, task_id=TaskId(task_id), reason_code=reason_code, at=at)
        following = review.claim(tx, queues=None, budget=request.app.state.settings.exposure_budget, at=at)
    return RedirectResponse(f"/tasks/{following.id}" if following else "/", status_code=303)


@router.post("/tasks/{task_id}/assign")
def assign(request: Request, task_id: str, to: Annotated[str, Form(max_length=64)]) -> Response:
    """Keep the task for a named reviewer; what is in my own hands is given back first."""
    at = clock.now()
    with transaction(request) as tx:
        _let_go(tx, TaskId(task_id), at=at)
        review.assign(tx, task_id=TaskId(task_id), to=ReviewerId(to), at=at)
    return RedirectResponse("/", status_code=303)


@router.post("/tasks/{task_id}/move")
def move(request: Request, task_id: str, queue: Annotated[str, Form(max_length=100)]) -> Response:
    """Put the task into another queue; what is in my own hands is given back first."""
    at = clock.now()
    with transaction(request) as tx:
        _let_go(tx, TaskId(task_id), at=at)
        review.move(tx, task_id=TaskId(task_id), queue=QueueName(queue), at=at)
    return RedirectResponse("/", status_code=303)


@router.post("/tasks/{task_id}/notes")
def note(request: Request, task_id: str, body: Annotated[str, Form(min_length=1, max_length=4000)]) -> Response:
    """Write a note on the case, and stay."""
    with transaction(request) as tx:
        case_id = review.task(tx, TaskId(task_id)).case_id
        review.note(tx, case_id=case_id, body=body, at=clock.now())
    return RedirectResponse(f"/tasks/{task_id}", status_code=303)


@router.post("/tasks/{task_id}/escalate")
def escalate(
    request: Request,
    task_id: str,
    owner: Annotated[str, Form(max_length=100)],
    reason: Annotated[str, Form(min_length=1, max_length=500)],
    hours: Annotated[int, Form(ge=1, le=72)] = 1,
) -> Response:
    """Escalate the case to a named owner, page whoever is on call, and stay."""
    at = clock.now()
    with transaction(request) as tx:
        case_id = review.task(tx, TaskId(task_id)).case_id
        due_at = at + timedelta(hours=hours)
        escalation.escalate(tx, case_id=case_id, owner=ReviewerId(owner), due_at=due_at, reason=reason, at=at)
    return RedirectResponse(f"/tasks/{task_id}", status_code=303)


@router.get("/decided/{decision_id}")
def decided_page(request: Request, decision_id: str) -> Response:
    """Show what was just decided, where nothing else waits."""
    at = clock.now()
    with transaction(request) as tx:
        one = review.decision(tx, DecisionId(decision_id))
        version = policy.current(tx)
        last = last_decided(tx, decision_id, at=at)
        decision = told(tx, one, version)
    return render(request, "console/decided.html", decision=decision, id=one.id, case_id=one.case_id, last=last, now=at)


@router.post("/decided/{decision_id}/undo")
def undo(request: Request, decision_id: str) -> Response:
    """Take a decision back before any effect has left; its task is in hand again, with what was typed."""
    at = clock.now()
    with transaction(request) as tx:
        one = review.undo(tx, decision_id=DecisionId(decision_id), at=at)
        if one.task_id is None:
            raise LookupError("only the decision of a task can be undone")
        review.save_draft(tx, task_id=one.task_id, body=from_judgement(one.judgement).draft(), at=at)
    return RedirectResponse(f"/tasks/{one.task_id}", status_code=303)


@router.post("/decided/{decision_id}/second-look")
def second_look(
    request: Request, decision_id: str, reason: Annotated[str, Form(min_length=1, max_length=1000)]
) -> Response:
    """Ask a different person to look again at a decision."""
    with transaction(request) as tx:
        review.second_look(tx, decision_id=DecisionId(decision_id), reason=reason, at=clock.now())
    return RedirectResponse(f"/decided/{decision_id}", status_code=303)


def _let_go(tx: Tx, task_id: TaskId, *, at: datetime) -> None:
    task = review.task(tx, task_id)
    if task.state is TaskState.CLAIMED and task.holder == tx.actor.id:
        review.release(tx, task_id=task_id, at=at)


def _until(one: Decision) -> datetime | None:
    return one.effective_at if one.state is not DecisionState.PROPOSED else one.decided_at + review.GRACE
