"""A clause: one thing that the policy speaks about, in words a reviewer can apply and an affected person can read."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from assize.kernel.ids import ActionId, ClauseId
from assize.policy.models.severity import STRICT, Dimension, Severity


class ExposureClass(enum.StrEnum):
    """How hard the content of a clause is on whoever looks at it."""

    NONE = "none"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    SEVERE = "severe"

    @property
    def level(self) -> int:
        """From 0 to 4, as skills and budgets count it."""
        return list(ExposureClass).index(self)


class Relation(enum.StrEnum):
    """How a clause relates to a code of another taxonomy."""

    EXACT = "exact"
    CLOSE = "close"
    BROAD = "broad"  # the other code is wider


class Confidence(enum.StrEnum):
    """How a statement about the world outside is known. Only the first two may be shown without a warning."""

    PRIMARY = "P"  # the primary text was read
    PARTLY = "P-"  # read in part, or in an older draft
    SECONDARY = "S"
    RECALLED = "R"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer to a reviewer question. score: of the question's dimension."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    score: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a reviewer is asked, and the dimension that the answer scores. answers: 0 to 4, in words."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    dimension: Dimension
    text: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClauseException:
    """An exception, and what it takes to grant it.

    kind: fiction, news, research, survivor, professional, … standard: the evidence that must be there. closed_by:
    gates that no exception of this kind opens: where one of them is open, the exception doesn't hold.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    kind: str
    title: str
    standard: str
    closed_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DefaultDisposition:
    """What usually follows a violation for one target level; a reviewer may depart from it.

    kind: enforce, support or safeguard_defect. action_id: for enforce and support, an action of the pack.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    target_level: str
    kind: str
    action_id: ActionId | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """The same matter in another taxonomy: scheme, version and code, how close, and how that is known."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    scheme: str
    version: str
    code: str
    relation: Relation
    confidence: Confidence
    checked_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ReasonCode:
    """A reason that is given by picking it, where prose isn't asked for."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of the policy.

    scope: Markdown, what it is about and why. severity_floor: a found violation is never less grave.
    rubric_defaults: what a mere suspicion already says; the rubric of a machine starts from it.
    handling: how events under it are to be handled ("apparent_cse", "sensitive" …), a hint to intake.
    support_first: help comes before any enforcement, and enforcement never falls on whoever seeks it.
    notify_and_cure: organisations are told and given time before anything is taken from them.
    response_hints: what to think of at once. prose_required_from: from this severity on, reasons are told in prose.
    second_person_for: dispositions (action ids) that need a second person under this clause, whatever their impact.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: ClauseId
    category: str
    title: str
    scope: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    exceptions: tuple[ClauseException, ...]
    questions: tuple[Question, ...]
    severity_floor: Severity
    rubric_defaults: Mapping[Dimension, int]
    default_dispositions: tuple[DefaultDisposition, ...]
    exposure_class: ExposureClass
    mappings: tuple[Mapped, ...]
    reason_codes: tuple[ReasonCode, ...]
    handling: str | None = None
    support_first: bool = False
    notify_and_cure: bool = False
    response_hints: tuple[str, ...] = ()
    prose_required_from: Severity = Severity.SEV1
    second_person_for: tuple[ActionId, ...] = ()

    @property
    def family(self) -> str:
        """The code before the number: "CSE" of "CSE-3"."""
        return self.id.partition("-")[0]
