"""How queues stand, and what is in them, on any backlog."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from assize.kernel import clock
from assize.kernel.actor import Actor, Scope
from assize.kernel.errors import AssizeError
from assize.kernel.ids import QueueName
from assize.platform.db import Database, Tx
from assize.platform.logs import log
from assize.review.errors import BadCursor
from assize.review.logic import cursor_of, parse_cursor, shown_task
from assize.review.models import Health, QueueState, Task, TaskFilter, TaskPage, View
from assize.review.service.blindness import blind_to
from assize.review.service.reading import queue_board
from assize.review.store import tasks
from assize.triage.errors import ListingRefused
from assize.workforce.models import Right, SearchScope
from assize.workforce.service import require

REACH = 10_000  # open tasks a page looks through for a filter: some 30 ms, whatever the backlog
MOST = 100
QUICK_S = 0.025  # counts that take no longer are made anew for every page
SHARE = 20  # slower ones live twenty times as long as they took: counting costs a twentieth of one core at most


@dataclass(kw_only=True)
class _Counted:
    health: Health
    took_s: float
    until: float
    renewing: bool = False


_kept: dict[tuple[str, Scope], _Counted] = {}
_lock = threading.Lock()


def queue_health(tx: Tx, *, at: datetime) -> Health:
    """Return how the queues stand, counting only what the actor may see, and when that was counted.

    A small backlog is counted for every caller. What takes longer to count is kept a while for all who may see the same
    and renewed aside, so that no page waits for a million rows.
    """
    actor = require(tx, Right.CASES_READ)
    key = (tx.database.dsn, actor.scope)
    with _lock:
        known = _kept.get(key)
        stale = known is not None and monotonic() >= known.until and not known.renewing
        if known is not None and stale:
            known.renewing = True
    if known is None or known.took_s <= QUICK_S:
        return _count(tx, key, at=at).health
    if stale:
        threading.Thread(target=_renew, args=(tx.database, actor, key), name="count-queues", daemon=True).start()
    return known.health


def queue_tasks(tx: Tx, *, wanted: TaskFilter, cursor: str | None = None, limit: int = 50, at: datetime) -> TaskPage:
    """Return tasks in the order in which they are given out. Raises BadCursor, ListingRefused.

    With a filter at most 10,000 are looked through for one page; the cursor goes on from there.
    """
    principal = require(tx, Right.CASES_READ)
    if principal.view.search_scope is not SearchScope.ALL:
        raise ListingRefused
    size = min(max(1, limit), MOST)
    after = None if cursor is None else _after(cursor)
    found = tasks.queue_page(tx, wanted, me=principal.id, after=after, reach=REACH, limit=size + 1, at=at)
    blind = blind_to(tx, principal)
    listed = [
        shown_task(principal.view, one)
        for one in found[:size]
        if one.case_id not in blind or one.holder == principal.id
    ]
    if len(found) > size:
        return TaskPage(tasks=tuple(listed), cursor=_position(found[size - 1]))
    end = tasks.walk_end(tx, wanted, after=after, reach=REACH)
    cursor = None if end is None else cursor_of(end[0].isoformat(), end[1])
    return TaskPage(tasks=tuple(listed), cursor=cursor, looked_through=None if end is None else REACH)


def working(tx: Tx, *, queue: QueueName | None = None, limit: int = 200) -> list[Task]:
    """Return what is in somebody's hands, whose time runs out first. Raises ListingRefused."""
    principal = require(tx, Right.CASES_READ)
    if principal.view.search_scope is not SearchScope.ALL:
        raise ListingRefused
    found = tasks.working(tx, queue=queue, limit=min(max(1, limit), MOST * 2))
    # Who judges blind is nobody's to know, and whoever does is not shown who else looks.
    return [
        shown_task(principal.view, one) for one in found if one.view is not View.BLIND or one.holder == principal.id
    ]


def _after(cursor: str) -> tuple[datetime, str]:
    moment, task_id = parse_cursor(cursor, parts=2)
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        raise BadCursor(field="cursor") from None
    if found.tzinfo is None:
        raise BadCursor(field="cursor")
    return found, task_id


def _position(task: Task) -> str:
    return cursor_of(task.order_key.isoformat(), task.id)


def _count(tx: Tx, key: tuple[str, Scope], *, at: datetime) -> _Counted:
    began = monotonic()
    board: Sequence[QueueState] = queue_board(tx, at=at)
    took = monotonic() - began
    made = _Counted(health=Health(queues=board, counted_at=at), took_s=took, until=monotonic() + SHARE * took)
    with _lock:
        if len(_kept) > 200:  # noqa: PLR2004 - scopes at once; more is churn
            _kept.clear()
        _kept[key] = made
    return made


def _renew(database: Database, actor: Actor, key: tuple[str, Scope]) -> None:
    try:
        with database.transaction(actor) as tx:
            _count(tx, key, at=clock.now())
    except AssizeError as error:
        log.warning("queues_not_counted", error=type(error).__name__)
        with _lock:
            _kept.pop(key, None)
