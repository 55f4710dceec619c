"""Bringing what a decision found into a bank: hashes, addresses, domains."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from assize.console.pages.case import shown
from assize.enforcement import service as enforcement
from assize.kernel import clock
from assize.kernel.errors import Conflict, Invalid
from assize.kernel.ids import CaseId, DecisionId
from assize.platform.http import transaction
from assize.triage.models import BankKind

router = APIRouter()


@router.post("/decisions/{decision_id}/bank-items")
def bank_items(
    request: Request,
    decision_id: Annotated[str, Path(max_length=100)],
    case_id: Annotated[str, Form(max_length=100)],
    into: Annotated[str, Form(pattern=r"^(pdq|md5|url|domain):[a-z0-9][a-z0-9_.-]{0,63}$")],
    values: Annotated[str, Form(max_length=200_000)] = "",
) -> Response:
    """Add what the decision found to a bank; taken back, the decision takes it along."""
    kind, _, name = into.partition(":")
    try:
        with transaction(request) as tx:
            enforcement.bank_from_decision(
                tx,
                decision_id=DecisionId(decision_id),
                name=name,
                kind=BankKind(kind),
                values=values.split(),
                at=clock.now(),
            )
    except (Invalid, Conflict) as error:
        return shown(request, CaseId(case_id), problem=error.message, status=422)
    return RedirectResponse(f"/cases/{case_id}", status_code=303)
