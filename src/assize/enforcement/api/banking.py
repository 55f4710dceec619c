"""What decisions bring into banks, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from assize.enforcement import service
from assize.enforcement.api.forms import Form
from assize.kernel import clock
from assize.kernel.ids import DecisionId
from assize.platform.http import transaction
from assize.triage.models import BankKind

router = APIRouter(prefix="/v1", tags=["enforcement"])
Item = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")]


class BankItemsForm(Form):
    """What a decision found, for a bank. values: left out, the hashes of the media that its findings point at."""

    bank: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    kind: BankKind
    values: list[Item] = Field(default=[], max_length=10_000)


class BankItemsAdded(BaseModel):
    """How many were new."""

    added: int


@router.post("/decisions/{decision_id}/bank-items")
def bank_items(request: Request, decision_id: str, form: BankItemsForm) -> BankItemsAdded:
    """Add to a bank what a decision found. If the decision is taken back, it takes along what nothing else vouches for."""
    with transaction(request) as tx:
        added = service.bank_from_decision(
            tx,
            decision_id=DecisionId(decision_id),
            name=form.bank,
            kind=form.kind,
            values=form.values,
            at=clock.now(),
        )
    return BankItemsAdded(added=added)
