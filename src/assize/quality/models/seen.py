"""What is told of audits: before the label is committed nothing of the decision, not even whose it is."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import AuditId, CaseId, ClauseId, PolicyVersionId, QueueName, ReviewerId
from assize.quality.models.audit import Audit, AuditState, LooksAt
from assize.quality.models.label import Comparison, Label
from assize.quality.models.plan import Draw
from assize.review.models import CaseView, Decision


@dataclass(frozen=True, kw_only=True)
class AuditCard:
    """An audit as lists show it. Not its decision, nor who made it; its case only to whoever has it in hand or did it."""

    id: AuditId
    queue: QueueName
    clauses: tuple[ClauseId, ...]
    language: str | None
    exposure: int
    looks_at: LooksAt
    state: AuditState
    blind: bool
    repeated: bool
    due_at: datetime
    case_id: CaseId | None = None
    auditor_id: ReviewerId | None = None
    lease_until: datetime | None = None
    committed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AuditQueue:
    """What waits to be looked at. mine: in hand. done: what the actor committed lately."""

    waiting: int
    overdue: int
    in_hand: int
    committed: int
    mine: tuple[AuditCard, ...]
    next: tuple[AuditCard, ...]
    done: tuple[AuditCard, ...]


@dataclass(frozen=True, kw_only=True)
class AuditView:
    """An audit in hand, with the case as it was, under the policy of that time."""

    card: AuditCard
    case: CaseView
    policy_version_id: PolicyVersionId


@dataclass(frozen=True, kw_only=True)
class Revealed:
    """The decision beside the label. first: of a repetition, what the same person said the first time; nothing of the decision.

    comparison: None for a repetition. before: comparisons that it took the place of, the oldest first.
    """

    audit: Audit
    label: Label | None
    decision: Decision | None
    comparison: Comparison | None
    before: tuple[Comparison, ...]
    draws: tuple[Draw, ...]
    first: Label | None = None


def card_of(audit: Audit, *, to: str) -> AuditCard:
    """Return an audit as somebody may see it in a list."""
    own = audit.auditor_id == to
    return AuditCard(
        id=audit.id,
        queue=audit.queue,
        clauses=audit.clauses,
        language=audit.language,
        exposure=audit.exposure,
        looks_at=audit.looks_at,
        state=audit.state,
        blind=audit.blind,
        repeated=own and audit.repeats is not None,
        due_at=audit.due_at,
        case_id=audit.case_id if own else None,
        auditor_id=audit.auditor_id,
        lease_until=audit.lease_until,
        committed_at=audit.committed_at,
    )
