"""Audits: a second judgement of a decision by somebody who did not make it and does not see it."""

import enum
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import (
    AuditId,
    CaseId,
    ClauseId,
    DecisionId,
    DossierId,
    PolicyVersionId,
    QueueName,
    ReviewerId,
    SubjectId,
)
from assize.policy.models import Severity


class AuditState(enum.StrEnum):
    """Where an audit is. Nothing of the decision is shown before it is revealed."""

    OPEN = "open"
    CLAIMED = "claimed"
    COMMITTED = "committed"
    REVEALED = "revealed"
    WITHDRAWN = "withdrawn"


class LooksAt(enum.StrEnum):
    """What an audit looks at: the case anew, or what was done and written, without its content."""

    CONTENT = "content"
    RECORD = "record"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """One audit. exposure: 0 (none) to 4 (severe). blind: whoever looks knows nothing of the decision or the story.

    repeats: the audit that the same person, assigned_to, is given again. repeat_days: after how many days this one is.
    not_before: when it may be taken.
    """

    id: AuditId
    decision_id: DecisionId
    case_id: CaseId
    subject_id: SubjectId | None
    dossier_id: DossierId
    policy_version_id: PolicyVersionId
    decider_id: ReviewerId
    queue: QueueName
    severity: Severity
    clauses: tuple[ClauseId, ...]
    language: str | None
    exposure: int
    looks_at: LooksAt
    state: AuditState
    not_before: datetime
    due_at: datetime
    offered_at: datetime
    blind: bool = True
    why_not_blind: str | None = None
    repeats: AuditId | None = None
    repeat_days: int | None = None
    assigned_to: ReviewerId | None = None
    auditor_id: ReviewerId | None = None
    claimed_at: datetime | None = None
    lease_until: datetime | None = None
    opened_at: datetime | None = None
    committed_at: datetime | None = None
    revealed_at: datetime | None = None
    restriction: str | None = None
    region: str | None = None
    test: bool = False
