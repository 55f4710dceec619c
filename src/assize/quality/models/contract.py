"""What is agreed with a team, and how a month went by it."""

import enum
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import ReviewerId, TeamId
from assize.kernel.measures import Interval
from assize.quality.models.improving import Improvement
from assize.quality.models.scoring import Card


class Level(enum.StrEnum):
    """Whether a service level was kept: by the whole interval, or it can't be told apart."""

    MET = "met"
    MISSED = "missed"
    NOT_TOLD_APART = "not_told_apart"


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What is agreed with a team. per_week: decisions of one person in a week at full speed, after ramp_weeks."""

    team_id: TeamId
    version: int
    accuracy_floor: float
    in_time_floor: float
    per_week: int
    ramp_weeks: int
    starts_at: datetime
    note: str
    set_by: ReviewerId
    set_at: datetime


@dataclass(frozen=True, kw_only=True)
class ServiceLevel:
    """One service level of a month. floor: what is agreed; found: None where nothing was measured."""

    name: str
    floor: float
    found: Interval | None
    level: Level | None


@dataclass(frozen=True, kw_only=True)
class RampWeek:
    """A week on the way to full speed. per_head: decisions of each person at work; planned: what was agreed for it."""

    begins: datetime
    decisions: int
    heads: int
    per_head: float
    planned: float


@dataclass(frozen=True, kw_only=True)
class Headcount:
    """How many people the next week takes: its expected cases, and the range that weeks before were wrong by.

    share: of all cases that this team decides. now: how many were at work last week.
    """

    cases: int
    cases_low: int
    cases_high: int
    share: float
    heads: int
    heads_low: int
    heads_high: int
    now: int
    weeks: int


@dataclass(frozen=True, kw_only=True)
class TeamReview:
    """How a month of a team went. card: None where nobody was compared."""

    team_id: TeamId
    name: str
    vendor: bool
    since: datetime
    until: datetime
    contract: Contract | None
    decisions: int
    people: int
    hours: float
    card: Card | None
    levels: tuple[ServiceLevel, ...]
    ramp: tuple[RampWeek, ...]
    headcount: Headcount | None
    plans: tuple[Improvement, ...]
