"""Announcements and playbooks: published in versions, read, and seen to be read."""

from collections.abc import Collection, Sequence
from datetime import datetime

from assize.kernel.ids import ClauseId, new_id
from assize.platform.db import Tx
from assize.workforce import store as people
from assize.workforce.errors import AnnouncementOver, AnnouncementUnfit, NobodyReads, NoSuchAnnouncement, NoSuchTeam
from assize.workforce.facts import AnnouncementEnded, AnnouncementPublished, AnnouncementRead
from assize.workforce.logic import announcing as logic
from assize.workforce.logic import may
from assize.workforce.models import (
    Announcement,
    AnnouncementText,
    Principal,
    PrincipalKind,
    Right,
    TeamReading,
)
from assize.workforce.service.access import require
from assize.workforce.service.people import reviewers_with
from assize.workforce.store import announcements as store


def publish_announcement(tx: Tx, *, text: AnnouncementText, instead_of: str | None = None, at: datetime) -> str:
    """Publish something for people to know, and return its id. instead_of: the version whose place it takes.

    Whoever read that one has to read this one too. Raises AnnouncementUnfit, NoSuchTeam, AnnouncementOver.
    """
    author = require(tx, Right.ANNOUNCE)
    why_not = logic.unfit(text, at=at)
    if why_not is not None:
        raise AnnouncementUnfit(reason=why_not)
    if text.audience.teams - {one.id for one in people.teams(tx)}:
        raise NoSuchTeam
    announcement_id = new_id("ann")
    series = announcement_id if instead_of is None else _ended(tx, instead_of, by=author, at=at)
    version = store.add(tx, id=announcement_id, series=series, text=text, author=author.id, at=at)
    tx.record(
        AnnouncementPublished(
            announcement_id=announcement_id,
            series=series,
            version=version,
            form=text.kind.value,
            clauses=text.clauses,
            due_at=text.due_at,
        ),
        at=at,
    )
    return announcement_id


def end_announcement(tx: Tx, *, announcement_id: str, at: datetime) -> None:
    """Put a version out of force, with nothing in its place. Raises NoSuchAnnouncement, AnnouncementOver."""
    author = require(tx, Right.ANNOUNCE, about=announcement_id)
    _ended(tx, announcement_id, by=author, at=at)
    tx.record(AnnouncementEnded(announcement_id=announcement_id), at=at)


def announcements(tx: Tx) -> list[Announcement]:
    """Return what is in force for the actor, what has to be read first; for whoever publishes, all there is."""
    reader = require(tx, Right.CASES_READ)
    return logic.in_order(one for one in store.in_force(tx, reader=reader.id) if _sees(reader, one))


def announcement(tx: Tx, *, announcement_id: str) -> Announcement:
    """Return one version, in force or not. Raises NoSuchAnnouncement."""
    reader = require(tx, Right.CASES_READ, about=announcement_id)
    found = store.one(tx, announcement_id, reader=reader.id)
    if found is None or not _sees(reader, found):
        raise NoSuchAnnouncement
    return found


def announcement_versions(tx: Tx, *, announcement_id: str) -> list[Announcement]:
    """Return every version of the series of one, the latest first. Raises NoSuchAnnouncement."""
    reader = require(tx, Right.CASES_READ, about=announcement_id)
    series = announcement(tx, announcement_id=announcement_id).series
    return [one for one in store.versions(tx, series, reader=reader.id) if _sees(reader, one)]


def to_read(tx: Tx) -> list[Announcement]:
    """Return what the actor has to read and has not, what is due first."""
    reader = require(tx, Right.CASES_READ)
    for_them = (one for one in store.in_force(tx, reader=reader.id) if logic.must_read(one, reader))
    return logic.in_order(one for one in for_them if logic.has_to_read(one))


def acknowledge_announcement(tx: Tx, *, announcement_id: str, at: datetime) -> None:
    """Say that one has read a version. Idempotent. Raises NoSuchAnnouncement, AnnouncementOver, NobodyReads."""
    reader = require(tx, Right.CASES_READ, about=announcement_id)
    if reader.kind is not PrincipalKind.PERSON:
        raise NobodyReads
    found = announcement(tx, announcement_id=announcement_id)
    if found.ended_at is not None:
        raise AnnouncementOver
    if store.acknowledge(tx, announcement_id, reviewer_id=reader.id, at=at):
        tx.record(AnnouncementRead(announcement_id=announcement_id), at=at)


def playbooks(tx: Tx, *, clauses: Collection[ClauseId]) -> list[Announcement]:
    """Return the playbooks in force for the actor under some clauses, by title."""
    return logic.offered_under(announcements(tx), clauses)


def announcement_reading(tx: Tx, *, announcement_id: str) -> Sequence[TeamReading]:
    """Return who has read a version, by team, of those who may work on cases. Raises NoSuchAnnouncement."""
    reader = require(tx, Right.ANNOUNCE, about=announcement_id)
    found = store.one(tx, announcement_id, reader=reader.id)
    if found is None:
        raise NoSuchAnnouncement
    return logic.reading(found, reviewers_with(tx, Right.CASES_READ), store.reads(tx, announcement_id))


def _ended(tx: Tx, announcement_id: str, *, by: Principal, at: datetime) -> str:
    if store.one(tx, announcement_id, reader=by.id) is None:
        raise NoSuchAnnouncement
    series = store.end(tx, announcement_id, by=by.id, at=at)
    if series is None:
        raise AnnouncementOver
    return series


def _sees(reader: Principal, one: Announcement) -> bool:
    return may(reader, Right.ANNOUNCE) or logic.is_for(one.text.audience, reader)
