"""Causes of errors and what is done about them, over HTTP: to be read."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from assize.kernel import clock
from assize.platform.http import transaction
from assize.quality import service

router = APIRouter(prefix="/v1", tags=["quality"])


@router.get("/quality/causes")
def causes(request: Request) -> dict[str, Any]:
    """Tell where the errors of the last 90 days come from, what the tools cost, and what is done about it."""
    with transaction(request) as tx:
        return asdict(service.causes(tx, at=clock.now()))


@router.get("/quality/teams")
def teams(request: Request, month: Annotated[str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")] = "") -> dict[str, Any]:
    """Tell how a month of each team went that the caller may see: levels, ramp, headcount, plans. month: 2026-11."""
    at = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC) if month else clock.now()
    with transaction(request) as tx:
        return {"teams": [asdict(one) for one in service.team_reviews(tx, month=at)]}


@router.get("/me/agreed")
def own_improvements(request: Request) -> dict[str, Any]:
    """List what is agreed with the caller: coaching, and what they own and is not done."""
    with transaction(request) as tx:
        return {"agreed": [asdict(one) for one in service.own_improvements(tx)]}
