"""Courses: published for a family of clauses, people put on them, and put on again where the words changed."""

from dataclasses import replace
from datetime import datetime, timedelta

from assize.kernel.ids import ClauseId, CourseId, ReviewerId, TakenId, new_id
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.quality.errors import BadCourse, CourseOver, NoSuchCourse
from assize.quality.facts import CourseEnded, CourseEnrolled, CourseFinished, CoursePublished
from assize.quality.logic.courses import BOUND, CONFIDENCE, MOST_ITEMS, changed, least_items
from assize.quality.models.course import Course, CourseStanding, Taken, TakenState
from assize.quality.service.adjudicating import sees_all
from assize.quality.store.learning import courses as store
from assize.workforce import service as workforce
from assize.workforce.models import ANYTHING, SYSTEM, ReviewerKind, Right
from assize.workforce.service import require

DAYS = timedelta(days=14)  # to take a course in
MAX_TITLE = 120
ENROLLED, WORDS_CHANGED = "enrolled", "words-changed"


def publish_course(
    tx: Tx, *, title: str, family: str, n: int | None = None, bound: float = BOUND, at: datetime
) -> Course:
    """Publish a course on a family of clauses, in place of the one before. n: as few as can show the bound, if left out.

    Raises BadCourse.
    """
    principal = require(tx, Right.QUALITY_PLAN)
    title, family = " ".join(title.split()), family.strip()
    if not title or len(title) > MAX_TITLE or "\0" in title:
        raise BadCourse(field="title", problem=f"a course has a title of at most {MAX_TITLE} characters")
    if not 0 < bound < 1:
        raise BadCourse(field="bound", problem="the error to stay under lies between 0 and 100 %")
    least = least_items(bound)
    n = least if n is None else n
    if not least <= n <= MOST_ITEMS:
        raise BadCourse(
            field="n",
            problem=f"to show an error under {bound:.0%} takes {least} known cases or more, up to {MOST_ITEMS}",
        )
    version = policy.current(tx)
    words = words_of(version, family)
    if not words:
        raise BadCourse(field="family", problem=f"the policy has no clause or family {family}")
    return _published(
        tx, title=title, family=family, n=n, bound=bound, words=words, version=version, by=principal.id, at=at
    )


def end_course(tx: Tx, *, course_id: CourseId, at: datetime) -> None:
    """End a course: nobody is put on it any more, and appointments ask for it no longer. Raises NoSuchCourse, CourseOver."""
    require(tx, Right.QUALITY_PLAN, about=course_id)
    one = course(tx, course_id)
    if not store.end(tx, course_id, at=at):
        raise CourseOver
    tx.record(CourseEnded(course_id=one.id, family=one.family), at=at)


def enrol(tx: Tx, *, course_id: CourseId, reviewer_id: ReviewerId, within: timedelta = DAYS, at: datetime) -> Taken:
    """Put a person on a course. Raises NoSuchCourse, BadCourse where too few known cases are left for them, or they are on it."""
    principal = require(tx, Right.QUALITY_PLAN, about=course_id)
    one = course(tx, course_id)
    if one.ended_at is not None:
        raise CourseOver
    learner = workforce.reviewer(tx, reviewer_id)
    if learner.kind is not ReviewerKind.PERSON:
        raise BadCourse(field="reviewer", problem="a machine is tried on decisions, not taught")
    regions = None if learner.view.regions is None else sorted(learner.view.regions)
    known = store.known_for(tx, reviewer_id, one.sections, regions=regions, seed="", limit=one.n, at=at)
    if len(known) < one.n:
        raise BadCourse(
            field="reviewer",
            problem=f"the course judges {one.n} known cases, and of those they don't know there are {len(known)}",
        )
    made = _taken(one, reviewer_id, one.sections, ENROLLED, by=principal.id, due_at=at + within, at=at)
    if not store.enrol(tx, made):
        raise BadCourse(field="reviewer", problem="they are on this course")
    _tell(tx, made, at=at)
    return made


def withdraw_taken(tx: Tx, *, taken_id: TakenId, at: datetime) -> None:
    """Take somebody off a course. Raises NoSuchCourse, CourseOver."""
    require(tx, Right.QUALITY_PLAN, about=taken_id)
    one = store.lock(tx, taken_id)
    if one is None:
        raise NoSuchCourse
    if one.state is not TakenState.OPEN:
        raise CourseOver
    finish(tx, one, TakenState.WITHDRAWN, at=at)


def course_standings(tx: Tx, *, at: datetime) -> list[CourseStanding]:
    """Return how courses stand, those in force first; for whoever sees everybody's work."""
    principal = require(tx, Right.QUALITY_READ)
    if not sees_all(principal):
        return []
    found = store.courses(tx)
    counts = store.standing(tx, [one.id for one in found], at=at)
    names = ("open", "overdue", "passed", "failed")
    return [
        CourseStanding(
            course=one,
            known=len(
                store.known_for(tx, ReviewerId(""), one.sections, regions=None, seed="", limit=MOST_ITEMS, at=at)
            ),
            **{name: counts[one.id][name] if one.id in counts else 0 for name in names},
        )
        for one in found
    ]


def takers(tx: Tx, *, course_id: CourseId) -> list[Taken]:
    """Return who is or was on a course. Raises NoSuchCourse."""
    principal = require(tx, Right.QUALITY_READ, about=course_id)
    if not sees_all(principal):
        raise NoSuchCourse
    return store.taken(tx, course_id=course(tx, course_id).id, limit=200)


def trained(tx: Tx, reviewer_id: ReviewerId, family: str) -> bool:
    """Whether somebody passed the course on a family under the words in force; True where there is none. A step."""
    asked = [one for one in store.courses(tx, in_force=True) if covers(one.family, family)]
    for one in asked:
        by = store.passed(tx, one.family, reviewer_id=reviewer_id).get(reviewer_id)
        if by is None or changed(by, words_of(policy.current(tx), one.family)):
            return False
    return True


def courses_words_changed(tx: Tx, *, at: datetime) -> int:
    """Publish the next version of courses whose words changed, and put whoever passed on it again: on what changed alone.

    A step of publishing a policy; returns how many people.
    """
    version, again = policy.current(tx), 0
    for one in store.courses(tx, in_force=True):
        words = words_of(version, one.family)
        if not changed(one.words, words) or not words:
            continue
        made = _published(
            tx,
            title=one.title,
            family=one.family,
            n=one.n,
            bound=one.bound,
            words=words,
            version=version,
            by=SYSTEM.id,
            at=at,
        )
        for reviewer_id, before in store.passed(tx, one.family).items():
            sections = changed(before, words)
            taken = _taken(made, reviewer_id, sections, WORDS_CHANGED, by=SYSTEM.id, due_at=at + DAYS, at=at)
            if sections and store.enrol(tx, taken):
                _tell(tx, taken, at=at)
                again += 1
    return again


def course(tx: Tx, course_id: CourseId) -> Course:
    """Return a course. A step. Raises NoSuchCourse."""
    found = store.courses(tx, course_id=course_id)
    if not found:
        raise NoSuchCourse
    return found[0]


def finish(tx: Tx, one: Taken, state: TakenState, *, at: datetime) -> Taken:
    """Keep how somebody's course ended. A step."""
    made = replace(one, state=state, ended_at=at)
    store.change(tx, made)
    fact = CourseFinished(
        taken_id=made.id, course_id=made.course_id, reviewer_id=made.reviewer_id, state=made.state.value
    )
    tx.record(fact, at=at)
    return made


def words_of(version: PolicyVersion, family: str) -> dict[str, str]:
    """Return the hash of the words of each clause of a family or of one clause. A step."""
    return {clause.id: policy.words_hash(clause) for clause in version.clauses if family in {clause.id, clause.family}}


def covers(taught: str, wanted: str) -> bool:
    """Whether a course is asked for where somebody is appointed: on the same, a part of it or more; for all, every one."""
    if wanted in {ANYTHING, taught}:
        return True
    return taught.partition("-")[0] == wanted or wanted.partition("-")[0] == taught


def _published(
    tx: Tx,
    *,
    title: str,
    family: str,
    n: int,
    bound: float,
    words: dict[str, str],
    version: PolicyVersion,
    by: str,
    at: datetime,
) -> Course:
    before = store.courses(tx, family=family)
    for one in before:
        if one.ended_at is None:
            store.end(tx, one.id, at=at)
    made = Course(
        id=CourseId(new_id("crs")),
        version=1 + max((one.version for one in before), default=0),
        title=title,
        family=family,
        sections=tuple(ClauseId(one) for one in sorted(words)),
        words=words,
        policy_version_id=version.id,
        n=n,
        bound=bound,
        confidence=CONFIDENCE,
        published_by=ReviewerId(by),
        published_at=at,
    )
    store.publish(tx, made)
    tx.record(CoursePublished(course_id=made.id, family=made.family, version=made.version), at=at)
    return made


def _taken(
    of: Course,
    reviewer_id: ReviewerId,
    sections: tuple[ClauseId, ...],
    because: str,
    *,
    by: str,
    due_at: datetime,
    at: datetime,
) -> Taken:
    return Taken(
        id=TakenId(new_id("tkn")),
        course_id=of.id,
        reviewer_id=reviewer_id,
        because=because,
        sections=sections,
        sections_read=(),
        drawn=False,
        opened_by=ReviewerId(by),
        opened_at=at,
        due_at=due_at,
        state=TakenState.OPEN,
    )


def _tell(tx: Tx, made: Taken, *, at: datetime) -> None:
    fact = CourseEnrolled(
        taken_id=made.id, course_id=made.course_id, reviewer_id=made.reviewer_id, because=made.because
    )
    tx.record(fact, at=at)
