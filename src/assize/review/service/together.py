"""Claims of one moment, by one statement: what each costs alone, most of all its commit, is paid once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import QueueName
from assize.platform.db import Database, Tx
from assize.platform.together import Together
from assize.review.logic import BUDGET
from assize.review.models import Task
from assize.review.service.claiming import announced, claim, claim_params, opened_queues
from assize.review.service.sparing import near_budget
from assize.review.store import tasks
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

AT_MOST = 16  # then the last of them still waits for less than a statement of its own would take on a busy database
SIDE_BY_SIDE = 2  # while one commits, the next picks


@dataclass(frozen=True, kw_only=True)
class _Asking:
    database: Database
    principal: Principal
    queue: QueueName | None
    budget: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class _Given:
    task: Task | None  # None: there is none to give


def claim_next(
    database: Database,
    principal: Principal,
    *,
    queues: Sequence[QueueName] | None = None,
    budget: int = BUDGET,
    at: datetime,
) -> Task | None:
    """Do what `claim` does in a transaction of its own, which the claiming statement is: one round trip.

    The lock on the row is held by the database's own work alone, never while an answer travels: with 50 reviewers at
    once that is what others would wait for. Reviewers of the same skills and scope who ask while others of them claim
    share one statement, which gives each what claiming in turn would. So nobody may hear TaskClaimed: a statement alone
    can't enqueue.
    """
    if principal.calm_every is not None:
        # What is chosen of several is no single statement.
        with database.transaction(principal) as tx:
            return claim(tx, queues=queues, budget=budget, at=at)
    # Whoever set something aside, has a break, has seen much today, or is given queues that a lever opened, is given what
    # fits them alone.
    spared = bool(principal.respites) or near_budget(principal, budget=budget, at=at)
    alone = spared or bool(opened_queues(database, principal, at=at))
    if (queues is None or len(queues) == 1) and not alone:
        asking = _Asking(
            database=database, principal=principal, queue=queues[0] if queues else None, budget=budget, at=at
        )
        key = (database, asking.queue, principal.scope, principal.skills, principal.rights)
        given = _TOGETHER.ask(key, asking)
        if given is not None:
            return given.task
    with database.statement(principal) as tx:
        return claim(tx, queues=queues, budget=budget, at=at)


def _work(group: Sequence[_Asking]) -> Sequence[_Given | None]:
    first = group[0]
    with first.database.statement(first.principal) as tx:
        if len(group) == 1:
            return [
                _Given(
                    task=claim(
                        tx, queues=None if first.queue is None else [first.queue], budget=first.budget, at=first.at
                    )
                )
            ]
        return _claimed(tx, group)


def _claimed(tx: Tx, group: Sequence[_Asking]) -> list[_Given | None]:
    members = [Tx(connection=tx.connection, actor=one.principal, database=tx.database) for one in group]
    params = [
        claim_params(require(member, Right.TASKS_CLAIM), at=one.at) for member, one in zip(members, group, strict=True)
    ]
    given = tasks.claim_together(tx, params, group[0].queue)
    return [
        _Given(task=announced(member, given[one["fact_id"]], one)) if one["fact_id"] in given else None
        for member, one in zip(members, params, strict=True)
    ]


_TOGETHER: Together[_Asking, _Given] = Together(_work, at_most=AT_MOST, side_by_side=SIDE_BY_SIDE)
