"""Take a course: read its sections, judge known cases blind, be told after each what experts say, and come to an end."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from assize.kernel.ids import CaseId, ClauseId, CourseItemId, LabelId, ReviewerId, TakenId, new_id
from assize.platform.db import Tx
from assize.policy.models import Severity
from assize.quality.errors import BadCourse, CourseOver, NoSuchCourse
from assize.quality.facts import CourseItemAnswered
from assize.quality.logic import ALPHA, AUDIT_RATE, BUDGET, Said, compare
from assize.quality.logic.courses import left_to_read, may_miss, passes
from assize.quality.logic.estimators.intervals import upper_bound
from assize.quality.models import Criterion, Label, Mark
from assize.quality.models.calibrating import Said as SaidOfACase
from assize.quality.models.course import Course, CourseItem, Taken, TakenState, TakenView, Taught
from assize.quality.service import courses
from assize.quality.service.adjudicating import plain, sees_all
from assize.quality.store import labels
from assize.quality.store.known import items as known
from assize.quality.store.learning import courses as store
from assize.quality.store.words.widening import measuring
from assize.review import models as reviewing
from assize.review import service as review
from assize.review.models import Verdict
from assize.review.ports import register_blinding
from assize.workforce import service as workforce
from assize.workforce.models import Bound, CertificateScope, CertificateState, Principal, Right
from assize.workforce.service import require

OF = "course"  # what labels of courses are `of`
MAX_TEXT = 2_000


class Courses:
    """Cases that somebody is to judge in a course are blind to them everywhere."""

    name = "courses"

    def cases_blind_to(self, tx: Tx, reviewer: ReviewerId) -> Collection[CaseId]:
        """Return the cases that somebody is to judge in courses now."""
        return store.judging(tx, reviewer) if isinstance(tx.actor, Principal) else ()


register_blinding(Courses())


def own_courses(tx: Tx) -> list[tuple[Taken, Course]]:
    """Return the courses that the actor takes or took, the latest first."""
    principal = require(tx, Right.CASES_READ)
    with measuring(tx):
        found = store.taken(tx, reviewer_id=principal.id, limit=100)
    return [(one, courses.course(tx, one.course_id)) for one in found]


def taken_view(tx: Tx, *, taken_id: TakenId) -> TakenView:
    """Return a course as whoever takes it sees it, or who plans. Raises NoSuchCourse."""
    principal = require(tx, Right.CASES_READ, about=taken_id)
    with measuring(tx):
        found = store.taken(tx, taken_id=taken_id)
        if not found or not _may_see(principal, found[0]):
            raise NoSuchCourse
        return _view(tx, principal, found[0])


def read_section(tx: Tx, *, taken_id: TakenId, clause: ClauseId, at: datetime) -> TakenView:
    """Say that a section was read; with the last one the cases are drawn. Raises NoSuchCourse, CourseOver, BadCourse."""
    principal = require(tx, Right.CASES_READ, about=taken_id)
    with measuring(tx):
        one = _open(tx, principal, taken_id)
        if clause not in one.sections:
            raise BadCourse(field="clause", problem="the course has no such section")
        done = tuple(each for each in one.sections if each in {*one.sections_read, clause})
        one = replace(one, sections_read=done)
        if not left_to_read(one.sections, done) and not one.drawn:
            one = _drawn(tx, principal, one, at=at)
        else:
            store.change(tx, one)
        return _view(tx, principal, _ended(tx, principal, one, at=at))


def answer_item(tx: Tx, *, item_id: CourseItemId, said: SaidOfACase, at: datetime) -> TakenView:
    """Judge the next case of a course; what experts say is told afterwards. Raises NoSuchCourse, CourseOver, BadCourse."""
    principal = require(tx, Right.CASES_READ, about=item_id)
    with measuring(tx):
        item = next(iter(store.items(tx, item_id=item_id)), None)
        if item is None:
            raise NoSuchCourse
        one = _open(tx, principal, item.taken_id)
        if item.label_id is not None:
            raise CourseOver
        if not said.rationale.strip() or len(said.rationale) > MAX_TEXT or "\0" in said.rationale:
            raise BadCourse(field="rationale", problem=f"say why, in at most {MAX_TEXT} characters")
        truth = _truth(tx, item)
        label = _label(item, said, truth, by=principal.id, at=at)
        labels.insert(tx, label)
        store.answer(tx, item.id, label_id=label.id, right=_right(said, truth), at=at)
        tx.record(CourseItemAnswered(taken_id=one.id, case_id=item.case_id, hash=label.hash), at=at)
        return _view(tx, principal, _ended(tx, principal, one, at=at))


def _may_see(principal: Principal, one: Taken) -> bool:
    return one.reviewer_id == principal.id or (Right.QUALITY_READ in principal.rights and sees_all(principal))


def _open(tx: Tx, principal: Principal, taken_id: TakenId) -> Taken:
    one = store.lock(tx, taken_id)
    if one is None or one.reviewer_id != principal.id:
        raise NoSuchCourse
    if one.state is not TakenState.OPEN:
        raise CourseOver
    return one


def _drawn(tx: Tx, principal: Principal, one: Taken, *, at: datetime) -> Taken:
    of = courses.course(tx, one.course_id)
    regions = None if principal.view.regions is None else sorted(principal.view.regions)
    found = store.known_for(tx, one.reviewer_id, one.sections, regions=regions, seed=one.id, limit=of.n, at=at)
    store.draw(tx, one.id, found)
    made = replace(one, drawn=True)
    store.change(tx, made)
    return made


def _ended(tx: Tx, principal: Principal, one: Taken, *, at: datetime) -> Taken:
    """Come to an end, where everything is read and judged."""
    if not one.drawn or left_to_read(one.sections, one.sections_read):
        return one
    items = store.items(tx, taken_id=one.id)
    if any(each.right is None for each in items):
        return one
    of = courses.course(tx, one.course_id)
    n, errors = len(items), sum(each.right is False for each in items)
    state = TakenState.PASSED if passes(n, errors, of.bound, of.confidence) else TakenState.FAILED
    reached = upper_bound(errors, n, of.confidence) if n else None
    done = courses.finish(tx, replace(one, answered=n, errors=errors, reached=reached), state, at=at)
    if state is TakenState.PASSED:
        _certify(tx, principal, of, at=at)
    return done


def _certify(tx: Tx, principal: Principal, of: Course, *, at: datetime) -> None:
    """Open a certificate in training for whoever passed, where they have none of the family: to be appointed by a person."""
    learner = ReviewerId(principal.id)
    live = [one for one in workforce.certificates(tx, reviewer_id=learner) if one.state is not CertificateState.ENDED]
    if any(courses.covers(of.family, one.scope.family) or one.scope.family == "*" for one in live):
        return
    workforce.open_certificate(
        tx,
        reviewer_id=learner,
        scope=CertificateScope(family=of.family),
        bound=Bound(alpha=ALPHA, delta=BUDGET, audit_rate=AUDIT_RATE),
        policy_version_id=of.policy_version_id,
        why="course",
        note=f"Passed {of.title}, version {of.version}.",
        at=at,
    )


def _truth(tx: Tx, item: CourseItem) -> Label:
    (one,) = known.found(tx, golden_id=item.golden_id)
    (truth,) = labels.by_ids(tx, [one.truth_id] if one.truth_id is not None else [])
    return truth


def _right(said: SaidOfACase, truth: Label) -> bool:
    given = Said(verdict=said.verdict, clause=said.clause, severity=said.severity, dispositions=())
    right = Said(verdict=truth.verdict, clause=truth.clause, severity=truth.severity, dispositions=())
    marks = compare(given, right).marks
    return marks[Criterion.DECISION] is Mark.RIGHT and marks[Criterion.CLAUSE] is not Mark.WRONG


def _view(tx: Tx, principal: Principal, one: Taken) -> TakenView:
    of = courses.course(tx, one.course_id)
    items = store.items(tx, taken_id=one.id)
    answered = [each for each in items if each.label_id is not None]
    return TakenView(
        taken=one,
        course=of,
        items=len(items),
        taught=tuple(_taught(tx, principal, each) for each in answered),
        next=next((each for each in items if each.label_id is None), None),
        may_miss=may_miss(len(items) if one.drawn else of.n, of.bound, of.confidence),
    )


def _taught(tx: Tx, principal: Principal, item: CourseItem) -> Taught:
    (given,) = labels.by_ids(tx, [item.label_id] if item.label_id is not None else [])
    truth = plain(principal, _truth(tx, item))
    return Taught(item=item, said=_said(given), truth=_said(truth), why=truth.judgement.rationale)


def _said(label: Label) -> tuple[Verdict, ClauseId | None, Severity]:
    return label.verdict, label.clause, label.severity


def _label(item: CourseItem, said: SaidOfACase, truth: Label, *, by: str, at: datetime) -> Label:
    finding = reviewing.Finding(clause_id=said.clause, verdict=said.verdict, locus=reviewing.Locus.USER, primary=True)
    judgement = reviewing.Judgement(findings=(finding,), rationale=said.rationale.strip())
    committed = {
        "item_id": item.id,
        "labeler_id": by,
        "judgement": review.canonical_judgement(judgement),
        "severity": int(said.severity),
        "at": at,
    }
    return Label(
        id=LabelId(new_id("lab")),
        of=OF,
        of_id=item.id,
        labeler_id=ReviewerId(by),
        case_id=item.case_id,
        subject_id=item.subject_id,
        dossier_id=truth.dossier_id,
        policy_version_id=truth.policy_version_id,
        judgement=judgement,
        verdict=said.verdict,
        clause=said.clause,
        severity=said.severity,
        blind=True,
        at=at,
        hash=review.sha256_of(committed),
        restriction=item.restriction,
        region=item.region,
    )
