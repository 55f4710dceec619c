"""My card: what somebody is told of their own work, and nobody else's."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from assize.kernel import clock
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.quality import service
from assize.quality.logic.telling import LEAST
from assize.quality.models import Criterion
from assize.quality.pages import views

router = APIRouter()


@router.get("/me/card")
def own_page(request: Request) -> Response:
    """Show one's own card: whole spans, long over, with reasons and without cases."""
    with transaction(request) as tx:
        found = service.own_card(tx, at=clock.now())
    return render(
        request,
        "quality/own.html",
        periods=[views.period(one) for one in found.periods],
        work=None if found.work is None else views.work(found.work),
        until=found.until.strftime("%-d %B %Y"),
        least=LEAST,
        criteria=[
            (views.NAMES[one], f"{found.scoring.weights.get(one, 0):g}", one in found.scoring.critical)
            for one in Criterion
        ],
    )
