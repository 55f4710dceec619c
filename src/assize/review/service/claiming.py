"""Take a task in hand, keep it, give it back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assize.kernel.chance import random_bytes
from assize.kernel.errors import AssizeError
from assize.kernel.ids import QueueName, ReviewerId, TaskId, new_id
from assize.platform.db import Database, Tx
from assize.platform.facts import NONCE_BYTES, Entry
from assize.policy.models import ResponseMode, Severity
from assize.review.errors import (
    AlreadyDecided,
    BadRequest,
    Excluded,
    LeaseLost,
    LeaseLostToAnother,
    NoSuchTask,
    NotFree,
    NotYours,
    OnBreak,
    TaskCancelledAlready,
)
from assize.review.facts import LeaseLost as LeaseLostFact
from assize.review.facts import TaskClaimed, TaskHeld, TaskReleased, TaskResumed
from assize.review.logic import BUDGET, LEASE, Waiting, calmer, claim_skills, shown_task
from assize.review.models import Task, TaskState
from assize.review.service.sparing import hardest_today
from assize.review.store import dossiers, tasks
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Principal, Right
from assize.workforce.service import break_until, levers_now, require, set_aside

SWEEP = 500  # tasks a transaction: short enough that nobody waits for its locks
MAX_REASON = 1_000
LOOKED_AT = 50  # tasks in their order, of which a calmer one is chosen: what comes after waits for its own turn


def claim(tx: Tx, *, queues: Sequence[QueueName] | None = None, budget: int = BUDGET, at: datetime) -> Task | None:
    """Take the gravest open task that the actor may take, of these queues or of all; None where there is none.

    One statement claims, leases and records. What the actor may take: open, within their skills and what they may see,
    kept for nobody else, not excluded, of no category that they set aside for now. Among several queues the one with the
    gravest first task comes first. Where the reviewer's team wants calmer cases in between, every so many is one: nothing
    grave or due soon waits for it. Whoever has opened as much hard content today as their budget allows is given calmer
    work; `claim_task` is not, as who takes a named case, such as one they are paged for, does so on purpose.
    Raises OnBreak.
    """
    principal = require(tx, Right.TASKS_CLAIM)
    until = break_until(principal, at=at)
    if until is not None:
        raise OnBreak(until=until)
    params = claim_params(principal, at=at) | {"exposure": hardest_today(tx, principal, budget=budget, at=at)}
    calm = _calmer(tx, principal, params, queues=queues, at=at)
    if calm is not None:
        return calm
    opened = opened_queues(tx.database, principal, at=at)
    if queues is None:
        task = announced(tx, tasks.claim(tx, params), params)
        return task or (claim(tx, queues=sorted(opened), budget=budget, at=at) if opened else None)
    wanted = list(queues) if len(queues) == 1 else tasks.queues_by_head(tx, params, queues)
    for queue in wanted:
        task = tasks.claim_in_queue(tx, params, queue)
        if task is not None:
            return announced(tx, task, params)
    # Cross-skilled people help where a lever opened a queue, after what is theirs: exposure, languages and exclusions hold.
    for queue in [one for one in queues if one in opened]:
        task = tasks.claim_in_queue(tx, params | {"clauses": None}, queue)
        if task is not None:
            return announced(tx, task, params)
    return None


def _calmer(
    tx: Tx, principal: Principal, params: dict[str, Any], *, queues: Sequence[QueueName] | None, at: datetime
) -> Task | None:
    """Take the calmer task that it is the turn of in the reviewer's team; None where the next in order is to be taken."""
    every = principal.calm_every
    if every is None:
        return None
    before = tasks.exposures_before(tx, reviewer=principal.id, limit=every - 1)
    rows = tasks.waiting_next(tx, params, queues=queues, limit=LOOKED_AT)
    waiting = [
        Waiting(
            id=TaskId(row["id"]),
            severity=Severity(row["severity"]),
            mode=ResponseMode(row["mode"]),
            due_at=row["due_at"],
            exposure=row["exposure"],
        )
        for row in rows
    ]
    found = calmer(waiting, before, every=every, at=at)
    # Somebody may take it at the same moment: then the next in order is as good as any.
    return None if found is None else announced(tx, tasks.claim_one(tx, params, found.id), params)


def opened_queues(database: Database, principal: Principal, *, at: datetime) -> frozenset[QueueName]:
    """Return the queues that a surge lever opens to somebody who doesn't know all clauses. A step of claiming."""
    if principal.skills.clauses is None:
        return frozenset()
    pulls = levers_now(database, at=at)
    return frozenset(QueueName(one.reach) for one in pulls if one.lever == "open-queue")


def claim_task(tx: Tx, *, task_id: TaskId, at: datetime) -> Task:
    """Take one named task: a waiting one, or one that is set aside, for whoever set it aside or it is kept for.

    Raises NoSuchTask, NotFree, Excluded, AlreadyDecided, TaskCancelledAlready.
    """
    principal = require(tx, Right.TASKS_CLAIM, about=task_id)
    params = claim_params(principal, at=at)
    task = announced(tx, tasks.claim_one(tx, params, task_id), params)
    if task is not None:
        return task
    found = tasks.by_id(tx, task_id)
    if found is None:
        raise NoSuchTask
    if found.state is TaskState.OPEN and found.queue in opened_queues(tx.database, principal, at=at):
        task = announced(tx, tasks.claim_one(tx, params | {"clauses": None}, task_id), params)
        if task is not None:
            return task
    if found.state is TaskState.CLAIMED and found.holder == principal.id:
        return renew(tx, task_id=task_id, at=at)
    if found.state is TaskState.OPEN and principal.id in found.excluded and triage.case(tx, found.case_id).sealed:
        # A refusal would say that it is a copy of a case they know; what they say of it is not counted.
        tasks.admit(tx, task_id, reviewer=principal.id)
        return claim_task(tx, task_id=task_id, at=at)
    raise _why_not_free(found.state)


def _why_not_free(state: TaskState) -> AssizeError:
    match state:
        case TaskState.DONE:
            return AlreadyDecided()
        case TaskState.CANCELLED:
            return TaskCancelledAlready()
        case TaskState.CLAIMED | TaskState.HELD:
            return NotFree()
        case TaskState.OPEN:
            return Excluded()


def renew(tx: Tx, *, task_id: TaskId, at: datetime) -> Task:
    """Give the actor more time with a task in hand. Raises LeaseLost, LeaseLostToAnother, AlreadyDecided, NotYours."""
    principal = require(tx, Right.TASKS_CLAIM, about=task_id)
    task = tasks.renew(tx, task_id, reviewer=principal.id, until=at + LEASE)
    if task is None:
        raise why_not_in_hand(tx, tasks.by_id(tx, task_id), principal)
    return shown_task(principal.view, task)


def held_task(tx: Tx, *, task_id: TaskId) -> Task:
    """Return a task that the actor has in hand, locked. A step: the caller checks. Raises like `renew`."""
    task = tasks.lock(tx, task_id)
    if task is not None and task.state is TaskState.CLAIMED and task.holder == tx.actor.id:
        return task
    raise why_not_in_hand(tx, task, tx.actor)


def why_not_in_hand(tx: Tx, task: Task | None, who: Any) -> AssizeError:
    """Return the error that says why somebody doesn't have a task in hand, in words for them."""
    if task is None:
        return NoSuchTask()
    if task.state is TaskState.DONE:
        return AlreadyDecided()
    if task.state is TaskState.CANCELLED:
        return TaskCancelledAlready()
    if not tasks.had_in_hand(tx, task.id, reviewer=who.id):
        return NotYours()
    return LeaseLostToAnother() if task.state is TaskState.CLAIMED else LeaseLost()


def in_hand(tx: Tx) -> list[Task]:
    """Return what the actor has in hand, the gravest first."""
    principal = require(tx, Right.TASKS_CLAIM)
    return [shown_task(principal.view, one) for one in tasks.in_hand(tx, principal.id)]


def assigned_to_me(tx: Tx, *, limit: int = 50) -> list[Task]:
    """Return what is kept for the actor, the gravest first."""
    principal = require(tx, Right.TASKS_CLAIM)
    found = tasks.assigned(tx, principal.id, limit=min(max(1, limit), 200))
    return [shown_task(principal.view, one) for one in found]


def held_by_me(tx: Tx, *, limit: int = 50) -> list[Task]:
    """Return what the actor set aside, what comes back first."""
    principal = require(tx, Right.TASKS_CLAIM)
    found = tasks.held_by(tx, principal.id, limit=min(max(1, limit), 200))
    return [shown_task(principal.view, one) for one in found]


def release(tx: Tx, *, task_id: TaskId, at: datetime) -> Task:
    """Give a task back to its queue, for anybody. Raises like `renew`."""
    require(tx, Right.TASKS_CLAIM, about=task_id)
    task = held_task(tx, task_id=task_id)
    back = tasks.give_back(tx, task_id, exclude=None)
    tx.record(TaskReleased(task_id=task_id, case_id=task.case_id, skipped=False, reason_code=None), at=at)
    return back


def skip(tx: Tx, *, task_id: TaskId, reason_code: str, at: datetime) -> Task:
    """Give a task back and don't be given it again, with a reason: a conflict of interest, a language, a limit.

    Raises BadRequest without a reason. It costs the reviewer nothing, and managers see the reasons by kind.
    """
    principal = require(tx, Right.TASKS_CLAIM, about=task_id)
    code = _code(reason_code)
    task = held_task(tx, task_id=task_id)
    back = tasks.give_back(tx, task_id, exclude=principal.id)
    tx.record(TaskReleased(task_id=task_id, case_id=task.case_id, skipped=True, reason_code=code), at=at)
    return back


def hold(tx: Tx, *, task_id: TaskId, until: datetime, reason: str, at: datetime) -> Task:
    """Set a task aside until a time; it comes back by itself. Raises BadRequest, and like `renew`."""
    require(tx, Right.TASKS_CLAIM, about=task_id)
    if until.tzinfo is None or until <= at:
        raise BadRequest(field="until", problem="say until when, with its time zone, after now")
    words = reason.strip()
    if not words or len(words) > MAX_REASON or "\0" in words:
        raise BadRequest(field="reason", problem="say in a sentence why it has to wait")
    task = held_task(tx, task_id=task_id)
    held = tasks.hold(tx, task_id, until=until, reason=words)
    tx.record(TaskHeld(task_id=task_id, case_id=task.case_id, until=until), at=at)
    return held


def sweep_leases(database: Database, *, at: datetime) -> int:
    """Return tasks whose lease is over to their queues, and bring held ones back whose time has come.

    What their holders typed stays and is marked. Returns how many came back. Idempotent; any number may run at once.
    """
    came_back = 0
    while True:
        with database.transaction(SYSTEM) as tx:
            lost = tasks.end_leases(tx, at=at, limit=SWEEP)
            dossiers.mark_drafts_lost(tx, [row["id"] for row in lost])
            due = tasks.end_holds(tx, at=at, limit=SWEEP)
            tx.record_many(
                [
                    *(
                        LeaseLostFact(
                            task_id=TaskId(row["id"]), case_id=row["case_id"], holder=ReviewerId(row["holder"])
                        )
                        for row in lost
                    ),
                    *(TaskResumed(task_id=TaskId(row["id"]), case_id=row["case_id"]) for row in due),
                ],
                at=at,
            )
        came_back += len(lost) + len(due)
        if len(lost) < SWEEP and len(due) < SWEEP:
            return came_back


def claim_params(principal: Principal, *, at: datetime) -> dict[str, Any]:
    """Return what the claiming statement is told of whoever claims."""
    skills = claim_skills(principal.skills)
    return {
        "me": principal.id,
        "exposure": skills.exposure,
        "languages": skills.languages,
        "clauses": skills.clauses,
        "aside": sorted(set_aside(principal, at=at)),
        "at": at,
        "until": at + LEASE,
        "fact_id": new_id("fact"),
        "nonce": random_bytes(NONCE_BYTES),
    }


def announced(tx: Tx, task: Task | None, params: dict[str, Any]) -> Task | None:
    """Return a claimed task as its reviewer may see it. The statement wrote the fact; whoever hears it is told here."""
    if task is not None and tx.database.announce is not None:
        fact = TaskClaimed(task_id=task.id, case_id=task.case_id, queue=task.queue)
        tx.database.announce(tx, [Entry(id=params["fact_id"], fact=fact, body="", nonce=b"", commitment=b"")])
    return shown_task(tx.actor.view, task) if task is not None and isinstance(tx.actor, Principal) else task


def _code(reason_code: str) -> str:
    code = reason_code.strip()
    if not code or len(code) > 64 or not code.isprintable():  # noqa: PLR2004 - a code, not prose
        raise BadRequest(field="reason_code", problem="say why, by a short reason code")
    return code
