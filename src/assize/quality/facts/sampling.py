"""What is announced of plans, draws and audits."""

from dataclasses import dataclass
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import AuditId, CaseId, DecisionId, LabelId, PlanId


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
