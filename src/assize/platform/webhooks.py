"""A signed POST to an address somebody configured, which can't be turned against our own network.

Headers per Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). The host is resolved once, every
address it has is checked, and the connection goes to an address that was checked: a name that answers differently the
second time (DNS rebinding) gains nothing. Redirects are not followed, proxies of the environment are not used, and one
deadline covers the whole exchange, so that a receiver that drips bytes can't hold a thread.

Not httpx2 itself: its clients resolve the name again inside the transport, after any check of ours.
Source: standardwebhooks.com (specification, "Server Side Request Forgery"); RFC 6890 for the special addresses.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpcore2
from standardwebhooks import Webhook

from assize.kernel.errors import AssizeError, Refused, Unavailable

MAX_ANSWER_BYTES = 64 * 1024  # a confirmation is a line; whatever is longer is not one
TIMEOUT_S = 10.0  # a receiver that writes to its queue first answers in milliseconds
CONTENT_TYPE = "application/json"

_NAT64 = IPv6Network("64:ff9b::/96")  # carries an IPv4 address in its last four bytes
_IPV4_BITS = 32

Resolve = Callable[[str, int], Sequence[str]]


class AddressForbidden(Refused):
    """Nothing is sent to {host}: {reason}."""

    code = "address-forbidden"


class DeliveryFailed(Unavailable):
    """The receiver {host} could not be reached: {reason}."""

    code = "delivery-failed"


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a POST may go.

    private: whether plain http, and private, loopback and link-local addresses are allowed (development, demo).
    timeout_s: for the whole exchange, from connecting to the last byte of the answer.
    """

    private: bool = False
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is sent. id: the idempotency key, the same on every try; secret: `whsec_…` or base64, at least 24 bytes."""

    id: str
    body: bytes
    secret: str = field(repr=False)
    content_type: str = CONTENT_TYPE


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the receiver said. body: at most MAX_ANSWER_BYTES of it."""

    status: int
    body: bytes

    @property
    def accepted(self) -> bool:
        """Whether the receiver took it: 2xx and nothing else; a redirect is a refusal."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's numbers


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def post(url: str, message: Message, *, at: datetime, reach: Reach, resolving: Resolve = resolve) -> Answer:
    """Sign and send one message, once. Retrying is the caller's.

    at: the time of this try; receivers refuse a signature older than five minutes.
    Raises AddressForbidden before anything is sent, DeliveryFailed where no whole answer came back in time.
    """
    host, port = target_of(url, reach=reach)
    try:
        addresses = _checked(host, resolving(host, port), reach=reach)
        with httpcore2.ConnectionPool(
            ssl_context=_trust(),
            network_backend=_CheckedNetwork(addresses, deadline=time.monotonic() + reach.timeout_s),
            retries=0,
        ) as pool:
            return _exchange(pool, url, message, at=at, reach=reach)
    except (httpcore2.TimeoutException, TimeoutError) as error:
        raise DeliveryFailed(host=host, reason=f"no whole answer within {reach.timeout_s:g} s") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, ValueError) as error:
        # The kind of failure, never its text: a receiver's words could carry what we sent.
        raise DeliveryFailed(host=host, reason=type(error).__name__) from error


def target_of(url: str, *, reach: Reach) -> tuple[str, int]:
    """Return host and port of an address fit to be sent to. Raises AddressForbidden, saying why."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressForbidden(host="this address", reason="it is no URL") from error
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        raise AddressForbidden(host=host or "this address", reason="it is no http or https URL")
    if parts.scheme == "http" and not reach.private:
        raise AddressForbidden(host=host, reason="it is not https")
    if parts.username is not None or parts.password is not None:
        raise AddressForbidden(host=host, reason="the URL carries a user or a password")
    return host, port or (443 if parts.scheme == "https" else 80)


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open internet, also where IPv6 wraps an IPv4 address."""
    parsed = ip_address(address.partition("%")[0])
    inner = _wrapped(parsed)
    if inner is not None:
        return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


@cache
def _trust() -> ssl.SSLContext:
    # Reading the system's certificates takes longer than a whole delivery; once a process is enough.
    return ssl.create_default_context()


def _wrapped(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & (2**_IPV4_BITS - 1))
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def _checked(host: str, addresses: Sequence[str], *, reach: Reach) -> Sequence[str]:
    if not addresses:
        raise AddressForbidden(host=host, reason="it has no address")
    # All of them, not the first good one: a public name with one private address is a mistake or an attack.
    if not reach.private and not all(is_public(address) for address in addresses):
        raise AddressForbidden(host=host, reason="it leads to a private, loopback or link-local address")
    return addresses


def _exchange(pool: httpcore2.ConnectionPool, url: str, message: Message, *, at: datetime, reach: Reach) -> Answer:
    text = message.body.decode()
    headers: dict[bytes | str, bytes | str] = {
        "Content-Type": message.content_type,
        "User-Agent": "Assize",
        "Accept-Encoding": "identity",  # a compressed answer could unpack to any size
        "Connection": "close",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(message.secret).sign(message.id, at, text),
    }
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), reach.timeout_s)
    with pool.stream("POST", url, headers=headers, content=message.body, extensions={"timeout": timeout}) as response:
        return Answer(status=response.status, body=_limited(response.iter_stream()))


def _limited(pieces: Iterable[bytes]) -> bytes:
    kept = bytearray()
    for piece in pieces:
        kept += piece
        if len(kept) >= MAX_ANSWER_BYTES:
            break
    return bytes(kept[:MAX_ANSWER_BYTES])


class _CheckedNetwork(httpcore2.NetworkBackend):
    """Connects to the addresses that were checked, whatever the name says by now."""

    def __init__(self, addresses: Sequence[str], *, deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first checked address that answers."""
        del host, timeout
        failure: AssizeError | Exception = httpcore2.ConnectError("no address")
        for address in self._addresses:
            try:
                left = _left(self._deadline)
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
                return _Hurried(stream, deadline=self._deadline)
            except httpcore2.ConnectError as error:
                failure = error
        raise failure


class _Hurried(httpcore2.NetworkStream):
    """A stream on which every step has what is left of one deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, *, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what came, within what is left."""
        del timeout
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all, within what is left."""
        del timeout
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Begin TLS for the name that was asked for: the certificate is checked against it, not the address."""
        del timeout
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Hurried(stream, deadline=self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Pass on what the stream knows of itself."""
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout
    return left
