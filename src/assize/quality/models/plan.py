"""Sampling plans: which decisions are looked at again, with which known probability, and what was drawn."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assize.kernel.ids import (
    CaseId,
    ClauseId,
    DecisionId,
    PlanId,
    PolicyVersionId,
    QueueName,
    ReviewerId,
    StratumId,
    SubjectId,
    TeamId,
)
from assize.policy.models import Severity
from assize.review.models import Verdict


class Kind(enum.StrEnum):
    """Why a stratum draws. Kept apart: only the first two enter headline figures."""

    RANDOM = "random"
    RISK = "risk"
    TARGETED = "targeted"


class PlanState(enum.StrEnum):
    """Where a plan is. What was in force is never changed: a change is a new version."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    ENDED = "ended"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What a stratum can ask of a decision. clause: of its leading finding. by: person or machine."""

    decision_id: DecisionId
    case_id: CaseId
    subject_id: SubjectId | None
    reviewer_id: ReviewerId
    team_id: TeamId | None
    vendor: bool
    by: str
    queue: QueueName
    severity: Severity
    clause: ClauseId | None
    verdict: Verdict
    language: str | None
    policy_version_id: PolicyVersionId
    decided_at: datetime
    restriction: str | None = None
    region: str | None = None
    test: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """So many decisions that are alike in everything a stratum can ask for."""

    decided: Decided
    n: int


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """A part of a plan: the decisions that fit all of its limits; None is no limit.

    rate: probability to be drawn. floor: the rate while audits are lowered to their floor. weights: for risk, what the
    rate is multiplied with by severity; 1 where none is named. clauses: ids or families. by: person or machine.
    """

    id: StratumId
    name: str
    kind: Kind
    rate: float
    floor: float
    weights: Mapping[Severity, float] = field(default_factory=dict)
    queues: frozenset[QueueName] | None = None
    severities: frozenset[Severity] | None = None
    clauses: frozenset[ClauseId] | None = None
    verdicts: frozenset[Verdict] | None = None
    reviewers: frozenset[ReviewerId] | None = None
    teams: frozenset[TeamId] | None = None
    vendor: bool | None = None
    languages: frozenset[str] | None = None
    policy_versions: frozenset[PolicyVersionId] | None = None
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A plan as it is proposed: what somebody typed, before it has an id and a version. Like `Plan`."""

    name: str
    strata: tuple[Stratum, ...]
    note: str = ""
    gravest_by_record: bool = True
    repeat_share: float = 0.0
    repeat_after: timedelta = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A version of a sampling plan. strata: in order; of each kind the first that fits a decision counts.

    gravest_by_record: every SEV0 decision is looked at by record and process besides. repeat_share: of blind audits the
    share that their auditor is given again after repeat_after. key_id: which secret key decides.
    """

    id: PlanId
    name: str
    version: int
    state: PlanState
    note: str
    strata: tuple[Stratum, ...]
    gravest_by_record: bool
    repeat_share: float
    repeat_after: timedelta
    proposed_by: ReviewerId
    proposed_at: datetime
    key_id: str | None = None
    in_force_by: ReviewerId | None = None
    in_force_at: datetime | None = None
    ended_by: ReviewerId | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Draw:
    """What a plan makes of one decision: by kind the stratum, the probability, and whether it was drawn.

    place: where the keyed hash puts the decision in [0, 1), a random order that nobody steers. inclusion: the probability
    to be drawn by random floor or risk. headline: drawn by one of these. floored: audits were at their floor.
    """

    plan_id: PlanId
    decided: Decided
    key_id: str
    place: float
    random_stratum: StratumId | None
    random_rate: float
    by_random: bool
    risk_stratum: StratumId | None
    risk_rate: float
    by_risk: bool
    targeted_stratum: StratumId | None
    targeted_rate: float
    by_targeted: bool
    by_record: bool
    inclusion: float
    floored: bool
    drawn_at: datetime
    voided_at: datetime | None = None

    @property
    def headline(self) -> bool:
        """Whether it enters headline figures."""
        return self.by_random or self.by_risk

    @property
    def by_content(self) -> bool:
        """Whether the case is to be judged anew."""
        return self.headline or self.by_targeted

    @property
    def drawn(self) -> bool:
        """Whether anything drew it."""
        return self.by_content or self.by_record
