"""A platform's webhook receiver on loopback, real HTTP, told how to behave; and a sink for mail."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from assize.kernel import clock

SECRET = "whsec_" + "c2VjcmV0IG9mIGEgdGVzdCwgMzIgYnl0ZXMgbG9uZyE="


@dataclass
class Got:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Reply:
    """What to answer. wait_s: before answering; hang_up: close without an answer; raw: these bytes and nothing else."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    hang_up: bool = False
    drip_s: float = 0.0


def confirming(got: Got) -> Reply:
    """Answer that the effect is in force."""
    said = {"status": "confirmed", "effect_id": got.event["data"]["effect_id"]}
    return Reply(body=json.dumps(said).encode())


@dataclass
class Receiver:
    """A receiver that keeps what it got. `behave` may be changed while it runs."""

    port: int
    got: list[Got] = field(default_factory=list)
    behave: Callable[[Got], Reply] = confirming

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def keys(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got]


@contextmanager
def a_receiver(behave: Callable[[Got], Reply] = confirming, *, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on a free port of loopback. tls: with the certificate that it shows, where it speaks https."""
    with _listening() as server:
        receiver = Receiver(port=server.getsockname()[1], behave=behave)
        ending = threading.Event()
        thread = threading.Thread(target=_accept, args=(server, receiver, ending, tls), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            ending.set()
            thread.join(timeout=5)


@contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        server.settimeout(0.05)
        yield server


def _accept(server: socket.socket, receiver: Receiver, ending: threading.Event, tls: ssl.SSLContext | None) -> None:
    threads = []
    while not ending.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        thread = threading.Thread(target=_serve, args=(connection, receiver, ending, tls), daemon=True)
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join(timeout=2)


def _serve(connection: socket.socket, receiver: Receiver, ending: threading.Event, tls: ssl.SSLContext | None) -> None:
    connection.settimeout(60)
    with suppress(OSError), _spoken(connection, tls) as spoken:  # whoever calls may hang up, also over the certificate
        _answer(spoken, receiver, ending)


def _spoken(connection: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return connection if tls is None else tls.wrap_socket(connection, server_side=True)


def _answer(connection: socket.socket, receiver: Receiver, ending: threading.Event) -> None:
    got = _read(connection)
    receiver.got.append(got)
    reply = receiver.behave(got)
    ending.wait(reply.wait_s)
    if reply.hang_up:
        return
    head = {"Content-Length": str(len(reply.body)), "Connection": "close"} | reply.headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    message = f"HTTP/1.1 {reply.status} Said\r\n{lines}\r\n".encode() + reply.body
    for byte in [message] if not reply.drip_s else [message[i : i + 1] for i in range(len(message))]:
        connection.sendall(byte)
        if reply.drip_s:
            time.sleep(reply.drip_s)


def _read(connection: socket.socket) -> Got:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += _some(connection)
    return Got(path=first.split()[1], headers=headers, body=body)


def _some(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionResetError
    return piece


@dataclass
class Sink:
    """A mail server that keeps what it is given. `refuse`: answer this to the recipient instead of taking it."""

    port: int
    mails: list[str] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    refuse: str | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def a_mail_sink(refuse: str | None = None) -> Iterator[Sink]:
    """Run a mail server on a free port of loopback: enough of RFC 5321 for a client that only hands over."""
    with _listening() as server:
        sink = Sink(port=server.getsockname()[1], refuse=refuse)
        ending = threading.Event()
        thread = threading.Thread(target=_take_mail, args=(server, sink, ending), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            ending.set()
            thread.join(timeout=5)


def _take_mail(server: socket.socket, sink: Sink, ending: threading.Event) -> None:
    while not ending.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        connection.settimeout(60)
        with connection, connection.makefile("rwb") as stream:
            _converse(stream, sink)


def _converse(stream: Any, sink: Sink) -> None:
    def say(line: str) -> None:
        stream.write(line.encode() + b"\r\n")
        stream.flush()

    say("220 sink")
    while line := stream.readline().decode().strip():
        verb = line.partition(" ")[0].upper()
        if verb == "DATA":
            say("354 go on")
            body = b""
            while (piece := stream.readline()) != b".\r\n":
                body += piece
            sink.mails.append(body.decode())
            say("250 kept")
        elif verb == "RCPT" and sink.refuse:
            say(sink.refuse)
        elif verb == "RCPT":
            sink.to.append(line.partition("<")[2].rstrip(">"))
            say("250 fine")
        elif verb == "QUIT":
            say("221 bye")
            return
        else:
            say("250 fine")


@dataclass(frozen=True)
class Certified:
    """A certificate of a name. shows: what a receiver speaks with; trusts: what believes it, and nothing else."""

    shows: ssl.SSLContext
    trusts: ssl.SSLContext


def certified(name: str, folder: Path) -> Certified:
    """Make a certificate of one's own for a name, good from yesterday until tomorrow."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "receiver.pem", folder / "receiver.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shows.load_cert_chain(certificate, private)
    return Certified(shows=shows, trusts=ssl.create_default_context(cafile=str(certificate)))
