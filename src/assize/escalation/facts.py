"""What escalation announces. Reasons in words stay in the table; facts hold none."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, EnforcementId, EscalationId, PageId


@dataclass(frozen=True, kw_only=True)
class Escalated(Fact):
    """A case was escalated, by a person (with an owner) or by its response mode (without one)."""

    escalation_id: EscalationId
    case_id: CaseId
    owner: str | None
    due_at: datetime
    severity: int


@dataclass(frozen=True, kw_only=True)
class PageSent(Fact):
    """A contact was paged."""

    page_id: PageId
    case_id: CaseId
    escalation_id: EscalationId
    contact_id: str
    channels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PageFailed(Fact):
    """No channel took a page; the next in line is paged."""

    page_id: PageId
    case_id: CaseId
    escalation_id: EscalationId
    contact_id: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class PageAcknowledged(Fact):
    """Somebody answered. by: link, api or console."""

    page_id: PageId
    case_id: CaseId
    escalation_id: EscalationId
    by: str
    seconds_from_raised: float


@dataclass(frozen=True, kw_only=True)
class PagePassedOn(Fact):
    """Nobody answered in time; the next in line is paged."""

    page_id: PageId
    case_id: CaseId
    escalation_id: EscalationId
    next_contact_id: str


@dataclass(frozen=True, kw_only=True)
class NobodyOnCall(Fact):
    """A case must be paged and no contact is configured."""

    escalation_id: EscalationId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class EscalationResolved(Fact):
    """A person says that what had to be done about an escalation is done."""

    escalation_id: EscalationId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class MomentStamped(Fact):
    """A moment from which duties may run was stamped; it can't be changed."""

    case_id: CaseId
    moment: str
    stamped_at: datetime


@dataclass(frozen=True, kw_only=True)
class Contained(Fact):
    """One person acted at once with a reversible action."""

    enforcement_id: EnforcementId
    case_id: CaseId
    approval_due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ContainmentApproved(Fact):
    """A second person approved what one did alone; it stays."""

    enforcement_id: EnforcementId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class ContainmentLapsed(Fact):
    """Nobody approved in time; what was done was reversed, and somebody must look."""

    enforcement_id: EnforcementId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class ContactsChanged(Fact):
    """Who is on call was changed."""

    contact_id: str
    what: str


@dataclass(frozen=True, kw_only=True)
class ContactSecretsSealed(Fact):
    """The secrets that sign pages were sealed anew, with this key."""

    key_id: str
    contacts: int
