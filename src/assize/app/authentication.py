"""Who a request comes from: an API key or a session."""

import threading
import time

from starlette.requests import Request

from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE, Authenticated
from assize.workforce import service
from assize.workforce.errors import NotSignedIn
from assize.workforce.models import Principal

KEY_KEPT_S = 3.0  # a revoked key works for at most this long; the ingest route asks thousands of times a second
MAX_KEPT = 1_000


class Authenticator:
    """Finds the principal of a request; keys are remembered for a moment, sessions never."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._kept: dict[str, tuple[float, Principal]] = {}
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Authenticated:
        """Return who asks. Raises NotSignedIn, UnknownKey."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and secret:
            return Authenticated(actor=self._by_key(secret.strip()), by_session=False)
        token = request.cookies.get(SESSION_COOKIE)
        if not token:
            raise NotSignedIn
        principal = service.principal_of_session(self.database, token, at=clock.now())
        return Authenticated(actor=principal, by_session=True)

    def _by_key(self, secret: str) -> Principal:
        moment = time.monotonic()
        with self._lock:
            until, principal = self._kept.get(secret, (0.0, None))
        if principal is not None and moment < until:
            return principal
        found = service.principal_of_key(self.database, secret)
        with self._lock:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[secret] = (moment + KEY_KEPT_S, found)
        return found
