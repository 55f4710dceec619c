"""Reviewers, roles, rights, and what each may see."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assize.kernel.actor import EVERYTHING, Actor
from assize.kernel.ids import CaseId, ClauseId, KeyId, ReviewerId, TeamId
from assize.workforce.models.certificate import Build, Certificate


class Role(enum.StrEnum):
    """What somebody is here for. Rights follow from roles, in `logic.RIGHTS_OF`."""

    ANALYST = "analyst"
    VENDOR_ANALYST = "vendor_analyst"
    EXPERT = "expert"
    QA_LEAD = "qa_lead"
    POLICY_OWNER = "policy_owner"
    OPERATIONS_MANAGER = "operations_manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    INTEGRATION = "integration"  # the platform's own servers, by API key
    MACHINE = "machine"  # a machine reviewer


class Right(enum.StrEnum):
    """One thing that may be done. The values are the scopes of API keys."""

    EVENTS_WRITE = "events:write"
    EVENTS_READ = "events:read"
    REPORTS_WRITE = "reports:write"
    CASES_READ = "cases:read"
    CONTENT_OPEN = "content:open"
    ACCOUNT_LOOKUP = "accounts:lookup"
    TASKS_CLAIM = "tasks:claim"
    TASKS_ASSIGN = "tasks:assign"
    DECIDE = "decisions:make"
    NOTE = "notes:write"
    ANNOUNCE = "announcements:write"
    APPROVE = "approvals:give"
    ESCALATE = "escalations:raise"
    CONTAIN = "containment:act"
    PRECEDENT_ENDORSE = "precedents:endorse"
    RESTRICT = "restrictions:set"
    POLICY_READ = "policy:read"
    POLICY_PUBLISH = "policy:publish"
    RULES_READ = "rules:read"
    RULES_EDIT = "rules:edit"
    ENFORCEMENT_READ = "enforcement:read"
    ENFORCEMENT_CONFIRM = "enforcement:confirm"
    DELIVERIES_MANAGE = "deliveries:manage"
    REMEDIATE = "remediation:plan"
    LEVERS_PULL = "levers:pull"
    APPEALS_WRITE = "appeals:write"
    APPEALS_HEAR = "appeals:hear"
    PEOPLE_READ = "people:read"
    PEOPLE_MANAGE = "people:manage"
    KEYS_MANAGE = "keys:manage"
    EXPORT = "export"
    AUDIT_READ = "audit:read"
    QUALITY_READ = "quality:read"
    QUALITY_PLAN = "quality:plan"
    QUALITY_AUDIT = "quality:audit"
    QUALITY_ADJUDICATE = "quality:adjudicate"
    ERASE = "erasure"
    SETTINGS_MANAGE = "settings:manage"


class Exposure(enum.IntEnum):
    """How hard content is on whoever looks at it."""

    NONE = 0
    LOW = 1
    MODERATE = 2
    HIGH = 3
    SEVERE = 4


class ReviewerKind(enum.StrEnum):
    """A person, a machine, or a rater of imported judgements who never signs in."""

    PERSON = "person"
    MACHINE = "machine"
    PAST = "past"


class PrincipalKind(enum.StrEnum):
    """How somebody comes in."""

    PERSON = "person"
    MACHINE = "machine"
    KEY = "key"
    SYSTEM = "system"


class SearchScope(enum.StrEnum):
    """Whose work a search covers."""

    ALL = "all"
    TEAM = "team"
    OWN = "own"


@dataclass(frozen=True, kw_only=True)
class Skills:
    """What somebody may be given. None means no limit.

    clauses: clause ids or families ("CSE" stands for all of CSE-1, CSE-2 …).
    """

    clauses: frozenset[ClauseId] | None = None
    languages: frozenset[str] | None = None
    exposure: Exposure = Exposure.SEVERE


@dataclass(frozen=True, kw_only=True)
class ViewProfile:
    """What of the things they may see at all is shown to somebody.

    masked_fields: `subject`, `text`, `region`, `reporter`: shown as masked, and not searchable.
    regions: None means all. recused: cases and subjects withheld.
    """

    masked_fields: frozenset[str] = frozenset()
    search_scope: SearchScope = SearchScope.ALL
    may_export: bool = False
    regions: frozenset[str] | None = None
    recused: frozenset[str] = frozenset()


class Theme(enum.StrEnum):
    """How pages look; as the machine is set where nobody chose."""

    MACHINE = "machine"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, kw_only=True)
class Look:
    """How somebody wants pages and hard content shown. A choice of comfort: what it helps is theirs to say.

    grey, blur: of pictures, until one is asked for. text_only: pictures are never loaded. folded: text of grave
    categories is shut until it is opened.
    """

    theme: Theme = Theme.MACHINE
    grey: bool = True
    blur: bool = True
    text_only: bool = False
    folded: bool = True


@dataclass(frozen=True, kw_only=True)
class Named:
    """Somebody by name, with what says to whom they are shown by it."""

    id: ReviewerId
    name: str
    kind: ReviewerKind
    team_id: TeamId | None


BREAK = ClauseId("*")  # a respite from everything


@dataclass(frozen=True, kw_only=True)
class Principal(Actor):
    """Whoever acts, with everything that decides what they may do.

    certificates: what they may decide alone; none of them, nothing. build: of a machine, what it is made of.
    exposed: points of hard content they opened lately, by hour; nobody else is told.
    """

    name: str
    kind: PrincipalKind
    roles: frozenset[Role]
    rights: frozenset[Right]
    team_id: TeamId | None = None
    vendor: bool = False
    calm_every: int | None = None
    skills: Skills = Skills()
    view: ViewProfile = ViewProfile()
    look: Look = Look()
    respites: Mapping[ClauseId, datetime] = field(default_factory=dict)
    exposed: Mapping[datetime, int] = field(default_factory=dict)
    certificates: tuple[Certificate, ...] = ()
    build: Build | None = None


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """A person or a machine who decides.

    respites: families of clauses set aside until a time, BREAK for all: theirs alone, shown to nobody else.
    exposed: points of hard content they opened lately, by hour: theirs alone too.
    certificates: those that are not over. build: of a machine, what it is made of.
    withheld: cases and subjects that do not exist for them for a while.
    """

    id: ReviewerId
    kind: ReviewerKind
    name: str
    email: str | None
    team_id: TeamId | None
    vendor: bool
    roles: frozenset[Role]
    skills: Skills
    view: ViewProfile
    compartments: frozenset[str]
    active: bool
    created_at: datetime
    look: Look = Look()
    calm_every: int | None = None
    respites: Mapping[ClauseId, datetime] = field(default_factory=dict)
    exposed: Mapping[datetime, int] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    certificates: tuple[Certificate, ...] = ()
    build: Build | None = None


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team of ours or of a vendor.

    calm_every: of so many cases that a member is given, one at least is of the calmest class that waits; None: as they come.
    """

    id: TeamId
    name: str
    vendor: bool
    created_at: datetime
    calm_every: int | None = None


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key as it may be listed: never its secret."""

    id: KeyId
    name: str
    reviewer_id: ReviewerId | None
    rights: frozenset[Right]
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class IssuedKey:
    """A key at the one moment its secret is known."""

    id: KeyId
    secret: str


@dataclass(frozen=True, kw_only=True)
class Session:
    """A sign-in at the one moment its token is known."""

    token: str
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShiftLine:
    """A line of a shift's note that came from the facts. case_id: the case without which nobody reads it."""

    part: str
    text: str
    url: str
    case_id: CaseId | None = None


@dataclass(frozen=True, kw_only=True)
class ShiftNote:
    """What one shift tells the next. taken_over: by whom and when, in order. signed_at: None while it is a draft."""

    id: str
    author: ReviewerId
    body: str
    drafted: tuple[ShiftLine, ...]
    saved_at: datetime
    signed_at: datetime | None
    taken_over: tuple[tuple[ReviewerId, datetime], ...] = ()


class Reach(enum.StrEnum):
    """What a lever is pulled for."""

    RULE = "rule"
    QUEUE = "queue"
    EVERYTHING = "everything"


@dataclass(frozen=True, kw_only=True)
class Lever:
    """Something that was approved beforehand for days when too much comes in.

    does: what happens while it is pulled, in a sentence. keeps: what stays as it is. longest: for how long at most.
    roles: who may pull it. heard: whether something acts on it today.
    """

    id: str
    title: str
    does: str
    keeps: str
    reach: Reach
    longest: timedelta
    roles: frozenset[Role]
    heard: bool = True


@dataclass(frozen=True, kw_only=True)
class Pull:
    """A lever that was pulled. ended_by: who ended it early; None where its time ran out."""

    id: str
    lever: str
    reach: str
    reason: str
    pulled_by: str
    by_name: str
    pulled_at: datetime
    until: datetime
    ended_at: datetime | None
    ended_by: str | None

    def in_force(self, at: datetime) -> bool:
        """Whether it acts at this moment: by the clock, whether or not anything has swept."""
        return self.ended_at is None and self.pulled_at <= at < self.until


EVERYWHERE = "*"  # the reach of a lever that knows no parts


SYSTEM = Principal(
    id="system",
    scope=EVERYTHING,
    name="System",
    kind=PrincipalKind.SYSTEM,
    roles=frozenset(),
    rights=frozenset(Right),
    view=ViewProfile(may_export=True),
)
