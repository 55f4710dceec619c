"""Calmer cases in between, where a team wants them: which of the waiting tasks a reviewer is given instead of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from assize.kernel.ids import TaskId
from assize.policy.models import ResponseMode, Severity

SOON = timedelta(hours=1)
AT_ONCE = frozenset({ResponseMode.PAGE, ResponseMode.VERIFY})  # what is grave, or may be: it has no turns


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A task that waits, as far as its turn depends on it. exposure: from 0 (none) to 4 (severe)."""

    id: TaskId
    severity: Severity
    mode: ResponseMode
    due_at: datetime
    exposure: int


def is_urgent(one: Waiting, *, at: datetime) -> bool:
    """Whether nothing may be put before a task: it is grave, somebody is called for it, or it is due within the hour."""
    return one.severity <= Severity.SEV1 or one.mode in AT_ONCE or one.due_at <= at + SOON


def calmer(waiting: Sequence[Waiting], before: Sequence[int], *, every: int, at: datetime) -> Waiting | None:
    """Return the calmer task that it is the turn of, or None where the next in order is to be given.

    waiting: what the reviewer may take, in its order. before: how hard what they were given last was, the latest first.
    every: of so many tasks in a row at least one is of the calmest class that waits. Only what waits before the first
    urgent task is chosen from, so that nothing urgent is ever given later than in its order.
    """
    free = list(takewhile(lambda one: not is_urgent(one, at=at), waiting))
    if not free:
        return None
    calmest = min(one.exposure for one in free)
    lately = before[: every - 1]
    if len(lately) < every - 1 or any(exposure <= calmest for exposure in lately):
        return None
    return next(one for one in free if one.exposure == calmest)
