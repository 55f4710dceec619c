"""What enforcement announces."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.facts import Fact
from assize.kernel.ids import (
    AppealId,
    CaseId,
    ClauseId,
    DecisionId,
    DeliveryId,
    EffectId,
    EnforcementId,
    StrikeId,
    SubjectId,
    WatchId,
)


@dataclass(frozen=True, kw_only=True)
class EnforcementPlanned(Fact):
    """An action on a target was planned. state: issued, awaiting_approval, blocked or null."""

    enforcement_id: EnforcementId
    case_id: CaseId
    decision_id: DecisionId | None
    action_id: str
    target_level: str
    state: str
    containment: bool
    effective_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApprovalGiven(Fact):
    """A second, different person approved."""

    enforcement_id: EnforcementId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class ApprovalRefused(Fact):
    """The second person said no; nothing was done."""

    enforcement_id: EnforcementId
    case_id: CaseId
    reason: str


@dataclass(frozen=True, kw_only=True)
class EnforcementCancelled(Fact):
    """An enforcement was taken back before anything left."""

    enforcement_id: EnforcementId
    case_id: CaseId
    because: str


@dataclass(frozen=True, kw_only=True)
class EffectSent(Fact):
    """Every destination took an effect."""

    effect_id: EffectId
    case_id: CaseId
    effect_kind: str


@dataclass(frozen=True, kw_only=True)
class EffectConfirmed(Fact):
    """The platform says the effect is in force. seconds_from_event: since the harm first reached us."""

    effect_id: EffectId
    case_id: CaseId
    effect_kind: str
    seconds_from_event: float


@dataclass(frozen=True, kw_only=True)
class EffectFailed(Fact):
    """The platform says it could not carry the effect out."""

    effect_id: EffectId
    case_id: CaseId
    effect_kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class EffectUndone(Fact):
    """The undoing of an enforcement was sent on its way."""

    enforcement_id: EnforcementId
    case_id: CaseId
    because: str


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed(Fact):
    """A delivery failed for the first time; it is tried again."""

    delivery_id: DeliveryId
    case_id: CaseId
    destination: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class DeliveryDead(Fact):
    """A delivery used up its tries and waits for a person."""

    delivery_id: DeliveryId
    case_id: CaseId
    destination: str
    problem: str
    tries: int


@dataclass(frozen=True, kw_only=True)
class DeliveryRevived(Fact):
    """Somebody sent a dead delivery on its way again."""

    delivery_id: DeliveryId
    case_id: CaseId
    destination: str


@dataclass(frozen=True, kw_only=True)
class StrikeGiven(Fact):
    """An account got a strike."""

    strike_id: StrikeId
    case_id: CaseId
    subject_id: SubjectId
    weight: float
    clause_id: ClauseId | None


@dataclass(frozen=True, kw_only=True)
class StrikeRemoved(Fact):
    """A strike was taken away."""

    strike_id: StrikeId
    case_id: CaseId
    subject_id: SubjectId
    because: str


@dataclass(frozen=True, kw_only=True)
class AppealLodged(Fact):
    """Somebody appealed."""

    appeal_id: AppealId
    case_id: CaseId
    enforcement_id: EnforcementId


@dataclass(frozen=True, kw_only=True)
class AppealOpened(Fact):
    """Somebody read what an appeal says, for a purpose."""

    appeal_id: AppealId
    case_id: CaseId
    purpose: str


@dataclass(frozen=True, kw_only=True)
class AppealUpheld(Fact):
    """An appeal was heard; the enforcement stays."""

    appeal_id: AppealId
    case_id: CaseId
    enforcement_id: EnforcementId
    reason: str


@dataclass(frozen=True, kw_only=True)
class AppealOverturned(Fact):
    """An appeal was heard; the enforcement and its strike are undone."""

    appeal_id: AppealId
    case_id: CaseId
    enforcement_id: EnforcementId
    reason: str


@dataclass(frozen=True, kw_only=True)
class AppealPartlyUpheld(Fact):
    """An appeal was heard; the action is undone, the finding and its strike stay."""

    appeal_id: AppealId
    case_id: CaseId
    enforcement_id: EnforcementId
    reason: str


@dataclass(frozen=True, kw_only=True)
class NoticeHeld(Fact):
    """A notice is kept back. approved: whether a second person agreed; unapproved it is kept a day at most."""

    enforcement_id: EnforcementId
    case_id: CaseId
    basis: str
    until: datetime
    approved: bool


@dataclass(frozen=True, kw_only=True)
class NoticeReleased(Fact):
    """A statement of reasons was sent on its way."""

    enforcement_id: EnforcementId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class SupportSent(Fact):
    """Crisis resources were sent on their way."""

    support_id: str
    case_id: CaseId
    locale: str
    minor: bool


@dataclass(frozen=True, kw_only=True)
class SafeguardDefectFound(Fact):
    """A safeguard failed."""

    defect_id: str
    case_id: CaseId
    decision_id: DecisionId
    clause_id: ClauseId | None


@dataclass(frozen=True, kw_only=True)
class SafeguardDefectMoved(Fact):
    """A safeguard defect was handed over or closed."""

    defect_id: str
    case_id: CaseId
    state: str
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class WatchSet(Fact):
    """A subject is watched until a date."""

    watch_id: WatchId
    case_id: CaseId
    subject_id: SubjectId | None
    until: datetime


@dataclass(frozen=True, kw_only=True)
class WatchDue(Fact):
    """A watch came back: by its date or by something that happened."""

    watch_id: WatchId
    case_id: CaseId
    subject_id: SubjectId | None
    because: str


@dataclass(frozen=True, kw_only=True)
class InformationRequested(Fact):
    """Something is missing; somebody owns getting it."""

    request_id: str
    case_id: CaseId
    owner: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class InformationReceived(Fact):
    """What was missing has come."""

    request_id: str
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class InformationOverdue(Fact):
    """What was missing has not come in time; the case is opened again."""

    request_id: str
    case_id: CaseId
    owner: str


@dataclass(frozen=True, kw_only=True)
class InterimMeasureSet(Fact):
    """An action holds until what is missing has come, and until `ends_at` at the latest."""

    request_id: str
    case_id: CaseId
    enforcement_id: EnforcementId
    action_id: str
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class InterimMeasureEnded(Fact):
    """What held while something was missing was taken back."""

    request_id: str
    case_id: CaseId
    enforcement_id: EnforcementId
    because: str


@dataclass(frozen=True, kw_only=True)
class DestinationTried(Fact):
    """Somebody sent a trial message to a destination. status: HTTP's, None where no answer came."""

    destination: str
    status: int | None
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class RemediationPlanned(Fact):
    """It was planned to take back what one cause did. cause: rule, reviewer, machine, policy_version, clause, action."""

    remediation_id: str
    cause: str
    items: int


@dataclass(frozen=True, kw_only=True)
class RemediationItemJudged(Fact):
    """Somebody looked at an enforcement of the sample, or a decision without one, and said whether it was wrong."""

    remediation_id: str
    enforcement_id: EnforcementId | None
    decision_id: DecisionId | None
    case_id: CaseId
    wrong: bool


@dataclass(frozen=True, kw_only=True)
class RemediationApproved(Fact):
    """A second, different person approved a remediation; it is carried out."""

    remediation_id: str


@dataclass(frozen=True, kw_only=True)
class RemediationRefused(Fact):
    """A second, different person refused a remediation; nothing is taken back."""

    remediation_id: str


@dataclass(frozen=True, kw_only=True)
class RemediationPaused(Fact):
    """A remediation stops until somebody lets it go on."""

    remediation_id: str


@dataclass(frozen=True, kw_only=True)
class RemediationResumed(Fact):
    """A remediation goes on."""

    remediation_id: str


@dataclass(frozen=True, kw_only=True)
class RemediationItemDone(Fact):
    """One item of a remediation was gone through. state: done or by_hand. reports, entries: what went with it."""

    remediation_id: str
    enforcement_id: EnforcementId | None
    decision_id: DecisionId | None
    case_id: CaseId
    state: str
    reports: int
    entries: int


@dataclass(frozen=True, kw_only=True)
class RemediationDone(Fact):
    """A remediation was gone through to its end."""

    remediation_id: str
    done: int
    by_hand: int
    nothing: int
    failed: int
