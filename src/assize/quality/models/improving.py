"""Causes of errors, and what is done about them."""

import enum
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import CaseId, ImprovementId, ReviewerId, TeamId
from assize.kernel.measures import Interval
from assize.quality.models.adjudicating import Effect
from assize.quality.models.label import Criterion


class CauseKind(enum.StrEnum):
    """Where errors come from, by who makes them; corrective: a plan asked of a team, such as a vendor's."""

    COACHING = "coaching"
    TRAINING = "training"
    POLICY_GAP = "policy_gap"
    TOOLING = "tooling"
    CORRECTIVE = "corrective"


@dataclass(frozen=True, kw_only=True)
class Wrongs:
    """How often somebody was wrong by one criterion under one family of clauses, of how often they were compared."""

    reviewer_id: ReviewerId
    wrong: int
    n: int


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause: one reviewer stands out, several do, or everybody errs. reviewers: those; empty: everybody."""

    family: str
    criterion: Criterion
    kind: CauseKind
    reviewers: tuple[ReviewerId, ...]
    rate: Interval
    people: int


@dataclass(frozen=True, kw_only=True)
class Tooling:
    """What the tools cost under a family of clauses: cases where they failed, and the hours in hand that these took."""

    family: str
    cases: tuple[CaseId, ...]
    n: int
    hours: float


@dataclass(frozen=True, kw_only=True)
class Improvement:
    """Something that is done about a cause. result: what its owner says came of it; its effect is measured besides."""

    id: ImprovementId
    cause: CauseKind
    family: str | None
    criterion: Criterion | None
    reviewers: tuple[ReviewerId, ...]
    team_id: TeamId | None
    problem: str
    action: str
    owner_id: ReviewerId
    opened_by: ReviewerId
    opened_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    done_by: ReviewerId | None = None
    result: str = ""


@dataclass(frozen=True, kw_only=True)
class ImprovementView:
    """An improvement with its effect: how often decisions were wrong before, and since it was done. None: not done."""

    improvement: Improvement
    effect: Effect | None


@dataclass(frozen=True, kw_only=True)
class Causes:
    """Everything that is known of where errors come from, and what is done about it."""

    since: datetime
    causes: tuple[Cause, ...]
    tooling: tuple[Tooling, ...]
    improvements: tuple[ImprovementView, ...]
