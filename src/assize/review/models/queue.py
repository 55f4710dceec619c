"""Queues as they are looked at: what to list, how many there are and since when that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import ClauseId, QueueName
from assize.policy.models import ResponseMode, Severity
from assize.review.models.task import QueueState, Task, TaskState


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    """Which tasks to list; None and False leave everything in. mine: kept for whoever asks."""

    queue: QueueName | None = None
    state: TaskState = TaskState.OPEN
    severities: tuple[Severity, ...] | None = None
    clause: ClauseId | None = None
    language: str | None = None
    mode: ResponseMode | None = None
    overdue: bool = False
    mine: bool = False


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """Tasks in their order. cursor: goes on, None at the end.

    looked_through: how many were looked at where a filter found too few to fill the page, and there are more.
    """

    tasks: tuple[Task, ...]
    cursor: str | None
    looked_through: int | None = None


@dataclass(frozen=True, kw_only=True)
class Health:
    """How every queue stood when it was counted."""

    queues: Sequence[QueueState]
    counted_at: datetime
