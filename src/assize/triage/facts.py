"""What triage announces."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, ClauseId, DecisionId, EventId, QueueName, RuleId, SubjectId
from assize.policy.models import ResponseMode, Severity
from assize.workforce.models import Exposure


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Fact):
    """A case was opened, by rules or by hand (`by`: "triage" or "hand")."""

    case_id: CaseId
    subject_id: SubjectId | None
    case_kind: str
    queue: QueueName
    severity: Severity
    mode: ResponseMode
    clause_ids: tuple[ClauseId, ...]
    opened_at: datetime
    due_at: datetime
    first_seen_at: datetime
    language: str | None
    exposure_class: Exposure
    test: bool
    by: str
    linked_case_id: CaseId | None = None


@dataclass(frozen=True, kw_only=True)
class CaseRaised(Fact):
    """Later events made an open case graver."""

    case_id: CaseId
    subject_id: SubjectId | None
    queue: QueueName
    severity: Severity
    severity_before: Severity
    mode: ResponseMode
    clause_ids: tuple[ClauseId, ...]
    due_at: datetime
    event_ids: tuple[EventId, ...]


@dataclass(frozen=True, kw_only=True)
class CaseGrew(Fact):
    """Later events joined an open case and changed nothing else; one fact for all that came in one batch."""

    case_id: CaseId
    event_ids: tuple[EventId, ...]


@dataclass(frozen=True, kw_only=True)
class CaseReopened(Fact):
    """A decided or closed case is to be decided again. why: same-conversation, graver, or what a person gave."""

    case_id: CaseId
    subject_id: SubjectId | None
    queue: QueueName
    severity: Severity
    mode: ResponseMode
    clause_ids: tuple[ClauseId, ...]
    due_at: datetime
    why: str
    event_ids: tuple[EventId, ...]


@dataclass(frozen=True, kw_only=True)
class CaseDecided(Fact):
    """A case has a decision; later events follow the rules for decided cases."""

    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Fact):
    """Nothing is to be decided about a case any more."""

    case_id: CaseId
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Fact):
    """A case went to another queue."""

    case_id: CaseId
    queue: QueueName
    queue_before: QueueName


@dataclass(frozen=True, kw_only=True)
class CaseRestricted(Fact):
    """A case was put under a need-to-know compartment, or taken out of one (None)."""

    case_id: CaseId
    restriction: str | None
    restriction_before: str | None


@dataclass(frozen=True, kw_only=True)
class SeverityAssessed(Fact):
    """A person said how grave a case is."""

    case_id: CaseId
    severity: Severity
    severity_before: Severity
    reason: str
    proposed_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class LoweringProposed(Fact):
    """A person proposed to lower a SEV0 or SEV1 case; it stays as it is until another agrees."""

    case_id: CaseId
    severity: Severity
    severity_before: Severity
    reason: str


@dataclass(frozen=True, kw_only=True)
class RuleChanged(Fact):
    """A rule was written, changed or switched."""

    rule_id: RuleId
    version: int
    state: str
    state_before: str | None
    clause_id: ClauseId
    from_policy: bool


@dataclass(frozen=True, kw_only=True)
class RuleFailed(Fact):
    """A rule kept failing and is left out until somebody changes it. message: the engine's, without what it quotes."""

    rule_id: RuleId
    version: int
    message: str
    failures: int


@dataclass(frozen=True, kw_only=True)
class SignalFailed(Fact):
    """A signal gave nothing for a batch; scoring went on without its fields. reason: the kind of error."""

    signal: str
    reason: str
    event_count: int


@dataclass(frozen=True, kw_only=True)
class EventParked(Fact):
    """Scoring an event failed; it was set aside, visible, and can be tried again."""

    event_id: EventId
    reason: str


@dataclass(frozen=True, kw_only=True)
class BankChanged(Fact):
    """A list of hashes, addresses or domains changed. decision_id: where a decision brought them, or took them along."""

    name: str
    bank_kind: str
    added: int
    removed: int
    decision_id: DecisionId | None = None


@dataclass(frozen=True, kw_only=True)
class RuleTried(Fact):
    """Somebody tried a rule on stored events. form: SHA-256 of its expression; the counts are of events they may see."""

    form: str
    events: int
    hits: int
    not_applicable: int
    failures: int
