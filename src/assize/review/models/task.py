"""Tasks, the dossiers they are about, and what belongs to having one in hand."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assize.kernel.ids import (
    CaseId,
    ClauseId,
    DecisionId,
    DossierId,
    EventId,
    NoteId,
    QueueName,
    ReviewerId,
    SubjectId,
    TaskId,
)
from assize.policy.models import ResponseMode, Severity


class TaskState(enum.StrEnum):
    """Where a task is. Only an open one can be claimed."""

    OPEN = "open"
    CLAIMED = "claimed"
    HELD = "held"
    DONE = "done"
    CANCELLED = "cancelled"


class View(enum.StrEnum):
    """What the reviewer of a task is shown: everything, or the evidence without what others decided."""

    FULL = "full"
    BLIND = "blind"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One judgement asked of one reviewer about one case.

    kind: opaque here (first_look, second_look, appeal …). order_key: the effective due time; the lowest is next.
    excluded: who may not take it. about: the decision that a second look or an appeal is about.
    exposure: 0 (none) to 4 (severe), as `workforce.Exposure`.
    """

    id: TaskId
    case_id: CaseId
    kind: str
    view: View
    queue: QueueName
    state: TaskState
    order_key: datetime
    due_at: datetime
    severity: Severity
    mode: ResponseMode
    clauses: tuple[ClauseId, ...]
    language: str | None
    exposure: int
    subject_id: SubjectId | None
    dossier_id: DossierId
    offered_at: datetime
    excluded: frozenset[ReviewerId] = frozenset()
    assigned_to: ReviewerId | None = None
    about: DecisionId | None = None
    reason: str = ""
    holder: ReviewerId | None = None
    claimed_at: datetime | None = None
    lease_until: datetime | None = None
    held_until: datetime | None = None
    held_by: ReviewerId | None = None
    restriction: str | None = None
    region: str | None = None
    test: bool = False


@dataclass(frozen=True, kw_only=True)
class DossierEvent:
    """One event of a dossier, by reference. hash: SHA-256 of the content as frozen, None once erased."""

    event_id: EventId
    kind: str
    occurred_at: datetime
    hash: str | None


@dataclass(frozen=True, kw_only=True)
class DossierSignal:
    """What triage saw: a rule or signal, and the values it rested on; no text of the event."""

    name: str
    clause_id: ClauseId | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """The evidence as it was frozen. hash: SHA-256 over all of it, hexadecimal, covered by the decision's hash.

    It refers to content and holds none, so that it ends with its content. A newer version doesn't change an older one.
    """

    id: DossierId
    case_id: CaseId
    version: int
    frozen_at: datetime
    events: tuple[DossierEvent, ...]
    subject: Mapping[str, Any]
    signals: tuple[DossierSignal, ...]
    precedents: tuple[str, ...]
    rubric: Mapping[str, int]
    severity: Severity
    hash: str
    superseded: bool = False


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a reviewer has typed for a task. lost: the lease ended before it was sent; the words are kept."""

    task_id: TaskId
    case_id: CaseId
    reviewer_id: ReviewerId
    body: Mapping[str, Any]
    saved_at: datetime
    lost: bool = False


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note on a case or on a subject."""

    id: NoteId
    case_id: CaseId | None
    subject_id: SubjectId | None
    author: ReviewerId
    body: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """How a queue stands, as far as the asker may see. overdue: open ones past their due time."""

    name: QueueName
    open: int
    claimed: int
    held: int
    overdue: int
    gravest: Severity | None
    oldest_at: datetime | None
    next_due_at: datetime | None
    due_soon: int = 0  # open ones due within the hour
