"""Escalation over HTTP: escalate, acknowledge, contain, who is on call."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from assize.escalation import service
from assize.escalation.models import Containment, ContainmentState, Escalation, EscalationState, Page, Stamps
from assize.kernel import clock
from assize.kernel.ids import ActionId, CaseId, ReviewerId
from assize.platform.http import transaction
from assize.platform.sealing import sealer
from assize.platform.settings import Settings

router = APIRouter(prefix="/v1", tags=["escalation"])

Limit = Annotated[int, Query(ge=1, le=200)]
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
Place = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class Form(BaseModel):
    """What callers send: unknown fields are refused, so that a typo is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class EscalationForm(Form):
    """A case, a named owner and a due time."""

    case_id: Id
    owner: Id
    due_at: AwareDatetime
    reason: Words


class OutcomeForm(Form):
    """What came of it."""

    outcome: Words


class ContainmentForm(Form):
    """A reversible action on a target, in our ids: an event for content, a subject for all else."""

    case_id: Id
    action_id: Id
    target_level: Id
    target_id: Id
    params: dict[str, Any] = {}
    reason: Words


class ContactForm(Form):
    """Somebody on call. order: lowest is paged first."""

    order: Annotated[int, Field(ge=0, le=10_000)]
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
    webhook_url: Annotated[str | None, Field(max_length=2000)] = None
    webhook_secret: Annotated[str | None, Field(max_length=200, pattern=r"^(whsec_)?[A-Za-z0-9+/=]{24,}$")] = None
    email: Annotated[str | None, Field(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")] = None
    reviewer_id: Id | None = None


class ContactView(BaseModel):
    """A contact as it may be listed: which channels are set, never the addresses or the secret."""

    id: str
    order: int
    name: str
    by_webhook: bool
    by_email: bool
    reviewer_id: str | None


class StampedView(BaseModel):
    """The moments of a case."""

    case_id: str
    first_seen_at: datetime | None
    aware_at: datetime | None
    reasonable_belief_at: datetime | None


@router.post("/escalations", status_code=201)
def escalate(request: Request, form: EscalationForm) -> Escalation:
    """Escalate a case to a named owner, by a due time."""
    with transaction(request) as tx:
        return service.escalate(
            tx,
            case_id=CaseId(form.case_id),
            owner=ReviewerId(form.owner),
            due_at=form.due_at,
            reason=form.reason,
            at=clock.now(),
        )


@router.get("/escalations")
def escalations(
    request: Request, *, state: EscalationState | None = None, case_id: Place = None, limit: Limit = 50
) -> list[Escalation]:
    """List escalations, unresolved and gravest first."""
    with transaction(request) as tx:
        return service.escalations(tx, state=state, case_id=case_id, limit=limit)


@router.get("/escalations/{escalation_id}/pages")
def pages(request: Request, escalation_id: str, limit: Limit = 50) -> list[Page]:
    """List who was paged, newest first."""
    with transaction(request) as tx:
        return service.pages(tx, escalation_id=escalation_id, limit=limit)


@router.post("/escalations/{escalation_id}/resolution")
def resolve(request: Request, escalation_id: str, form: OutcomeForm) -> Escalation:
    """Say that what had to be done is done."""
    with transaction(request) as tx:
        return service.resolve(tx, escalation_id=escalation_id, outcome=form.outcome, at=clock.now())


@router.post("/pages/{page_id}/acknowledgement")
def acknowledge(request: Request, page_id: str) -> Escalation:
    """Answer a page."""
    with transaction(request) as tx:
        return service.acknowledge(tx, page_id=page_id, by="api", at=clock.now())


@router.post("/containments", status_code=201)
def contain(request: Request, form: ContainmentForm) -> Containment:
    """Act at once and alone with a reversible action; a second person has an hour."""
    with transaction(request) as tx:
        return service.contain(
            tx,
            case_id=CaseId(form.case_id),
            action_id=ActionId(form.action_id),
            target_level=form.target_level,
            target_id=form.target_id,
            params=form.params,
            reason=form.reason,
            at=clock.now(),
        )


@router.get("/containments")
def containments(request: Request, *, state: ContainmentState | None = None, limit: Limit = 50) -> list[Containment]:
    """List acts of one person, those that wait for a second first."""
    with transaction(request) as tx:
        return service.containments(tx, state=state, limit=limit)


@router.post("/containments/{containment_id}/approval")
def second(request: Request, containment_id: str) -> Containment:
    """Approve what one person did alone, as a second, different person."""
    with transaction(request) as tx:
        return service.second(tx, containment_id=containment_id, at=clock.now())


@router.get("/cases/{case_id}/moments")
def moments(request: Request, case_id: str) -> StampedView:
    """Read when a case was first seen, when somebody was aware, when there was reasonable belief."""
    with transaction(request) as tx:
        return _stamped(case_id, service.stamps(tx, case_id=CaseId(case_id)))


@router.post("/cases/{case_id}/moments/reasonable-belief")
def believe(request: Request, case_id: str) -> StampedView:
    """Stamp that there is reasonable belief, from now. It can't be changed."""
    with transaction(request) as tx:
        service.believe(tx, case_id=CaseId(case_id), at=clock.now())
        return _stamped(case_id, service.stamps(tx, case_id=CaseId(case_id)))


@router.get("/contacts")
def contacts(request: Request) -> list[ContactView]:
    """List who is on call, in line."""
    with transaction(request) as tx:
        return [
            ContactView(
                id=one.id,
                order=one.order,
                name=one.name,
                by_webhook=one.webhook_url is not None,
                by_email=one.email is not None,
                reviewer_id=one.reviewer_id,
            )
            for one in service.contacts(tx)
        ]


@router.post("/contacts", status_code=201)
def add_contact(request: Request, form: ContactForm) -> ContactView:
    """Put somebody on call."""
    settings: Settings = request.app.state.settings
    with transaction(request) as tx:
        made = service.add_contact(
            tx,
            sealer=sealer(settings),
            order=form.order,
            name=form.name,
            webhook_url=form.webhook_url,
            webhook_secret=form.webhook_secret,
            email=form.email,
            reviewer_id=ReviewerId(form.reviewer_id) if form.reviewer_id else None,
            private=settings.allow_private_destinations,
            at=clock.now(),
        )
    return ContactView(
        id=made.id,
        order=made.order,
        name=made.name,
        by_webhook=made.webhook_url is not None,
        by_email=made.email is not None,
        reviewer_id=made.reviewer_id,
    )


@router.delete("/contacts/{contact_id}", status_code=204)
def remove_contact(request: Request, contact_id: str) -> None:
    """Take somebody off call."""
    with transaction(request) as tx:
        service.remove_contact(tx, contact_id=contact_id, at=clock.now())


def _stamped(case_id: str, found: Stamps | None) -> StampedView:
    return StampedView(
        case_id=case_id,
        first_seen_at=found.first_seen_at if found else None,
        aware_at=found.aware_at if found else None,
        reasonable_belief_at=found.reasonable_belief_at if found else None,
    )
