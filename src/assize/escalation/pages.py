"""Pages of escalation: what is escalated, and the page behind the link that a contact was sent."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import AwareDatetime
from starlette.responses import RedirectResponse, Response

from assize.escalation import service
from assize.kernel import clock
from assize.kernel.errors import AssizeError, Invalid
from assize.kernel.ids import CaseId, ReviewerId
from assize.platform.db import Database, Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.platform.sealing import sealer
from assize.platform.settings import Settings
from assize.platform.webhooks import AddressForbidden
from assize.workforce import service as workforce

router = APIRouter(include_in_schema=False)

Token = Annotated[str, Query(min_length=20, max_length=200)]
Words = Annotated[str, Form(min_length=1, max_length=2000)]
PAGE = 50


@router.get("/escalations")
def escalations_page(request: Request) -> Response:
    """Show what is escalated, who was paged, what one person did alone, who is on call."""
    with transaction(request) as tx:
        found = service.escalations(tx, limit=PAGE)
        pages = service.pages(tx, limit=PAGE)
        containments = service.containments(tx, limit=PAGE)
        contacts = service.contacts(tx)
        names = workforce.names(tx, [*(one.owner for one in found), *(one.contained_by for one in containments)])
    return render(
        request,
        "escalation/escalations.html",
        escalations=found,
        pages_of={one.id: [page for page in pages if page.escalation_id == one.id] for one in found},
        containments=containments,
        contacts=contacts,
        names=names,
        me=str(request.state.authenticated.actor.id),
        now=clock.now(),
    )


@router.post("/escalations")
def escalate(
    request: Request,
    case_id: Annotated[str, Form(max_length=200)],
    owner: Annotated[str, Form(max_length=200)],
    due_at: Annotated[AwareDatetime, Form()],
    reason: Words,
) -> Response:
    """Escalate a case."""
    with transaction(request) as tx:
        service.escalate(
            tx, case_id=CaseId(case_id), owner=ReviewerId(owner), due_at=due_at, reason=reason, at=clock.now()
        )
    return RedirectResponse("/escalations", status_code=303)


@router.post("/escalations/pages/{page_id}/acknowledge")
def acknowledge(request: Request, page_id: str) -> Response:
    """Answer a page, signed in."""
    with transaction(request) as tx:
        service.acknowledge(tx, page_id=page_id, by="console", at=clock.now())
    return RedirectResponse("/escalations", status_code=303)


@router.post("/escalations/{escalation_id}/resolve")
def resolve(request: Request, escalation_id: str, outcome: Words) -> Response:
    """Say that it is done."""
    with transaction(request) as tx:
        service.resolve(tx, escalation_id=escalation_id, outcome=outcome, at=clock.now())
    return RedirectResponse("/escalations", status_code=303)


@router.post("/escalations/containments/{containment_id}/approve")
def second(request: Request, containment_id: str) -> Response:
    """Approve what one person did alone."""
    with transaction(request) as tx:
        service.second(tx, containment_id=containment_id, at=clock.now())
    return RedirectResponse("/escalations", status_code=303)


@router.get("/contacts")
def contacts_page(request: Request) -> Response:
    """Show who is on call, in line."""
    with transaction(request) as tx:
        return _contacts(request, tx)


@router.post("/contacts")
def add_contact(
    request: Request,
    name: Annotated[str, Form(min_length=1, max_length=120)],
    order: Annotated[int, Form(ge=1, le=99)],
    email: Annotated[str, Form(max_length=254)] = "",
    webhook_url: Annotated[str, Form(max_length=2000)] = "",
    webhook_secret: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Put somebody on call."""
    settings: Settings = request.app.state.settings
    try:
        with transaction(request) as tx:
            service.add_contact(
                tx,
                sealer=sealer(settings),
                order=order,
                name=name,
                email=email.strip() or None,
                webhook_url=webhook_url.strip() or None,
                webhook_secret=webhook_secret.strip() or None,
                private=settings.allow_private_destinations,
                at=clock.now(),
            )
    except (Invalid, AddressForbidden) as error:
        with transaction(request) as tx:
            return _contacts(request, tx, problem=error)
    return RedirectResponse("/contacts", status_code=303)


@router.post("/contacts/{contact_id}/remove")
def remove_contact(request: Request, contact_id: str) -> Response:
    """Take somebody off call."""
    with transaction(request) as tx:
        service.remove_contact(tx, contact_id=contact_id, at=clock.now())
    return RedirectResponse("/contacts", status_code=303)


@router.get("/pages/{page_id}")
def link_page(request: Request, page_id: str, token: Token) -> Response:
    """Show a button. Nothing is changed by following the link: mail scanners do, and they are nobody."""
    database: Database = request.app.state.database
    page, escalation = service.page_of_link(database, page_id=page_id, token=token)
    return render(request, "escalation/link.html", page=page, escalation=escalation, token=token, done=False)


@router.post("/pages/{page_id}")
def acknowledge_by_link(
    request: Request, page_id: str, token: Annotated[str, Form(min_length=20, max_length=200)]
) -> Response:
    """Answer a page by the link that was sent with it."""
    database: Database = request.app.state.database
    escalation = service.acknowledge_by_link(database, page_id=page_id, token=token, at=clock.now())
    return render(request, "escalation/link.html", page=None, escalation=escalation, token="", done=True)


def _contacts(request: Request, tx: Tx, *, problem: AssizeError | None = None) -> Response:
    return render(
        request,
        "escalation/contacts.html",
        status=422 if problem else 200,
        contacts=service.contacts(tx),
        problem=problem.message if problem else None,
    )
