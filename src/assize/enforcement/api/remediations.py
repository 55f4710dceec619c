"""Remediation over HTTP: the same choices, sample, second person and progress as on the pages."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, Field

from assize.enforcement import service
from assize.enforcement.api.forms import Form, Id, Words
from assize.enforcement.models.remediation import (
    Cause,
    Chosen,
    Remediation,
    RemediationItem,
    Remedied,
    Selection,
)
from assize.kernel import clock
from assize.platform.db import Tx
from assize.platform.http import transaction

router = APIRouter(prefix="/v1", tags=["enforcement"])


class SelectionForm(Form):
    """What one cause did in a span: [since, until)."""

    cause: Cause
    cause_id: Id
    since: AwareDatetime
    until: AwareDatetime

    def selection(self) -> Selection:
        """Return it as enforcement knows it."""
        return Selection(cause=self.cause, cause_id=self.cause_id, since=self.since, until=self.until)


class PlanForm(SelectionForm):
    """What to take back, why, and how many to look at first."""

    reason: Words
    sample: Annotated[int, Field(ge=1, le=400)] = 50


class JudgedForm(Form):
    """Whether an item of the sample was wrong."""

    wrong: bool


@dataclass(frozen=True, kw_only=True)
class RemediationView:
    """A remediation and how far it is."""

    remediation: Remediation
    progress: Remedied


@router.post("/remediations/preview")
def preview(request: Request, form: SelectionForm) -> Chosen:
    """Say how much a cause did that can be taken back, of what you may see. Nothing is planned."""
    with transaction(request) as tx:
        return service.chosen(tx, selection=form.selection())


@router.post("/remediations", status_code=201)
def plan(request: Request, form: PlanForm) -> RemediationView:
    """Fix what is to be taken back and draw the sample that is looked at first. Nothing is taken back yet."""
    with transaction(request) as tx:
        made = service.plan_remediation(
            tx, selection=form.selection(), reason=form.reason, sample=form.sample, at=clock.now()
        )
        return _view(tx, made.id)


@router.get("/remediations")
def remediations(request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[Remediation]:
    """List remediations of which you may see something, the latest first."""
    with transaction(request) as tx:
        return service.remediations_listed(tx, limit=limit)


@router.get("/remediations/{remediation_id}")
def remediation(request: Request, remediation_id: str) -> RemediationView:
    """Read one remediation: how far it is, and the share of its sample that was wrong, with a 95 % interval."""
    with transaction(request) as tx:
        return _view(tx, remediation_id)


@router.get("/remediations/{remediation_id}/sample")
def sample(request: Request, remediation_id: str) -> list[RemediationItem]:
    """List the sample in the order in which it was drawn."""
    with transaction(request) as tx:
        return service.remediation_sample(tx, remediation_id=remediation_id)


@router.get("/remediations/{remediation_id}/left-over")
def left_over(
    request: Request, remediation_id: str, limit: Annotated[int, Query(ge=1, le=200)] = 200
) -> list[RemediationItem]:
    """List what a person must make good by hand, and what failed."""
    with transaction(request) as tx:
        return service.remediation_left_over(tx, remediation_id=remediation_id, limit=limit)


@router.post("/remediations/{remediation_id}/items/{item_id}/judgement")
def judge(request: Request, remediation_id: str, item_id: str, form: JudgedForm) -> RemediationView:
    """Say whether an item of the sample was wrong; saying it again replaces what was said."""
    with transaction(request) as tx:
        service.judge_item(tx, remediation_id=remediation_id, item_id=item_id, wrong=form.wrong, at=clock.now())
        return _view(tx, remediation_id)


@router.post("/remediations/{remediation_id}/approval")
def approve(request: Request, remediation_id: str) -> RemediationView:
    """Let it be carried out, as a second, different person who sees all of it."""
    with transaction(request) as tx:
        service.approve_remediation(tx, remediation_id=remediation_id, at=clock.now())
        return _view(tx, remediation_id)


@router.post("/remediations/{remediation_id}/refusal")
def refuse(request: Request, remediation_id: str) -> RemediationView:
    """Say no, as a second, different person; nothing is taken back."""
    with transaction(request) as tx:
        service.refuse_remediation(tx, remediation_id=remediation_id, at=clock.now())
        return _view(tx, remediation_id)


@router.post("/remediations/{remediation_id}/pause")
def pause(request: Request, remediation_id: str) -> RemediationView:
    """Stop after the batch that is under way."""
    with transaction(request) as tx:
        service.pause_remediation(tx, remediation_id=remediation_id, at=clock.now())
        return _view(tx, remediation_id)


@router.post("/remediations/{remediation_id}/resumption")
def resume(request: Request, remediation_id: str) -> RemediationView:
    """Go on with what waits, and try again what failed."""
    with transaction(request) as tx:
        service.resume_remediation(tx, remediation_id=remediation_id, at=clock.now())
        return _view(tx, remediation_id)


def _view(tx: Tx, remediation_id: str) -> RemediationView:
    found, progress = service.remediation(tx, remediation_id=remediation_id)
    return RemediationView(remediation=found, progress=progress)
