"""Courses: taken by whoever is put on them, published and watched by whoever plans."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.kernel.ids import ClauseId, CourseId, CourseItemId, ReviewerId, TakenId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.policy.models import Severity
from assize.quality import service
from assize.quality.models.calibrating import Said
from assize.quality.models.course import Course, CourseStanding, Taken, TakenState, Taught
from assize.quality.pages.adjudicating import SEVERITIES, people_of
from assize.review.models import Verdict
from assize.workforce import service as workforce
from assize.workforce.models import Right

router = APIRouter()
PER_CENT = 100
TONES = {TakenState.OPEN: "info", TakenState.PASSED: "good", TakenState.FAILED: "bad", TakenState.WITHDRAWN: ""}
SEVERITY_OF = {int(one): one for one in Severity}
VERDICTS = tuple(one.value for one in Verdict if one is not Verdict.AMBIGUOUS_POLICY)


@router.get("/courses")
def courses_page(request: Request) -> Response:
    """Show the courses one takes; and all there are for whoever measures."""
    return _courses(request)


@router.post("/courses")
def publish(
    request: Request,
    *,
    title: Annotated[str, Form(max_length=120)],
    family: Annotated[str, Form(max_length=64)],
    bound: Annotated[float, Form(gt=0, lt=PER_CENT, allow_inf_nan=False)] = 20,
    n: Annotated[int | None, Form(ge=1, le=500)] = None,
) -> Response:
    """Publish a course; bound: per cent."""
    try:
        with transaction(request) as tx:
            service.publish_course(tx, title=title, family=family, n=n, bound=bound / PER_CENT, at=clock.now())
    except Invalid as error:
        return _courses(request, problem=error)
    return RedirectResponse("/courses", status_code=303)


@router.post("/courses/{course_id}/end")
def end(request: Request, course_id: str) -> Response:
    """End a course."""
    try:
        with transaction(request) as tx:
            service.end_course(tx, course_id=CourseId(course_id), at=clock.now())
    except Conflict as error:
        return _courses(request, problem=error)
    return RedirectResponse("/courses", status_code=303)


@router.post("/courses/{course_id}/enrolments")
def enrol(
    request: Request,
    course_id: str,
    reviewer: Annotated[str, Form(max_length=64)],
    days: Annotated[int, Form(ge=1, le=365)] = service.COURSE_DAYS.days,
) -> Response:
    """Put somebody on a course."""
    try:
        with transaction(request) as tx:
            service.enrol(
                tx,
                course_id=CourseId(course_id),
                reviewer_id=ReviewerId(reviewer),
                within=timedelta(days=days),
                at=clock.now(),
            )
    except (Invalid, Conflict) as error:
        return _courses(request, problem=error)
    return RedirectResponse("/courses", status_code=303)


@router.get("/courses/taken/{taken_id}")
def taken_page(request: Request, taken_id: str) -> Response:
    """Show a course to whoever takes it: what is left to read, the next case, and what came of those before."""
    return _taken(request, taken_id)


@router.post("/courses/taken/{taken_id}/read")
def read(request: Request, taken_id: str, clause: Annotated[str, Form(max_length=64)]) -> Response:
    """Say that a section was read."""
    try:
        with transaction(request) as tx:
            service.read_section(tx, taken_id=TakenId(taken_id), clause=ClauseId(clause), at=clock.now())
    except (Invalid, Conflict) as error:
        return _taken(request, taken_id, problem=error)
    return RedirectResponse(f"/courses/taken/{taken_id}", status_code=303)


@router.post("/courses/taken/{taken_id}/withdraw")
def withdraw(request: Request, taken_id: str) -> Response:
    """Take somebody off a course."""
    try:
        with transaction(request) as tx:
            service.withdraw_taken(tx, taken_id=TakenId(taken_id), at=clock.now())
    except Conflict as error:
        return _courses(request, problem=error)
    return RedirectResponse("/courses", status_code=303)


@router.post("/courses/taken/{taken_id}/items/{course_item_id}")
def answer(
    request: Request,
    taken_id: str,
    course_item_id: str,
    *,
    verdict: Annotated[Verdict, Form()],
    clause: Annotated[str, Form(min_length=1, max_length=64, pattern=r"^[^\x00]*$")],
    severity: Annotated[int, Form(ge=0, le=4)],
    rationale: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Judge the next case."""
    said = Said(verdict=verdict, clause=ClauseId(clause.strip()), severity=SEVERITY_OF[severity], rationale=rationale)
    try:
        with transaction(request) as tx:
            service.answer_item(tx, item_id=CourseItemId(course_item_id), said=said, at=clock.now())
    except (Invalid, Conflict) as error:
        return _taken(request, taken_id, problem=error)
    return RedirectResponse(f"/courses/taken/{taken_id}#next", status_code=303)


def _courses(request: Request, *, problem: AssizeError | None = None) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        mine = service.own_courses(tx)
        rights = getattr(tx.actor, "rights", ())
        found = service.course_standings(tx, at=at) if Right.QUALITY_READ in rights else []
        plans = Right.QUALITY_PLAN in rights
        people = people_of(tx) if plans else []
        takers = {one.course.id: service.takers(tx, course_id=one.course.id) for one in found}
        names = workforce.names(tx, [each.reviewer_id for some in takers.values() for each in some])
        families = sorted({clause.family for clause in policy.current(tx).clauses}) if plans else []
    return render(
        request,
        "quality/courses.html",
        status=422 if problem else 200,
        mine=[_mine(taken, of) for taken, of in mine],
        found=[_standing(one, takers[one.course.id]) for one in found],
        plans=plans,
        people=people,
        families=families,
        names=names,
        tones=TONES,
        days=service.COURSE_DAYS.days,
        problem=problem.message if problem else None,
        now=at,
    )


def _mine(one: Taken, of: Course) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": of.title,
        "family": of.family,
        "version": of.version,
        "state": one.state,
        "why": "the words changed since you passed" if one.because == "words-changed" else "",
        "due_at": one.due_at,
        "ended_at": one.ended_at,
    }


def _standing(one: CourseStanding, takers: list[Taken]) -> dict[str, Any]:
    return {
        "course": one.course,
        "in_force": one.course.ended_at is None,
        "bound": f"{one.course.bound:.0%}",
        "standing": one,
        "short": max(0, one.course.n - one.known),
        "takers": takers,
    }


def _taken(request: Request, taken_id: str, *, problem: AssizeError | None = None) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        view = service.taken_view(tx, taken_id=TakenId(taken_id))
        version = policy.current(tx)
        names = workforce.names(tx, [view.taken.reviewer_id])
        me = tx.actor.id
    titles = {clause.id: clause.title for clause in version.clauses}
    one = view.taken
    return render(
        request,
        "quality/course.html",
        status=422 if problem else 200,
        view=view,
        mine=one.reviewer_id == me,
        names=names,
        sections=[
            {"id": each, "title": titles.get(each, ""), "known": each in titles, "done": each in one.sections_read}
            for each in one.sections
        ],
        left=len(set(one.sections) - set(one.sections_read)),
        taught=[_taught(each) for each in reversed(view.taught)],
        errors=sum(each.item.right is False for each in view.taught),
        bound=f"{view.course.bound:.0%}",
        confidence=f"{view.course.confidence:.0%}",
        reached=None if one.reached is None else f"{one.reached:.0%}",
        tone=TONES[one.state],
        verdicts=VERDICTS,
        severities=SEVERITIES,
        problem=problem.message if problem else None,
        now=at,
    )


def _taught(one: Taught) -> dict[str, Any]:
    return {
        "case_id": one.item.case_id,
        "ordinal": one.item.ordinal,
        "right": one.item.right,
        "said": _words(*one.said),
        "truth": _words(*one.truth),
        "why": one.why,
    }


def _words(verdict: Verdict, clause: ClauseId | None, severity: int) -> str:
    return f"{verdict.value.replace('_', ' ')}, {clause or 'no clause'}, SEV{int(severity)}"
