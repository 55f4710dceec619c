"""Errors as the caller reads them: problem+json (RFC 9457), or a page for a browser. Status is mapped here, once."""

from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from assize.kernel import errors
from assize.kernel.errors import AssizeError
from assize.platform.errors import TookTooLong
from assize.platform.http.asking import ForeignForm
from assize.platform.http.carrying import carried
from assize.platform.logs import log

STATUS: dict[type[AssizeError], int] = {
    errors.Unauthenticated: 401,
    errors.Refused: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.RateLimited: 429,
    errors.Unavailable: 503,
}
_TITLES = {
    400: "The request can't be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Not a way to call this",
    409: "Conflict",
    413: "Too large",
    415: "Unknown media type",
    422: "The input does not fit",
    429: "Too many tries",
    500: "Something went wrong here",
    503: "Not available at the moment",
}
RETRY_AFTER_S = 2  # the time an embedded database takes to come back


class Problem(JSONResponse):
    """An answer of media type application/problem+json."""

    media_type = "application/problem+json"


def status_of(error: AssizeError) -> int:
    """Return the HTTP status of an error by its kind; 500 for one of no kind."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def problem(
    request: Request, *, status: int, code: str, detail: str, places: Sequence[dict[str, Any]] = ()
) -> Response:
    """Build the answer: a page where a browser asked for one, problem+json everywhere else."""
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else {}  # noqa: PLR2004 - HTTP's number
    if wants_page(request):
        if status == 401:  # noqa: PLR2004 - HTTP's number
            return RedirectResponse(f"/sign-in?next={request.url.path}", status_code=303)
        page: Response = request.app.state.error_page(
            request, status=status, title=_TITLES.get(status, "Error"), detail=detail, places=list(places)
        )
        page.headers.update(headers)
        return page
    body = {
        "type": f"urn:assize:problem:{code}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "instance": getattr(request.state, "request_id", None),
        "code": code,
    }
    if places:
        body["errors"] = list(places)
    return Problem(body, status_code=status, headers=headers)


def wants_page(request: Request) -> bool:
    """Whether the caller is a browser on a page, not a client of the API."""
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


async def on_error(request: Request, error: Exception) -> Response:
    """Answer an error of ours by its kind, naming the field where there is one."""
    if not isinstance(error, AssizeError):
        raise error
    carry = getattr(request.app.state, "carry_page", None)
    if carry is not None and isinstance(error, errors.Unauthenticated | ForeignForm) and wants_page(request):
        typed = await carried(request)
        if typed is not None:
            page: Response = carry(request, typed, signed_in=isinstance(error, ForeignForm))
            return page
    told = error.facts.get("places")
    places: list[dict[str, Any]] = list(told) if isinstance(told, list | tuple) else []
    pointer = error.facts.get("pointer") or error.facts.get("field")
    if pointer is not None:
        text = str(pointer)
        places.append({"pointer": text if text.startswith("/") else f"/{text}", "detail": error.message})
    return problem(request, status=status_of(error), code=error.code, detail=error.message, places=places)


async def on_cancelled(request: Request, error: Exception) -> Response:
    """Answer a statement that was ended because it ran longer than its page lets it."""
    del error
    return await on_error(request, TookTooLong())


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answer input that does not fit a declared shape: every place, none of the values."""
    if not isinstance(error, RequestValidationError):
        raise error
    places = [{"pointer": _pointer(one["loc"]), "detail": one["msg"], "code": one["type"]} for one in error.errors()]
    status = 400 if any(one["code"] == "json_invalid" for one in places) else 422
    return problem(request, status=status, code="invalid", detail="The input does not fit.", places=places)


async def on_http(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses: unknown paths and methods."""
    if not isinstance(error, HTTPException):
        raise error
    title = _TITLES.get(error.status_code, "Error")
    answer = problem(request, status=error.status_code, code=title.lower().replace(" ", "-"), detail=f"{title}.")
    answer.headers.update(error.headers or {})
    return answer


async def on_surprise(request: Request, error: Exception) -> Response:
    """Answer a fault of ours: say so, give the request id, log the kind of error and never its words."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename.rpartition('assize/')[2]}:{frame.tb_lineno}" if frame else ""
    log.error("unexpected", error_type=type(error).__name__, place=place)
    detail = "This is a fault of ours. Tell your administrator the request id."
    return problem(request, status=500, code="fault", detail=detail)


def _pointer(location: Sequence[Any]) -> str:
    parts = [str(part) for part in location if part != "body"]
    return "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)
