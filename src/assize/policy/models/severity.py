"""How grave something is, how sure we are, and how fast to respond: three things that are kept apart."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from assize.kernel.ids import ClauseId

STRICT: dict[str, Any] = {"extra": "forbid"}  # a key that no model knows is a typo, and is told as one


class Severity(enum.IntEnum):
    """SEV0 is the gravest: life or mass harm within hours. SEV4 needs a look, no more."""

    SEV0 = 0
    SEV1 = 1
    SEV2 = 2
    SEV3 = 3
    SEV4 = 4

    @property
    def grave(self) -> bool:
        """Whether mistakes about it cost lives: what pages, and what one person may not lower alone."""
        return self <= Severity.SEV1


class Dimension(enum.StrEnum):
    """What is scored, each from 0 to 4; more is graver in every one of them."""

    IMMINENCE = "imminence"
    GRAVITY = "gravity"
    SCALE = "scale"
    UPLIFT = "uplift"
    SPECIFICITY = "specificity"
    INTENT = "intent"
    CAPABILITY = "capability"
    VULNERABILITY = "vulnerability"
    IRREVERSIBILITY = "irreversibility"
    SPREAD = "spread"


TOP = 4  # the highest score of a dimension


class Likelihood(enum.IntEnum):
    """How likely it is that the clauses apply: the seven steps of estimative language. It never enters severity.

    Source: ICD 203 / MISP taxonomy `estimative-language`: 5, 20, 45, 55, 80 and 95 % part the steps.
    """

    ALMOST_NO_CHANCE = 1
    VERY_UNLIKELY = 2
    UNLIKELY = 3
    ROUGHLY_EVEN = 4
    LIKELY = 5
    VERY_LIKELY = 6
    ALMOST_CERTAIN = 7


class ResponseMode(enum.StrEnum):
    """How to respond. page: somebody is called. verify: grave if true, and unsure: a short lane of its own."""

    PAGE = "page"
    PRIORITY = "priority"
    ROUTINE = "routine"
    VERIFY = "verify"


@dataclass(frozen=True, kw_only=True)
class Lowering:
    """A dimension that was lowered, from what to what, and why: what exculpates."""

    dimension: Dimension
    before: int
    after: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """The scores of a case. A dimension that isn't named scores 0: nothing is known of it.

    Raises ValueError for a score outside 0 to 4.
    """

    scores: Mapping[Dimension, int] = field(default_factory=dict)
    confidence: Likelihood = Likelihood.LIKELY
    lowered: tuple[Lowering, ...] = ()

    def __post_init__(self) -> None:
        outside = sorted(dimension.value for dimension, score in self.scores.items() if not 0 <= score <= TOP)
        if outside:
            raise ValueError(f"scores run from 0 to {TOP}: {', '.join(outside)}")

    def score(self, dimension: Dimension) -> int:
        """Return the score of a dimension, 0 to 4."""
        return self.scores.get(dimension, 0)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A conjunction of `dimension >= k` that makes a case at least as grave as `severity`.

    clauses: clause ids or families ("CSE") it is limited to; empty: all. Only lower bounds, so that raising a
    dimension can only open gates, never close one.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    title: str
    severity: Severity
    when: Mapping[Dimension, int]
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GateHit:
    """A gate that is open. gate_id: a gate of the pack, or `floor:CSE-1` for the floor of a clause."""

    gate_id: str
    title: str
    severity: Severity


@dataclass(frozen=True, kw_only=True)
class SeverityResult:
    """A severity and the gates that gave it, the gravest first; empty for SEV4 of no gate."""

    severity: Severity
    gates: tuple[GateHit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModeRule:
    """A response mode for some severities, clauses and likelihoods; of several the first that fits counts.

    clauses: ids or families; empty: all. at_least, below: bounds of the likelihood; None: no bound.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    mode: ResponseMode
    severities: tuple[Severity, ...] = ()
    clauses: tuple[str, ...] = ()
    at_least: Likelihood | None = None
    below: Likelihood | None = None


@dataclass(frozen=True, kw_only=True)
class Provisional:
    """What a machine makes of a case before anybody looked: kept apart from what a person assesses."""

    rubric: Rubric
    result: SeverityResult
    mode: ResponseMode
    primary: ClauseId | None
