"""Paging: one contact after the other, by webhook and e-mail, until somebody answers."""

import binascii
from dataclasses import replace
from datetime import datetime, timedelta

from assize.escalation import store
from assize.escalation.errors import AlreadyAnswered, NoSuchPage
from assize.escalation.facts import NobodyOnCall, PageAcknowledged, PageFailed, PagePassedOn, PageSent
from assize.escalation.logic import PageMessage, fits, link_hash, next_contact, page_message
from assize.escalation.models import Contact, Escalation, Page, Pager, PageState
from assize.escalation.service import sealing, stamping
from assize.kernel import chance
from assize.kernel.ids import PageId, new_id
from assize.platform import mail
from assize.platform.db import Database, Tx
from assize.platform.errors import SealBroken, SealedElsewhere
from assize.platform.logs import log
from assize.platform.mail import Mail, MailFailed
from assize.platform.webhooks import AddressForbidden, DeliveryFailed, Message, Reach, post
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Principal, Right
from assize.workforce.service import require

LEASE = timedelta(seconds=60)  # longer than a webhook and a mail together may take
CONTENT_TYPE = "application/cloudevents+json"


def line_up(database: Database, *, limit: int, at: datetime) -> int:
    """Queue a page to the next contact of every escalation that nobody answers. Return how many were passed on."""
    passed_on = 0
    with database.transaction(SYSTEM) as tx:
        require(tx, Right.ESCALATE)
        line = store.contacts(tx)
        for one in store.to_page(tx, at=at, limit=limit):
            contact = next_contact(line, paged=one.paged)
            if contact is None:
                _nobody(tx, one.escalation, at=at)
                continue
            _queue(tx, one.escalation, contact, number=one.paged + 1, at=at)
            if one.last_page is not None:
                store.pass_on(tx, one.last_page)
                fact = PagePassedOn(
                    page_id=one.last_page,
                    case_id=one.escalation.case_id,
                    escalation_id=one.escalation.id,
                    next_contact_id=contact.id,
                )
                tx.record(fact, at=at)
                passed_on += 1
    return passed_on


def send_next(database: Database, *, pager: Pager, at: datetime) -> PageState | None:
    """Send one queued page. Return how it went, None where none is queued.

    A worker killed in the middle leaves a lease that ends; the page is sent again, and both links work.
    """
    token = chance.secret()
    with database.transaction(SYSTEM) as tx:
        page = store.claim_page(tx, at=at, until=at + LEASE, link_hash=link_hash(token))
        escalation = store.escalation(tx, page.escalation_id) if page else None
        contact = store.contact(tx, page.contact_id) if page else None
    if page is None or escalation is None or contact is None:
        return None
    message = page_message(escalation, page, url=pager.url, token=token)
    channels, problem = _send(contact, page, message, pager=pager, at=at)
    state = PageState.SENT if channels else PageState.FAILED
    # Where no channel took it, waiting is pointless: the next in line is paged at the next round.
    passes_on_at = at + timedelta(seconds=pager.pass_on_s if channels else 0)
    with database.transaction(SYSTEM) as tx:
        kept = store.settle_page(
            tx, page.id, state=state, channels=channels, problem=problem, passes_on_at=passes_on_at, at=at
        )
        if kept:
            tx.record(_sent(page, channels, problem), at=at)
    return state


def acknowledge(tx: Tx, *, page_id: str, by: str = "api", at: datetime) -> Escalation:
    """Answer a page as somebody signed in. Whoever answers owns the escalation, unless somebody does already.

    by: api or console. Raises NoSuchPage, AlreadyAnswered.
    """
    require(tx, Right.ESCALATE, about=page_id)
    found = store.page(tx, page_id)
    if found is None:
        raise NoSuchPage(page_id=page_id)
    return _answer(tx, found[0], by=by, at=at)


def page_of_link(database: Database, *, page_id: str, token: str) -> tuple[Page, Escalation]:
    """Return what a link is about. Reading changes nothing: mail scanners follow links. Raises NoSuchPage."""
    with database.transaction(SYSTEM) as tx:
        page = _page_of_link(tx, page_id=page_id, token=token)
        escalation = store.escalation(tx, page.escalation_id)
    if escalation is None:
        raise NoSuchPage(page_id=page_id)
    return page, escalation


def acknowledge_by_link(database: Database, *, page_id: str, token: str, at: datetime) -> Escalation:
    """Answer a page by the link that was sent with it; it works once. Done in the name of the contact it was sent to.

    Raises NoSuchPage (also once used), AlreadyAnswered.
    """
    with database.transaction(SYSTEM) as tx:
        page = _page_of_link(tx, page_id=page_id, token=token)
        contact = store.contact(tx, page.contact_id)
    who = contact.reviewer_id if contact and contact.reviewer_id else page.contact_id
    with database.transaction(_in_the_name_of(who)) as tx:
        page = _page_of_link(tx, page_id=page_id, token=token)
        return _answer(tx, page, by="link", at=at)


def _answer(tx: Tx, page: Page, *, by: str, at: datetime) -> Escalation:
    before = store.escalation(tx, page.escalation_id)
    answered = store.acknowledge(tx, page.escalation_id, by=tx.actor.id, at=at)
    if answered is None or before is None:
        raise AlreadyAnswered
    store.end_pages(tx, page.escalation_id, answered=page.id)
    fact = PageAcknowledged(
        page_id=page.id,
        case_id=page.case_id,
        escalation_id=page.escalation_id,
        by=by,
        seconds_from_raised=(at - answered.raised_at).total_seconds(),
    )
    tx.record(fact, at=at)
    stamping.noticed(tx, case_id=page.case_id, at=at)
    return answered


def _page_of_link(tx: Tx, *, page_id: str, token: str) -> Page:
    found = store.page(tx, page_id)
    if found is None or not fits(token, found[1]):
        raise NoSuchPage(page_id=page_id)
    return found[0]


def _queue(tx: Tx, escalation: Escalation, contact: Contact, *, number: int, at: datetime) -> None:
    # Read again for each page: a case put under need-to-know since it was escalated must not be named from here on.
    restricted = triage.case(tx, escalation.case_id).restriction is not None
    store.mark_restricted(tx, escalation.id, restricted=restricted)
    page = Page(
        id=PageId(new_id("page")),
        escalation_id=escalation.id,
        case_id=escalation.case_id,
        contact_id=contact.id,
        contact_name=contact.name,
        number=number,
        state=PageState.QUEUED,
        queued_at=at,
    )
    store.add_page(tx, page)


def _nobody(tx: Tx, escalation: Escalation, *, at: datetime) -> None:
    if store.tell_nobody_on_call(tx, escalation.id):
        log.error("nobody_on_call", case_id=escalation.case_id)
        tx.record(NobodyOnCall(escalation_id=escalation.id, case_id=escalation.case_id), at=at)


def _send(
    contact: Contact, page: Page, message: PageMessage, *, pager: Pager, at: datetime
) -> tuple[list[str], str | None]:
    tried = {"webhook": _by_webhook, "email": _by_mail}
    problems = {name: way(contact, page, message, pager=pager, at=at) for name, way in tried.items()}
    channels = [name for name, problem in problems.items() if problem is None]
    failed = [f"{name}: {problem}" for name, problem in problems.items() if problem not in {None, "not set"}]
    return channels, "; ".join(failed) or (None if channels else "no channel is set")


def _by_webhook(contact: Contact, page: Page, message: PageMessage, *, pager: Pager, at: datetime) -> str | None:
    if contact.webhook_url is None:
        return "not set"
    body = message.event(page_id=page.id, source=pager.url, at=at)
    try:
        secret = sealing.opened(pager.sealer, contact)
        signed = Message(id=page.id, body=body, secret=secret or "", content_type=CONTENT_TYPE)
        answer = post(contact.webhook_url, signed, at=at, reach=Reach(private=pager.private, timeout_s=pager.timeout_s))
    except (AddressForbidden, DeliveryFailed, SealedElsewhere, SealBroken, binascii.Error) as error:
        return type(error).__name__
    return None if answer.accepted else f"answered {answer.status}"


def _by_mail(contact: Contact, page: Page, message: PageMessage, *, pager: Pager, at: datetime) -> str | None:
    del at
    if contact.email is None or pager.smtp_url is None:
        return "not set"
    letter = Mail(
        id=page.id, sender=pager.mail_from, to=contact.email, subject=f"Page: {message.title}", text=message.text
    )
    try:
        mail.send(pager.smtp_url, letter, timeout_s=pager.timeout_s)
    except MailFailed as error:
        return str(error.facts["reason"])
    return None


def _sent(page: Page, channels: list[str], problem: str | None) -> PageSent | PageFailed:
    if channels:
        return PageSent(
            page_id=page.id,
            case_id=page.case_id,
            escalation_id=page.escalation_id,
            contact_id=page.contact_id,
            channels=tuple(channels),
        )
    return PageFailed(
        page_id=page.id,
        case_id=page.case_id,
        escalation_id=page.escalation_id,
        contact_id=page.contact_id,
        problem=problem or "",
    )


def _in_the_name_of(who: str) -> Principal:
    # The link is the right to answer this page and nothing else; the ledger names whose it was.
    return replace(SYSTEM, id=who)
