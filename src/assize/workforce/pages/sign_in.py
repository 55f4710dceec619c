"""Signing in and out."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError
from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE, Carried, csrf_token, taken
from assize.platform.pages import render
from assize.platform.settings import Settings
from assize.workforce import service
from assize.workforce.errors import TooManyTries, WrongPassword

router = APIRouter(include_in_schema=False)
_CARRIED = "carried."
_ENDED = "Your sign-in ended. Sign in: what you typed is carried on, and nothing of it was sent."


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """Show the form."""
    after = _own_path(request.query_params.get("next", "/"))
    return render(request, "workforce/sign_in.html", after=after, problem=None, carried=None)


def carry_page(request: Request, typed: Carried, *, signed_in: bool) -> Response:
    """Show the way on for a form whose session ended: sign in, or, signed in anew already, keep what was typed."""
    if signed_in:
        token = csrf_token(request.cookies.get(SESSION_COOKIE, ""))
        return render(request, "workforce/carry.html", status=409, carried=typed, token=token)
    return render(request, "workforce/sign_in.html", status=401, after="/", problem=_ENDED, carried=typed)


async def _fields(request: Request) -> Carried | None:
    return taken((await request.form()).multi_items(), _CARRIED)


@router.post("/sign-in")
def sign_in(
    request: Request,
    email: Annotated[str, Form(max_length=254)],
    password: Annotated[str, Form(max_length=1024)],
    typed: Annotated[Carried | None, Depends(_fields)],
    after: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Sign in and go on to the page that was asked for, with what was typed where a session ended over it."""
    database: Database = request.app.state.database
    settings: Settings = request.app.state.settings
    address = request.client.host if request.client else "unknown"
    try:
        session = service.sign_in(
            database, email=email, password=password, address=address, hours=settings.session_hours, at=clock.now()
        )
    except (WrongPassword, TooManyTries) as error:
        return _again(request, error, after=_own_path(after), typed=typed)
    answer: Response = RedirectResponse(_own_path(after), status_code=303)
    if typed is not None:
        answer = render(request, "workforce/carry.html", carried=typed, token=csrf_token(session.token))
    answer.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=settings.session_hours * 3600,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
        path="/",
    )
    return answer


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Sign out."""
    service.sign_out(request.app.state.database, token=request.cookies.get(SESSION_COOKIE, ""), at=clock.now())
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


def _again(request: Request, error: AssizeError, *, after: str, typed: Carried | None) -> Response:
    status = 429 if isinstance(error, TooManyTries) else 401
    view = {"after": after, "problem": error.message, "carried": typed}
    return render(request, "workforce/sign_in.html", status=status, **view)


def _own_path(given: str) -> str:
    # Only a path of this console: a sign-in link must not lead elsewhere.
    parts = urlsplit(given)
    own = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not given.startswith(("//", "/\\"))
    return given if own and "\\" not in given and given.isprintable() else "/"
