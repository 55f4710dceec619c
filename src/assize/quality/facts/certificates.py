"""What is announced of certificates and scoring."""

from dataclasses import dataclass
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import CertificateId, ReviewerId


@dataclass(frozen=True, kw_only=True)
class ScoringSet(Fact):
    """From now on decisions are scored differently: weights, critical criteria, costs. Cards are made anew with it."""

    measuring: ClassVar[bool] = True

    version: int
    note: str


@dataclass(frozen=True, kw_only=True)
class EvidenceReached(Fact):
    """The evidence of a certificate is enough for an approver to let it decide alone."""

    measuring: ClassVar[bool] = True

    certificate_id: CertificateId
    errors: int
    audits: int
    log_evidence: float


@dataclass(frozen=True, kw_only=True)
class DriftFound(Fact):
    """Somebody who decides alone errs more than their certificate says, by now. evidence: the e-CUSUM."""

    measuring: ClassVar[bool] = True

    certificate_id: CertificateId
    reviewer_id: ReviewerId
    evidence: float


@dataclass(frozen=True, kw_only=True)
class RecommendationRaised(Fact):
    """A manager is told that a person's decisions should be looked at together. Nothing follows by itself."""

    measuring: ClassVar[bool] = True

    recommendation_id: str
    certificate_id: CertificateId
    reviewer_id: ReviewerId
    signal: str


@dataclass(frozen=True, kw_only=True)
class RecommendationCoached(Fact):
    """A manager coached whom a recommendation is about."""

    measuring: ClassVar[bool] = True

    recommendation_id: str
    reviewer_id: ReviewerId


@dataclass(frozen=True, kw_only=True)
class RecommendationReplied(Fact):
    """Whom a recommendation is about said what they have to say. The words stay out of the log."""

    recommendation_id: str


@dataclass(frozen=True, kw_only=True)
class RecommendationClosed(Fact):
    """A manager decided what follows from a recommendation."""

    measuring: ClassVar[bool] = True

    recommendation_id: str
    reviewer_id: ReviewerId
    outcome: str
