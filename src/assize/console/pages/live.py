"""The stream that tells pages that something changed: server-sent events, one of the two asynchronous routes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from assize.console.errors import OnlyAStream
from assize.console.live.hub import Hub, Stream
from assize.console.live.topics import ME, cases_in, parse
from assize.kernel.errors import NotFound, Refused, Unauthenticated, Unavailable
from assize.kernel.ids import CaseId
from assize.platform.http import authenticated
from assize.review import service as review
from assize.triage import service as triage
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

router = APIRouter()
ALIVE_S = 15.0  # proxies cut a silent connection after half a minute
CHECK_S = 60.0  # how long a session that ended is still told things
WAIT_S = 1.0  # how soon a stopping server is noticed
STREAM = "text/event-stream"


@router.get("/live")
async def live(request: Request, topics: Annotated[str, Query(max_length=2000)]) -> Response:
    """Stream the names of what changed. Says nothing of a case that doesn't exist for whoever listens."""
    principal, allowed = await run_in_threadpool(_allowed, request, topics)
    if STREAM not in request.headers.get("accept", "") or not authenticated(request).by_session:
        raise OnlyAStream
    hub = _hub(request)
    stream = await hub.open(principal, allowed)
    return StreamingResponse(_events(request, hub, stream, topics), media_type=STREAM)


def _hub(request: Request) -> Hub:
    state = request.app.state
    if not hasattr(state, "live"):
        state.live = Hub(state.database)
    hub: Hub = state.live
    return hub


def _allowed(request: Request, topics: str) -> tuple[Principal, frozenset[str]]:
    """Return who listens, and what of these topics they may be told. Raises Unauthenticated, Refused, NotFound."""
    known = request.app.state.authenticate(request)
    request.state.authenticated = known
    wanted = parse(topics)
    principal: Principal = known.actor
    with request.app.state.database.transaction(principal) as tx:
        if wanted != {ME}:
            require(tx, Right.CASES_READ)
        for case_id in cases_in(wanted):
            triage.case(tx, CaseId(case_id))
        blind = review.blind_cases(tx) if cases_in(wanted) else ()
    # Whoever judges blind is not told when others do something about the case.
    return principal, wanted - {f"case:{one}" for one in blind}


async def _events(request: Request, hub: Hub, stream: Stream, topics: str) -> AsyncIterator[str]:
    said = checked = monotonic()
    try:
        yield ": listening\n\n"
        while not stream.over and not _stopping(request):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stream.woken.wait(), WAIT_S)
            moment = monotonic()
            text = "".join(f"event: changed\ndata: {one}\n\n" for one in stream.take(moment))
            if not text and moment - said >= ALIVE_S:
                text = ": alive\n\n"
            if text:
                said = moment
                yield text
            if moment - checked >= CHECK_S:
                checked = moment
                if not await _still(request, stream, topics):
                    yield "event: ended\ndata: session\n\n"
                    return
    finally:
        hub.close(stream)


async def _still(request: Request, stream: Stream, topics: str) -> bool:
    try:
        stream.principal, stream.topics = await run_in_threadpool(_allowed, request, topics)
    except Unavailable:
        return True
    except (Unauthenticated, Refused, NotFound):
        return False
    return True


def _stopping(request: Request) -> bool:
    stopping: Any = getattr(request.app.state, "stopping", None)
    return bool(stopping and stopping())
