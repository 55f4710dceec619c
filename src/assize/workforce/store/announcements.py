"""Announcements as rows."""

from collections.abc import Sequence
from datetime import datetime

from assize.kernel.ids import ClauseId, ReviewerId, TeamId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.workforce.models import Announcement, AnnouncementKind, AnnouncementText, Audience, Role

SQL = queries("assize.workforce")
MOST = 500  # in force at once: more than anybody reads


def add(tx: Tx, *, id: str, series: str, text: AnnouncementText, author: str, at: datetime) -> int:  # noqa: A002
    """Write the next version of a series; return its number."""
    row = tx.one(
        SQL["add_announcement"],
        {
            "id": id,
            "series": series,
            "kind": text.kind.value,
            "title": text.title,
            "body": text.body,
            "teams": sorted(text.audience.teams),
            "roles": sorted(one.value for one in text.audience.roles),
            "clauses": list(text.clauses),
            "due_at": text.due_at,
            "author": author,
            "at": at,
        },
    )
    return int(row["version"])


def end(tx: Tx, announcement_id: str, *, by: str, at: datetime) -> str | None:
    """End a version and return its series; None where it is not in force."""
    row = tx.row(SQL["end_announcement"], {"id": announcement_id, "by": by, "at": at})
    return None if row is None else str(row["series"])


def in_force(tx: Tx, *, reader: str) -> list[Announcement]:
    """Return what is in force, whoever it is for."""
    return _found(tx, reader=reader)


def one(tx: Tx, announcement_id: str, *, reader: str) -> Announcement | None:
    """Return a version, in force or not."""
    return next(iter(_found(tx, reader=reader, id=announcement_id, ended=True)), None)


def versions(tx: Tx, series: str, *, reader: str) -> list[Announcement]:
    """Return every version of a series, the latest first."""
    return _found(tx, reader=reader, series=series, ended=True)


def acknowledge(tx: Tx, announcement_id: str, *, reviewer_id: str, at: datetime) -> int:
    """Somebody has read a version; returns 0 where they had before."""
    values = {"id": announcement_id, "reviewer_id": reviewer_id, "at": at}
    return tx.run(SQL["acknowledge_announcement"], values)


def reads(tx: Tx, announcement_id: str) -> dict[ReviewerId, datetime]:
    """Return who has read a version, and when."""
    rows: Sequence[Row] = tx.rows(SQL["announcement_reads"], {"id": announcement_id})
    return {ReviewerId(row["reviewer_id"]): row["read_at"] for row in rows}


def _found(
    tx: Tx,
    *,
    reader: str,
    id: str | None = None,  # noqa: A002
    series: str | None = None,
    ended: bool = False,
) -> list[Announcement]:
    values = {"reader": reader, "id": id, "series": series, "ended": ended, "limit": MOST}
    return [_announcement(row) for row in tx.rows(SQL["announcements"], values)]


def _announcement(row: Row) -> Announcement:
    return Announcement(
        id=row["id"],
        series=row["series"],
        version=row["version"],
        text=AnnouncementText(
            kind=AnnouncementKind(row["kind"]),
            title=row["title"],
            body=row["body"],
            audience=Audience(
                teams=frozenset(TeamId(one) for one in row["teams"]), roles=frozenset(Role(one) for one in row["roles"])
            ),
            clauses=tuple(ClauseId(one) for one in row["clauses"]),
            due_at=row["due_at"],
        ),
        author=ReviewerId(row["author"]),
        published_at=row["published_at"],
        ended_at=row["ended_at"],
        read_at=row["read_at"],
    )
