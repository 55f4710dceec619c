"""Who is on call."""

from datetime import datetime

from assize.escalation import store
from assize.escalation.errors import NoSuchContact, NoWayToReach
from assize.escalation.facts import ContactsChanged
from assize.escalation.models import Contact
from assize.escalation.service.sealing import sealed
from assize.kernel.ids import ReviewerId, new_id
from assize.platform.db import Tx
from assize.platform.sealing import Sealer
from assize.platform.webhooks import Reach, target_of
from assize.workforce.models import Right
from assize.workforce.service import require


def add_contact(
    tx: Tx,
    *,
    sealer: Sealer,
    order: int,
    name: str,
    webhook_url: str | None = None,
    webhook_secret: str | None = None,
    email: str | None = None,
    reviewer_id: ReviewerId | None = None,
    private: bool = False,
    at: datetime,
) -> Contact:
    """Put somebody on call. private: whether an address inside may be given. The secret is kept sealed by `sealer`.

    Raises NoWayToReach, AddressForbidden (which the webhook's host is, as it is spelt; it is checked again at each page).
    """
    require(tx, Right.SETTINGS_MANAGE)
    if not webhook_url and not email:
        raise NoWayToReach(field="email")
    if webhook_url:
        target_of(webhook_url, reach=Reach(private=private))
        if not webhook_secret:
            raise NoWayToReach(field="webhook_secret")
    contact_id = new_id("con")
    contact = Contact(
        id=contact_id,
        order=order,
        name=name,
        webhook_url=webhook_url or None,
        sealed_secret=sealed(sealer, contact_id, webhook_secret) if webhook_secret else None,
        email=email or None,
        reviewer_id=reviewer_id,
    )
    store.add_contact(tx, contact, at=at)
    tx.record(ContactsChanged(contact_id=contact.id, what="added"), at=at)
    return contact


def remove_contact(tx: Tx, *, contact_id: str, at: datetime) -> None:
    """Take somebody off call. Raises NoSuchContact."""
    require(tx, Right.SETTINGS_MANAGE, about=contact_id)
    if not store.remove_contact(tx, contact_id, at=at):
        raise NoSuchContact(contact_id=contact_id)
    tx.record(ContactsChanged(contact_id=contact_id, what="removed"), at=at)


def contacts(tx: Tx) -> list[Contact]:
    """Return who is on call, in line, without the secrets that sign."""
    require(tx, Right.ESCALATE)
    return [
        Contact(
            id=one.id,
            order=one.order,
            name=one.name,
            webhook_url=None if one.webhook_url is None else "set",
            email=None if one.email is None else "set",
            reviewer_id=one.reviewer_id,
        )
        for one in store.contacts(tx)
    ]
