"""Pages: templates of the slices and shared components, rendered with everything escaped.

A page gets ready-made view values. Text under review goes through `components/content.html` alone, so that folding,
direction and control characters can't be forgotten.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from jinja2.ext import Extension
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from assize.platform.assets import SPECULATION, asset
from assize.platform.http import SESSION_COOKIE, Authenticated, content_policy, csrf_token

_ROOT = Path(str(files("assize")))
# Characters that would reorder or hide text for the reader: shown by their number instead.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")
_LAYOUT = frozenset("\n\t")
# Where a template fills a field: the value of an input, the text of a text area.
_FIELD = re.compile(
    r"""(?P<before>\bvalue="|<textarea\b(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\})*>)\{\{-?(?P<value>.*?)-?\}\}(?P<after>"|</textarea>)"""
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """An entry of the navigation; `needs` is the right without which it isn't shown.

    group: the heading under which the menu lists it; "" stands in the bar itself. key: its keys, as `g q`.
    """

    title: str
    url: str
    needs: str | None = None
    group: str = ""
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A line under the header of every page: something everybody must know. tone: warn, info, bad, good."""

    title: str
    text: str
    url: str | None = None
    link: str = "More"
    tone: str = "warn"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What is around every page for whoever looks: their theme and care settings, and the bars.

    marks: data attributes of the whole page (`care-blur` → `data-care-blur`), by which style sheets follow settings.
    text_only: media are never loaded.
    """

    theme: str | None = None
    bars: Sequence[Bar] = ()
    text_only: bool = False
    marks: Mapping[str, str] = field(default_factory=dict)


Framing = Callable[[Request], Frame]


def render(request: Request, template: str, *, status: int = 200, **view: Any) -> HTMLResponse:
    """Render a template to a page."""
    text = environment().get_template(template).render(view, **_around(request))
    return HTMLResponse(text, status_code=status, headers=_headers(request))


def _headers(request: Request) -> dict[str, str]:
    # Pages of the navigation may be fetched as their link is pressed: a GET changes and records nothing.
    headers = {"Speculation-Rules": f'"{asset(SPECULATION)}"'} if _known(request) else {}
    viewer = _viewer(request)
    if viewer:
        parts = urlsplit(viewer)
        headers["Content-Security-Policy"] = content_policy(f"{parts.scheme}://{parts.netloc}")
    return headers


def _known(request: Request) -> Authenticated | None:
    return getattr(request.state, "authenticated", None)


def _viewer(request: Request) -> str | None:
    return getattr(getattr(request.app.state, "settings", None), "media_viewer_url", None)


def _around(request: Request) -> dict[str, Any]:
    known = _known(request)
    session = request.cookies.get(SESSION_COOKIE)
    actor = known.actor if known else None
    rights = frozenset(str(right) for right in getattr(actor, "rights", ()))
    path = request.url.path
    offered: Sequence[Link] = getattr(request.app.state, "navigation", ())
    links = [link for link in offered if known and (link.needs is None or link.needs in rights)]
    framing: Framing | None = getattr(request.app.state, "framing", None)
    frame = framing(request) if framing and known else Frame()
    groups = {link.group: [one for one in links if one.group == link.group] for link in links if link.group}
    return {
        "path": path,
        "viewer": lambda pointer: _shown_at(_viewer(request), pointer),
        "is_here": lambda url: _is_here(path, url),
        "csrf": csrf_token(session) if session else "",
        "who": getattr(actor, "name", None),
        "navigation": [link for link in links if not link.group],
        "groups": list(groups.items()),
        "menu_current": next((one.title for one in links if one.group and _is_here(path, one.url)), None),
        "personal": [
            one for one in getattr(request.app.state, "personal", ()) if one.needs is None or one.needs in rights
        ],
        "theme": frame.theme,
        "marks": frame.marks,
        "text_only": frame.text_only,
        "bars": frame.bars,
        "rights": rights,
    }


def _shown_at(viewer: str | None, pointer: str | None) -> str | None:
    return viewer.replace("{pointer}", quote(pointer, safe="")) if viewer and pointer else None


def _is_here(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url + "/"))


@cache
def environment() -> Environment:
    """Return the Jinja environment over every slice's templates and the shared pieces."""
    folders = [_ROOT / "platform" / "ui", *sorted(_ROOT.glob("*/templates"))]
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown_by_itself,
        extensions=[_FieldsAsTheyCame],
    )
    made.filters["as_it_came"] = as_it_came
    made.filters["shown"] = shown
    made.filters["ago"] = ago
    made.filters["moment"] = moment
    made.filters["span"] = span
    made.globals["asset"] = asset
    return made


def shown(text: object) -> str:
    """Return text as it may be shown: control and reordering characters by their number, everything else as it is."""
    given = str(text).replace("\r\n", "\n")  # as a form sends the end of a line
    if given.replace("\n", "").replace("\t", "").isprintable():
        return given  # most texts: nothing in them that hides or reorders
    return "".join(_shown_character(one) for one in given)


def shown_each(text: str) -> list[str]:
    """Return how each character of a text is shown: put together, `shown(text)`.

    Nothing for a carriage return at the end of a line, which is written by two characters and seen as one.
    """
    return ["" if pair == ("\r", "\n") else _shown_character(pair[0]) for pair in pairwise(f"{text} ")]


def _shown_by_itself(value: object) -> object:
    """Return what a template puts out: every string as it may be shown, whether or not its author thought of it."""
    if callable(value) and not isinstance(value, Undefined):
        raise TypeError(f"a template puts out {value!r} itself, not what it returns")
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def as_it_came(value: object) -> Markup:
    """Return a value unchanged but escaped: what a field holds goes back to the server as it came."""
    return escape(value)


class _FieldsAsTheyCame(Extension):
    """Keeps what stands in a field from being changed by how it is shown: it would be saved so."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        del name, filename
        return _FIELD.sub(r"\g<before>{{ (\g<value>)|as_it_came }}\g<after>", source)


def moment(at: datetime | None) -> str:
    """Return a time as it is read aloud: date and minute, UTC."""
    return "—" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def ago(at: datetime | None, now: datetime) -> str:
    """Return how long ago, or in how long, with one unit: `12 min ago`, `in 3 h`."""
    if at is None:
        return "—"
    seconds = (now - at).total_seconds()
    return f"{span(seconds)} ago" if seconds >= 0 else f"in {span(-seconds)}"


def span(seconds: float) -> str:
    """Return a length of time with one unit."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def error_page_with(render_page: Callable[..., HTMLResponse] = render) -> Callable[..., HTMLResponse]:
    """Return the function that shows an error to a browser."""

    def error_page(
        request: Request, *, status: int, title: str, detail: str, places: Iterable[dict[str, Any]]
    ) -> HTMLResponse:
        request_id = getattr(request.state, "request_id", "")
        view = {"title": title, "detail": detail, "places": list(places), "request_id": request_id}
        return render_page(request, "error.html", status=status, **view)

    return error_page


def _shown_character(one: str) -> str:
    if one in _LAYOUT:
        return one
    if one in _REORDERING or unicodedata.category(one) in {"Cc", "Cs", "Co", "Cn"}:
        return f"⟦{ord(one):04X}⟧"
    return one
