"""How many people judge a case independently before a decision stands, by severity."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy.models import Severity
from assize.review import service as review
from assize.workforce.models import Right
from assize.workforce.service import require

router = APIRouter()
Reviews = Annotated[int, Form(ge=1, le=3)]


@router.get("/quality/independence")
def independence_page(request: Request) -> Response:
    """Show how many reviews each severity takes."""
    with transaction(request) as tx:
        require(tx, Right.QUALITY_READ)
        found = review.independence(tx)
    return render(request, "quality/independence.html", reviews=sorted(found.items()), most=3)


@router.post("/quality/independence")
def set_independence(
    request: Request, *, sev0: Reviews = 1, sev1: Reviews = 1, sev2: Reviews = 1, sev3: Reviews = 1, sev4: Reviews = 1
) -> Response:
    """Say how many reviews each severity takes, from now on."""
    wanted = dict(zip(Severity, (sev0, sev1, sev2, sev3, sev4), strict=True))
    with transaction(request) as tx:
        review.set_independence(tx, reviews=wanted, at=clock.now())
    return RedirectResponse("/quality/independence", status_code=303)
