"""The secrets that sign pages, as they lie in the database: sealed, and sealed again when the key changes."""

from collections.abc import Mapping
from datetime import datetime

from assize.escalation import store
from assize.escalation.facts import ContactSecretsSealed
from assize.escalation.models import Contact, Resealed
from assize.platform.db import Tx
from assize.platform.sealing import Sealer, is_sealed, key_id_of
from assize.workforce.models import Right
from assize.workforce.service import require

PLAIN = ""  # stands for the key of a secret that was never sealed


def sealed(sealer: Sealer, contact_id: str, secret: str) -> str:
    """Return a contact's secret as it is kept."""
    return sealer.seal(secret, about=_about(contact_id))


def opened(sealer: Sealer, contact: Contact) -> str | None:
    """Return what signs for a contact, None where nothing does. Raises SealedElsewhere, SealBroken."""
    kept = contact.sealed_secret
    if kept is None or not is_sealed(kept):  # not sealed: kept by a version before seals, until the worker starts
        return kept
    return sealer.open(kept, about=_about(contact.id))


def keys_of_secrets(tx: Tx) -> Mapping[str, int]:
    """Return how many secrets each key sealed, by its id; PLAIN for those that no key did."""
    require(tx, Right.SETTINGS_MANAGE)
    found: dict[str, int] = {}
    for one in store.with_secret(tx):
        key = _key_of(one)
        found[key] = found.get(key, 0) + 1
    return found


def reseal(tx: Tx, *, sealer: Sealer, at: datetime) -> Resealed:
    """Seal with the newest key what another key sealed, or none did. What can't be opened here is left as it is."""
    require(tx, Right.SETTINGS_MANAGE)
    old = [one for one in store.with_secret(tx) if _key_of(one) != sealer.key_id]
    mine = [one for one in old if _key_of(one) == PLAIN or sealer.opens(one.sealed_secret or "")]
    for one in mine:
        secret = opened(sealer, one)
        if secret is not None:
            store.keep_secret(tx, one.id, sealed(sealer, one.id, secret))
    if mine:
        tx.record(ContactSecretsSealed(key_id=sealer.key_id, contacts=len(mine)), at=at)
    return Resealed(done=len(mine), left=len(old) - len(mine))


def _key_of(contact: Contact) -> str:
    kept = contact.sealed_secret or ""
    return key_id_of(kept) if is_sealed(kept) else PLAIN


def _about(contact_id: str) -> str:
    return f"escalation.contact/{contact_id}"
