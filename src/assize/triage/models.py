"""The nouns of triage: cases, clause scores, rules and their hits, the record of what was evaluated."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assize.kernel.ids import CaseId, ClauseId, EventId, QueueName, ReviewerId, RuleId, SubjectId
from assize.policy.models import ResponseMode, Severity
from assize.workforce.models import Exposure


class CaseKind(enum.StrEnum):
    """events: one matter. actor_review: what one subject's conversations add up to, though none shows it alone."""

    EVENTS = "events"
    ACTOR_REVIEW = "actor_review"


class CaseState(enum.StrEnum):
    """open: to be decided. decided: a decision stands. closed: nothing is to be decided any more."""

    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"


class RuleState(enum.StrEnum):
    """off: not run. shadow: run, its hits kept apart. on: its hits open cases or raise them."""

    OFF = "off"
    SHADOW = "shadow"
    ON = "on"


@dataclass(frozen=True, kw_only=True, slots=True)
class LikelyClause:
    """A clause that could be broken. score: 0 to 1, the highest of what points at it; why: `rule:id` or `actor:…`."""

    clause_id: ClauseId
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Priority:
    """A case's place: the lower `order_key`, the sooner. reasons: in words, the weightiest first."""

    order_key: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """The unit of review: events about one subject, or one subject as a whole, under likely clauses.

    provisional: what the machine made of it; assessed: what a person did, None until then. They are kept apart.
    conversation: the platform's own id where all events are of one. exposure_class: the harshest of its clauses.
    test: red-team or test traffic; never enforced and never counted in prevalence. sealed: a copy of a known case, which
    is such a test and shown as none.
    near_duplicate: the mark of the cluster of nearly equal texts it belongs to, None where it belongs to none.
    linked_case_id: the earlier, decided case that this one follows.
    """

    id: CaseId
    kind: CaseKind
    state: CaseState
    subject_id: SubjectId | None
    conversation: str | None
    clauses: tuple[LikelyClause, ...]
    provisional: Severity
    assessed: Severity | None
    mode: ResponseMode
    queue: QueueName
    priority: Priority
    opened_at: datetime
    due_at: datetime
    first_seen_at: datetime
    language: str | None
    exposure_class: Exposure
    restriction: str | None
    region: str | None
    test: bool
    event_count: int
    subject_count: int
    near_duplicate: int | None
    linked_case_id: CaseId | None
    sealed: bool = False

    @property
    def shown_as_test(self) -> bool:
        """Whether it is shown as a test; a copy of a known case is one that nobody is to tell from others."""
        return self.test and not self.sealed

    @property
    def severity(self) -> Severity:
        """What counts: the assessed severity, or else the provisional one."""
        return self.provisional if self.assessed is None else self.assessed

    @property
    def clause_ids(self) -> tuple[ClauseId, ...]:
        """The likely clauses, the likeliest first."""
        return tuple(one.clause_id for one in self.clauses)


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """Which cases to list; None leaves a limit out."""

    queues: tuple[QueueName, ...] | None = None
    severities: tuple[Severity, ...] | None = None
    states: tuple[CaseState, ...] | None = (CaseState.OPEN,)
    kind: CaseKind | None = None
    subject_id: SubjectId | None = None
    clause_id: ClauseId | None = None
    test: bool | None = None


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """Cases in order of priority, and where to go on; None at the end."""

    cases: tuple[Case, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class QueueCount:
    """How a queue stands: open cases by severity, how many are past due, and the oldest."""

    queue: QueueName
    open: int
    by_severity: Mapping[Severity, int]
    overdue: int
    oldest_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CaseEvent:
    """An event of a case and when it joined."""

    event_id: EventId
    subject_id: SubjectId | None
    occurred_at: datetime
    joined_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Where in a turn's text something was found: `text[start:end]` of turn `turn`."""

    turn: int
    start: int
    end: int
    label: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A rule that was true of an event, with the values it saw. shadow: it was kept apart and changed nothing."""

    rule_id: RuleId
    rule_version: int
    event_id: EventId
    case_id: CaseId | None
    shadow: bool
    values: Mapping[str, object]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class FeatureRecord:
    """What was evaluated about an event, kept so that a replay answers the same.

    values: every field that was present. absent: signals that gave nothing, and why. ruleset: the hash of the rules
    that were run. hits: the rules that were true, shadow ones too.
    """

    event_id: EventId
    values: Mapping[str, object]
    absent: Mapping[str, str]
    ruleset: str
    hits: tuple[RuleId, ...]
    spans: tuple[Span, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TriageRule:
    """A rule as it is kept. author: who wrote this version; None for one that came with the policy.

    A rule in force is the newest version of its id. quarantined_at: it kept failing and is left out until it is
    changed.
    """

    id: RuleId
    version: int
    title: str
    expression: str
    clause_id: ClauseId
    score: float
    state: RuleState
    author: ReviewerId | None
    from_policy: bool
    changed_at: datetime
    quarantined_at: datetime | None = None
    failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class RuleStanding:
    """A rule and what became of it in the last days."""

    rule: TriageRule
    hits: int
    shadow_hits: int
    failures: int
    not_applicable: int
    absent_fields: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a rule would have said about events that came before.

    failed: what the engine said, and how often. overlap: rules that are on and were true of the same events, and of
    how many. sample: of the newest hits, the values that the rule reads.
    """

    events: int
    hits: tuple[EventId, ...]
    not_applicable: int
    absent_fields: Mapping[str, int]
    failures: int
    failed: Mapping[str, int] = field(default_factory=dict)
    overlap: Mapping[RuleId, int] = field(default_factory=dict)
    sample: tuple[tuple[EventId, Mapping[str, object]], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What became of one claimed batch. parked: set aside because scoring them fails; they are listed, never lost."""

    events: int = 0
    cases_opened: int = 0
    cases_merged: int = 0
    cases_reopened: int = 0
    parked: int = 0


@dataclass(frozen=True, kw_only=True)
class Parked:
    """An event that could not be scored, and the kind of error; never its content."""

    event_id: EventId
    reason: str
    at: datetime


class BankKind(enum.StrEnum):
    """What a bank lists: hashes of media, whole addresses, or registrable domains."""

    PDQ = "pdq"
    MD5 = "md5"
    URL = "url"
    DOMAIN = "domain"


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A named list that signals look things up in."""

    name: str
    kind: BankKind
    items: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Cases that came and left in a step of time. at: where the step begins."""

    at: datetime
    opened: int
    gone: int


@dataclass(frozen=True, kw_only=True)
class QueueFlow:
    """Cases of a queue and severity that came and left in an hour or a span. at: where it begins."""

    at: datetime
    queue: QueueName
    severity: Severity
    opened: int
    gone: int


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """How long a queue may take, in hours of work. n: hours in which anything left; gone: how many left in them."""

    hours: float
    low: float
    high: float
    per_hour: float
    n: int
    gone: int


@dataclass(frozen=True, kw_only=True)
class Surge:
    """More came into a queue in the last full hour than usual: the median of the n hours before."""

    queue: QueueName
    last: int
    usual: float
    n: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is open of a queue and severity. ages: under an hour, under four, under a day, older."""

    queue: QueueName
    severity: Severity
    open: int
    overdue: int
    oldest_at: datetime
    ages: tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What may be open after so many hours, and within what it was in four of five past cases."""

    hours: int
    open: int
    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The hours ahead. weeks: of history that it rests on. tries: past forecasts whose errors give the intervals."""

    expected: tuple[Expected, ...]
    weeks: float
    tries: int


@dataclass(frozen=True, kw_only=True)
class Levers:
    """What triage does otherwise while surge levers are pulled. cluster_from: near texts before strangers share a case."""

    frozen: frozenset[str] = frozenset()
    cluster_from: int | None = None
    relaxed: frozenset[str] = frozenset()
