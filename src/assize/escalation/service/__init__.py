"""The front door of escalation."""

from assize.escalation.service.calling import add_contact, contacts, remove_contact
from assize.escalation.service.containing import contain, second
from assize.escalation.service.escalating import escalate, resolve, wake
from assize.escalation.service.paging import acknowledge, acknowledge_by_link, page_of_link
from assize.escalation.service.reading import containments, escalation, escalations, levels, pages
from assize.escalation.service.sealing import PLAIN, keys_of_secrets, reseal
from assize.escalation.service.stamping import believe, noticed, opened_by, stamps
from assize.escalation.service.sweeping import sweep, sweep_with

__all__ = [
    "PLAIN",
    "acknowledge",
    "acknowledge_by_link",
    "add_contact",
    "believe",
    "contacts",
    "contain",
    "containments",
    "escalate",
    "escalation",
    "escalations",
    "keys_of_secrets",
    "levels",
    "noticed",
    "opened_by",
    "page_of_link",
    "pages",
    "remove_contact",
    "reseal",
    "resolve",
    "second",
    "stamps",
    "sweep",
    "sweep_with",
    "wake",
]
