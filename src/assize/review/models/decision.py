"""Decisions: findings and dispositions, over a dossier, under a policy version."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from assize.intake.models import ModelOutcome
from assize.kernel.ids import (
    ActionId,
    CaseId,
    CertificateId,
    ClauseId,
    DecisionId,
    DossierId,
    EventId,
    FindingId,
    PolicyVersionId,
    ReviewerId,
    SubjectId,
    TaskId,
    TeamId,
)
from assize.policy.models import Dimension, Severity
from assize.review.models.task import View

# An unknown field is refused wherever one of these is read from outside, so that a typo is not silently nothing.
_CLOSED = {"extra": "forbid"}


class Verdict(enum.StrEnum):
    """What a finding says of one piece of evidence under one clause."""

    VIOLATION = "violation"
    EXCEPTED = "excepted"
    OUT_OF_SCOPE = "out_of_scope"
    NO_VIOLATION = "no_violation"
    AMBIGUOUS_POLICY = "ambiguous_policy"


class Locus(enum.StrEnum):
    """Whose words the evidence is."""

    USER = "user"
    MODEL_OUTPUT = "model_output"
    OPERATOR_PROMPT = "operator_prompt"
    THIRD_PARTY = "third_party"


class ExceptionStanding(enum.StrEnum):
    """Whether an exception is only claimed, or was verified to the standard its clause asks."""

    CLAIMED = "claimed"
    VERIFIED = "verified"


class TargetLevel(enum.StrEnum):
    """What a disposition bears on."""

    CONTENT = "content"
    CONVERSATION = "conversation"
    END_USER = "end_user"
    ACCOUNT = "account"
    API_KEY = "api_key"
    PROJECT = "project"
    ORGANISATION = "organisation"


class DispositionKind(enum.StrEnum):
    """What is to follow for one target."""

    ENFORCE = "enforce"
    SUPPORT = "support"
    SAFEGUARD_DEFECT = "safeguard_defect"
    REQUEST_INFORMATION = "request_information"
    WATCH = "watch"
    NONE = "none"


class DecisionState(enum.StrEnum):
    """What a decision counts for. At most one of a case stands.

    recorded: an independent judgement that is counted and compared, and never acted on.
    """

    PROPOSED = "proposed"
    STANDS = "stands"
    REPLACED = "replaced"
    UNDONE = "undone"
    RECORDED = "recorded"


@dataclass(frozen=True, kw_only=True)
class Span:
    """Where the evidence is. turn: index from 0; start, end: characters of its text, [start, end)."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = _CLOSED

    event_id: EventId
    turn: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, kw_only=True)
class ExceptionClaim:
    """An exception of the clause that was claimed, or verified."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = _CLOSED

    exception_id: str
    standing: ExceptionStanding


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found, where, under which clause. primary: the one that leads by the policy's precedence."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = _CLOSED

    clause_id: ClauseId
    verdict: Verdict
    locus: Locus
    span: Span | None = None
    model_outcome: ModelOutcome | None = None
    exception: ExceptionClaim | None = None
    primary: bool = False
    id: FindingId | None = None


@dataclass(frozen=True, kw_only=True)
class Disposition:
    """What is to follow for one target.

    target_id: an event's id for content, the subject's id for every other level.
    action_id: for enforce, an action of the policy. params: for the action.
    missing, interim, owner, due_at: for a request for information; interim: an action that holds until it is answered
    or due, with these params. until, triggers: for a watch.
    defect: for a safeguard defect, what the model did that it should not, in the reviewer's words.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = _CLOSED

    kind: DispositionKind
    target_level: TargetLevel
    target_id: str
    action_id: ActionId | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    missing: str | None = None
    interim: ActionId | None = None
    owner: str | None = None
    due_at: datetime | None = None
    until: date | None = None
    triggers: tuple[str, ...] = ()
    defect: str | None = None

    @property
    def does(self) -> ActionId | None:
        """The action that is carried out: what is enforced, or what holds meanwhile."""
        return self.action_id if self.kind is DispositionKind.ENFORCE else self.interim


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a reviewer says: the part of a decision that they type.

    rubric: 0 to 4 by dimension. lowering: why a dimension lies under the provisional one, by dimension.
    highlights: passages the reviewer marked. rationale: prose, needed from the severity the policy names.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = _CLOSED

    findings: tuple[Finding, ...]
    dispositions: tuple[Disposition, ...] = ()
    rubric: Mapping[Dimension, int] = field(default_factory=dict)
    lowering: Mapping[Dimension, str] = field(default_factory=dict)
    reason_codes: tuple[str, ...] = ()
    rationale: str = ""
    highlights: tuple[Span, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One reviewer's decision of one task.

    task_id: None for a judgement recorded from outside. assessed: the severity a person arrived at; None where the
    judgement has no rubric. shown: what the reviewer was shown (view, masked fields, dossier version).
    inclusion: the known probability with which the case came to this reviewer, for samples; else None.
    certificates: of its reviewer, within which it takes effect; none for a proposal of somebody who holds none for it.
    in_hand_s: seconds from claim to decision. source, source_key: where a recorded judgement came from. hash: SHA-256 over all that was decided and the dossier's hash.
    """

    id: DecisionId
    case_id: CaseId
    task_id: TaskId | None
    kind: str
    reviewer_id: ReviewerId
    team_id: TeamId | None
    state: DecisionState
    policy_version_id: PolicyVersionId
    policy_hash: str
    dossier_id: DossierId | None
    dossier_hash: str | None
    subject_id: SubjectId | None
    judgement: Judgement
    assessed: Severity | None
    primary_clause: ClauseId | None
    verdict: Verdict
    view: View
    shown: Mapping[str, Any]
    inclusion: float | None
    decided_at: datetime
    in_hand_s: float | None
    hash: str
    effective_at: datetime | None = None
    replaces: DecisionId | None = None
    certificates: tuple[CertificateId, ...] = ()
    source: str | None = None
    source_key: str | None = None
    test: bool = False
    restriction: str | None = None
    region: str | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of its judgement."""
        return self.judgement.findings

    @property
    def dispositions(self) -> tuple[Disposition, ...]:
        """The dispositions of its judgement."""
        return self.judgement.dispositions
