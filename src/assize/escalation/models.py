"""The nouns of escalation."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from assize.kernel.ids import CaseId, EnforcementId, EscalationId, PageId, ReviewerId
from assize.platform.sealing import Sealer
from assize.policy.models import Severity


class EscalationState(StrEnum):
    """Where an escalation stands. Nothing but a person moves it on: it never resolves itself."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class PageState(StrEnum):
    """How far a page has come."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"  # no channel took it
    ACKNOWLEDGED = "acknowledged"
    PASSED_ON = "passed_on"
    OVER = "over"  # somebody else acknowledged


class ContainmentState(StrEnum):
    """What became of an act of one person alone."""

    OPEN = "open"
    SECONDED = "seconded"
    TAKEN_OVER = "taken_over"  # a decision stands that asks for the same
    ENDED = "ended"  # undone by a person before its hour was over
    LAPSED = "lapsed"  # nobody seconded in time; it was reversed


class Moment(StrEnum):
    """The moments from which duties may run. Each is stamped once."""

    FIRST_SEEN = "first_seen_at"
    AWARE = "aware_at"
    REASONABLE_BELIEF = "reasonable_belief_at"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody on call. order: lowest is paged first. reviewer_id: who they are here, where they sign in.

    sealed_secret: what signs what is sent to the webhook, as it is kept.
    """

    id: str
    order: int
    name: str
    webhook_url: str | None
    email: str | None
    reviewer_id: ReviewerId | None
    sealed_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Somebody must know and own a case. owner: None until somebody acknowledges what paged by itself."""

    id: EscalationId
    case_id: CaseId
    state: EscalationState
    owner: str | None
    due_at: datetime
    reason: str
    severity: Severity
    category: str
    restricted: bool
    raised_by: str
    raised_at: datetime
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One contact asked to answer for one escalation. channels: by which ways it went out."""

    id: PageId
    escalation_id: EscalationId
    case_id: CaseId
    contact_id: str
    contact_name: str
    number: int
    state: PageState
    queued_at: datetime
    sent_at: datetime | None = None
    passes_on_at: datetime | None = None
    channels: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stamps:
    """When a case was first seen, when somebody became aware of it, and when there was reasonable belief."""

    case_id: CaseId
    first_seen_at: datetime
    aware_at: datetime | None = None
    reasonable_belief_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Containment:
    """One person acted alone and at once. approval_due_at: until when a second person may make it stay."""

    id: EnforcementId
    case_id: CaseId
    contained_by: str
    reason: str
    state: ContainmentState
    contained_at: datetime
    approval_due_at: datetime
    seconded_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pager:
    """How pages leave this installation.

    url: this installation's address, for deep links. sealer: what opens the secrets that sign.
    pass_on_s: how long a contact has to acknowledge.
    """

    url: str
    sealer: Sealer
    smtp_url: str | None = None
    mail_from: str = "assize@localhost"
    private: bool = False
    timeout_s: float = 10.0
    pass_on_s: int = 300  # the field's habit for acknowledging a page; long enough to wake up, short enough for SEV0


@dataclass(frozen=True, kw_only=True)
class Resealed:
    """How many secrets were sealed anew, and how many could not be opened here and were left."""

    done: int
    left: int


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    passed_on: int = 0
    lapsed: int = 0

    @property
    def any(self) -> int:
        """How much was done in all."""
        return self.sent + self.failed + self.passed_on + self.lapsed
