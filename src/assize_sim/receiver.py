"""The platform's webhook receiver: verifies, applies once per id, confirms; and misbehaves as it is told to.

A real HTTP server on loopback. It answers as a careful platform does (Standard Webhooks): a wrong signature is refused, an
id seen before is answered like the first time and changes nothing.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from assize.kernel import clock
from assize.kernel.chance import rng
from assize_sim.standing import Register

MAX_BODY = 1024 * 1024
HELD_S = 60.0  # longer than any sender waits


@dataclass(frozen=True, kw_only=True)
class Misbehaviour:
    """How often a receiver misbehaves, each a share of tries.

    error: answers 500 and does nothing. after: does it, then answers 500. drop: does it, then hangs up. hang: answers
    nothing for so long that the sender gives up. slow: takes `slow_s`. later: takes it, and confirms by a call of its own.
    """

    error: float = 0.0
    after: float = 0.0
    drop: float = 0.0
    hang: float = 0.0
    slow: float = 0.0
    slow_s: float = 0.3
    later: float = 0.15


MISBEHAVIOURS: Mapping[str, Misbehaviour] = {
    "none": Misbehaviour(),
    "mild": Misbehaviour(error=0.03, after=0.02, drop=0.01, slow=0.1),
    "wild": Misbehaviour(error=0.2, after=0.15, drop=0.1, slow=0.2, later=0.3),
}


@dataclass(frozen=True, kw_only=True)
class Received:
    """An effect as it was first taken. tries: how often it has come, kept in `Receiver.tries`."""

    effect_id: str
    kind: str
    level: str
    ref: str
    case_id: str
    data: Mapping[str, Any]
    at: datetime
    confirms_later: bool


@dataclass(kw_only=True)
class Receiver:
    """What a receiver has taken. on_new: told of each effect once, on the receiver's own thread.

    applied: effect ids in the order in which they were first taken: each is applied exactly once.
    """

    secret: str
    register: Register
    misbehaviour: Misbehaviour = field(default_factory=Misbehaviour)
    seed: str = "receiver"
    on_new: Callable[[Received], None] = lambda _: None
    applied: dict[str, Received] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def verified(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any] | None:
        """Return what a signed body says, or None where the signature or the body is not right."""
        try:
            Webhook(self.secret).verify(body, dict(headers))
            said = json.loads(body)
            _target(said)
        except (WebhookVerificationError, ValueError, KeyError, TypeError):
            with self._lock:
                self.refused += 1
            return None
        return dict(said)

    def take(self, webhook_id: str, event: Mapping[str, Any]) -> Received:
        """Apply an effect, once however often it comes; return what was taken the first time."""
        level, ref = _target(event)
        data = event["data"]
        with self._lock:
            known = self.applied.get(webhook_id)
            if known is not None:
                return known
            received = Received(
                effect_id=str(data.get("effect_id", event["id"])),
                kind=str(event["type"]),
                level=level,
                ref=ref,
                case_id=str(data.get("case_id", "")),
                data=data,
                at=clock.now(),
                confirms_later=rng(f"{self.seed}/{webhook_id}/later").random() < self.misbehaviour.later,
            )
            self.applied[webhook_id] = received
            # Inside the lock: a second copy of the same effect must not see it as taken before it is applied.
            self.register.apply(level=level, ref=ref, order=data.get("order", {}))
        self.on_new(received)
        return received

    def mood(self, webhook_id: str) -> str:
        """Return how this try is treated; the same id and try are treated alike in every run."""
        with self._lock:
            count = self.tries[webhook_id] = self.tries.get(webhook_id, 0) + 1
        drawn = rng(f"{self.seed}/{webhook_id}/{count}").random()
        for name in ("error", "after", "drop", "hang", "slow"):
            share: float = getattr(self.misbehaviour, name)
            if drawn < share:
                return name
            drawn -= share
        return "well"


def serve(receiver: Receiver, *, port: int = 0, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """Start a server for a receiver on a thread; `server_port` says where. Stop it with `shutdown()`."""

    class Handler(_Handler):
        pass

    Handler.receiver = receiver
    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="receiver", daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take one delivery."""
        length = int(self.headers.get("content-length") or 0)
        if length > MAX_BODY:
            self._answer(413, {})
            return
        body = self.rfile.read(length)
        event = self.receiver.verified(body, {name.lower(): value for name, value in self.headers.items()})
        if event is None:
            self._answer(401, {"error": "the signature does not fit"})
            return
        webhook_id = self.headers["webhook-id"]
        self._moody(self.receiver.mood(webhook_id), webhook_id, event)

    def _moody(self, mood: str, webhook_id: str, event: Mapping[str, Any]) -> None:
        if mood == "error":
            self._answer(500, {"error": "try again"})
            return
        if mood == "hang":
            time.sleep(HELD_S)
            self.close_connection = True
            return
        if mood == "slow":
            time.sleep(self.receiver.misbehaviour.slow_s)
        received = self.receiver.take(webhook_id, event)
        if mood == "after":
            self._answer(500, {"error": "done, but something else went wrong"})
        elif mood == "drop":
            self.close_connection = True
        elif received.confirms_later:
            self._answer(202, {})
        else:
            self._answer(200, {"effect_id": received.effect_id, "status": "confirmed"})

    def _answer(self, status: int, said: Mapping[str, str]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Stay quiet."""


def _target(event: Mapping[str, Any]) -> tuple[str, str]:
    target = event["data"]["target"]
    return str(target["level"]), str(target["id"])
