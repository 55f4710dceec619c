"""The nouns of enforcement: what was planned, approved, sent, confirmed, undone, appealed.

An *enforcement* is the plan for one action on one target. Whatever leaves the house is an *effect* (the action itself,
its undoing, a notice, support), and its id is the idempotency key the platform sees. A *delivery* is one effect on its
way to one destination.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from assize.kernel.ids import (
    ActionId,
    AppealId,
    CaseId,
    ClauseId,
    DecisionId,
    DeliveryId,
    EffectId,
    EnforcementId,
    PolicyVersionId,
    StrikeId,
    SubjectId,
    TaskId,
)


class EnforcementState(StrEnum):
    """Where an enforcement stands. Whether an undoing has arrived is told by its effect."""

    AWAITING_APPROVAL = "awaiting_approval"
    REFUSED = "refused"  # the second person said no
    BLOCKED = "blocked"  # it can't be carried out as decided; `problem` says why
    ISSUED = "issued"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"  # taken back before anything left
    UNDONE = "undone"
    NULL = "null"  # test and red-team traffic: looks the same, does nothing


class EffectKind(StrEnum):
    """What an effect is for."""

    APPLY = "apply"
    UNDO = "undo"
    NOTICE = "notice"
    SUPPORT = "support"
    APPEAL_OUTCOME = "appeal_outcome"
    REPORT_OUTCOME = "report_outcome"


class EffectState(StrEnum):
    """How far an effect has come."""

    WAITING = "waiting"  # its time has not come, or no destination is configured
    OUTGOING = "outgoing"
    SENT = "sent"  # every destination took it; not all have said it is in force
    CONFIRMED = "confirmed"
    FAILED = "failed"  # the platform says it could not
    DEAD = "dead"  # a destination used up its tries
    CANCELLED = "cancelled"
    NULL = "null"


class DeliveryState(StrEnum):
    """How far one effect has come at one destination."""

    WAITING = "waiting"
    TAKEN = "taken"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


class AppealState(StrEnum):
    """How an appeal ended, or that it has not."""

    OPEN = "open"
    UPHELD = "upheld"  # the enforcement stays
    OVERTURNED = "overturned"
    PARTLY = "partly"  # the action is undone, the finding and its strike stay


class NoticeState(StrEnum):
    """Whether somebody has been told what was done to them."""

    DUE = "due"
    HELD = "held"
    SENT = "sent"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Target:
    """On what something is done. ref: the platform's own id."""

    level: str
    ref: str


@dataclass(frozen=True, kw_only=True)
class Enforcement:
    """The plan for one action on one target, and how it stands.

    decision_id: None for a containment, which a decision may follow. event_at: when the harm first reached us, from
    which the time to the confirmed effect is counted. decided_by: never the one who approves. interim: it holds only
    while a request for information is open.
    """

    id: EnforcementId
    case_id: CaseId
    decision_id: DecisionId | None
    subject_id: SubjectId | None
    target: Target
    action_id: ActionId
    title: str
    sentence: str
    params: Mapping[str, Any]
    high_impact: bool
    reversible: bool
    containment: bool
    state: EnforcementState
    problem: str | None
    clause_id: ClauseId | None
    policy_version_id: PolicyVersionId | None
    decided_by: str
    by_machine: bool
    strike_weight: float
    event_at: datetime
    planned_at: datetime
    effective_at: datetime
    approved_by: str | None = None
    undone_at: datetime | None = None
    undone_because: str | None = None
    interim: bool = False


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Something that leaves the house. `id` is the idempotency key; `data` is frozen when the effect is made."""

    id: EffectId
    kind: EffectKind
    about: str
    case_id: CaseId
    enforcement_id: EnforcementId | None
    action_id: str
    target: Target
    data: Mapping[str, Any]
    state: EffectState
    event_at: datetime
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None = None
    confirmed_at: datetime | None = None
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One effect on its way to one destination. problem: why the last try failed, by kind."""

    id: DeliveryId
    effect_id: EffectId
    case_id: CaseId
    kind: EffectKind
    destination: str
    state: DeliveryState
    tries: int
    next_at: datetime
    last_status: int | None = None
    problem: str | None = None
    created_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Strike:
    """A strike on an account, by one enforcement. weight: as given; how much of it is left is `logic.remaining`."""

    id: StrikeId
    enforcement_id: EnforcementId
    subject_id: SubjectId
    clause_id: ClauseId | None
    weight: float
    given_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an account stands. recommended: the highest rung reached; a recommendation, never an act.

    left: of each strike, in their order, how much of its weight is left.
    """

    points: float
    strikes: tuple[Strike, ...]
    recommended: ActionId | None
    left: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Appeal:
    """Somebody's appeal against one enforcement."""

    id: AppealId
    enforcement_id: EnforcementId
    case_id: CaseId
    external_id: str
    statement: str | None
    state: AppealState
    task_id: TaskId | None
    lodged_at: datetime
    hearing_decision_id: DecisionId | None = None
    heard_by: str | None = None
    heard_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The statement of reasons for one enforcement, and whether it was sent.

    While held: on which basis, who asked, who approved (None: not yet), and when it is sent whatever happens.
    """

    enforcement_id: EnforcementId
    case_id: CaseId
    text: str
    state: NoticeState
    basis: str | None = None
    asked_by: str | None = None
    approved_by: str | None = None
    asked_until: datetime | None = None
    expires_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Support:
    """Help that was offered. Never a strike."""

    id: str
    case_id: CaseId
    decision_id: DecisionId
    target: Target
    locale: str
    minor: bool
    state: EffectState
    offered_at: datetime


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A platform that hears effects. secret: never shown."""

    name: str
    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """How effects leave this installation.

    source: this installation's address, the CloudEvents `source`. private: whether private addresses may be reached.
    parallel: how many deliveries to one destination are under way at once; one that hangs takes one of them.
    """

    destinations: tuple[Destination, ...]
    source: str
    private: bool = False
    timeout_s: float = 10.0
    parallel: int = 4


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What one round of deliveries did. taken: by the receiver, whether confirmed in the same answer or not."""

    taken: int = 0
    confirmed: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an action would do, to whom, before anything is decided. problem: why it can't be done."""

    action_id: ActionId
    title: str
    target: Target
    sentence: str
    warnings: tuple[str, ...] = ()
    needs_second_person: bool = False
    why_second_person: str | None = None
    reversible: bool = True
    until: datetime | None = None
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What became of a trial message. status: HTTP's, None where no answer came; took_s: seconds."""

    destination: str
    status: int | None
    problem: str | None
    took_s: float

    @property
    def taken(self) -> bool:
        """Whether the receiver took it."""
        return self.problem is None
