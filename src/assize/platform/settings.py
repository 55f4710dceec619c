"""What an installation can set: from the environment, and nowhere else.

Every name begins with ASSIZE_. `docs/reference/settings.md` is generated from this file.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from assize.kernel.errors import Invalid

DESCRIBED = (
    (
        "ASSIZE_HOME",
        "Where the embedded database, keys and checkpoints lie.",
        "`~/.local/share/assize`; `/var/lib/assize/home` as root",
    ),
    ("ASSIZE_DATABASE_URL", "An external PostgreSQL 16+, as the application's role.", "embedded"),
    ("ASSIZE_DATABASE_OWNER_URL", "The same database as the role that migrates.", "`ASSIZE_DATABASE_URL`"),
    ("ASSIZE_HOST", "Address to listen on.", "`127.0.0.1`"),
    ("ASSIZE_PORT", "Port to listen on.", "`8420`"),
    ("ASSIZE_PUBLIC_URL", "Address people use, for links in pages and messages.", "`http://HOST:PORT`"),
    ("ASSIZE_SECURE_COOKIES", "Send cookies over https only.", "no"),
    ("ASSIZE_SESSION_HOURS", "How long a sign-in lasts.", "`12`"),
    ("ASSIZE_GRACE_SECONDS", "How long a decision can be taken back before an effect leaves.", "`30`"),
    ("ASSIZE_WEBHOOK_URL", "Where effects go. More destinations: `ASSIZE_WEBHOOK_URL_EU` and so on.", "none"),
    ("ASSIZE_WEBHOOK_SECRET", "What signs them (`whsec_…`); for each destination its own.", "none"),
    ("ASSIZE_ALLOW_PRIVATE_DESTINATIONS", "Let webhooks go to addresses in private networks.", "no"),
    (
        "ASSIZE_SEALING_KEY",
        "What seals secrets kept in the database: 32 bytes in base64; older ones after a comma. The same on all machines.",
        "`keys/sealing.key` in the home, made at first use",
    ),
    (
        "ASSIZE_SAMPLING_KEY",
        "What decides which decisions are looked at again: 32 bytes in base64; older ones after a comma. The same on all machines.",
        "`keys/sampling.key` in the home, made at first use",
    ),
    ("ASSIZE_SMTP_URL", "Mail server for pages: `smtp://user:password@host:port`.", "none"),
    ("ASSIZE_MAIL_FROM", "Sender of mails.", "`assize@localhost`"),
    ("ASSIZE_MODERATION_URL", "Base of an OpenAI-compatible moderation endpoint.", "none"),
    ("ASSIZE_MODERATION_KEY", "Its key.", "none"),
    ("ASSIZE_MODERATION_MODEL", "Its model.", "`omni-moderation-latest`"),
    ("ASSIZE_TRANSLATION_URL", "Base of an OpenAI-compatible chat endpoint that translates turns.", "none"),
    ("ASSIZE_TRANSLATION_KEY", "Its key.", "none"),
    ("ASSIZE_TRANSLATION_MODEL", "Its model.", "none: the endpoint's own"),
    (
        "ASSIZE_LINKING_ATTRIBUTES",
        "Attributes of events by which accounts are linked, with commas; of their values only hashes are kept.",
        "device, payment, address and mail hashes under their usual names",
    ),
    (
        "ASSIZE_RETENTION_DAYS",
        "Days by retention class: `standard=180,transient=30`.",
        "transient 30, standard 180, extended 365, hold never",
    ),
    (
        "ASSIZE_EXPOSURE_BUDGET",
        "Points of hard content a reviewer may open in 24 hours (1 low, 2 moderate, 4 high, 8 severe). Yours to choose.",
        "`120`",
    ),
    (
        "ASSIZE_AUDIT_FLOOR",
        "Share of decisions that is drawn for audit at the least, also while a surge lever lowers audits; above 0, up to 1.",
        "`0.01`",
    ),
    (
        "ASSIZE_MEDIA_VIEWER_URL",
        "Your own viewer of media, with `{pointer}` in it: pages show pictures through it, blurred until asked for.",
        "none: only the pointer is shown",
    ),
    ("ASSIZE_LOG_LEVEL", "debug, info, warning or error.", "`info`"),
)


LINKING_ATTRIBUTES = (
    "device", "device_id", "device_hash", "payment", "payment_hash", "payment_fingerprint", "ip_hash", "email_hash",
    "email_domain", "phone_hash",
)  # fmt: skip

SEALING_KEY_BYTES = 32  # AES-256
SAMPLING_KEY_BYTES = 32  # as long as what the hash gives


class BadSetting(Invalid):
    """The setting {field} can't be used: {reason}."""

    code = "bad-setting"


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A platform that hears effects: a name, an https address, and the secret that signs."""

    name: str
    url: str
    secret: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one installation.

    home: everything Assize keeps outside the database (keys, checkpoints, the embedded database).
    database_url: an external PostgreSQL 16+ as the application's role; None means embedded.
    database_owner_url: the same database as the role that migrates; defaults to database_url.
    """

    home: Path
    database_url: str | None = None
    database_owner_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8420
    public_url: str = "http://127.0.0.1:8420"
    secure_cookies: bool = False
    session_hours: int = 12  # a shift with its hand-over
    grace_s: int = 30  # time in which a decision can be taken back before any effect leaves
    destinations: tuple[Destination, ...] = ()
    allow_private_destinations: bool = False
    sealing_keys: tuple[bytes, ...] = field(default=(), repr=False)
    sampling_keys: tuple[bytes, ...] = field(default=(), repr=False)
    smtp_url: str | None = None
    mail_from: str = "assize@localhost"
    moderation_url: str | None = None
    moderation_key: str | None = None
    moderation_model: str = "omni-moderation-latest"
    translation_url: str | None = None
    translation_key: str | None = None
    translation_model: str | None = None
    linking_attributes: tuple[str, ...] = LINKING_ATTRIBUTES
    retention_days: Mapping[str, int | None] = field(
        default_factory=lambda: {"transient": 30, "standard": 180, "extended": 365, "hold": None}
    )
    exposure_budget: int = 120  # about fifteen contents of the severest class in 24 hours
    audit_floor: float = 0.01  # with some hundred decisions a day a week's sample still gives an interval
    media_viewer_url: str | None = None
    log_level: str = "info"

    @property
    def keys(self) -> Path:
        """Where signing keys lie, 0700."""
        return self.home / "keys"

    @property
    def checkpoints(self) -> Path:
        """The file of signed checkpoints outside the database."""
        return self.home / "checkpoints" / "ledger.log"


def default_home(environ: Mapping[str, str]) -> Path:
    """Return where an ordinary installation keeps its data: below XDG_DATA_HOME, or /var/lib/assize for root."""
    if environ.get("ASSIZE_HOME"):
        return Path(environ["ASSIZE_HOME"])
    if os.geteuid() == 0:
        return Path("/var/lib/assize/home")
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "assize"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from an environment. Raises BadSetting, which names the variable."""
    host = environ.get("ASSIZE_HOST", "127.0.0.1")
    port = _whole(environ, "ASSIZE_PORT", 8420)
    return Settings(
        home=default_home(environ),
        database_url=environ.get("ASSIZE_DATABASE_URL") or None,
        database_owner_url=environ.get("ASSIZE_DATABASE_OWNER_URL") or environ.get("ASSIZE_DATABASE_URL") or None,
        host=host,
        port=port,
        public_url=environ.get("ASSIZE_PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
        secure_cookies=_yes(environ, "ASSIZE_SECURE_COOKIES"),
        session_hours=_whole(environ, "ASSIZE_SESSION_HOURS", 12),
        grace_s=_whole(environ, "ASSIZE_GRACE_SECONDS", 30),
        destinations=_destinations(environ),
        allow_private_destinations=_yes(environ, "ASSIZE_ALLOW_PRIVATE_DESTINATIONS"),
        sealing_keys=_keys(environ, "ASSIZE_SEALING_KEY", SEALING_KEY_BYTES),
        sampling_keys=_keys(environ, "ASSIZE_SAMPLING_KEY", SAMPLING_KEY_BYTES),
        smtp_url=environ.get("ASSIZE_SMTP_URL") or None,
        mail_from=environ.get("ASSIZE_MAIL_FROM", "assize@localhost"),
        moderation_url=environ.get("ASSIZE_MODERATION_URL") or None,
        moderation_key=environ.get("ASSIZE_MODERATION_KEY") or None,
        moderation_model=environ.get("ASSIZE_MODERATION_MODEL", "omni-moderation-latest"),
        translation_url=environ.get("ASSIZE_TRANSLATION_URL") or None,
        translation_key=environ.get("ASSIZE_TRANSLATION_KEY") or None,
        translation_model=environ.get("ASSIZE_TRANSLATION_MODEL") or None,
        linking_attributes=_names(environ, "ASSIZE_LINKING_ATTRIBUTES", LINKING_ATTRIBUTES),
        retention_days=_retention(environ),
        exposure_budget=_whole(environ, "ASSIZE_EXPOSURE_BUDGET", 120),
        audit_floor=_share(environ, "ASSIZE_AUDIT_FLOOR", 0.01),
        media_viewer_url=_viewer(environ),
        log_level=environ.get("ASSIZE_LOG_LEVEL", "info"),
    )


def _destinations(environ: Mapping[str, str]) -> tuple[Destination, ...]:
    # One platform is the rule: ASSIZE_WEBHOOK_URL and ASSIZE_WEBHOOK_SECRET. More: ASSIZE_WEBHOOK_URL_EU and so on.
    found = []
    for name in sorted(environ):
        if name == "ASSIZE_WEBHOOK_URL" or name.startswith("ASSIZE_WEBHOOK_URL_"):
            suffix = name.removeprefix("ASSIZE_WEBHOOK_URL")
            secret = environ.get("ASSIZE_WEBHOOK_SECRET" + suffix)
            if not secret:
                raise BadSetting(field="ASSIZE_WEBHOOK_SECRET" + suffix, reason="a webhook address needs its secret")
            found.append(Destination(name=suffix.strip("_").lower() or "platform", url=environ[name], secret=secret))
    return tuple(found)


def _keys(environ: Mapping[str, str], name: str, size: int) -> tuple[bytes, ...]:
    try:
        given = filter(None, environ.get(name, "").split(","))
        keys = tuple(base64.b64decode(one.strip(), validate=True) for one in given)
    except binascii.Error as error:
        raise BadSetting(field=name, reason="it is not base64") from error
    if any(len(one) != size for one in keys):
        raise BadSetting(field=name, reason=f"a key has {size} bytes")
    return keys


def _viewer(environ: Mapping[str, str]) -> str | None:
    url = environ.get("ASSIZE_MEDIA_VIEWER_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.netloc or "{pointer}" not in url or not url.isascii():
        raise BadSetting(field="ASSIZE_MEDIA_VIEWER_URL", reason="write it as https://viewer.example/show/{pointer}")
    if any(one in parts.netloc for one in " ;,'\""):
        raise BadSetting(field="ASSIZE_MEDIA_VIEWER_URL", reason="its host is none")
    return url


def _names(environ: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    given = environ.get(name)
    return default if given is None else tuple(filter(None, (one.strip() for one in given.split(","))))


def _retention(environ: Mapping[str, str]) -> dict[str, int | None]:
    classes: dict[str, int | None] = {"transient": 30, "standard": 180, "extended": 365, "hold": None}
    for part in filter(None, environ.get("ASSIZE_RETENTION_DAYS", "").split(",")):
        name, mark, days = part.partition("=")
        if not mark or not days.strip().isdigit():
            raise BadSetting(field="ASSIZE_RETENTION_DAYS", reason="write it as standard=180,transient=30")
        classes[name.strip()] = int(days)
    return classes


def _whole(environ: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environ.get(name)
    if not text:
        return otherwise
    if not text.isdigit():
        raise BadSetting(field=name, reason="it must be a whole number")
    return int(text)


def _share(environ: Mapping[str, str], name: str, otherwise: float) -> float:
    text = environ.get(name)
    if not text:
        return otherwise
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise BadSetting(field=name, reason="it must be a share above 0, up to 1")
    return share


def _yes(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").lower()
    if text not in {"", "0", "1", "false", "true", "no", "yes"}:
        raise BadSetting(field=name, reason="write yes or no")
    return text in {"1", "true", "yes"}
