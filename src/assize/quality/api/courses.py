"""Courses over HTTP: to be read; published and filled as on their page."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from assize.kernel import clock
from assize.kernel.ids import CourseId, ReviewerId, TakenId
from assize.platform.http import transaction
from assize.quality import service

router = APIRouter(prefix="/v1", tags=["quality"])


class CourseForm(BaseModel):
    """A course on a family of clauses. n: known cases to judge, as few as can show the bound where left out."""

    title: str = Field(max_length=120)
    family: str = Field(max_length=64)
    n: int | None = Field(default=None, ge=1, le=500)
    bound: float = Field(default=0.2, gt=0, lt=1, allow_inf_nan=False)


class EnrolmentForm(BaseModel):
    """Whom to put on a course, and how long they have."""

    reviewer_id: str = Field(max_length=64)
    days: int = Field(default=service.COURSE_DAYS.days, ge=1, le=365)


@router.get("/quality/courses")
def courses(request: Request) -> dict[str, Any]:
    """List courses, those in force first, with how they stand."""
    with transaction(request) as tx:
        return {"courses": [asdict(one) for one in service.course_standings(tx, at=clock.now())]}


@router.post("/quality/courses", status_code=201)
def publish(request: Request, form: CourseForm) -> dict[str, Any]:
    """Publish a course, in place of the one before on the same family."""
    with transaction(request) as tx:
        made = service.publish_course(
            tx, title=form.title, family=form.family, n=form.n, bound=form.bound, at=clock.now()
        )
    return asdict(made)


@router.post("/quality/courses/{course_id}/enrolments", status_code=201)
def enrol(request: Request, course_id: Annotated[str, Path(max_length=64)], form: EnrolmentForm) -> dict[str, Any]:
    """Put a person on a course."""
    with transaction(request) as tx:
        made = service.enrol(
            tx,
            course_id=CourseId(course_id),
            reviewer_id=ReviewerId(form.reviewer_id),
            within=timedelta(days=form.days),
            at=clock.now(),
        )
    return asdict(made)


@router.get("/me/courses")
def own_courses(request: Request) -> dict[str, Any]:
    """List the caller's own courses, the latest first."""
    with transaction(request) as tx:
        found = service.own_courses(tx)
    return {"courses": [{"taken": asdict(one), "course": asdict(of)} for one, of in found]}


@router.get("/me/courses/{taken_id}")
def own_course(request: Request, taken_id: Annotated[str, Path(max_length=64)]) -> dict[str, Any]:
    """Tell a course as whoever takes it sees it: the next case, and what experts said of those before."""
    with transaction(request) as tx:
        return asdict(service.taken_view(tx, taken_id=TakenId(taken_id)))
