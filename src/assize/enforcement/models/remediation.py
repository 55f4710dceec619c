"""Taking back what one wrong cause has done."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assize.kernel.ids import CaseId, DecisionId, EnforcementId
from assize.kernel.measures import Interval


class Cause(StrEnum):
    """By what it is chosen what is taken back."""

    RULE = "rule"  # the rule was true of an event of the case
    REVIEWER = "reviewer"
    MACHINE = "machine"
    POLICY_VERSION = "policy_version"
    CLAUSE = "clause"
    ACTION = "action"


class RemediationState(StrEnum):
    """How far a remediation has come."""

    PLANNED = "planned"
    REFUSED = "refused"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


class ItemState(StrEnum):
    """What became of one item of a remediation."""

    WAITING = "waiting"
    DONE = "done"
    BY_HAND = "by_hand"
    NOTHING = "nothing"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What one cause did in a span."""

    cause: Cause
    cause_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many of a selection an action is, in one state. No action: decisions that answered reports or filled banks alone."""

    action_id: str | None
    state: str
    reversible: bool
    n: int


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a cause did. reports: answers to reports, entries: of banks, that its decisions vouch for."""

    shares: tuple[Share, ...]
    reports: int
    entries: int

    @property
    def n(self) -> int:
        """How many items a remediation of it would have."""
        return sum(one.n for one in self.shares)


@dataclass(frozen=True, kw_only=True)
class Remediation:
    """A remediation as it stands. items: what it takes back; sample: how many are looked at first."""

    id: str
    selection: Selection
    reason: str
    state: RemediationState
    items: int
    sample: int
    planned_by: str
    planned_at: datetime
    answered_by: str | None
    answered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RemediationItem:
    """One enforcement that is taken back, or a decision without one; with what the decision vouches for.

    id: the enforcement's, else the decision's. wrong: what whoever looked said; None where nobody did.
    """

    id: str
    enforcement_id: EnforcementId | None
    decision_id: DecisionId | None
    case_id: CaseId
    title: str
    clause_id: str | None
    decided_by: str
    planned_at: datetime
    state: ItemState
    problem: str | None
    place: int
    wrong: bool | None
    judged_by: str | None


@dataclass(frozen=True, kw_only=True)
class Remedied:
    """How far a remediation is. errors: the share that was wrong, from the sample; None before anything was judged."""

    items: int
    waiting: int
    done: int
    by_hand: int
    nothing: int
    failed: int
    strikes: int
    told: int
    reports: int
    entries: int
    judged: int
    wrong: int
    errors: Interval | None
