"""What of a case is shown: view values for pages, the API, search, streams and exports alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assize.intake.models import Handling, ModelOutcome
from assize.kernel.ids import CaseId, ClauseId, EventId, QueueName, SubjectId
from assize.policy.models import ResponseMode, Severity
from assize.review.models.decision import Decision
from assize.review.models.precedent import Precedent, SimilarCase
from assize.review.models.task import Dossier, Note, Task
from assize.workforce.models import Exposure


@dataclass(frozen=True, kw_only=True)
class TurnView:
    """One turn. text: None where it is masked, withheld or not yet opened."""

    index: int
    role: str
    text: str | None
    at: datetime | None = None
    language: str | None = None
    outcome: ModelOutcome | None = None
    tool: str | None = None


@dataclass(frozen=True, kw_only=True)
class MediaView:
    """A picture, sound or file, by kind and pointer; never its bytes."""

    hash_kinds: tuple[str, ...]
    pointer: str | None
    mime: str | None
    turn: int | None = None


@dataclass(frozen=True, kw_only=True)
class EventView:
    """One event of the evidence. withheld: why there is no text, in plain words; None where there is.

    changed: the content is no longer what the dossier froze. report_reason, reporter: only on a report.
    """

    id: EventId
    kind: str
    occurred_at: datetime
    handling: Handling
    language: str | None
    region: str | None
    model_version: str | None
    model_outcome: ModelOutcome | None
    turns: tuple[TurnView, ...]
    media: tuple[MediaView, ...]
    tags: tuple[str, ...]
    withheld: str | None = None
    changed: bool = False
    later: bool = False
    reporter: str | None = None
    report_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class SubjectView:
    """One level of whom the case is about. ref: the platform's own id, None where masked."""

    id: SubjectId
    level: str
    ref: str | None


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to a case, in words. about_decision: hidden from a blind reviewer."""

    at: datetime
    kind: str
    actor: str
    text: str
    about_decision: bool = False


@dataclass(frozen=True, kw_only=True)
class Veil:
    """What is named before text of a case is shown: the likely clause whose content is hardest, and how grave it is.

    shut: whether all text of the case is shut until it is asked for.
    """

    clause_id: ClauseId | None
    title: str
    exposure: Exposure
    severity: Severity
    shut: bool

    def over(self, handling: Handling) -> bool:
        """Whether the text of an event of this handling class is shut: where the case's is, or its own class says so."""
        return self.shut or handling is not Handling.ORDINARY


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case as it may be shown to one reviewer, after `logic.shown`.

    opened: whether this reviewer opened the content with a purpose; before that the turns have no text.
    veil: what is named before the text is read.
    likely: clause, score 0 to 1 and why, gravest first. masked: names of fields that were masked.
    """

    id: CaseId
    kind: str
    state: str
    queue: QueueName
    severity: Severity
    assessed: Severity | None
    mode: ResponseMode
    opened_at: datetime
    due_at: datetime
    language: str | None
    region: str | None
    restriction: str | None
    test: bool
    likely: tuple[tuple[ClauseId, float, str], ...]
    reasons: tuple[str, ...]
    rubric: Mapping[str, int]
    subjects: tuple[SubjectView, ...]
    events: tuple[EventView, ...]
    dossier: Dossier | None
    task: Task | None
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...]
    history: tuple[HistoryEntry, ...]
    precedents: tuple[Precedent, ...]
    similar: tuple[SimilarCase, ...]
    opened: bool
    veil: Veil
    blind: bool = False
    masked: frozenset[str] = frozenset()
    draft: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ExposureToday:
    """What hard content a reviewer opened in the last 24 hours. by_class: exposure class (0 to 4) -> openings."""

    points: int
    openings: int
    by_class: Mapping[int, int]
