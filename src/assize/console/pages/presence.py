"""Who else is on a case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from assize.kernel import clock
from assize.kernel.ids import CaseId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.review import service as review
from assize.workforce import service as workforce

router = APIRouter()


@router.post("/cases/{case_id}/presence", status_code=204)
def be_present(request: Request, case_id: str) -> Response:
    """Say that I have this case on my screen; sent by the page each 20 seconds while it is looked at."""
    with transaction(request) as tx:
        review.be_present(tx, case_id=CaseId(case_id), at=clock.now())
    return Response(status_code=204)


def also_here(tx: Tx, case_id: CaseId, *, at: datetime) -> list[dict[str, Any]]:
    """Return who else is on a case, for the region that `console/presence.html` shows."""
    found = review.present(tx, case_id=case_id, at=at)
    names = workforce.names(tx, [one.reviewer_id for one in found])
    return [{"name": _named(one.reviewer_id, names), "in_hand": one.in_hand, "since": one.since} for one in found]


def _named(reviewer_id: str, names: Mapping[str, str]) -> str:
    return names[reviewer_id] if names[reviewer_id] != reviewer_id else "Somebody"
