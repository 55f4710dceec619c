"""Tasks as they are kept: claimed by one statement, changed under a lock."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from assize.kernel.ids import CaseId, ClauseId, DecisionId, DossierId, QueueName, ReviewerId, SubjectId, TaskId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import ResponseMode, Severity
from assize.review.models import Proposal, QueueState, Task, TaskFilter, TaskState, Verdict, View

SQL = queries("assize.review")
CLAIM_ANYWHERE = SQL["pick_anywhere"] + SQL["take_picked"]
CLAIM_IN_QUEUE = SQL["pick_in_queue"] + SQL["take_picked"]
CLAIM_ONE = SQL["pick_one"] + SQL["take_picked"]
CLAIM_TOGETHER_ANYWHERE = SQL["pick_together_anywhere"] + SQL["take_together"]
CLAIM_TOGETHER_IN_QUEUE = SQL["pick_together_in_queue"] + SQL["take_together"]
EACH_CLAIMS_BY = ("me", "fact_id", "nonce", "at", "until")


def claim(tx: Tx, params: dict[str, Any]) -> Task | None:
    """Claim the gravest task of all queues. params: as the statement names them."""
    return _maybe(tx.row(CLAIM_ANYWHERE, params))


def claim_in_queue(tx: Tx, params: dict[str, Any], queue: QueueName) -> Task | None:
    """Claim the gravest task of one queue."""
    return _maybe(tx.row(CLAIM_IN_QUEUE, params | {"queue": queue}))


def claim_together(tx: Tx, params: Sequence[dict[str, Any]], queue: QueueName | None) -> dict[str, Task]:
    """Claim a task for each of several reviewers of the same skills and scope, as far as that is the same as in turn.

    params: of each, as for a claim alone. Returns tasks by the id of their fact; who is left out has to claim alone.
    """
    together = params[0] | {f"{name}_of": [one[name] for one in params] for name in EACH_CLAIMS_BY}
    rows = (
        tx.rows(CLAIM_TOGETHER_ANYWHERE, together)
        if queue is None
        else tx.rows(CLAIM_TOGETHER_IN_QUEUE, together | {"queue": queue})
    )
    return {row["fact_id"]: task_of(row) for row in rows}


def claim_one(tx: Tx, params: dict[str, Any], task_id: TaskId) -> Task | None:
    """Claim one named task, if it is open and may be taken."""
    return _maybe(tx.row(CLAIM_ONE, params | {"task_id": task_id}))


def queues_by_head(tx: Tx, params: dict[str, Any], queues: Sequence[QueueName]) -> list[QueueName]:
    """Return the queues with something to take, in the order of their first task."""
    return [row["name"] for row in tx.rows(SQL["queues_by_head"], params | {"queues": list(queues)})]


def known_queues(tx: Tx) -> list[QueueName]:
    """Return every queue that ever had a task."""
    return [row["name"] for row in tx.rows(SQL["known_queues"])]


def insert(tx: Tx, tasks: Sequence[Task], *, keys: Sequence[list[str]], inclusion: float | None) -> list[Task]:
    """Write tasks and return those that were written. keys: clauses and families of each."""
    if not tasks:
        return []
    tx.run(SQL["know_queues"], {"names": sorted({task.queue for task in tasks})})
    rows = [_row(task) | {"clause_keys": key, "inclusion": inclusion} for task, key in zip(tasks, keys, strict=True)]
    return [task_of(row) for row in tx.rows(SQL["insert_tasks"], {"rows": Jsonb(rows)})]


def by_id(tx: Tx, task_id: TaskId) -> Task | None:
    """Return a task, or None."""
    return _maybe(tx.row(SQL["task_by_id"], {"task_id": task_id}))


def lock(tx: Tx, task_id: TaskId) -> Task | None:
    """Return a task that nobody else changes until the end of the transaction, or None."""
    return _maybe(tx.row(SQL["lock_task"], {"task_id": task_id}))


def inclusion(tx: Tx, task_id: TaskId) -> float | None:
    """Return the known probability with which a sample drew the case."""
    row = tx.row(SQL["task_by_id"], {"task_id": task_id})
    return None if row is None else row["inclusion"]


def of_case(tx: Tx, case_id: CaseId) -> list[Task]:
    """Return every task of a case, oldest first."""
    return [task_of(row) for row in tx.rows(SQL["tasks_of_case"], {"case_id": case_id})]


def in_hand(tx: Tx, reviewer: str) -> list[Task]:
    """Return what a reviewer has in hand."""
    return [task_of(row) for row in tx.rows(SQL["tasks_in_hand"], {"me": reviewer})]


def assigned(tx: Tx, reviewer: str, *, limit: int) -> list[Task]:
    """Return what is kept for a reviewer."""
    return [task_of(row) for row in tx.rows(SQL["tasks_assigned"], {"me": reviewer, "limit": limit})]


def held_by(tx: Tx, reviewer: str, *, limit: int) -> list[Task]:
    """Return what a reviewer set aside."""
    return [task_of(row) for row in tx.rows(SQL["tasks_held_by"], {"me": reviewer, "limit": limit})]


def queue_page(
    tx: Tx, wanted: TaskFilter, *, me: str, after: tuple[datetime, str] | None, reach: int, limit: int, at: datetime
) -> list[Task]:
    """Return tasks that fit, in their order, looking through at most `reach`."""
    params = _walk(wanted, after=after, reach=reach) | {
        "severities": None if wanted.severities is None else [int(one) for one in wanted.severities],
        "clause": wanted.clause,
        "language": wanted.language,
        "mode": None if wanted.mode is None else wanted.mode.value,
        "overdue": wanted.overdue,
        "mine": wanted.mine,
        "me": me,
        "at": at,
        "limit": limit,
    }
    with _in_order(tx, wanted):
        return [task_of(row) for row in tx.rows(SQL["queue_page"], params)]


def walk_end(
    tx: Tx, wanted: TaskFilter, *, after: tuple[datetime, str] | None, reach: int
) -> tuple[datetime, TaskId] | None:
    """Return where looking through so many ends, or None where there are fewer."""
    if wanted.mine:
        return None
    with _in_order(tx, wanted):
        row = tx.row(SQL["walk_end"], _walk(wanted, after=after, reach=reach))
    return None if row is None else (row["order_key"], TaskId(row["id"]))


@contextmanager
def _in_order(tx: Tx, wanted: TaskFilter) -> Iterator[None]:
    if wanted.state is not TaskState.OPEN or wanted.mine:
        yield  # few, of which no index has this order
        return
    tx.run(SQL["walk_in_order"], {"sorting": "off"})
    yield
    tx.run(SQL["walk_in_order"], {"sorting": "on"})


def _walk(wanted: TaskFilter, *, after: tuple[datetime, str] | None, reach: int) -> dict[str, Any]:
    return {
        "state": wanted.state.value,
        "queue": wanted.queue,
        "after_key": None if after is None else after[0],
        "after_id": None if after is None else after[1],
        "reach": reach,
    }


def working(tx: Tx, *, queue: QueueName | None, limit: int) -> list[Task]:
    """Return what is in somebody's hands."""
    return [task_of(row) for row in tx.rows(SQL["tasks_working"], {"queue": queue, "limit": limit})]


def waiting(tx: Tx, *, queue: QueueName | None, limit: int) -> list[Task]:
    """Return the first open tasks in their order."""
    return [task_of(row) for row in tx.rows(SQL["tasks_waiting"], {"queue": queue, "limit": limit})]


def alike(tx: Tx, params: dict[str, Any]) -> list[Task]:
    """Return open first looks at other cases of a cluster that this reviewer may take. params: as the statement names them."""
    return [task_of(row) for row in tx.rows(SQL["tasks_alike"], params)]


def proposed(tx: Tx, params: dict[str, Any]) -> list[Proposal]:
    """Return decisions that wait for a second person, with a second look that this reviewer may take. params: as above."""
    return [
        Proposal(
            task=task_of(row),
            decision_id=DecisionId(row["decision_id"]),
            reviewer_id=ReviewerId(row["decided_by"]),
            verdict=Verdict(row["verdict"]),
            assessed=None if row["assessed"] is None else Severity(row["assessed"]),
            decided_at=row["decided_at"],
        )
        for row in tx.rows(SQL["tasks_proposed"], params)
    ]


def waiting_next(
    tx: Tx, params: dict[str, Any], *, queues: Sequence[QueueName] | None, limit: int
) -> list[dict[str, Any]]:
    """Return the first tasks that this reviewer may take, in their order: id, severity, mode, due time, exposure."""
    tx.run(SQL["walk_in_order"], {"sorting": "off"})
    asked = params | {"queues": None if queues is None else list(queues), "limit": limit}
    rows = [dict(row) for row in tx.rows(SQL["waiting_next"], asked)]
    tx.run(SQL["walk_in_order"], {"sorting": "on"})
    return rows


def exposures_before(tx: Tx, *, reviewer: str, limit: int) -> list[int]:
    """Return how hard the last tasks were that somebody was given, the latest first."""
    return [row["exposure"] for row in tx.rows(SQL["exposures_before"], {"me": reviewer, "limit": limit})]


def renew(tx: Tx, task_id: TaskId, *, reviewer: str, until: datetime) -> Task | None:
    """Give the holder more time; None where somebody else has it, or nobody."""
    return _maybe(tx.row(SQL["renew_lease"], {"task_id": task_id, "me": reviewer, "until": until}))


def admit(tx: Tx, task_id: TaskId, *, reviewer: str) -> None:
    """Let somebody take a task after all."""
    tx.run(SQL["admit_to_task"], {"task_id": task_id, "me": reviewer})


def give_back(tx: Tx, task_id: TaskId, *, exclude: str | None) -> Task:
    """Put a task back into its queue. exclude: who won't be given it again."""
    return task_of(tx.one(SQL["return_task"], {"task_id": task_id, "exclude": exclude}))


def hold(tx: Tx, task_id: TaskId, *, until: datetime, reason: str) -> Task:
    """Set a task aside."""
    return task_of(tx.one(SQL["hold_task"], {"task_id": task_id, "until": until, "reason": reason}))


def assign(tx: Tx, task_id: TaskId, *, to: ReviewerId | None) -> Task:
    """Keep a task for somebody; None opens it to everybody."""
    return task_of(tx.one(SQL["assign_task"], {"task_id": task_id, "assigned_to": to}))


def move(tx: Tx, task_id: TaskId, *, queue: QueueName) -> Task:
    """Put a task into another queue."""
    tx.run(SQL["know_queues"], {"names": [queue]})
    return task_of(tx.one(SQL["move_task"], {"task_id": task_id, "queue": queue}))


def follow_case(tx: Tx, like: Task, *, keys: list[str]) -> int:
    """Let the waiting tasks of a case take queue, place, severity and clauses of `like`. Return how many did."""
    tx.run(SQL["know_queues"], {"names": [like.queue]})
    return tx.run(SQL["move_tasks_of_case"], _row(like) | {"clause_keys": keys})


def cancel(tx: Tx, case_id: CaseId, *, kind: str | None) -> list[TaskId]:
    """Withdraw the waiting tasks of a case and return which."""
    return [row["id"] for row in tx.rows(SQL["cancel_tasks"], {"case_id": case_id, "kind": kind})]


def finish(tx: Tx, task_id: TaskId) -> None:
    """A task was decided."""
    tx.run(SQL["finish_task"], {"task_id": task_id})


def take_back(tx: Tx, task_id: TaskId, *, reviewer: str, until: datetime) -> Task:
    """Give a decided task back to whoever undid its decision."""
    return task_of(tx.one(SQL["take_back"], {"task_id": task_id, "me": reviewer, "until": until}))


def had_in_hand(tx: Tx, task_id: TaskId, *, reviewer: str) -> bool:
    """Whether somebody had this task in hand before."""
    return bool(tx.value(SQL["had_in_hand"], {"task_id": task_id, "me": reviewer}))


def end_leases(tx: Tx, *, at: datetime, limit: int) -> list[Row]:
    """Return tasks whose lease is over to their queues: id, case_id and holder of each."""
    return tx.rows(SQL["end_leases"], {"at": at, "limit": limit})


def end_holds(tx: Tx, *, at: datetime, limit: int) -> list[Row]:
    """Bring held tasks back whose time has come: id and case_id of each."""
    return tx.rows(SQL["end_holds"], {"at": at, "limit": limit})


def give_newer_dossier(tx: Tx, case_id: CaseId, *, dossier_id: DossierId, kinds: Sequence[str]) -> list[Task]:
    """Let the waiting tasks of these kinds be about newer evidence; return them."""
    params = {"case_id": case_id, "dossier_id": dossier_id, "kinds": list(kinds)}
    return [task_of(row) for row in tx.rows(SQL["give_newer_dossier"], params)]


def queue_states(tx: Tx, *, at: datetime) -> list[QueueState]:
    """Return how each queue stands, as far as the actor may see."""
    return [
        QueueState(
            name=row["queue"],
            open=row["open"],
            claimed=row["claimed"],
            held=row["held"],
            overdue=row["overdue"],
            gravest=None if row["gravest"] is None else Severity(row["gravest"]),
            oldest_at=row["oldest_at"],
            next_due_at=row["next_due_at"],
            due_soon=row["due_soon"],
        )
        for row in tx.rows(SQL["queue_states"], {"at": at})
    ]


def task_of(row: Row) -> Task:
    """Return the task of a row."""
    return Task(
        id=TaskId(row["id"]),
        case_id=CaseId(row["case_id"]),
        kind=row["kind"],
        view=View(row["view"]),
        queue=QueueName(row["queue"]),
        state=TaskState(row["state"]),
        order_key=row["order_key"],
        due_at=row["due_at"],
        severity=Severity(row["severity"]),
        mode=ResponseMode(row["mode"]),
        clauses=tuple(ClauseId(one) for one in row["clauses"]),
        language=row["language"],
        exposure=row["exposure"],
        subject_id=None if row["subject_id"] is None else SubjectId(row["subject_id"]),
        dossier_id=DossierId(row["dossier_id"]),
        offered_at=row["offered_at"],
        excluded=frozenset(ReviewerId(one) for one in row["excluded"]),
        assigned_to=None if row["assigned_to"] is None else ReviewerId(row["assigned_to"]),
        about=None if row["about"] is None else DecisionId(row["about"]),
        reason=row["reason"],
        holder=None if row["holder"] is None else ReviewerId(row["holder"]),
        claimed_at=row["claimed_at"],
        lease_until=row["lease_until"],
        held_until=row["held_until"],
        held_by=None if row["held_by"] is None else ReviewerId(row["held_by"]),
        restriction=row["restriction"],
        region=row["region"],
        test=row["test"],
    )


def _maybe(row: Row | None) -> Task | None:
    return None if row is None else task_of(row)


def _row(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "case_id": task.case_id,
        "subject_id": task.subject_id,
        "kind": task.kind,
        "view": task.view.value,
        "queue": task.queue,
        "order_key": task.order_key.isoformat(),
        "due_at": task.due_at.isoformat(),
        "severity": int(task.severity),
        "mode": task.mode.value,
        "clauses": list(task.clauses),
        "language": task.language,
        "exposure": task.exposure,
        "excluded": sorted(task.excluded),
        "assigned_to": task.assigned_to,
        "about": task.about,
        "reason": task.reason,
        "dossier_id": task.dossier_id,
        "offered_at": task.offered_at.isoformat(),
        "restriction": task.restriction,
        "region": task.region,
        "test": task.test,
    }
