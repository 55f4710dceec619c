"""Whom somebody may name in a note on a case: offered while they type, and a page of its own without a script."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from assize.kernel.ids import CaseId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.review import service as review

router = APIRouter()
AT_A_GLANCE = 8


@router.get("/cases/{case_id}/people")
def people(
    request: Request,
    case_id: str,
    q: Annotated[str, Query(max_length=100)] = "",
    part: Annotated[str | None, Query(pattern="^names$")] = None,
) -> Response:
    """Show the people who may see the case, with a note to name them in. part: the names alone, a few that fit q."""
    with transaction(request) as tx:
        if part is not None:
            return JSONResponse({"names": review.nameable(tx, case_id=CaseId(case_id), words=q, limit=AT_A_GLANCE)})
        names = review.nameable(tx, case_id=CaseId(case_id), words=q)
    return render(request, "console/people.html", case_id=case_id, names=names)
