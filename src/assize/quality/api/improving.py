"""Causes of errors and what is done about them, over HTTP: to be read."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from assize.kernel import clock
from assize.platform.http import transaction
from assize.quality import service

router = APIRouter(prefix="/v1", tags=["quality"])


@router.get("/quality/causes")
def causes(request: Request) -> dict[str, Any]:
    """Tell where the errors of the last 90 days come from, what the tools cost, and what is done about it."""
    with transaction(request) as tx:
        return asdict(service.causes(tx, at=clock.now()))


@router.get("/me/agreed")
def own_improvements(request: Request) -> dict[str, Any]:
    """List what is agreed with the caller: coaching, and what they own and is not done."""
    with transaction(request) as tx:
        return {"agreed": [asdict(one) for one in service.own_improvements(tx)]}
