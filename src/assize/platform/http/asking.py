"""Who asks, and the transaction their request is done in."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import Request

from assize.kernel import clock
from assize.kernel.actor import Actor
from assize.kernel.errors import Invalid, Refused
from assize.platform.db import Database, Tx
from assize.platform.http.once import reserve

SESSION_COOKIE = "assize_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_KEY_LENGTH = 200


class ForeignForm(Refused):
    """This form was not sent from a page of this console, or the page is older than your sign-in. Reload it."""

    code = "foreign-form"


class AddressNotText(Invalid):
    """The address holds a character that stands for nothing: remove the %00."""

    code = "address-not-text"


class BadIdempotencyKey(Invalid):
    """An Idempotency-Key has at most 200 printable characters."""

    code = "bad-idempotency-key"


@dataclass(frozen=True, kw_only=True)
class Authenticated:
    """Who asks, and how they showed it: an API key or a session."""

    actor: Actor
    by_session: bool


def authenticated(request: Request) -> Authenticated:
    """Return who asks. Raises Unauthenticated. Asked once a request, however often it is called."""
    known: Authenticated | None = getattr(request.state, "authenticated", None)
    if known is None:
        known = request.app.state.authenticate(request)
        request.state.authenticated = known
    return known


@contextmanager
def transaction(request: Request) -> Iterator[Tx]:
    """Open the transaction of this request, done for whoever asks.

    With an Idempotency-Key, the first transaction of the request takes the key: the change happens once, and the same
    request repeated gets the answer that was kept.
    """
    database: Database = request.app.state.database
    with database.transaction(authenticated(request).actor) as tx:
        key = request.headers.get("idempotency-key")
        if key and request.method not in SAFE_METHODS and not getattr(request.state, "reserved", False):
            if len(key) > MAX_KEY_LENGTH or not key.isprintable():
                raise BadIdempotencyKey(field="Idempotency-Key")
            reserve(tx, key=key, fingerprint=fingerprint(request), at=clock.now())
            request.state.reserved = True
        yield tx


def fingerprint(request: Request) -> bytes:
    """Return what makes a repeated request the same one: method, path and body, hashed."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(getattr(request.state, "body_digest", b""))
    return digest.digest()


def csrf_token(session: str) -> str:
    """Return the token a form of this session carries. Derived, so that nothing has to be stored."""
    return hashlib.sha256(b"assize form " + session.encode()).hexdigest()


async def guard(request: Request) -> None:
    """Refuse an address no text can hold, and a form or call that rides on a session but was not sent by a page of ours."""
    if "\0" in request.scope["path"] or any("\0" in name + value for name, value in request.query_params.multi_items()):
        raise AddressNotText  # the database keeps no such text, and would say so as a fault of ours
    session = request.cookies.get(SESSION_COOKIE)
    if request.method in SAFE_METHODS or "authorization" in request.headers:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignForm
    if session is None:
        return
    given = request.headers.get("x-csrf-token")
    if given is None and "form" in request.headers.get("content-type", ""):
        field = (await request.form()).get("csrf")
        given = field if isinstance(field, str) else None
    if given is None or not hmac.compare_digest(given.encode(), csrf_token(session).encode()):
        raise ForeignForm
