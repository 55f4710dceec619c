"""The application around the slices' routes: errors, limits, request ids, headers, metrics, health."""

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from psycopg.errors import QueryCanceled
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from assize import __version__
from assize.kernel.actor import EVERYTHING, Actor
from assize.kernel.errors import AssizeError, Unavailable
from assize.platform import metrics
from assize.platform.db import Database
from assize.platform.http import problems
from assize.platform.http.asking import Authenticated, guard
from assize.platform.http.middleware import Shell
from assize.platform.http.once import Replay
from assize.platform.settings import Settings

PROBE = Actor(id="system", scope=EVERYTHING)


def build(
    *,
    database: Database,
    settings: Settings,
    routers: Iterable[APIRouter],
    hot_routes: Iterable[BaseRoute],
    authenticate: Callable[[Request], Authenticated],
    error_page: Callable[..., Response],
    ready: Callable[[Database], str | None],
    lifespan: Any = None,
) -> FastAPI:
    """Put the application together.

    authenticate: returns who asks, from a key or a session. ready: returns why the server isn't ready, or None.
    """
    app = FastAPI(
        title="Assize",
        version=__version__,
        description="Operations platform for critical harm at AI platforms.",
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        dependencies=[Depends(guard)],
        lifespan=lifespan,
    )
    app.state.database = database
    app.state.settings = settings
    app.state.authenticate = authenticate
    app.state.error_page = error_page
    app.router.routes.extend(hot_routes)
    app.include_router(_health(database, ready))
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(Replay, _replay)
    app.add_exception_handler(AssizeError, problems.on_error)
    app.add_exception_handler(QueryCanceled, problems.on_cancelled)
    app.add_exception_handler(RequestValidationError, problems.on_invalid)
    app.add_exception_handler(HTTPException, problems.on_http)
    app.add_middleware(Shell, database=database)
    return app


async def _replay(_: Request, error: Exception) -> Response:
    if not isinstance(error, Replay):
        raise error
    return Response(
        error.body, status_code=error.status, media_type=error.media_type, headers={"Idempotent-Replay": "true"}
    )


def _health(database: Database, ready: Callable[[Database], str | None]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        try:
            reason = ready(database)
        except Unavailable as error:
            reason = error.message
        return JSONResponse({"ready": reason is None, "reason": reason}, status_code=200 if reason is None else 503)

    @router.get("/metrics")
    def scrape() -> Response:
        return Response(metrics.render(database, PROBE), media_type=metrics.MEDIA_TYPE)

    return router
