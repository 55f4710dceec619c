"""A living installation in one process: the real server on a real port, and a worker that is stepped by the test."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from assize.app.flow import delivery
from assize.app.rounds import destinations
from assize.app.server import create
from assize.audit import service as audit
from assize.enforcement import service as enforcement
from assize.enforcement.models import Outbound
from assize.kernel import clock
from assize.kernel.ids import ReviewerId
from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE, csrf_token
from assize.platform.settings import Destination, Settings
from assize.policy import service as policy
from assize.quality import service as quality
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Right, Role
from builders.waiting import PATIENCE_S

PASSWORD = "a password of the tests"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(kw_only=True)
class Living:
    """What a test needs of it."""

    url: str
    database: Database
    settings: Settings

    def client(self, key: str) -> httpx2.Client:
        """Return a client of the API that acts by a key."""
        return httpx2.Client(
            base_url=self.url, headers={"authorization": f"Bearer {key}"}, trust_env=False, timeout=120
        )

    def person(self, name: str, *roles: Role, **more: Any) -> tuple[ReviewerId, str]:
        """Add somebody who can sign in; return their id and a key that acts as them with all their rights."""
        at = clock.now()
        with self.database.transaction(SYSTEM) as tx:
            email = f"{name}@example.org"
            reviewer_id = workforce.add_person(
                tx, name=name.title(), email=email, roles=roles, password=PASSWORD, at=at, **more
            )
            issued = workforce.issue_key(tx, name=name, rights=list(Right), reviewer_id=reviewer_id, at=at)
        return reviewer_id, issued.secret

    def browser(self, name: str) -> httpx2.Client:
        """Return a client of the pages in which somebody is signed in."""
        email = f"{name}@example.org"
        token = workforce.sign_in(
            self.database, email=email, password=PASSWORD, address="tests", hours=1, at=clock.now()
        ).token
        headers = {
            "x-csrf-token": csrf_token(token),
            "accept": "text/html;q=0.9, application/json",
            "cookie": f"{SESSION_COOKIE}={token}",
        }
        return httpx2.Client(base_url=self.url, headers=headers, trust_env=False, timeout=120)

    def platform_key(self) -> str:
        """Return a key for the platform's own servers."""
        rights = [Right.EVENTS_WRITE, Right.REPORTS_WRITE, Right.APPEALS_WRITE, Right.ENFORCEMENT_CONFIRM]
        with self.database.transaction(SYSTEM) as tx:
            return workforce.issue_key(tx, name="platform", rights=rights, at=clock.now()).secret

    def work(self, *, drawing: bool = True) -> None:
        """Do what a worker does until nothing is left to do. drawing: whether decisions are put to sampling plans."""
        outbound = Outbound(
            destinations=tuple(destinations(self.settings)),
            source=self.settings.public_url,
            private=True,
        )
        busy = True
        while busy:
            at = clock.now()
            busy = bool(triage.assess(self.database, at=at, settings=self.settings).events)
            delivery().drain(self.database)
            at = clock.now()  # later than what the facts just heard have made due
            busy = bool(enforcement.deliver_due(self.database, outbound=outbound, limit=100, at=at).taken) or busy
            busy = (drawing and bool(quality.draw_due(self.database, settings=self.settings, at=at))) or busy
            busy = (drawing and bool(quality.answer_due(self.database, at=at))) or busy
            busy = bool(enforcement.remedy(self.database, at=at)) or busy
            busy = bool(enforcement.sweep(self.database, limit=100, at=at).any) or busy
        while audit.sequence(self.database):
            pass


@contextlib.contextmanager
def living(
    database: Database, home: Path, *, webhook: str | None = None, grace_s: int = 0, translation_url: str | None = None
) -> Iterator[Living]:
    """Serve an installation over this database, with the starter policy published."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    there: Sequence[Destination] = (Destination(name="platform", url=webhook, secret=SECRET),) if webhook else ()
    settings = Settings(
        home=home,
        port=port,
        public_url=url,
        grace_s=grace_s,
        destinations=tuple(there),
        allow_private_destinations=True,
        translation_url=translation_url,
    )
    announcing = Database(database.dsn, announce=delivery().announce)
    with announcing:
        with announcing.transaction(SYSTEM) as tx:
            if not policy.published(tx):
                policy.publish(tx, pack=policy.load("starter"), at=clock.now(), reason="tests")
        delivery().drain(announcing)
        app = create(settings, database.dsn)
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False))
        app.state.stopping = lambda: server.should_exit
        thread = threading.Thread(target=server.run, name="living-server", daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield Living(url=url, database=announcing, settings=settings)
        finally:
            server.should_exit = True
            thread.join(timeout=PATIENCE_S)
            assert not thread.is_alive(), "the server stops, whoever is still connected"
