"""The ledger's pages: how it stands, and the story of a case or a person."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.audit import service
from assize.audit.errors import PurposeNeeded
from assize.kernel import clock
from assize.kernel.ids import CaseId, ReviewerId, SubjectId
from assize.platform.http import authenticated, transaction
from assize.platform.pages import render

router = APIRouter(include_in_schema=False)

ID = r"^[A-Za-z0-9_-]{1,80}$"
Of = Annotated[str, Path(pattern=ID)]


@router.get("/audit")
def ledger(request: Request) -> Response:
    """Show how the ledger stands, and ask whose story is wanted."""
    with transaction(request) as tx:
        state = service.ledger_state(tx)
    return render(request, "audit/ledger.html", state=state, now=clock.now())


@router.get("/audit/story")
def find_story(request: Request, of: Annotated[str, Query(pattern=r"^\s*[A-Za-z0-9_-]{1,80}\s*$")]) -> Response:
    """Go to a story by its id."""
    authenticated(request)
    return RedirectResponse(f"/audit/story/{of.strip()}", status_code=303)


@router.get("/audit/story/{of}")
def story(request: Request, of: Of, after: Annotated[str | None, Query(pattern=ID)] = None) -> Response:
    """Tell a story; for that of a person, ask first what for."""
    with transaction(request) as tx:
        try:
            told = service.story(tx, **_whose(of), after=after, at=clock.now())
        except PurposeNeeded:
            return render(request, "audit/purpose.html", of=of, about=_about(of))
    return render(request, "audit/story.html", of=of, about=_about(of), story=told, first_part=after is None)


@router.post("/audit/story/{of}/openings")
def open_story(
    request: Request,
    of: Of,
    purpose: Annotated[str, Form(min_length=3, max_length=400, pattern=r"^[^\x00]*$")],
) -> Response:
    """Record what a story is opened for, and go on to it."""
    with transaction(request) as tx:
        service.open_story(tx, **_whose(of), purpose=purpose, at=clock.now())
    return RedirectResponse(f"/audit/story/{of}", status_code=303)


def _whose(of: str) -> dict[str, Any]:
    match of.partition("_")[0]:
        case "case":
            return {"case_id": CaseId(of)}
        case "sub":
            return {"subject_id": SubjectId(of)}
        case _:
            return {"reviewer_id": ReviewerId(of)}


def _about(of: str) -> str:
    return {"case": "case", "sub": "subject", "rev": "reviewer", "key": "API key"}.get(of.partition("_")[0], "actor")
