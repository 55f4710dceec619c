"""Precedents, and the cases that are merely similar."""

import enum
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import CaseId, ClauseId, DecisionId, PolicyVersionId, PrecedentId, ReviewerId
from assize.policy.models import Severity
from assize.review.models.decision import Verdict


class Treatment(enum.StrEnum):
    """What a later decision did with a precedent."""

    FOLLOWED = "followed"
    DISTINGUISHED = "distinguished"
    OVERRULED = "overruled"


@dataclass(frozen=True, kw_only=True)
class PrecedentTreatment:
    """One treatment of a precedent, with its reason in a sentence."""

    treatment: Treatment
    reason: str
    by: ReviewerId
    at: datetime
    decision_id: DecisionId | None


@dataclass(frozen=True, kw_only=True)
class Precedent:
    """A decided case that an expert endorsed, with one sentence of principle, tied to a clause of a version.

    binding: not overruled, and the clause's words are still those it was endorsed under.
    """

    id: PrecedentId
    decision_id: DecisionId
    case_id: CaseId
    clause_id: ClauseId
    policy_version_id: PolicyVersionId
    clause_hash: str
    principle: str
    verdict: Verdict
    endorsed_by: ReviewerId
    endorsed_at: datetime
    treatments: tuple[PrecedentTreatment, ...] = ()
    binding: bool = True


class SimilarHow(enum.StrEnum):
    """By what a case is similar."""

    WORDS = "words"
    NEAR_DUPLICATE = "near_duplicate"


@dataclass(frozen=True, kw_only=True)
class SimilarCase:
    """A decided case that resembles this one. It is no precedent, and `label` says so wherever it is shown."""

    case_id: CaseId
    decision_id: DecisionId
    how: SimilarHow
    score: float
    verdict: Verdict
    primary_clause: ClauseId | None
    assessed: Severity | None
    decided_at: datetime
    label: str = "Similar case, not a precedent: nobody endorsed it as a guide."
