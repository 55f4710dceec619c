"""What happens to every request, around the routes: id, size limit, headers, kept answers, measures, one log line."""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from assize.kernel.errors import TooLarge
from assize.kernel.ids import new_id
from assize.platform import metrics
from assize.platform.db import Database
from assize.platform.http import once, problems
from assize.platform.logs import log

MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_KEPT_BYTES = 256 * 1024  # an answer larger than this is read again, not kept
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,80}$")


def content_policy(viewer: str = "") -> str:
    """Return the policy of pages: nothing from outside. viewer: the origin of the customer's own viewer of media."""
    shown = f"img-src 'self' {viewer}; media-src {viewer}" if viewer else "img-src 'self'"
    return (
        f"default-src 'none'; style-src 'self'; script-src 'self'; {shown}; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_EVERY_ANSWER = [
    (name.lower().encode("latin-1"), value.encode("latin-1"))
    for name, value in {**HEADERS, "Cache-Control": "no-store"}.items()
]


class BodyTooLarge(TooLarge):
    """A request may carry at most {limit} bytes. Send it in parts."""

    code = "body-too-large"


class Shell:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, database: Database) -> None:
        self.app = app
        self.database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything that isn't HTTP passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Read once: the ingest route answers thousands a second, and each look-up in Starlette's Headers walks them all.
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        asked_id = headers.get("x-request-id", "")
        request_id = asked_id if _REQUEST_ID.match(asked_id) else new_id("req")
        scope.setdefault("state", {})["request_id"] = request_id
        exchange = _Exchange(scope=scope, receive=receive, send=send, headers=headers, request_id=request_id)
        exchange.before_last = self._keep
        with bound_contextvars(request_id=request_id):
            await self._serve(exchange)

    async def _serve(self, exchange: "_Exchange") -> None:
        started = time.perf_counter()
        try:
            exchange.check_length()
            await self.app(exchange.scope, exchange.take, exchange.give)
            exchange.check_seen()
        except BodyTooLarge as error:
            await self._answer(exchange, await problems.on_error(Request(exchange.scope), error))
        except Exception as error:  # noqa: BLE001 - the last place that can still answer; the kind and place are logged
            await self._answer(exchange, await problems.on_surprise(Request(exchange.scope), error))
        finally:
            _tell(exchange, time.perf_counter() - started)

    async def _answer(self, exchange: "_Exchange", answer: Response) -> None:
        if not exchange.status:
            exchange.refuse()
            await answer(exchange.scope, exchange.receive, exchange.give)

    def _keep(self, exchange: "_Exchange") -> None:
        actor = exchange.scope["state"]["authenticated"].actor
        key = exchange.headers["idempotency-key"]
        with self.database.transaction(actor) as tx:
            once.keep(tx, key=key, status=exchange.status, media_type=exchange.media_type, body=bytes(exchange.kept))


class _Exchange:
    """One request and its answer, as they pass."""

    def __init__(
        self, *, scope: Scope, receive: Receive, send: Send, headers: Mapping[str, str], request_id: str
    ) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.headers = headers
        self.request_id = request_id
        self.status = 0
        self.media_type = ""
        self.kept = bytearray()
        self.before_last: Callable[[_Exchange], None] | None = None
        self._seen = 0
        self._refusing = False
        self._digest = hashlib.sha256() if "idempotency-key" in headers else None

    async def take(self) -> Message:
        """Receive a piece of the body, and count it: a length that was not declared is limited too."""
        message = await self.receive()
        piece: bytes = message.get("body", b"")
        self._seen += len(piece)
        self.check_seen()
        if self._digest is not None:
            self._digest.update(piece)
            self.scope["state"]["body_digest"] = self._digest.digest()
        return message

    async def give(self, message: Message) -> None:
        """Send a piece of the answer, with the headers every answer has."""
        if self._seen > MAX_BODY_BYTES and not self._refusing:
            return  # what the route made of half a body is no answer
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-request-id", self.request_id.encode("latin-1"))]
            given = dict(headers)
            self.media_type = given.get(b"content-type", b"").decode("latin-1")
            message["headers"] = headers + [pair for pair in _EVERY_ANSWER if pair[0] not in given]
        elif self._digest is not None and len(self.kept) <= MAX_KEPT_BYTES:
            self.kept += message.get("body", b"")
            # Kept before the caller has it: whoever repeats the request at once finds the answer.
            if not message.get("more_body") and self.keeps and self.before_last is not None:
                await run_in_threadpool(self.before_last, self)
        await self.send(message)

    def refuse(self) -> None:
        """From here on what is sent is our own answer."""
        self._refusing = True

    def check_seen(self) -> None:
        """Refuse a body that turned out longer than the limit."""
        if self._seen > MAX_BODY_BYTES and not self._refusing:
            raise BodyTooLarge(limit=MAX_BODY_BYTES)

    def check_length(self) -> None:
        """Refuse a declared length over the limit before a byte is read."""
        declared = self.headers.get("content-length", "0")
        if not declared.isdigit() or int(declared) > MAX_BODY_BYTES:
            raise BodyTooLarge(limit=MAX_BODY_BYTES)

    @property
    def keeps(self) -> bool:
        """Whether the answer is to be kept: its change happened under a key, and it is not too large."""
        state: dict[str, Any] = self.scope["state"]
        return bool(state.get("reserved")) and 0 < self.status < 500 and len(self.kept) <= MAX_KEPT_BYTES  # noqa: PLR2004


def _tell(exchange: _Exchange, seconds: float) -> None:
    route = getattr(exchange.scope.get("route"), "path", "unmatched")
    method, status = exchange.scope["method"], exchange.status or 499
    metrics.REQUESTS.labels(method=method, route=route, status=str(status)).inc()
    metrics.REQUEST_SECONDS.labels(route=route).observe(seconds)
    if status >= 500 or route not in {"/healthz", "/readyz", "/metrics", "/v1/events"}:  # noqa: PLR2004 - HTTP's number
        log.info("request", method=method, route=route, status=status, duration_ms=round(seconds * 1000, 1))
