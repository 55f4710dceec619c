"""The web server: every slice's routes in one application."""

import contextlib
import os
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI

from assize.app import routes
from assize.app.authentication import Authenticator
from assize.app.flow import delivery
from assize.app.framing import framing
from assize.app.installation import check
from assize.app.loading import loading_for_good
from assize.platform import metrics
from assize.platform.assets import static_files
from assize.platform.db import Database
from assize.platform.http import build
from assize.platform.logs import configure, log
from assize.platform.pages import error_page_with
from assize.platform.settings import Settings
from assize.policy import service as policy
from assize.workforce import pages as workforce_pages
from assize.workforce.models import SYSTEM

POOL = 16  # as many requests at once as a small PostgreSQL serves well


def create(settings: Settings, dsn: str) -> FastAPI:
    """Put the application together over a database; it opens its connections when it starts."""
    database = Database(dsn, min_size=2, max_size=POOL, announce=delivery().announce)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        database.open()
        yield
        database.close()

    app = build(
        database=database,
        settings=settings,
        routers=routes.routers(),
        hot_routes=routes.hot_routes(),
        authenticate=Authenticator(database),
        error_page=error_page_with(),
        ready=_why_not_ready,
        lifespan=lifespan,
    )
    app.state.navigation = routes.NAVIGATION
    app.state.personal = routes.PERSONAL
    app.state.framing = framing
    app.state.carry_page = workforce_pages.carry_page
    app.mount("/static", static_files())
    metrics.tell_levels(routes.levels())
    return app


def serve(settings: Settings, dsn: str) -> None:
    """Serve until told to stop. Raises SchemaTooNew, SchemaBehind before a single request is taken."""
    check(dsn)
    configure(process="server", level=settings.log_level)
    with loading_for_good():
        app = create(settings, dsn)
    log.info("serving", address=settings.host, port=settings.port)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop" if os.name == "posix" else "asyncio",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    app.state.stopping = lambda: server.should_exit  # streams end before the server waits for them
    server.run()


def _why_not_ready(database: Database) -> str | None:
    with database.transaction(SYSTEM) as tx:
        if policy.published(tx):
            return None
    return "No policy is published yet: run `assize policy publish starter`."
