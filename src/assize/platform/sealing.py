"""Secrets of others that must be read again, such as what signs a webhook: kept sealed in the database.

AES-256-GCM under a key that lies outside the database: in `keys/sealing.key` of the installation's home, or in
ASSIZE_SEALING_KEY where several machines share a database. The id of the key stands with the sealed text, and whose
secret it is goes into the seal: put into another row it doesn't open.

Not hashed as passwords and API keys are: those are only compared, these are used again.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assize.kernel.chance import random_bytes
from assize.platform import key_files
from assize.platform.errors import KeyFromTheEnvironment, SealBroken, SealedElsewhere
from assize.platform.settings import SEALING_KEY_BYTES, Settings

MARK = "sealed:1:"
FILE = "sealing.key"
NONCE_BYTES = 12  # what GCM is specified for; random ones are safe up to 2^32 seals under a key


@dataclass(frozen=True, kw_only=True)
class Sealer:
    """Seals with its first key, and opens what any of its keys sealed."""

    keys: tuple[bytes, ...] = field(repr=False)

    @property
    def key_id(self) -> str:
        """The id of the key that seals from now on."""
        return key_id(self.keys[0])

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of its keys, the one that seals first."""
        return tuple(key_id(one) for one in self.keys)

    def seal(self, secret: str, *, about: str) -> str:
        """Return a secret sealed. about: whose it is; the same must be said to open it."""
        nonce = random_bytes(NONCE_BYTES)
        closed = AESGCM(self.keys[0]).encrypt(nonce, secret.encode(), _bound(self.key_id, about))
        return f"{MARK}{self.key_id}:{base64.b64encode(nonce + closed).decode()}"

    def open(self, sealed: str, *, about: str) -> str:
        """Return the secret. Raises SealedElsewhere where its key is not here, SealBroken where it was changed."""
        mine = key_id_of(sealed)
        key = next((one for one in self.keys if key_id(one) == mine), None)
        if key is None:
            raise SealedElsewhere(key_id=mine)
        try:
            raw = base64.b64decode(sealed.rpartition(":")[2], validate=True)
            return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(mine, about)).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise SealBroken from error

    def opens(self, sealed: str) -> bool:
        """Whether the key of a sealed text is here."""
        return key_id_of(sealed) in self.key_ids


def is_sealed(text: str) -> bool:
    """Whether a text is sealed, by whatever key."""
    return text.startswith(MARK)


def key_id(key: bytes) -> str:
    """Return what tells keys apart and gives none away."""
    return hashlib.sha256(b"assize sealing key\n" + key).hexdigest()[:16]


def key_id_of(sealed: str) -> str:
    """Return the id of the key that sealed a text."""
    return sealed.removeprefix(MARK).partition(":")[0]


def sealer(settings: Settings) -> Sealer:
    """Return what seals here; the first call makes the key where the environment gives none. Raises UnusableKey."""
    if settings.sealing_keys:
        return Sealer(keys=settings.sealing_keys)
    path = settings.keys / FILE
    return Sealer(
        keys=key_files.parsed(path, key_files.kept(path, lambda: key_files.spelled([_new()])), size=SEALING_KEY_BYTES)
    )


def has_sealer(settings: Settings) -> bool:
    """Whether there is a key here."""
    return bool(settings.sealing_keys) or (settings.keys / FILE).exists()


def add_key(settings: Settings) -> Sealer:
    """Put a new key before those there are, and return what seals from now on. Raises KeyFromTheEnvironment."""
    if settings.sealing_keys:
        raise KeyFromTheEnvironment
    keys = (_new(), *sealer(settings).keys)
    key_files.replace(settings.keys / FILE, key_files.spelled(keys))
    return Sealer(keys=keys)


def keep_keys(settings: Settings, *, ids: set[str]) -> None:
    """Leave the key that seals and those of these ids in the file, and no others; the environment is left alone."""
    if settings.sealing_keys:
        return
    keys = sealer(settings).keys
    left = [one for one in keys if one == keys[0] or key_id(one) in ids]
    if len(left) < len(keys):
        key_files.replace(settings.keys / FILE, key_files.spelled(left))


def _new() -> bytes:
    return random_bytes(SEALING_KEY_BYTES)


def _bound(key: str, about: str) -> bytes:
    return f"{MARK}{key}:{about}".encode()
