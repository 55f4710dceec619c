"""The page of API keys: made, shown once, revoked."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Invalid
from assize.kernel.ids import KeyId, ReviewerId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.workforce import service
from assize.workforce.models import IssuedKey, Right

router = APIRouter()


@router.get("/keys")
def keys_page(request: Request) -> Response:
    """Show the keys, never a secret."""
    with transaction(request) as tx:
        return _page(request, tx)


@router.post("/keys")
def issue_key(
    request: Request,
    name: Annotated[str, Form(min_length=1, max_length=120)],
    rights: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    reviewer: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Make a key and show its secret, in this answer and nowhere else."""
    wanted = [Right(one) for one in rights if one in set(Right)]
    try:
        with transaction(request) as tx:
            issued = service.issue_key(
                tx,
                name=name,
                rights=wanted,
                reviewer_id=ReviewerId(reviewer) if reviewer else None,
                at=clock.now(),
            )
            return _page(request, tx, issued=issued)
    except Invalid as error:
        with transaction(request) as tx:
            return _page(request, tx, problem=error)


@router.post("/keys/{key_id}/revoke")
def revoke_key(request: Request, key_id: str) -> Response:
    """Revoke a key for good."""
    with transaction(request) as tx:
        service.revoke_key(tx, key_id=KeyId(key_id), at=clock.now())
    return RedirectResponse("/keys", status_code=303)


def _page(request: Request, tx: Tx, *, issued: IssuedKey | None = None, problem: AssizeError | None = None) -> Response:
    keys = service.keys(tx)
    people = {one.id: one for one in service.reviewers(tx)} if Right.PEOPLE_READ in _held(tx) else {}
    return render(
        request,
        "workforce/keys.html",
        status=422 if problem else 200,
        keys=[
            {"key": one, "whose": people[one.reviewer_id].name if one.reviewer_id in people else None} for one in keys
        ],
        people=[one for one in people.values() if one.active],
        rights_there=[right.value for right in Right],
        issued=issued,
        problem="A key needs at least one right." if problem else None,
        now=clock.now(),
    )


def _held(tx: Tx) -> frozenset[Right]:
    return getattr(tx.actor, "rights", frozenset())
