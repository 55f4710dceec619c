"""What is announced of courses. Their own progress is told to whoever takes them by the page, and to nobody by a fact."""

from dataclasses import dataclass
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, CourseId, ReviewerId, TakenId


@dataclass(frozen=True, kw_only=True)
class CoursePublished(Fact):
    """A course, or the next version of one, is in force."""

    course_id: CourseId
    family: str
    version: int


@dataclass(frozen=True, kw_only=True)
class CourseEnded(Fact):
    """A course is in force no more."""

    course_id: CourseId
    family: str


@dataclass(frozen=True, kw_only=True)
class CourseEnrolled(Fact):
    """Somebody is to take a course. because: enrolled, or words-changed."""

    measuring: ClassVar[bool] = True

    taken_id: TakenId
    course_id: CourseId
    reviewer_id: ReviewerId
    because: str


@dataclass(frozen=True, kw_only=True)
class CourseItemAnswered(Fact):
    """Somebody judged a known case in a course. hash: over all of the label."""

    measuring: ClassVar[bool] = True

    taken_id: TakenId
    case_id: CaseId
    hash: str


@dataclass(frozen=True, kw_only=True)
class CourseFinished(Fact):
    """Somebody came to the end of a course. state: passed, failed or withdrawn."""

    measuring: ClassVar[bool] = True

    taken_id: TakenId
    course_id: CourseId
    reviewer_id: ReviewerId
    state: str
