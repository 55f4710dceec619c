"""Plain-text mail by SMTP, from the standard library.

smtp://user:password@host:587?starttls=yes    smtps://host    smtp://127.0.0.1:2525
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from assize.kernel.errors import Invalid, Unavailable

TIMEOUT_S = 15.0  # per step; a mail server that greylists answers at once, one that hangs is passed over
_PORTS = {"smtp": 25, "smtps": 465}


class BadMailAddress(Invalid):
    """The mail server's address must be smtp://host:port or smtps://host:port."""

    code = "bad-mail-address"


class MailFailed(Unavailable):
    """The mail could not be handed over: {reason}."""

    code = "mail-failed"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One message. id: made into the Message-ID, so that a mailbox shows a repeated sending once."""

    id: str
    sender: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where mail is handed over, and how."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def read_server(url: str) -> Server:
    """Return the server an address names. Raises BadMailAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadMailAddress from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadMailAddress
    return Server(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        starttls=_asks_starttls(parts),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def compose(mail: Mail) -> EmailMessage:
    """Return the message as it goes over the wire. A line break in a header is refused, not sent."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = mail.sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Message-ID"] = f"<{mail.id}@{mail.sender.rpartition('@')[2] or 'localhost'}>"
    except ValueError as error:
        raise MailFailed(reason="a header has a line break") from error
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers back
    message.set_content(mail.text)
    return message


def send(url: str, mail: Mail, *, timeout_s: float = TIMEOUT_S) -> None:
    """Hand one message over. Raises MailFailed where the server did not take it; sending again is the caller's."""
    server, message = read_server(url), compose(mail)
    try:
        with _connection(server, timeout_s=timeout_s) as smtp:
            if server.starttls:
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password or "")
            smtp.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        raise MailFailed(reason=type(error).__name__) from error


def _connection(server: Server, *, timeout_s: float) -> smtplib.SMTP:
    if server.tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=timeout_s, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=timeout_s)


def _asks_starttls(parts: SplitResult) -> bool:
    return parse_qs(parts.query).get("starttls", ["no"])[-1].lower() in {"yes", "true", "1"}
