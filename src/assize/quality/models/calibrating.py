"""Calibration rounds: several people label the same cases, each alone, then talk, then label again."""

import enum
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import (
    CalibrationActionId,
    CalibrationId,
    CalibrationItemId,
    CaseId,
    ClauseId,
    PolicyVersionId,
    ReviewerId,
    SubjectId,
)
from assize.kernel.measures import Interval
from assize.policy.models import Severity
from assize.quality.models.label import Label
from assize.review.models import Verdict


class Form(enum.StrEnum):
    """Who sees whose labels before the discussion.

    blind: the facilitator. double_blind: nobody. group: each participant, of a case they have labelled themselves.
    """

    BLIND = "blind"
    DOUBLE_BLIND = "double_blind"
    GROUP = "group"


class Stage(enum.StrEnum):
    """Where a round is."""

    ALONE = "alone"
    DISCUSSION = "discussion"
    CLOSED = "closed"


class Finding(enum.StrEnum):
    """What the discussion of a case came to."""

    AGREED = "agreed"
    REVIEWER_ERROR = "reviewer_error"
    POLICY_AMBIGUITY = "policy_ambiguity"
    POLICY_GAP = "policy_gap"
    TOOLING = "tooling"
    BAD_GOLDEN_ITEM = "bad_golden_item"


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round. retests: the round whose cases these people try again; retest_at: when this one is to be."""

    id: CalibrationId
    name: str
    form: Form
    state: Stage
    facilitator_id: ReviewerId
    opened_at: datetime
    due_at: datetime
    retest_at: datetime
    discussed_at: datetime | None = None
    closed_at: datetime | None = None
    retests: CalibrationId | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """A case of a round, and what the discussion said it was."""

    id: CalibrationItemId
    calibration_id: CalibrationId
    ordinal: int
    case_id: CaseId
    subject_id: SubjectId | None
    policy_version_id: PolicyVersionId
    outcome: Finding | None = None
    note: str = ""
    restriction: str | None = None
    region: str | None = None
    test: bool = False


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """What a round asks of somebody, by when."""

    id: CalibrationActionId
    calibration_id: CalibrationId
    text: str
    owner_id: ReviewerId
    due_at: datetime
    made_at: datetime
    done_at: datetime | None = None
    done_by: ReviewerId | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a participant says of a case."""

    verdict: Verdict
    clause: ClauseId
    severity: Severity
    rationale: str


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far participants agree on whether there is a violation. None: too little to tell. n: cases."""

    raw: Interval | None
    alpha: Interval | None


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """A case of a round with the labels that the actor may see now. labelled: how many gave theirs alone."""

    item: Item
    labels: tuple[Label, ...]
    labelled: int


@dataclass(frozen=True, kw_only=True)
class RoundView:
    """A round as the actor may see it. before, after: agreement alone and after the discussion, once it was shown."""

    round: Round
    members: tuple[ReviewerId, ...]
    items: tuple[ItemView, ...]
    actions: tuple[ToDo, ...]
    before: Agreement | None
    after: Agreement | None
