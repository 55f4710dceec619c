"""The signing key's file: made at first use, readable by its owner alone."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from assize.platform import key_files
from assize.platform.errors import UnusableKey

PRIVATE = "ledger.pem"
PUBLIC = "ledger.pub"
SUCCESSOR = "ledger.next.pem"
RETIRED = "retired"


def private_key(keys: Path) -> Ed25519PrivateKey:
    """Return the key this installation signs with; the first call makes it.

    Raises UnusableKey where the file holds no Ed25519 key, or others may read it.
    """
    return _key(keys / PRIVATE)


def successor(keys: Path) -> Ed25519PrivateKey | None:
    """Return the key that is to sign next, None where none is. Raises UnusableKey."""
    return _key(keys / SUCCESSOR) if (keys / SUCCESSOR).exists() else None


def make_successor(keys: Path) -> Ed25519PrivateKey:
    """Return the key that is to sign next; the first call makes it. Raises UnusableKey."""
    return _key(keys / SUCCESSOR)


def succeed(keys: Path, *, old_id: str) -> None:
    """Put the signing key aside and its successor in its place; done again after a crash it ends the same."""
    retired(keys, old_id).parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        os.link(keys / PRIVATE, retired(keys, old_id))
    (keys / SUCCESSOR).replace(keys / PRIVATE)


def retired(keys: Path, old_id: str) -> Path:
    """Return where a key that was put aside lies."""
    return keys / RETIRED / f"ledger.{old_id}.pem"


def has_key(keys: Path) -> bool:
    """Whether this installation ever made a key."""
    return (keys / PRIVATE).exists()


def tell_public(keys: Path, public_key: str) -> None:
    """Write the public key in plain sight, to be copied to whoever verifies; one line for each ledger."""
    path = keys / PUBLIC
    known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if public_key not in known:
        path.write_text("".join(f"{line}\n" for line in [*known, public_key]), encoding="utf-8")


def _key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(key_files.kept(path, _made), password=None)
    except ValueError as error:
        raise UnusableKey(path=str(path), why="it holds no private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKey(path=str(path), why="it is no Ed25519 key")
    return key


def _made() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
