"""The golden set: known cases, their sealed copies among the others, and what answers to these tell."""

import enum
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import (
    CaseId,
    ClauseId,
    EventId,
    GoldenId,
    LabelId,
    PlacementId,
    PolicyVersionId,
    QueueName,
    ReviewerId,
    SubjectId,
)
from assize.kernel.measures import Interval
from assize.policy.models import Severity
from assize.review.models import Verdict


class GoldenState(enum.StrEnum):
    """Where a known case stands. Only an active one is placed; a stale one waits for somebody to say it still holds."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    STALE = "stale"
    RETIRED = "retired"


class Difficulty(enum.StrEnum):
    """How hard a case is to get right, as experts' agreement has it."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, kw_only=True)
class Golden:
    """A case of which experts said what is right.

    origin, origin_id: the adjudication or audit whose label it is. truth_id: the label that answers are compared with,
    from its approval on. experts, agreeing: how many judged the case, and how many of them as the label does.
    clause_hash: of the words by which it is right. why: it is stale or retired.
    """

    id: GoldenId
    case_id: CaseId
    subject_id: SubjectId | None
    event_ids: tuple[EventId, ...]
    origin: str
    origin_id: str
    label_id: LabelId
    policy_version_id: PolicyVersionId
    clause: ClauseId | None
    clause_hash: str
    verdict: Verdict
    severity: Severity
    queue: QueueName
    language: str | None
    exposure: int
    experts: int
    agreeing: int
    difficulty: Difficulty
    state: GoldenState
    proposed_by: ReviewerId
    proposed_at: datetime
    note: str = ""
    why: str | None = None
    truth_id: LabelId | None = None
    approved_by: ReviewerId | None = None
    approved_at: datetime | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    restriction: str | None = None
    region: str | None = None


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A sealed copy put among the other cases. because: the ordinary case whose hash drew it. case_id: once it opened.

    missed_at: it opened no case, since no rule found anything in it any more.
    """

    id: PlacementId
    golden_id: GoldenId
    because: CaseId
    queue: QueueName
    event_ids: tuple[EventId, ...]
    excluded: tuple[ReviewerId, ...]
    placed_at: datetime
    case_id: CaseId | None = None
    missed_at: datetime | None = None
    restriction: str | None = None
    region: str | None = None


@dataclass(frozen=True, kw_only=True)
class GoldenRate:
    """To which share of the ordinary cases of a queue a known one is added."""

    queue: QueueName
    share: float
    changed_by: ReviewerId
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Answered:
    """How known cases were answered. right: the share whose decision was right. waiting: copies nobody has decided."""

    placed: int
    waiting: int
    missed: int
    right: Interval | None


@dataclass(frozen=True, kw_only=True)
class GoldenView:
    """A known case with what came of it. may_be_placed: None, or why it never is."""

    golden: Golden
    answered: Answered
    placements: tuple[Placement, ...]
    never_placed: str | None


@dataclass(frozen=True, kw_only=True)
class Performance:
    """How somebody did on cases of a kind. log_s, log_squares: sums over the logarithms of seconds in hand, of `timed`."""

    right: int
    n: int
    timed: int
    log_s: float
    log_squares: float


@dataclass(frozen=True, kw_only=True)
class Leak:
    """Whether somebody seems to know which cases are known ones.

    better: share right on known cases minus the share on audited ones. faster: time in hand on known cases as a multiple
    of that on others, the ratio of geometric means; None: too few to tell. suspected: either interval lies wholly on the side of a leak.
    """

    reviewer_id: ReviewerId
    known: Interval | None
    audited: Interval | None
    better: Interval | None
    faster: Interval | None
    suspected: bool


@dataclass(frozen=True, kw_only=True)
class GoldenSet:
    """The golden set as a whole."""

    items: tuple[Golden, ...]
    rates: tuple[GoldenRate, ...]
    answered: Answered
    leaks: tuple[Leak, ...]
