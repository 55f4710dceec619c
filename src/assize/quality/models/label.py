"""Labels given for comparison, decisions beside them, and what waits for an expert's word."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import (
    AdjudicationId,
    AuditId,
    CaseId,
    ClauseId,
    ComparisonId,
    DecisionId,
    DossierId,
    LabelId,
    PolicyVersionId,
    QueueName,
    ReviewerId,
    SubjectId,
    TeamId,
)
from assize.policy.models import Severity
from assize.review.models import Judgement, Verdict


@dataclass(frozen=True, kw_only=True)
class Label:
    """A judgement given for comparison. of, of_id: what asked for it (audit, golden, calibration, adjudication …).

    round: which time this person labels the same thing. hash: over all of it, before anything was revealed.
    """

    id: LabelId
    of: str
    of_id: str
    labeler_id: ReviewerId
    case_id: CaseId
    subject_id: SubjectId | None
    dossier_id: DossierId | None
    policy_version_id: PolicyVersionId
    judgement: Judgement
    verdict: Verdict
    clause: ClauseId | None
    severity: Severity
    blind: bool
    at: datetime
    hash: str
    round: int = 1
    in_hand_s: float | None = None
    restriction: str | None = None
    region: str | None = None
    test: bool = False


class Criterion(enum.StrEnum):
    """By what a decision is compared with a label."""

    DECISION = "decision"
    CLAUSE = "clause"
    SEVERITY = "severity"
    ACTION = "action"
    ESCALATION = "escalation"
    RATIONALE = "rationale"
    REQUIRED_STEP = "required_step"


class Mark(enum.StrEnum):
    """What a comparison says of one criterion. NA is in no denominator."""

    RIGHT = "right"
    WRONG = "wrong"
    NA = "na"


class Outcome(enum.StrEnum):
    """The decision against the label: a violation found or not, rightly or not."""

    TRUE_POSITIVE = "tp"
    FALSE_POSITIVE = "fp"
    TRUE_NEGATIVE = "tn"
    FALSE_NEGATIVE = "fn"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A decision beside a label. marks: all criteria. severity_gap: given minus true; above 0 the decision was milder.

    label_id: None where only the record was looked at. outcome: None there, and where the label says that the policy is ambiguous. technical: the tool
    failed, not the person. headline, inclusion: of the draw that led here. current: it counts; replaces: what it took
    the place of, whose history stays, and why.
    """

    id: ComparisonId
    decision_id: DecisionId
    label_id: LabelId | None
    audit_id: AuditId | None
    case_id: CaseId
    subject_id: SubjectId | None
    reviewer_id: ReviewerId
    team_id: TeamId | None
    vendor: bool
    by: str
    labeler_id: ReviewerId
    queue: QueueName
    language: str | None
    policy_version_id: PolicyVersionId
    clause: ClauseId | None
    severity_given: Severity | None
    severity_true: Severity | None
    outcome: Outcome | None
    severity_gap: int | None
    missed_escalation: bool
    wrong_clause: bool
    wrong_action: bool
    process_error: bool
    technical: bool
    marks: Mapping[Criterion, Mark]
    blind: bool
    headline: bool
    inclusion: float | None
    decided_at: datetime
    compared_at: datetime
    comment: str = ""
    replaces: ComparisonId | None = None
    current: bool = True
    why: str = ""
    restriction: str | None = None
    region: str | None = None
    test: bool = False


@dataclass(frozen=True, kw_only=True)
class Adjudication:
    """Judgements that differ and wait for an expert's word. trigger: split-vote, severity-gap and others."""

    id: AdjudicationId
    case_id: CaseId
    subject_id: SubjectId | None
    dossier_id: DossierId
    policy_version_id: PolicyVersionId
    trigger: str
    decisions: tuple[DecisionId, ...]
    labels: tuple[LabelId, ...]
    audit_id: AuditId | None
    severity: Severity
    queue: QueueName
    clauses: tuple[ClauseId, ...]
    state: str
    opened_at: datetime
    due_at: datetime
    restriction: str | None = None
    region: str | None = None
    test: bool = False
