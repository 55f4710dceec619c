"""What quality announces. It tells of measuring somebody, and so exists for those who measure alone, but for a reply."""

from dataclasses import dataclass
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import (
    AdjudicationId,
    AuditId,
    CalibrationId,
    CaseId,
    CertificateId,
    DecisionId,
    DisputeId,
    GapId,
    GoldenId,
    LabelId,
    PlacementId,
    PlanId,
    ReviewerId,
)


@dataclass(frozen=True, kw_only=True)
class PlanProposed(Fact):
    """A sampling plan was proposed, or a new version of one."""

    measuring: ClassVar[bool] = True

    plan_id: PlanId
    name: str
    version: int


@dataclass(frozen=True, kw_only=True)
class PlanPutInForce(Fact):
    """A sampling plan draws from now on. replaces: the version that ended with it."""

    measuring: ClassVar[bool] = True

    plan_id: PlanId
    name: str
    version: int
    key_id: str
    replaces: PlanId | None


@dataclass(frozen=True, kw_only=True)
class PlanEnded(Fact):
    """A sampling plan draws no more; dropped: it never did."""

    measuring: ClassVar[bool] = True

    plan_id: PlanId
    name: str
    version: int
    dropped: bool


@dataclass(frozen=True, kw_only=True)
class DecisionDrawn(Fact):
    """A plan drew a decision, with a known probability."""

    measuring: ClassVar[bool] = True

    plan_id: PlanId
    decision_id: DecisionId
    case_id: CaseId
    inclusion: float
    headline: bool


@dataclass(frozen=True, kw_only=True)
class AuditOffered(Fact):
    """A second judgement of a decision was asked for."""

    measuring: ClassVar[bool] = True

    audit_id: AuditId
    decision_id: DecisionId
    case_id: CaseId
    looks_at: str


@dataclass(frozen=True, kw_only=True)
class AuditTaken(Fact):
    """Somebody took an audit in hand."""

    measuring: ClassVar[bool] = True

    audit_id: AuditId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class AuditOpened(Fact):
    """An auditor opened the content of a case, for an audit; it is charged to their exposure like any other."""

    measuring: ClassVar[bool] = True

    audit_id: AuditId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class AuditReturned(Fact):
    """An audit went back to its queue. lost: its holder's time ran out."""

    measuring: ClassVar[bool] = True

    audit_id: AuditId
    case_id: CaseId
    lost: bool


@dataclass(frozen=True, kw_only=True)
class AuditCommitted(Fact):
    """An auditor gave a label, before anything of the decision was shown. hash: over all that was labelled."""

    measuring: ClassVar[bool] = True

    audit_id: AuditId
    case_id: CaseId
    label_id: LabelId
    hash: str
    blind: bool


@dataclass(frozen=True, kw_only=True)
class AuditRevealed(Fact):
    """An auditor was shown the decision beside their label."""

    measuring: ClassVar[bool] = True

    audit_id: AuditId
    decision_id: DecisionId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class DecisionCompared(Fact):
    """A decision was compared with a label. wrong: the criteria that differ; outcome: tp, fp, tn, fn."""

    measuring: ClassVar[bool] = True

    comparison_id: str
    decision_id: DecisionId
    case_id: CaseId
    outcome: str | None
    wrong: tuple[str, ...]
    severity_gap: int | None
    missed_escalation: bool


@dataclass(frozen=True, kw_only=True)
class AuditWithdrawn(Fact):
    """An audit is no longer needed, or can't be done. reason_code: why, in a word."""

    measuring: ClassVar[bool] = True

    audit_id: AuditId
    case_id: CaseId
    reason_code: str


@dataclass(frozen=True, kw_only=True)
class AdjudicationAsked(Fact):
    """Judgements differ, and an expert is asked for theirs."""

    measuring: ClassVar[bool] = True

    adjudication_id: AdjudicationId
    case_id: CaseId
    trigger: str


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


@dataclass(frozen=True, kw_only=True)
class AdjudicationGiven(Fact):
    """An expert gave their word. outcome: label, or policy_ambiguous, which blames nobody. replaced: comparisons."""

    measuring: ClassVar[bool] = True

    adjudication_id: AdjudicationId
    case_id: CaseId
    outcome: str
    cited_clause: str
    replaced: int


@dataclass(frozen=True, kw_only=True)
class PolicyGapOpened(Fact):
    """The words of the policy leave open what is right; somebody is to mend them."""

    measuring: ClassVar[bool] = True

    gap_id: GapId
    clause: str
    owner_id: ReviewerId


@dataclass(frozen=True, kw_only=True)
class PolicyGapMoved(Fact):
    """A gap of the policy went to somebody else, or something was done about it. state: open, changed, kept."""

    measuring: ClassVar[bool] = True

    gap_id: GapId
    state: str
    owner_id: ReviewerId


@dataclass(frozen=True, kw_only=True)
class DifferencesDisputed(Fact):
    """A reviewer disputed differences on their own card. n: how many the card told."""

    measuring: ClassVar[bool] = True

    dispute_id: DisputeId
    criterion: str
    n: int


@dataclass(frozen=True, kw_only=True)
class DisputeAnswered(Fact):
    """A dispute was answered by somebody without a part in it. replaced: comparisons that count anew."""

    measuring: ClassVar[bool] = True

    dispute_id: DisputeId
    state: str
    replaced: int


@dataclass(frozen=True, kw_only=True)
class CalibrationOpened(Fact):
    """A calibration round was opened: several people label the same cases, each alone. retests: of an earlier one."""

    measuring: ClassVar[bool] = True

    calibration_id: CalibrationId
    form: str
    items: int
    retests: CalibrationId | None


@dataclass(frozen=True, kw_only=True)
class CalibrationLabelled(Fact):
    """A participant labelled a case. time: 1 alone, 2 after the discussion; hash: over all of the label."""

    measuring: ClassVar[bool] = True

    calibration_id: CalibrationId
    case_id: CaseId
    time: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class CalibrationMoved(Fact):
    """A round came to its discussion, or was closed."""

    measuring: ClassVar[bool] = True

    calibration_id: CalibrationId
    state: str


@dataclass(frozen=True, kw_only=True)
class CalibrationConcluded(Fact):
    """The discussion of a case came to something: reviewer error, policy gap, tooling and others."""

    measuring: ClassVar[bool] = True

    calibration_id: CalibrationId
    case_id: CaseId
    outcome: str


@dataclass(frozen=True, kw_only=True)
class GoldenProposed(Fact):
    """A case of which an expert said what is right was proposed for the golden set."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId
    label_id: LabelId


@dataclass(frozen=True, kw_only=True)
class GoldenApproved(Fact):
    """A second person took a case into the golden set. hash: over the label that answers are compared with."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId
    label_id: LabelId
    hash: str


@dataclass(frozen=True, kw_only=True)
class GoldenStale(Fact):
    """A known case waits until somebody says that it holds: its words changed, its time is up, or it opens no case."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId
    why: str


@dataclass(frozen=True, kw_only=True)
class GoldenHolds(Fact):
    """What experts said of a known case still holds under the words of a version."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId
    policy_version_id: str


@dataclass(frozen=True, kw_only=True)
class GoldenRetired(Fact):
    """A case left the golden set, or was not taken into it."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class GoldenPlaced(Fact):
    """A sealed copy of a known case was put among the others."""

    measuring: ClassVar[bool] = True

    placement_id: PlacementId
    golden_id: GoldenId
    queue: str


@dataclass(frozen=True, kw_only=True)
class GoldenRateSet(Fact):
    """To which share of the cases of a queue known ones are added from now on."""

    measuring: ClassVar[bool] = True

    queue: str
    share: float
