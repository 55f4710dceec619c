"""Surge levers over HTTP: what there is, what is pulled, pulling and ending."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from assize.console.levers import pull as pull_lever
from assize.kernel import clock
from assize.platform.http import transaction
from assize.workforce import service as workforce
from assize.workforce.models import EVERYWHERE, Lever, Pull

router = APIRouter(prefix="/v1", tags=["surge"])


class LeverView(BaseModel):
    """A lever. reach: rule, queue or everything. heard: whether anything acts on it in this installation."""

    id: str
    title: str
    does: str
    keeps: str
    reach: str
    longest_hours: float
    roles: list[str]
    heard: bool


class PullView(BaseModel):
    """A lever that was pulled. reach: the rule or queue, None for everything. ended_by: who ended it early."""

    id: str
    lever: str
    reach: str | None
    reason: str
    pulled_by: str
    pulled_at: datetime
    until: datetime
    in_force: bool
    ended_at: datetime | None
    ended_by: str | None


class PullForm(BaseModel):
    """Which lever to pull, for what and how long. reach: left out where the lever is for everything."""

    model_config = ConfigDict(extra="forbid")

    lever: Annotated[str, Field(max_length=50)]
    hours: Annotated[float, Field(gt=0, le=100)]
    reason: Annotated[str, Field(min_length=3, max_length=300)]
    reach: Annotated[str, Field(max_length=200)] = ""


@router.get("/surge/levers")
def levers(request: Request) -> list[LeverView]:
    """List the levers that were approved beforehand, with what each does and what it keeps."""
    with transaction(request) as tx:
        workforce.levers_pulled(tx, limit=1)
    return [_lever(one) for one in workforce.levers()]


@router.get("/surge/pulls")
def pulls(request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[PullView]:
    """List what is pulled and what was, the latest first."""
    at = clock.now()
    with transaction(request) as tx:
        found = workforce.levers_pulled(tx, limit=limit)
    return [_pull(one, at) for one in found]


@router.post("/surge/pulls", status_code=201)
def pull(request: Request, form: PullForm) -> PullView:
    """Pull a lever for some hours. It ends by itself; everybody sees on every page that it is pulled."""
    at = clock.now()
    with transaction(request) as tx:
        pulled = pull_lever(tx, lever=form.lever, reach=form.reach, hours=form.hours, reason=form.reason, at=at)
    return _pull(pulled, at)


@router.post("/surge/pulls/{pull_id}/end", status_code=204)
def end(request: Request, pull_id: Annotated[str, Path(max_length=100)]) -> None:
    """End a pull before its time."""
    with transaction(request) as tx:
        workforce.end_lever(tx, pull_id=pull_id, at=clock.now())


def _lever(one: Lever) -> LeverView:
    return LeverView(
        id=one.id,
        title=one.title,
        does=one.does,
        keeps=one.keeps,
        reach=one.reach.value,
        longest_hours=one.longest.total_seconds() / 3600,
        roles=sorted(role.value for role in one.roles),
        heard=one.heard,
    )


def _pull(one: Pull, at: datetime) -> PullView:
    return PullView(
        id=one.id,
        lever=one.lever,
        reach=None if one.reach == EVERYWHERE else one.reach,
        reason=one.reason,
        pulled_by=one.pulled_by,
        pulled_at=one.pulled_at,
        until=one.until,
        in_force=one.in_force(at),
        ended_at=one.ended_at,
        ended_by=one.ended_by,
    )
