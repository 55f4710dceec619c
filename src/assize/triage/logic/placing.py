"""Where an event belongs: to an open case, to a decided one that opens again, or to a new one."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assize.kernel.ids import CaseId
from assize.policy.models import Severity
from assize.triage.models import CaseState

MERGE_WINDOW = timedelta(days=14)  # longer, and "the same matter" is no longer what a reviewer would say
CLUSTER_WINDOW = timedelta(days=3)  # campaigns come in waves; a later wave is a new case, linked
REOPEN_WINDOW = timedelta(hours=24)  # a conversation that goes on after the decision was not the one decided about
CLUSTER_FROM = 2  # other texts nearly the same, before strangers are put into one case


class By(enum.IntEnum):
    """What two events have in common; the lower, the closer."""

    CONVERSATION = 0
    SUBJECT = 1
    CLUSTER = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A case that shares something with an event."""

    id: CaseId
    by: By
    state: CaseState
    severity: Severity
    opened_at: datetime
    decided_at: datetime | None


class Do(enum.Enum):
    """What becomes of an event."""

    JOIN = "join"
    REOPEN = "reopen"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Place:
    """What becomes of an event. case_id: the case it joins or opens again, or that its new case is linked to."""

    do: Do
    case_id: CaseId | None = None
    why: str = ""


def place(known: Sequence[Known], *, severity: Severity, at: datetime) -> Place:
    """Say where an event of this severity belongs, given the newest case for each thing it shares.

    1. The closest open case within its window takes it.
    2. A case that was decided opens again where the same conversation goes on within a day of the decision, or where
       the event is graver than the case was.
    3. Otherwise it opens a case, linked to the closest earlier one of the same conversation or subject.
    """
    closest = sorted(known, key=lambda one: (one.by, one.opened_at))
    for one in closest:
        if one.state is CaseState.OPEN and at - one.opened_at < _window(one.by):
            return Place(Do.JOIN, one.id, one.by.name.lower())
    earlier = [one for one in closest if one.by is not By.CLUSTER]
    for one in earlier:
        if one.state is CaseState.OPEN:
            continue
        if one.by is By.CONVERSATION and one.decided_at is not None and at - one.decided_at < REOPEN_WINDOW:
            return Place(Do.REOPEN, one.id, "same-conversation")
        if severity < one.severity:
            return Place(Do.REOPEN, one.id, "graver")
    return Place(Do.OPEN, earlier[0].id if earlier else None)


def _window(by: By) -> timedelta:
    return CLUSTER_WINDOW if by is By.CLUSTER else MERGE_WINDOW
