"""Queues and tasks over HTTP: claim, keep, decide, give back."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request

from assize.kernel import clock
from assize.kernel.ids import (
    CaseId,
    DossierId,
    QueueName,
    ReviewerId,
    SubjectId,
    TaskId,
)
from assize.platform.db import Database
from assize.platform.http import authenticated, transaction
from assize.review import service
from assize.review.api.forms import (
    ULID,
    AssignForm,
    ClaimedView,
    ClaimForm,
    HoldForm,
    MoveForm,
    NoteForm,
    PurposeForm,
    ReleaseForm,
    TaskPath,
)
from assize.review.models import (
    CaseView,
    Decision,
    Draft,
    Judgement,
    Note,
    QueueState,
    Task,
)
from assize.workforce.models import Principal

router = APIRouter(prefix="/v1", tags=["review"])


@router.get("/queues")
def queues(request: Request) -> list[QueueState]:
    """Tell how each queue stands: open, in hand, held, overdue, the oldest. Only what the caller may see counts."""
    with transaction(request) as tx:
        return service.queue_board(tx, at=clock.now())


@router.post("/queues/claim")
def claim(request: Request, form: ClaimForm) -> ClaimedView:
    """Take the gravest task the caller may take. A lease of 20 minutes begins; renew it while somebody works."""
    names = None if form.queues is None else [QueueName(one) for one in form.queues]
    actor = authenticated(request).actor
    budget = request.app.state.settings.exposure_budget
    if "idempotency-key" in request.headers or not isinstance(actor, Principal):
        with transaction(request) as tx:
            return ClaimedView(task=service.claim(tx, queues=names, budget=budget, at=clock.now()))
    database: Database = request.app.state.database
    return ClaimedView(task=service.claim_next(database, actor, queues=names, budget=budget, at=clock.now()))


@router.get("/tasks/mine")
def mine(request: Request) -> list[Task]:
    """List what the caller has in hand."""
    with transaction(request) as tx:
        return service.in_hand(tx)


@router.get("/tasks/{task_id}")
def task(request: Request, task_id: TaskPath) -> Task:
    """Read a task."""
    with transaction(request) as tx:
        return service.task(tx, TaskId(task_id))


@router.post("/tasks/{task_id}/claim")
def claim_task(request: Request, task_id: TaskPath) -> Task:
    """Take one named task."""
    with transaction(request) as tx:
        return service.claim_task(tx, task_id=TaskId(task_id), at=clock.now())


@router.post("/tasks/{task_id}/lease")
def renew(request: Request, task_id: TaskPath) -> Task:
    """Keep a task in hand for another 20 minutes. Its `dossier_id` tells whether newer evidence came."""
    with transaction(request) as tx:
        return service.renew(tx, task_id=TaskId(task_id), at=clock.now())


@router.post("/tasks/{task_id}/open")
def open_content(request: Request, task_id: TaskPath, form: PurposeForm) -> CaseView:
    """Open the content of a task in hand: recorded with its purpose. Text is hostile: show it as text."""
    with transaction(request) as tx:
        return service.open_content(tx, task_id=TaskId(task_id), purpose=form.purpose, at=clock.now())


@router.post("/tasks/{task_id}/decision", status_code=201)
def decide(
    request: Request,
    task_id: TaskPath,
    form: Judgement,
    seen: Annotated[str | None, Query(pattern=f"^dos_{ULID}$")] = None,
) -> Decision:
    """Decide a task in hand. seen: the dossier that was looked at; newer evidence then refuses the decision."""
    with transaction(request) as tx:
        dossier = None if seen is None else DossierId(seen)
        return service.decide(
            tx,
            task_id=TaskId(task_id),
            judgement=form,
            seen=dossier,
            grace=_grace(request),
            at=clock.now(),
        )


@router.post("/tasks/{task_id}/agreement", status_code=201)
def agree(request: Request, task_id: TaskPath) -> Decision:
    """Decide a second look as the first reviewer proposed."""
    with transaction(request) as tx:
        return service.agree(tx, task_id=TaskId(task_id), grace=_grace(request), at=clock.now())


@router.put("/tasks/{task_id}/draft", status_code=204)
def save_draft(request: Request, task_id: TaskPath, body: Annotated[dict[str, Any], Body()]) -> None:
    """Keep what was typed so far, whatever its shape."""
    with transaction(request) as tx:
        service.save_draft(tx, task_id=TaskId(task_id), body=body, at=clock.now())


@router.get("/drafts")
def drafts(request: Request) -> list[Draft]:
    """List what the caller typed and has not sent; `lost`: the task went to somebody else meanwhile."""
    with transaction(request) as tx:
        return service.drafts(tx)


@router.delete("/tasks/{task_id}/draft", status_code=204)
def drop_draft(request: Request, task_id: TaskPath) -> None:
    """Throw away what the caller typed for a task."""
    with transaction(request) as tx:
        service.drop_draft(tx, task_id=TaskId(task_id))


@router.post("/tasks/{task_id}/release")
def release(request: Request, task_id: TaskPath, form: ReleaseForm) -> Task:
    """Give a task back; with a reason code, and never be given it again."""
    with transaction(request) as tx:
        if form.reason_code is not None:
            return service.skip(tx, task_id=TaskId(task_id), reason_code=form.reason_code, at=clock.now())
        return service.release(tx, task_id=TaskId(task_id), at=clock.now())


@router.post("/tasks/{task_id}/hold")
def hold(request: Request, task_id: TaskPath, form: HoldForm) -> Task:
    """Set a task aside until a time; it comes back by itself."""
    with transaction(request) as tx:
        return service.hold(tx, task_id=TaskId(task_id), until=form.until, reason=form.reason, at=clock.now())


@router.post("/tasks/{task_id}/assign")
def assign(request: Request, task_id: TaskPath, form: AssignForm) -> Task:
    """Keep a waiting task for a named reviewer, or open it to everybody."""
    to = None if form.to is None else ReviewerId(form.to)
    with transaction(request) as tx:
        return service.assign(tx, task_id=TaskId(task_id), to=to, at=clock.now())


@router.post("/tasks/{task_id}/move")
def move(request: Request, task_id: TaskPath, form: MoveForm) -> Task:
    """Put a waiting task into another queue."""
    with transaction(request) as tx:
        return service.move(tx, task_id=TaskId(task_id), queue=QueueName(form.queue), at=clock.now())


@router.post("/tasks/{task_id}/notes", status_code=201)
def note_on_task(request: Request, task_id: TaskPath, form: NoteForm) -> Note:
    """Write a note on the case of a task."""
    with transaction(request) as tx:
        case_id = service.task(tx, TaskId(task_id)).case_id
        return service.note(tx, body=form.body, case_id=case_id, at=clock.now())


@router.post("/notes", status_code=201)
def note(request: Request, form: NoteForm) -> Note:
    """Write a note on a case or a subject."""
    case_id = None if form.case_id is None else CaseId(form.case_id)
    subject_id = None if form.subject_id is None else SubjectId(form.subject_id)
    with transaction(request) as tx:
        return service.note(tx, body=form.body, case_id=case_id, subject_id=subject_id, at=clock.now())


def _grace(request: Request) -> timedelta:
    return timedelta(seconds=request.app.state.settings.grace_s)
