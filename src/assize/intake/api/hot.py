"""`POST /v1/events`: the one route that thousands of events a second go through.

Asynchronous and without Pydantic, on purpose: the decoder and the shared commit are what the rate is made of
(docs/reference/benchmarks.md). Everything it decides lies in `logic` and `service`.
"""

import hashlib
import time
from collections.abc import Sequence

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from assize.intake.api.body import read_body
from assize.intake.errors import NothingFits
from assize.intake.models import Receipt
from assize.intake.service import Batch, Collector, batch_of_body
from assize.kernel import clock
from assize.kernel.errors import Unauthenticated
from assize.platform.db import Database
from assize.platform.http import authenticated
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

KEY_TRUSTED_S = 3.0  # a revoked key is refused after at most this; asking each time would double the database's work
MAX_KNOWN_KEYS = 1_000
LARGE_BYTES = 256 * 1024  # above, parsing would hold up everybody else's calls on this loop
_encode = msgspec.json.Encoder().encode


class _Answer(msgspec.Struct):
    """What the sender gets: counts, one id per item in its order, and what was rejected and why."""

    batch_id: str
    accepted: int
    duplicates: int
    rejected: Sequence[dict[str, str | None]]
    ids: Sequence[str | None]


class _Keys:
    """Who sent lately, by the hash of their Authorization header: the header itself is not kept."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[float, Principal]] = {}

    async def sender(self, request: Request, header: bytes | None) -> Principal:
        """Return who sends, if they may. header: the request's Authorization. Raises Unauthenticated, NotAllowed."""
        if header is None:
            raise Unauthenticated  # a session is for pages; events come from servers
        digest = hashlib.sha256(header).digest()
        now = time.monotonic()
        known = self._known.get(digest)
        if known is not None and known[0] > now:
            return known[1]
        principal = await run_in_threadpool(_asked, request)
        if len(self._known) >= MAX_KNOWN_KEYS:
            self._known.clear()
        self._known[digest] = (now + KEY_TRUSTED_S, principal)
        return principal


def _asked(request: Request) -> Principal:
    database: Database = request.app.state.database
    with database.transaction(authenticated(request).actor) as tx:
        return require(tx, Right.EVENTS_WRITE)


class ReceiveEvents:
    """The route, as a bare ASGI application: what Starlette puts around a function costs more than the parsing.

    202 with counts, ids and what was rejected; 422 where nothing of the call fits or no items can be made out; 413 where
    it is too much; 503 where the database is away, and then nothing was taken.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take events in; answer once they are durable."""
        scope["route"] = _ROUTE  # Starlette's own routes don't say who they are, and measures and logs ask
        body = _encode(_answer(await self._taken(Request(scope, receive))))
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 202, "headers": head})
        await send({"type": "http.response.body", "body": body})

    async def _taken(self, request: Request) -> Receipt:
        state = request.app.state
        if not hasattr(state, "intake_keys"):
            state.intake_keys, state.intake_collector = _Keys(), Collector(state.database)
        keys: _Keys = state.intake_keys
        collector: Collector = state.intake_collector
        headers = dict(request.scope["headers"])
        sender = await keys.sender(request, headers.get(b"authorization"))
        data = await read_body(request, encoding=headers.get(b"content-encoding", b""))
        ndjson = b"ndjson" in headers.get(b"content-type", b"")
        if len(data) > LARGE_BYTES:
            batch = await run_in_threadpool(_prepared, data, ndjson=ndjson, sent_by=sender.id)
        else:
            batch = _prepared(data, ndjson=ndjson, sent_by=sender.id)
        receipt = await collector.take(batch)
        if batch.slots and len(receipt.rejected) == len(batch.slots):
            raise NothingFits(count=len(batch.slots), places=_rejected(receipt))
        return receipt


def _prepared(data: bytes, *, ndjson: bool, sent_by: str) -> Batch:
    return batch_of_body(data, ndjson=ndjson, sent_by=sent_by, at=clock.now())


def _answer(receipt: Receipt) -> _Answer:
    return _Answer(
        batch_id=receipt.batch_id,
        accepted=receipt.accepted,
        duplicates=receipt.duplicates,
        rejected=_rejected(receipt),
        ids=receipt.ids,
    )


def _rejected(receipt: Receipt) -> list[dict[str, str | None]]:
    return [
        {"pointer": one.pointer, "code": one.code, "detail": one.detail, "external_id": one.external_id}
        for one in receipt.rejected
    ]


_ROUTE = Route("/v1/events", ReceiveEvents(), methods=["POST"])
hot_routes: list[BaseRoute] = [_ROUTE]
