"""What review announces. No words that a person typed, and no content, is ever part of a fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import (
    CaseId,
    ClauseId,
    DecisionId,
    DossierId,
    EventId,
    NoteId,
    PolicyVersionId,
    PrecedentId,
    QueueName,
    ReviewerId,
    SubjectId,
    TaskId,
)
from assize.policy.models import Severity


@dataclass(frozen=True, kw_only=True)
class TaskOffered(Fact):
    """A judgement was asked for."""

    task_id: TaskId
    case_id: CaseId
    kind_of_task: str
    view: str
    queue: QueueName
    dossier_id: DossierId
    dossier_hash: str


@dataclass(frozen=True, kw_only=True)
class TaskClaimed(Fact):
    """A reviewer took a task in hand. Written by the claiming statement itself, in `queries.sql`."""

    task_id: TaskId
    case_id: CaseId
    queue: QueueName


@dataclass(frozen=True, kw_only=True)
class TaskReleased(Fact):
    """A reviewer gave a task back. skipped: with a reason code why they would not decide it."""

    task_id: TaskId
    case_id: CaseId
    skipped: bool
    reason_code: str | None


@dataclass(frozen=True, kw_only=True)
class LeaseLost(Fact):
    """A reviewer's time with a task ran out, and it went back to its queue."""

    task_id: TaskId
    case_id: CaseId
    holder: ReviewerId


@dataclass(frozen=True, kw_only=True)
class TaskHeld(Fact):
    """A task was set aside until a time."""

    task_id: TaskId
    case_id: CaseId
    until: datetime


@dataclass(frozen=True, kw_only=True)
class TaskResumed(Fact):
    """A held task came back by itself."""

    task_id: TaskId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(Fact):
    """A task was kept for a named reviewer; None opens it to everybody again."""

    task_id: TaskId
    case_id: CaseId
    assigned_to: ReviewerId | None


@dataclass(frozen=True, kw_only=True)
class TaskMoved(Fact):
    """A task went to another queue."""

    task_id: TaskId
    case_id: CaseId
    queue: QueueName


@dataclass(frozen=True, kw_only=True)
class TaskCancelled(Fact):
    """A task is no longer needed."""

    task_id: TaskId
    case_id: CaseId
    reason_code: str


@dataclass(frozen=True, kw_only=True)
class DossierSuperseded(Fact):
    """Newer evidence was frozen. Whoever has the case in hand is told."""

    dossier_id: DossierId
    case_id: CaseId
    version: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class ContentOpened(Fact):
    """Somebody opened the content of a case, for a purpose."""

    task_id: TaskId | None
    case_id: CaseId
    subject_id: SubjectId | None
    purpose: str
    masked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DecisionMade(Fact):
    """A reviewer decided a task. hash: over all that was decided, and the evidence it rests on."""

    decision_id: DecisionId
    case_id: CaseId
    subject_id: SubjectId | None
    task_id: TaskId | None
    kind_of_task: str
    policy_version_id: PolicyVersionId
    hash: str
    severity: Severity | None
    verdict: str
    primary_clause: ClauseId | None
    blind: bool


@dataclass(frozen=True, kw_only=True)
class DecisionProposed(Fact):
    """A decision waits for a second person before it stands."""

    decision_id: DecisionId
    case_id: CaseId
    subject_id: SubjectId | None


@dataclass(frozen=True, kw_only=True)
class DecisionStands(Fact):
    """A decision counts for its case from now on. effective_at: not before this may an effect leave."""

    decision_id: DecisionId
    case_id: CaseId
    subject_id: SubjectId | None
    effective_at: datetime
    replaces: DecisionId | None


@dataclass(frozen=True, kw_only=True)
class DecisionUndone(Fact):
    """A decision was taken back before any effect left. restores: the one that stands again."""

    decision_id: DecisionId
    case_id: CaseId
    subject_id: SubjectId | None
    task_id: TaskId | None
    restores: DecisionId | None


@dataclass(frozen=True, kw_only=True)
class JudgementRecorded(Fact):
    """An independent judgement from outside was recorded. It never stands."""

    decision_id: DecisionId
    case_id: CaseId
    source: str
    reviewer: ReviewerId


@dataclass(frozen=True, kw_only=True)
class SecondLookAsked(Fact):
    """A different person is asked to look again."""

    task_id: TaskId
    case_id: CaseId
    decision_id: DecisionId | None
    reason_code: str


@dataclass(frozen=True, kw_only=True)
class IndependenceSet(Fact):
    """From how many independent reviews a decision of this severity stands was set."""

    severity: Severity
    reviews: int


@dataclass(frozen=True, kw_only=True)
class IndependentLookAsked(Fact):
    """Another person is asked to judge the case, without knowing what was decided."""

    task_id: TaskId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class ReviewsDiffer(Fact):
    """Independent reviews of a case say different things; none of them stands."""

    case_id: CaseId
    subject_id: SubjectId | None
    decisions: tuple[DecisionId, ...]


@dataclass(frozen=True, kw_only=True)
class Noted(Fact):
    """A note was written on a case or a subject."""

    note_id: NoteId
    case_id: CaseId | None
    subject_id: SubjectId | None


@dataclass(frozen=True, kw_only=True)
class Mentioned(Fact):
    """Somebody was named in a note."""

    note_id: NoteId
    reviewer_id: ReviewerId
    case_id: CaseId | None
    subject_id: SubjectId | None


@dataclass(frozen=True, kw_only=True)
class MentionRead(Fact):
    """Somebody read where they were named."""

    note_id: NoteId
    case_id: CaseId | None


@dataclass(frozen=True, kw_only=True)
class PrecedentEndorsed(Fact):
    """An expert endorsed a decided case as a guide."""

    precedent_id: PrecedentId
    case_id: CaseId
    decision_id: DecisionId
    clause_id: ClauseId


@dataclass(frozen=True, kw_only=True)
class PrecedentTreated(Fact):
    """A precedent was followed, distinguished or overruled."""

    precedent_id: PrecedentId
    case_id: CaseId
    treatment: str


@dataclass(frozen=True, kw_only=True)
class TurnTranslated(Fact):
    """A turn was sent to the translation endpoint, and what came back was kept for as long as the turn is."""

    case_id: CaseId
    event_id: EventId
    turn: int
    to: str
    model: str


@dataclass(frozen=True, kw_only=True)
class SearchSaved(Fact):
    """Somebody named a search, or changed it: renamed, pinned, shared with their team."""

    view_id: str
    shared: bool
    pinned: bool


@dataclass(frozen=True, kw_only=True)
class SavedSearchDropped(Fact):
    """A named search was deleted."""

    view_id: str


@dataclass(frozen=True, kw_only=True)
class ExportStarted(Fact):
    """Somebody began to take records out. asked: by which parameters; the words searched for only as their hash."""

    export_id: str
    format: str
    columns: str
    asked: Mapping[str, str]
    masked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExportEnded(Fact):
    """An export is over: done, or broken off by whoever took it or by an error. left_out: kept here by handling class."""

    export_id: str
    state: str
    rows: int
    left_out: int
    bytes: int
    sha256: str | None


@dataclass(frozen=True, kw_only=True)
class ShadowDecided(Fact):
    """A machine in shadow was asked what it would decide. It is compared, and nothing follows from it."""

    measuring: ClassVar[bool] = True

    decision_id: DecisionId
    case_id: CaseId
    reviewer_id: ReviewerId
    hash: str
