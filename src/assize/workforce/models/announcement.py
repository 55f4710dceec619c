"""What people have to know: announcements and playbooks, in versions."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import ClauseId, ReviewerId, TeamId
from assize.workforce.models.people import Role


class AnnouncementKind(enum.StrEnum):
    """News, or a way to work that stays at hand."""

    ANNOUNCEMENT = "announcement"
    PLAYBOOK = "playbook"


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whom something is for: whoever is in one of the teams and has one of the roles. Empty: all of them."""

    teams: frozenset[TeamId] = frozenset()
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, kw_only=True)
class AnnouncementText:
    """What somebody publishes. clauses: ids or families under which it is offered; due_at: until when to read it."""

    kind: AnnouncementKind
    title: str
    body: str
    audience: Audience = Audience()
    clauses: tuple[ClauseId, ...] = ()
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One version. series: the id of the first; ended_at: of a version that another took the place of, or that was ended.

    read_at: when whoever asks said that they have read it.
    """

    id: str
    series: str
    version: int
    text: AnnouncementText
    author: ReviewerId
    published_at: datetime
    ended_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TeamReading:
    """How many of a team have read a version. team_id: None for whoever is in no team; waiting: who has not, by id."""

    team_id: TeamId | None
    people: int
    read: int
    waiting: Sequence[ReviewerId]
