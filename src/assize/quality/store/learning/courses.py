"""Courses and who takes them, as they are kept."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from assize.kernel.ids import CaseId, ClauseId, CourseId, CourseItemId, ReviewerId, TakenId, new_id
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.quality.models.course import Course, CourseItem, Taken, TakenState

SQL = queries("assize.quality.store.learning")
_COURSE = (
    "id",
    "version",
    "title",
    "family",
    "policy_version_id",
    "n",
    "bound",
    "confidence",
    "published_by",
    "published_at",
)
_TAKEN = ("id", "course_id", "reviewer_id", "because", "drawn", "opened_by", "opened_at", "due_at", "answered", "errors",
          "reached", "ended_at")  # fmt: skip
_ITEM = (
    "id",
    "taken_id",
    "ordinal",
    "golden_id",
    "case_id",
    "subject_id",
    "label_id",
    "answered_at",
    "restriction",
    "region",
)


def publish(tx: Tx, one: Course) -> None:
    """Publish a course."""
    values = {name: getattr(one, name) for name in _COURSE}
    tx.run(SQL["insert_course"], values | {"sections": list(one.sections), "words": Jsonb(dict(one.words))})


def end(tx: Tx, course_id: CourseId, *, at: datetime) -> bool:
    """End a course; False where it had ended."""
    return tx.row(SQL["end_course"], {"id": course_id, "at": at}) is not None


def courses(
    tx: Tx, *, course_id: str | None = None, family: str | None = None, in_force: bool = False, limit: int = 200
) -> list[Course]:
    """Return courses, those in force first."""
    asked = {"id": course_id, "family": family, "in_force": in_force, "limit": limit}
    return [_course(row) for row in tx.rows(SQL["courses"], asked)]


def standing(tx: Tx, ids: Sequence[CourseId], *, at: datetime) -> dict[CourseId, Row]:
    """Return how many are on each course, and how it ended for others."""
    return {CourseId(row["course_id"]): row for row in tx.rows(SQL["standing"], {"ids": list(ids), "at": at})}


def enrol(tx: Tx, one: Taken) -> bool:
    """Put somebody on a course; False where they are on it."""
    names = ("id", "course_id", "reviewer_id", "because", "opened_by", "opened_at", "due_at")
    values = {name: getattr(one, name) for name in names} | {"sections": list(one.sections)}
    return tx.row(SQL["insert_taken"], values) is not None


def taken(
    tx: Tx,
    *,
    taken_id: str | None = None,
    course_id: str | None = None,
    reviewer_id: str | None = None,
    limit: int = 1,
) -> list[Taken]:
    """Return who is or was on courses, the latest first."""
    asked = {"id": taken_id, "course_id": course_id, "reviewer_id": reviewer_id, "limit": limit}
    return [_taken(row) for row in tx.rows(SQL["taken"], asked)]


def lock(tx: Tx, taken_id: str) -> Taken | None:
    """Return one that nobody else changes until the end of the transaction."""
    row = tx.row(SQL["lock_taken"], {"id": taken_id})
    return None if row is None else _taken(row)


def change(tx: Tx, one: Taken) -> None:
    """Keep how far somebody is."""
    names = ("id", "drawn", "answered", "errors", "reached", "ended_at")
    values = {name: getattr(one, name) for name in names}
    tx.run(SQL["change_taken"], values | {"sections_read": list(one.sections_read), "state": one.state.value})


def passed(tx: Tx, family: str, *, reviewer_id: str | None = None) -> dict[ReviewerId, dict[str, str]]:
    """Return who passed a course of a family last, and by which words."""
    rows = tx.rows(SQL["passed"], {"family": family, "reviewer_id": reviewer_id})
    return {ReviewerId(row["reviewer_id"]): dict(row["words"]) for row in rows}


def known_for(
    tx: Tx,
    reviewer_id: ReviewerId,
    sections: Sequence[ClauseId],
    *,
    regions: Sequence[str] | None,
    seed: str,
    limit: int,
    at: datetime,
) -> list[Row]:
    """Return known cases of some clauses that somebody has no part in and may see."""
    asked = {
        "reviewer_id": reviewer_id,
        "sections": list(sections),
        "regions": None if regions is None else list(regions),
        "seed": seed,
        "limit": limit,
        "at": at,
    }
    return tx.rows(SQL["known_for"], asked)


def draw(tx: Tx, taken_id: TakenId, known: Sequence[Row]) -> None:
    """Keep which cases somebody judges, in order."""
    rows = [
        {
            "id": new_id("cri"),
            "ordinal": number,
            "golden_id": one["id"],
            "case_id": one["case_id"],
            "subject_id": one["subject_id"],
            "restriction": one["restriction"],
            "region": one["region"],
        }
        for number, one in enumerate(known, start=1)
    ]
    tx.run(SQL["insert_items"], {"taken_id": taken_id, "rows": Jsonb(rows)})


def items(tx: Tx, *, taken_id: str | None = None, item_id: str | None = None) -> list[CourseItem]:
    """Return the cases of a course that somebody takes, in order."""
    return [_item(row) for row in tx.rows(SQL["items"], {"taken_id": taken_id, "id": item_id})]


def answer(tx: Tx, item_id: CourseItemId, *, label_id: str, right: bool, at: datetime) -> None:
    """Keep what was answered."""
    tx.run(SQL["answer_item"], {"id": item_id, "label_id": label_id, "right": right, "at": at})


def judging(tx: Tx, reviewer_id: ReviewerId) -> list[CaseId]:
    """Return the cases that somebody is to judge in courses now."""
    return [CaseId(row["case_id"]) for row in tx.rows(SQL["judging"], {"me": reviewer_id})]


def _course(row: Row) -> Course:
    return Course(
        sections=tuple(ClauseId(one) for one in row["sections"]),
        words=dict(row["words"]),
        ended_at=row["ended_at"],
        **{name: row[name] for name in _COURSE},
    )


def _taken(row: Row) -> Taken:
    return Taken(
        sections=tuple(ClauseId(one) for one in row["sections"]),
        sections_read=tuple(ClauseId(one) for one in row["sections_read"]),
        state=TakenState(row["state"]),
        **{name: row[name] for name in _TAKEN},
    )


def _item(row: Row) -> CourseItem:
    return CourseItem(right=row["is_right"], **{name: row[name] for name in _ITEM})
