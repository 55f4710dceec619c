"""Trials: the evidence by which certificates are earned and lost, and what managers are told of people."""

import enum
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import (
    CaseId,
    CertificateId,
    ClauseId,
    DecisionId,
    PolicyVersionId,
    QueueName,
    ReviewerId,
    SubjectId,
)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A decision as the certificates of its reviewer see it. actions: what it would have done."""

    decision_id: DecisionId
    case_id: CaseId
    subject_id: SubjectId | None
    reviewer_id: ReviewerId
    clause: ClauseId | None
    found: frozenset[ClauseId]
    actions: frozenset[str]
    language: str | None
    queue: QueueName
    severity: int
    policy_version_id: PolicyVersionId
    decided_at: datetime
    restriction: str | None = None
    region: str | None = None


@dataclass(frozen=True, kw_only=True)
class TrialDraw:
    """A decision that counts for a certificate. place: where the keyed hash puts it, below the rate."""

    certificate_id: CertificateId
    tried: Tried
    key_id: str
    place: float
    rate: float
    drawn_at: datetime


@dataclass(frozen=True, kw_only=True)
class TrialOutcome:
    """What came of one drawn decision. wrong: None while nobody has looked. order: its day and place."""

    decision_id: DecisionId
    clause: ClauseId | None
    decided_at: datetime
    place: float
    wrong: bool | None
    compared_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How the evidence of a certificate stands.

    errors of audits: in the order of the draw, as far as nothing before is missing. held_up: done, but behind one that is
    missing. waiting: drawn and not looked at. log_evidence: None where there is no bound to show. upper: what the rate of
    error stays below at the confidence of the certificate, whenever it is looked at. drift: since it decides alone.
    starved: clauses of the family that were never looked at. against: a clause that by itself speaks against it.
    """

    audits: int
    errors: int
    held_up: int
    waiting: int
    log_evidence: float
    upper: float
    drift: float
    clauses: tuple[tuple[ClauseId, int, int], ...]
    against: ClauseId | None = None


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """The evidence after so many audits. needed: the logarithm at which it grants."""

    audits: int
    errors: int
    log_evidence: float
    needed: float


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """How many more audits a certificate needs.

    without_error: if no further error comes. as_now: at the present rate of error; None where none can be had so.
    reached: it needs none. never: why none can be had, in a sentence; "" where it can.
    """

    reached: bool
    without_error: int | None
    as_now: int | None
    never: str = ""


class RecommendationState(enum.StrEnum):
    """Where a recommendation is."""

    RAISED = "raised"
    COACHING = "coaching"
    REPLIED = "replied"
    CLOSED = "closed"


class Conclusion(enum.StrEnum):
    """What a manager makes of a recommendation."""

    KEPT = "kept"
    ASSIST = "assist"
    SUSPENDED = "suspended"


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """What the signals say of a person, for a manager. errors of audits: what it rested on."""

    id: str
    certificate_id: CertificateId
    reviewer_id: ReviewerId
    signal: str
    state: RecommendationState
    errors: int
    audits: int
    raised_by: str
    raised_at: datetime
    note: str = ""
    coached_by: str | None = None
    coached_at: datetime | None = None
    coaching: str = ""
    replied_at: datetime | None = None
    reply: str = ""
    outcome: Conclusion | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    closing: str = ""
