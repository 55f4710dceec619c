"""Whom an announcement is for, in which order they read, and who has not yet."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from assize.kernel.ids import ClauseId, ReviewerId, TeamId
from assize.workforce.models import (
    Announcement,
    AnnouncementKind,
    AnnouncementText,
    Audience,
    Principal,
    Reviewer,
    ReviewerKind,
    TeamReading,
)

TITLE, BODY = 200, 20_000  # characters: what is longer is a document, and has a place of its own
_NEVER = datetime.max.replace(tzinfo=UTC)


def is_for(audience: Audience, who: Principal | Reviewer) -> bool:
    """Whether something is for somebody."""
    return (not audience.teams or who.team_id in audience.teams) and (
        not audience.roles or bool(audience.roles & who.roles)
    )


def has_to_read(announcement: Announcement) -> bool:
    """Whether whoever it is for has to read it and has not."""
    return announcement.read_at is None and announcement.text.due_at is not None


def in_order(announcements: Iterable[Announcement]) -> list[Announcement]:
    """Return announcements as one reads them: what has to be read by its time, then the latest first."""
    latest = sorted(announcements, key=lambda one: (one.published_at, one.id), reverse=True)
    return sorted(latest, key=lambda one: (one.text.due_at or _NEVER) if has_to_read(one) else _NEVER)


def offered_under(announcements: Iterable[Announcement], clauses: Collection[ClauseId]) -> list[Announcement]:
    """Return the playbooks for some clauses, by title. A family stands for all of its clauses."""
    wanted = {str(one) for one in clauses} | {str(one).partition("-")[0] for one in clauses}
    found = [
        one
        for one in announcements
        if one.text.kind is AnnouncementKind.PLAYBOOK and wanted & {str(each) for each in one.text.clauses}
    ]
    return sorted(found, key=lambda one: (one.text.title, one.id))


def must_read(announcement: Announcement, who: Principal | Reviewer) -> bool:
    """Whether something is for somebody to read: not for whoever wrote it."""
    return who.id != announcement.author and is_for(announcement.text.audience, who)


def reading(
    announcement: Announcement, people: Iterable[Reviewer], read: Collection[ReviewerId]
) -> Sequence[TeamReading]:
    """Return how many of each team have read a version, of the active people it is for."""
    by_team: dict[TeamId | None, list[ReviewerId]] = {}
    for one in people:
        if one.active and one.kind is ReviewerKind.PERSON and must_read(announcement, one):
            by_team.setdefault(one.team_id, []).append(one.id)
    return [
        TeamReading(
            team_id=team_id,
            people=len(ids),
            read=sum(one in read for one in ids),
            waiting=[one for one in ids if one not in read],
        )
        for team_id, ids in sorted(by_team.items(), key=lambda item: item[0] or "")
    ]


def unfit(text: AnnouncementText, *, at: datetime) -> str | None:
    """Say why something can't be published, or None where it can."""
    if not text.title.strip() or len(text.title) > TITLE or "\0" in text.title:
        return f"the title has one to {TITLE} characters"
    if not text.body.strip() or len(text.body) > BODY or "\0" in text.body:
        return f"the text has one to {BODY:,} characters"
    if text.due_at is not None and text.due_at <= at:
        return "the time to read it by is past"
    return None
