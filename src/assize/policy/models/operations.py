"""What the policy says about the work: queues and routing, actions and strikes, rules and terms, help."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from assize.kernel.ids import ActionId, ClauseId, QueueName, RuleId
from assize.policy.models.clause import Confidence, ExposureClass
from assize.policy.models.severity import STRICT, Dimension, ResponseMode, Severity


class Impact(enum.StrEnum):
    """How much an action takes from somebody. high needs a second person."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Within how many minutes a case is to be acknowledged and to be decided: our own aims, no law."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    acknowledge_min: int
    decide_min: int


@dataclass(frozen=True, kw_only=True)
class QueueSpec:
    """A queue. clauses: families or ids that usually lie in it. targets: by severity."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: QueueName
    title: str
    clauses: tuple[str, ...]
    exposure_class: ExposureClass
    targets: Mapping[Severity, Target]


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where a case goes; of several the first that fits counts. What is empty doesn't limit.

    clauses: families or ids, tried on the primary clause. languages: such as "ja".
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    queue: QueueName
    clauses: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    modes: tuple[ResponseMode, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ActionSpec:
    """An action that the policy allows. target_levels: the usual one first. strike_weight: 0 for none."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: ActionId
    title: str
    target_levels: tuple[str, ...]
    impact: Impact
    reversible: bool
    strike_weight: float = 0.0
    support: bool = False

    @property
    def target_level(self) -> str:
        """The level it usually bears on."""
        return self.target_levels[0]

    @property
    def high_impact(self) -> bool:
        """Whether a second person has to approve it."""
        return self.impact is Impact.HIGH


@dataclass(frozen=True, kw_only=True)
class Step:
    """From so many points on, this action is recommended."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    points: float
    action_id: ActionId


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """How strikes add up: half of one is left after `half_life_days`, none after `expire_days`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    half_life_days: float
    expire_days: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class RuleText:
    """A rule as its author wrote it, in CEL; opaque here, checked and run by triage.

    score: 0 to 1, how likely the clause is where the rule is true. rubric: what it is evidence of.
    state: off, shadow or on.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: RuleId
    title: str
    expression: str
    clause: ClauseId
    score: float
    rubric: Mapping[Dimension, int] = field(default_factory=dict)
    state: str = "on"

    @property
    def cel(self) -> str:
        """The expression, under its short name."""
        return self.expression


@dataclass(frozen=True, kw_only=True)
class SupportResource:
    """Where somebody in distress finds help.

    contact: how, in words to be shown. checked_on: when somebody made sure; None: nobody yet, and `confidence` says so.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    contact: str
    for_minors: bool = False
    clauses: tuple[str, ...] = ()
    url: str | None = None
    checked_on: date | None = None
    confidence: Confidence = Confidence.RECALLED
