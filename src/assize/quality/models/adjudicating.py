"""What an expert said of judgements that differ; gaps of the policy; disputes of reviewers."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import AdjudicationId, CaseId, ClauseId, DisputeId, GapId, LabelId, ReviewerId
from assize.kernel.measures import Interval
from assize.policy.models import Severity
from assize.quality.models.label import Adjudication, Comparison, Criterion, Label
from assize.review.models import Decision, Verdict


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One independent judgement. by: person or machine."""

    by: str
    verdict: Verdict
    clause: ClauseId | None
    severity: Severity | None

    @property
    def found(self) -> bool:
        """Whether it is a violation."""
        return self.verdict is Verdict.VIOLATION


@dataclass(frozen=True, kw_only=True)
class Word:
    """What an expert said. label_id: of their label. gap_id: the gap of the policy that it opened or showed again."""

    ambiguous: bool
    label_id: LabelId
    cited_clause: ClauseId
    rationale: str
    decided_by: ReviewerId
    decided_at: datetime
    gap_id: GapId | None


@dataclass(frozen=True, kw_only=True)
class AdjudicationView:
    """What waits for a word or had it: the judgements that differ. word: None while it waits."""

    asked: Adjudication
    decisions: tuple[Decision, ...]
    labels: tuple[Label, ...]
    word: Word | None


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What an expert says. stands: the id of the decision or label that is right, or None for one of their own.

    verdict, severity: of their own. clause: the one they cite. gap: where the policy is ambiguous, what it leaves open.
    """

    rationale: str
    clause: ClauseId
    ambiguous: bool = False
    gap: str = ""
    stands: str | None = None
    verdict: Verdict | None = None
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Where the words of the policy leave open what is right. cases: how many showed it, of those the actor may see."""

    id: GapId
    title: str
    clause: ClauseId
    state: str
    owner_id: ReviewerId
    opened_by: ReviewerId
    opened_at: datetime
    due_at: datetime
    changed_at: datetime | None
    change: str
    cases: int = 0


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How often decisions under a family of clauses differed from labels before and after its words were changed."""

    before: Interval | None
    after: Interval | None
    difference: Interval | None


@dataclass(frozen=True, kw_only=True)
class GapView:
    """One gap with its cases, and, once the words were changed, what came of it."""

    gap: Gap
    cases: tuple[tuple[CaseId, AdjudicationId | None], ...]
    effect: Effect | None


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """Differences of one kind that a card told, within a span."""

    since: datetime
    until: datetime
    criterion: Criterion
    family: str | None
    how: str


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """A reviewer says that differences on their card are none. n: how many the card told."""

    id: DisputeId
    reviewer_id: ReviewerId
    of: Disputed
    n: int
    reason: str
    state: str
    opened_at: datetime
    due_at: datetime
    decided_by: ReviewerId | None
    decided_at: datetime | None
    answer: str


@dataclass(frozen=True, kw_only=True)
class DisputeView:
    """A dispute with the comparisons that it is about, for whoever judges it."""

    dispute: Dispute
    about: tuple[Comparison, ...]
