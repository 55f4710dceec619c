"""Search: one box and facets, all in the address; saved searches; looking up an account first, with a purpose."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.console.pages import finding
from assize.intake import service as intake
from assize.intake.errors import PurposeMissing, SubjectNotFound
from assize.intake.models import SubjectLevel
from assize.kernel import clock
from assize.kernel.errors import AssizeError
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.review import service as review
from assize.review.errors import BadCursor, BadRequest, MaskedFromYou, NameTaken, NotALookup
from assize.review.models import SearchPage, Wanted
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

router = APIRouter()
PAGE = 50
Name = Annotated[str, Form(max_length=200)]
Address = Annotated[str, Form(max_length=2000)]
NOT_FOUND = "There is no such account, or you may not see it."


@router.get("/search")
def search_page(request: Request, cursor: Annotated[str | None, Query(max_length=200)] = None) -> Response:
    """Show what matches everything the address asks for."""
    return _page(request, dict(request.query_params), cursor=cursor)


@router.post("/search/account")
def look_up(
    request: Request,
    ref: Annotated[str, Form(min_length=1, max_length=500)],
    purpose: Annotated[str, Form(max_length=300)],
    address: Address = "",
    level: Annotated[SubjectLevel, Form()] = SubjectLevel.ACCOUNT,
) -> Response:
    """Look up an account by the platform's own id, which is recorded, and search for it by ours."""
    given = dict(parse_qsl(address))
    try:
        with transaction(request) as tx:
            found = intake.find_subject(
                tx, level=level, ref=ref.strip(), parent_id=None, purpose=purpose, at=clock.now()
            )
    except SubjectNotFound:
        return _page(request, given, problem=NOT_FOUND, status=404)
    except PurposeMissing as error:
        return _page(request, given, problem=str(error), status=422)
    return _back(_address({**given, "account": found[0].id}))


@router.post("/search/views")
def save(request: Request, name: Name, address: Address = "", shared: Annotated[bool, Form()] = False) -> Response:
    """Save the search of an address under a name."""
    given = dict(parse_qsl(address))
    try:
        with transaction(request) as tx:
            view = review.save_view(tx, name=name, wanted=review.wanted_from(given), shared=shared, at=clock.now())
    except (NameTaken, BadRequest) as error:
        return _page(request, given, problem=str(error), status=409 if isinstance(error, NameTaken) else 422)
    return _back(view.address)


@router.post("/search/views/{saved_view_id}")
def change(
    request: Request,
    saved_view_id: str,
    address: Address = "",
    name: Annotated[str | None, Form(max_length=200)] = None,
    shared: Annotated[bool | None, Form()] = None,
    pinned: Annotated[bool | None, Form()] = None,
) -> Response:
    """Rename, share or pin a saved search."""
    with transaction(request) as tx:
        review.change_view(tx, view_id=saved_view_id, name=name, shared=shared, pinned=pinned, at=clock.now())
    return _back(_address(dict(parse_qsl(address))))


@router.post("/search/views/{saved_view_id}/delete")
def delete(request: Request, saved_view_id: str, address: Address = "") -> Response:
    """Delete a saved search."""
    with transaction(request) as tx:
        review.drop_view(tx, view_id=saved_view_id, at=clock.now())
    return _back(_address(dict(parse_qsl(address))))


def _page(
    request: Request, given: Mapping[str, str], *, cursor: str | None = None, problem: str = "", status: int = 200
) -> Response:
    """Show the page; what doesn't fit is said above the form, which keeps what was typed."""
    wanted, page = Wanted(), SearchPage(hits=(), cursor=None, total=None)
    with transaction(request) as tx:
        rights = require(tx, Right.CASES_READ).rights
        try:
            wanted = review.wanted_from(given)
            page = review.search(tx, wanted=wanted, cursor=cursor, limit=PAGE)
        except (BadRequest, BadCursor, MaskedFromYou, NotALookup) as error:
            problem, status = str(error), _status(error)
        choices = finding.choices(tx, rights)
        views = review.saved_views(tx)
        may = _may(tx)
    here = review.address_of(wanted)
    return render(
        request,
        "console/search.html",
        status=status,
        problem=problem,
        given=given,
        current=f"/search?{here}" if here else "/search",
        address=here,
        used=finding.used(wanted, choices),
        tabs=finding.tabs(wanted),
        facets=choices,
        rows=[finding.row(one, choices) for one in page.hits],
        total=None if page.total is None else finding.total(page.total),
        next_url=None if page.cursor is None else finding.next_url(wanted, page.cursor),
        further=cursor is not None,
        views=views,
        may=may,
    )


def _may(tx: Tx) -> dict[str, bool]:
    who = tx.actor
    if not isinstance(who, Principal):
        return dict.fromkeys(("export", "look_up", "read", "open", "share"), False)
    return {
        "export": Right.EXPORT in who.rights and who.view.may_export,
        "look_up": Right.ACCOUNT_LOOKUP in who.rights and "subject" not in who.view.masked_fields,
        "read": "text" not in who.view.masked_fields,
        "open": Right.CONTENT_OPEN in who.rights,
        "share": who.team_id is not None,
    }


def _status(error: AssizeError) -> int:
    return 403 if isinstance(error, MaskedFromYou | NotALookup) else 422


def _address(given: Mapping[str, str]) -> str:
    return review.address_of(review.wanted_from(given))


def _back(address: str) -> Response:
    return RedirectResponse(f"/search?{address}" if address else "/search", status_code=303)
