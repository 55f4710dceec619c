"""Mentions and presence as rows."""

from collections.abc import Sequence
from datetime import datetime

from assize.kernel.ids import CaseId, NoteId, ReviewerId, SubjectId
from assize.platform.db import Tx
from assize.platform.sql import queries
from assize.review.models import Mention

SQL = queries("assize.review")


def insert_mentions(
    tx: Tx, *, note_id: NoteId, reviewers: Sequence[ReviewerId], case_id: CaseId | None, at: datetime
) -> None:
    """Remember who was named in a note."""
    tx.run(SQL["insert_mentions"], {"note_id": note_id, "reviewers": list(reviewers), "case_id": case_id, "at": at})


def unread(tx: Tx, reviewer: str, *, limit: int) -> list[Mention]:
    """Return where somebody was named and did not read it yet, the latest first."""
    return [
        Mention(
            note_id=NoteId(row["note_id"]),
            case_id=None if row["case_id"] is None else CaseId(row["case_id"]),
            subject_id=None if row["subject_id"] is None else SubjectId(row["subject_id"]),
            author=ReviewerId(row["author"]),
            body=row["body"],
            at=row["at"],
        )
        for row in tx.rows(SQL["mentions_unread"], {"me": reviewer, "limit": limit})
    ]


def read(tx: Tx, *, note_id: str, reviewer: str, at: datetime) -> CaseId | bool | None:
    """Mark a mention as read; False where there is none. Returns the case it was about."""
    row = tx.row(SQL["read_mention"], {"note_id": note_id, "me": reviewer, "at": at})
    return False if row is None else row["case_id"]


def known(tx: Tx, *, note_id: str, reviewer: str) -> bool:
    """Whether somebody was named in a note."""
    return tx.row(SQL["mention_known"], {"note_id": note_id, "me": reviewer}) is not None


def beat(tx: Tx, *, case_id: CaseId, reviewer: str, at: datetime) -> None:
    """Somebody has a case on their screen."""
    tx.run(SQL["beat_presence"], {"case_id": case_id, "me": reviewer, "at": at})


def present(tx: Tx, case_ids: Sequence[str], *, since: datetime) -> list[tuple[CaseId, ReviewerId, datetime]]:
    """Return who was seen on these cases since a time."""
    rows = tx.rows(SQL["presence_of"], {"case_ids": list(case_ids), "since": since})
    return [(CaseId(row["case_id"]), ReviewerId(row["reviewer_id"]), row["seen_at"]) for row in rows]
