"""Courses: what is read, which known cases are judged, and by what bound it is passed."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import (
    CaseId,
    ClauseId,
    CourseId,
    CourseItemId,
    GoldenId,
    LabelId,
    PolicyVersionId,
    ReviewerId,
    SubjectId,
    TakenId,
)
from assize.policy.models import Severity
from assize.review.models import Verdict


class TakenState(enum.StrEnum):
    """Where somebody is with a course."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Course:
    """What somebody learns before they are appointed for a family of clauses.

    sections: the clauses to read; words: the hash of each one's words. n: how many known cases are judged. bound,
    confidence: passing shows, at this confidence, that their error lies under the bound.
    """

    id: CourseId
    version: int
    title: str
    family: str
    sections: tuple[ClauseId, ...]
    words: Mapping[str, str]
    policy_version_id: PolicyVersionId
    n: int
    bound: float
    confidence: float
    published_by: ReviewerId
    published_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Somebody on their way through a course.

    because: enrolled, or words-changed: then only what changed is read. drawn: the cases are drawn. answered, errors,
    reached: how it ended; reached is the upper bound of their error that the answers show, None where none was judged.
    """

    id: TakenId
    course_id: CourseId
    reviewer_id: ReviewerId
    because: str
    sections: tuple[ClauseId, ...]
    sections_read: tuple[ClauseId, ...]
    drawn: bool
    opened_by: ReviewerId
    opened_at: datetime
    due_at: datetime
    state: TakenState
    answered: int | None = None
    errors: int | None = None
    reached: float | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CourseItem:
    """A known case to judge in a course. right: whether they did as experts do, None until they answered."""

    id: CourseItemId
    taken_id: TakenId
    ordinal: int
    golden_id: GoldenId
    case_id: CaseId
    subject_id: SubjectId | None
    label_id: LabelId | None = None
    right: bool | None = None
    answered_at: datetime | None = None
    restriction: str | None = None
    region: str | None = None


@dataclass(frozen=True, kw_only=True)
class Taught:
    """An item after it was answered: what was said, and what experts say and why."""

    item: CourseItem
    said: tuple[Verdict, ClauseId | None, Severity]
    truth: tuple[Verdict, ClauseId | None, Severity]
    why: str


@dataclass(frozen=True, kw_only=True)
class TakenView:
    """A course as whoever takes it sees it: the next case, and what came of those before. may_miss: errors that pass."""

    taken: Taken
    course: Course
    items: int
    taught: tuple[Taught, ...]
    next: CourseItem | None
    may_miss: int | None


@dataclass(frozen=True, kw_only=True)
class CourseStanding:
    """How a course stands: who is on it, who passed. known: known cases of its family that could be judged now."""

    course: Course
    open: int
    overdue: int
    passed: int
    failed: int
    known: int
