"""What was done instead, over HTTP: safeguard defects, offers of support, watches, requests for information."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from assize.enforcement import service
from assize.enforcement.api.forms import Form, Limit, Place
from assize.enforcement.models import (
    Support,
)
from assize.enforcement.models.instead import Defect, DefectState, InformationRequest, RequestState, Watch, WatchState
from assize.kernel import clock
from assize.platform.http import transaction

router = APIRouter(prefix="/v1", tags=["enforcement"])


class DefectForm(Form):
    """What becomes of a safeguard defect."""

    state: Annotated[str, Field(pattern="^(handed_over|closed)$")]
    outcome: Annotated[str | None, Field(max_length=2000)] = None


@router.get("/defects")
def defects(
    request: Request, *, state: DefectState | None = None, before: Place = None, limit: Limit = 50
) -> list[Defect]:
    """List safeguard defects, newest first."""
    with transaction(request) as tx:
        return service.defects(tx, state=state, before=before, limit=limit)


@router.post("/defects/{defect_id}/state")
def move_defect(request: Request, defect_id: str, form: DefectForm) -> Defect:
    """Hand a safeguard defect over, or close it."""
    with transaction(request) as tx:
        return service.move_defect(
            tx, defect_id=defect_id, state=DefectState(form.state), outcome=form.outcome, at=clock.now()
        )


@router.get("/supports")
def supports(request: Request, *, case_id: Place = None, limit: Limit = 50) -> list[Support]:
    """List offers of support, and how far each has come."""
    with transaction(request) as tx:
        return service.supports(tx, case_id=case_id, limit=limit)


@router.get("/watches")
def watches(request: Request, *, state: WatchState | None = None, limit: Limit = 50) -> list[Watch]:
    """List watches, the next to come back first."""
    with transaction(request) as tx:
        return service.watches(tx, state=state, limit=limit)


@router.get("/information-requests")
def information_requests(
    request: Request, *, state: RequestState | None = None, limit: Limit = 50
) -> list[InformationRequest]:
    """List what is missing, whose it is and by when."""
    with transaction(request) as tx:
        return service.requests(tx, state=state, limit=limit)


@router.post("/information-requests/{request_id}/answer")
def answer_request(request: Request, request_id: str) -> InformationRequest:
    """Say that what was missing has come."""
    with transaction(request) as tx:
        return service.answer_request(tx, request_id=request_id, at=clock.now())
