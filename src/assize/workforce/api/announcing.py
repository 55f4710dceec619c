"""Announcements and playbooks over HTTP."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from assize.kernel import clock
from assize.kernel.ids import ClauseId, TeamId
from assize.platform.http import transaction
from assize.workforce import service
from assize.workforce.models import Announcement, AnnouncementKind, AnnouncementText, Audience, Role

router = APIRouter(prefix="/v1", tags=["workforce"])


class AnnouncementForm(BaseModel):
    """What to publish. instead_of: the version whose place it takes; teams, roles: whom it is for, empty for all."""

    model_config = ConfigDict(extra="forbid")

    kind: AnnouncementKind
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=20_000)
    teams: set[str] = set()
    roles: set[Role] = set()
    clauses: list[str] = Field(default=[], max_length=100)
    due_at: AwareDatetime | None = None
    instead_of: str | None = None

    def text(self) -> AnnouncementText:
        """Return it as the workforce knows it."""
        return AnnouncementText(
            kind=self.kind,
            title=self.title,
            body=self.body,
            audience=Audience(teams=frozenset(TeamId(one) for one in self.teams), roles=frozenset(self.roles)),
            clauses=tuple(ClauseId(one) for one in dict.fromkeys(self.clauses)),
            due_at=self.due_at,
        )


class AnnouncementView(BaseModel):
    """A version. read_at: when the caller said that they have read it."""

    id: str
    series: str
    version: int
    kind: str
    title: str
    body: str
    teams: list[str]
    roles: list[str]
    clauses: list[str]
    due_at: datetime | None
    author: str
    published_at: datetime
    ended_at: datetime | None
    read_at: datetime | None


class TeamReadingView(BaseModel):
    """How many of a team have read a version; team_id is null for whoever is in none."""

    team_id: str | None
    people: int
    read: int


@router.get("/announcements")
def list_announcements(request: Request) -> list[AnnouncementView]:
    """List what is in force for the caller, what has to be read first."""
    with transaction(request) as tx:
        return [_view(one) for one in service.announcements(tx)]


@router.post("/announcements", status_code=201)
def publish_announcement(request: Request, form: AnnouncementForm) -> AnnouncementView:
    """Publish something for people to know, or the next version of it."""
    with transaction(request) as tx:
        made = service.publish_announcement(tx, text=form.text(), instead_of=form.instead_of, at=clock.now())
        return _view(service.announcement(tx, announcement_id=made))


@router.get("/announcements/{announcement_id}")
def announcement(request: Request, announcement_id: str) -> AnnouncementView:
    """Return one version."""
    with transaction(request) as tx:
        return _view(service.announcement(tx, announcement_id=announcement_id))


@router.post("/announcements/{announcement_id}/reading", status_code=204)
def acknowledge_announcement(request: Request, announcement_id: str) -> None:
    """Say that the caller has read a version."""
    with transaction(request) as tx:
        service.acknowledge_announcement(tx, announcement_id=announcement_id, at=clock.now())


@router.get("/announcements/{announcement_id}/reading")
def announcement_reading(request: Request, announcement_id: str) -> list[TeamReadingView]:
    """Count who has read a version, by team."""
    with transaction(request) as tx:
        return [
            TeamReadingView(team_id=one.team_id, people=one.people, read=one.read)
            for one in service.announcement_reading(tx, announcement_id=announcement_id)
        ]


@router.delete("/announcements/{announcement_id}", status_code=204)
def end_announcement(request: Request, announcement_id: str) -> None:
    """Put a version out of force; it stays readable by its id."""
    with transaction(request) as tx:
        service.end_announcement(tx, announcement_id=announcement_id, at=clock.now())


def _view(one: Announcement) -> AnnouncementView:
    text = one.text
    return AnnouncementView(
        id=one.id,
        series=one.series,
        version=one.version,
        kind=text.kind.value,
        title=text.title,
        body=text.body,
        teams=sorted(text.audience.teams),
        roles=sorted(each.value for each in text.audience.roles),
        clauses=list(text.clauses),
        due_at=text.due_at,
        author=one.author,
        published_at=one.published_at,
        ended_at=one.ended_at,
        read_at=one.read_at,
    )
