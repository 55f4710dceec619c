"""Who signs here: the installation's own key, under the ledger's name, and the one that is to follow it."""

from assize.audit.logic.notes import Ed25519Signer, PublicKey
from assize.audit.models import Handover
from assize.audit.store import keys
from assize.platform.settings import Settings


def own_signer(settings: Settings, *, name: str) -> Ed25519Signer:
    """Return this installation's signer; the first call makes its key. Raises UnusableKey."""
    made = Ed25519Signer(name=name, key=keys.private_key(settings.keys))
    keys.tell_public(settings.keys, made.public_key)
    return made


def own_public_key(settings: Settings, *, name: str) -> str | None:
    """Return the public key this installation signs with, None where it never signed. Raises UnusableKey."""
    return own_signer(settings, name=name).public_key if keys.has_key(settings.keys) else None


def successor(settings: Settings, *, name: str) -> Ed25519Signer | None:
    """Return who is to sign next, None where nobody is. Raises UnusableKey."""
    key = keys.successor(settings.keys)
    return None if key is None else Ed25519Signer(name=name, key=key)


def made_successor(settings: Settings, *, name: str) -> Ed25519Signer:
    """Return who is to sign next; the first call makes the key. Raises UnusableKey."""
    return Ed25519Signer(name=name, key=keys.make_successor(settings.keys))


def succeed(settings: Settings, handover: Handover) -> None:
    """Let the new key of a handover sign from now on; nothing happens where it does already."""
    coming = keys.successor(settings.keys)
    if coming is not None and PublicKey(name=_name(handover.new), key=coming.public_key()).spelled == handover.new:
        keys.succeed(settings.keys, old_id=_id(handover.old))


def retired(settings: Settings, public_key: str) -> str:
    """Return where the private key lies that was put aside."""
    return str(keys.retired(settings.keys, _id(public_key)))


def _name(public_key: str) -> str:
    return public_key.partition("+")[0]


def _id(public_key: str) -> str:
    return public_key.split("+")[1]
