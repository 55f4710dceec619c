"""Queues: how each stands, what is in it and why in this order, who works on what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.console.errors import NoSuchQueuePage
from assize.kernel import clock
from assize.kernel.ids import CaseId, ClauseId, QueueName
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import ago, render, span
from assize.policy import service as policy
from assize.policy.models import PolicyVersion, ResponseMode, Severity
from assize.review import service as review
from assize.review.models import Health, QueueState, Task, TaskFilter, TaskState
from assize.triage import service as triage
from assize.triage.errors import ListingRefused
from assize.triage.models import Case, Clearing
from assize.workforce import service as workforce
from assize.workforce.models import Right

router = APIRouter()
PAGE = 50
STATES = {"waiting": TaskState.OPEN, "in hand": TaskState.CLAIMED, "on hold": TaskState.HELD}
Text = Annotated[str | None, Query(max_length=100)]


@router.get("/queues")
def queues_page(
    request: Request,
    severity: Text = None,
    clause: Text = None,
    language: Text = None,
    mode: Text = None,
    state: Text = None,
    due: Text = None,
    kept: Text = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Show every queue, and all that waits in one order."""
    given = _given(severity=severity, clause=clause, language=language, mode=mode, state=state, due=due, kept=kept)
    return _page(request, None, given, after)


@router.get("/queues/{name}")
def queue_page(
    request: Request,
    name: str,
    severity: Text = None,
    clause: Text = None,
    language: Text = None,
    mode: Text = None,
    state: Text = None,
    due: Text = None,
    kept: Text = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Show one queue, gravest first, with the reasons for the order."""
    given = _given(severity=severity, clause=clause, language=language, mode=mode, state=state, due=due, kept=kept)
    return _page(request, QueueName(name), given, after)


@router.post("/claim")
def claim(request: Request, queue: Annotated[str | None, Form(max_length=100)] = None) -> Response:
    """Take the gravest task I may take."""
    budget = request.app.state.settings.exposure_budget
    with transaction(request) as tx:
        task = review.claim(tx, queues=[QueueName(queue)] if queue else None, budget=budget, at=clock.now())
    back = f"/queues/{queue}?nothing=free" if queue else "/?nothing=free"
    return RedirectResponse(f"/tasks/{task.id}" if task else back, status_code=303)


def _given(**given: str | None) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _page(request: Request, name: QueueName | None, given: dict[str, str], after: str | None) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        health = review.queue_health(tx, at=at)
        version = policy.current(tx)
        spec = version.queue(name) if name else None
        board = [one for one in health.queues if name is None or one.name == name]
        if name is not None and not board:
            raise NoSuchQueuePage
        clearing = triage.clearing(tx, waiting={one.name: one.open for one in board}, at=at)
        rights = {str(one) for one in getattr(tx.actor, "rights", ())}
        calmer = review.calmer_only(tx, budget=request.app.state.settings.exposure_budget, at=at)
        try:
            listed: dict[str, Any] | None = _listed(tx, version, _filter(name, given), after, at)
        except ListingRefused:
            listed = None
    here = f"/queues/{name}" if name else "/queues"
    cursor = listed.pop("cursor") if listed else None
    return render(
        request,
        "console/queue.html",
        name=name,
        here=here,
        title=(spec.title if spec else name) if name else "Queues",
        board=[_row(one, version, clearing.get(one.name), at) for one in board],
        total=_total(board, at),
        counted=health.counted_at,
        fresh=health.counted_at == at,
        listed=listed,
        given=given,
        states=list(STATES),
        clauses=[(one.id, one.title) for one in version.clauses],
        modes=[one.value for one in ResponseMode],
        next_url=f"{here}?{urlencode({**given, 'after': cursor})}" if cursor else None,
        paged=after is not None,
        may_claim=Right.TASKS_CLAIM.value in rights,
        nothing="nothing" in request.query_params,
        calmer=calmer and Right.TASKS_CLAIM.value in rights,
    )


def _filter(name: QueueName | None, given: dict[str, str]) -> TaskFilter:
    """Return what the address asks for; what is no value of a field asks for nothing."""
    severity, mode = given.get("severity", ""), given.get("mode")
    return TaskFilter(
        queue=name,
        state=STATES.get(given.get("state", ""), TaskState.OPEN),
        severities=(Severity(int(severity)),) if severity in {"0", "1", "2", "3", "4"} else None,
        clause=ClauseId(given["clause"]) if "clause" in given else None,
        language=given.get("language"),
        mode=ResponseMode(mode) if mode in {one.value for one in ResponseMode} else None,
        overdue=given.get("due") == "over",
        mine=given.get("kept") == "me",
    )


def _listed(tx: Tx, version: PolicyVersion, wanted: TaskFilter, after: str | None, at: datetime) -> dict[str, Any]:
    page = review.queue_tasks(tx, wanted=wanted, cursor=after, limit=PAGE, at=at)
    working = review.working(tx, queue=wanted.queue) if after is None else []
    cases = triage.cases_named(tx, case_ids=[one.case_id for one in (*page.tasks, *working)])
    names = workforce.names(tx, [who for one in (*page.tasks, *working) for who in (one.holder, one.assigned_to)])
    return {
        "tasks": [_task(one, cases.get(one.case_id), version, names, at) for one in page.tasks],
        "working": [_task(one, cases.get(one.case_id), version, names, at) for one in working],
        "looked_through": page.looked_through,
        "cursor": page.cursor,
    }


def _row(one: QueueState, version: PolicyVersion, clearing: Clearing | None, at: datetime) -> dict[str, Any]:
    spec = version.queue(one.name)
    return {
        "name": one.name,
        "title": spec.title if spec else one.name,
        "gravest": one.gravest,
        "open": one.open,
        "claimed": one.claimed,
        "held": one.held,
        "overdue": one.overdue,
        "due_soon": one.due_soon,
        "oldest": span((at - one.oldest_at).total_seconds()) if one.oldest_at else None,
        "next_due": ago(one.next_due_at, at),
        "pace": _clear(clearing) if one.open else None,
    }


def _clear(found: Clearing | None) -> dict[str, str]:
    """Say how long it takes to clear, with the interval and what it rests on."""
    if found is None:
        return {"text": "not yet", "why": "Not enough decisions yet to say: at least six hours with some are needed."}
    low, middle, high = (span(hours * 3600) for hours in (found.low, found.hours, found.high))
    why = (
        f"95 %: {low} to {high} of work, at {found.per_hour:g} an hour: "
        f"the median of {found.n} hours in which {found.gone} left"
    )
    return {"text": middle, "why": why}


def _total(board: list[QueueState], at: datetime) -> dict[str, Any]:
    oldest = min((one.oldest_at for one in board if one.oldest_at), default=None)
    return {
        "open": sum(one.open for one in board),
        "claimed": sum(one.claimed for one in board),
        "held": sum(one.held for one in board),
        "overdue": sum(one.overdue for one in board),
        "due_soon": sum(one.due_soon for one in board),
        "oldest": span((at - oldest).total_seconds()) if oldest else "none",
    }


def _task(
    task: Task, case: Case | None, version: PolicyVersion, names: Mapping[str, str], at: datetime
) -> dict[str, Any]:
    clause = version.clause(task.clauses[0]) if task.clauses else None
    spec = version.queue(task.queue)
    return {
        "id": task.id,
        "case_id": CaseId(task.case_id),
        "severity": task.severity,
        "title": clause.title if clause else "Case",
        "clauses": ", ".join(task.clauses[:3]),
        "kind": task.kind.replace("_", " "),
        "why": "; ".join(case.priority.reasons[:3]) if case else "",
        "mode": task.mode.value.replace("_", " "),
        "language": task.language,
        "queue": spec.title if spec else task.queue,
        "events": case.event_count if case else None,
        "opened": ago(task.offered_at, at),
        "due": ago(task.due_at, at),
        "late": task.due_at < at,
        "kept_for": names[task.assigned_to] if task.assigned_to else None,
        "holder": names[task.holder] if task.holder else None,
        "since": ago(task.claimed_at, at),
        "lease_until": task.lease_until,
        "held_until": ago(task.held_until, at) if task.held_until else None,
        "test": task.test,
    }


def board_of(health: Health, version: PolicyVersion, at: datetime) -> list[dict[str, Any]]:
    """Return how each queue stands, as rows for other pages."""
    return [_row(one, version, None, at) for one in health.queues]
