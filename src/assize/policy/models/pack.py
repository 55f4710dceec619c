"""A pack is a policy as data; a version is a pack that was published, and never changes again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from assize.kernel.ids import ActionId, ClauseId, PolicyVersionId, QueueName
from assize.policy.models.clause import Clause
from assize.policy.models.operations import ActionSpec, Ladder, QueueSpec, Route, RuleText, SupportResource
from assize.policy.models.severity import STRICT, Dimension, Gate, Likelihood, ModeRule, ResponseMode, Severity


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands: a file of the pack, the key in it, the line where it is known."""

    file: str
    key: str = ""
    line: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line is not None else ""
        return f"{self.file}{line}{': ' if self.key else ''}{self.key}"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something wrong with a pack, and where. A warning lets it be published."""

    place: Place
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {'warning: ' if self.warning else ''}{self.message}"


@dataclass(frozen=True, kw_only=True)
class Example:
    """An abstract case and what the policy must make of it. It runs as a test whenever the pack is checked.

    clauses: found clauses, for `found`; suspected ones with their likelihood otherwise. rubric: the scores known.
    dispositions, actions: what usually follows, in order; None: not said here.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    title: str
    clauses: tuple[ClauseId, ...]
    severity: Severity
    mode: ResponseMode
    queue: QueueName
    primary: ClauseId
    found: bool = True
    likelihood: Likelihood = Likelihood.VERY_LIKELY
    language: str | None = None
    rubric: Mapping[Dimension, int] = field(default_factory=dict)
    dispositions: tuple[str, ...] | None = None
    actions: tuple[ActionId, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A policy as data.

    precedence: every clause once; of several findings the one named first is primary. precedence_reasons: why, for
    people. terms, patterns: by name of the list. support: by locale ("US", "de-AT", "de", "default").
    text: Markdown, by name. places: where each thing stands, for messages; not part of what is published.
    """

    name: str
    version: str
    title: str
    summary: str
    languages: tuple[str, ...]
    clauses: tuple[Clause, ...]
    precedence: tuple[ClauseId, ...]
    precedence_reasons: tuple[str, ...]
    gates: tuple[Gate, ...]
    modes: tuple[ModeRule, ...]
    queues: tuple[QueueSpec, ...]
    routing: tuple[Route, ...]
    actions: tuple[ActionSpec, ...]
    ladder: Ladder
    rules: tuple[RuleText, ...] = ()
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    support: Mapping[str, tuple[SupportResource, ...]] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    text: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def clause(self, clause_id: str) -> Clause | None:
        """Return a clause by its id, or None."""
        return next((one for one in self.clauses if one.id == clause_id), None)

    def action(self, action_id: str) -> ActionSpec | None:
        """Return an action by its id, or None."""
        return next((one for one in self.actions if one.id == action_id), None)

    def queue(self, name: str) -> QueueSpec | None:
        """Return a queue by its name, or None."""
        return next((one for one in self.queues if one.name == name), None)

    def problem(self, about: str, message: str, *, warning: bool = False) -> Problem:
        """Say that something is wrong with a thing of this pack: `clause:CSE-1`, `rule:cse-known-hash`, `gate:…`."""
        return Problem(place=self.places.get(about, Place(file=self.name, key=about)), message=message, warning=warning)


@dataclass(frozen=True, kw_only=True)
class PolicyVersion(Pack):
    """A published pack. hash: SHA-256 (hex) over the canonical JSON of the pack.

    bootstrap: the first of an installation, which no second person approved.
    """

    id: PolicyVersionId
    hash: str
    published_at: datetime
    published_by: str
    proposed_by: str | None = None
    bootstrap: bool = False


@dataclass(frozen=True, kw_only=True)
class VersionHead:
    """A published version as it is listed: without its body."""

    id: PolicyVersionId
    name: str
    version: str
    hash: str
    published_at: datetime
    published_by: str
    bootstrap: bool
    clause_count: int
    reason: str
    proposed_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A pack that somebody wants published, and that somebody else must approve."""

    id: str
    name: str
    version: str
    hash: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    settled_at: datetime | None = None
