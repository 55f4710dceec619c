"""Static files of the pages: one address for each state of all of them, so that a browser keeps what it has loaded.

Modules import each other by relative addresses, which inherit the version in the path; a version in the query would not
reach them.
"""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.routing import Mount, Router
from starlette.staticfiles import StaticFiles

_ROOT = Path(str(files("assize")))
_SHARED = _ROOT / "platform" / "ui" / "static"
_KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "no-cache"
_RULES_TYPE = "application/speculationrules+json"  # what a browser wants of SPECULATION, our only JSON here
SPECULATION = "speculation.json"


class _Files(StaticFiles):
    """Files of one folder. keeping: what a browser may do with what it got."""

    def __init__(self, *, directory: Path, keeping: str) -> None:
        super().__init__(directory=directory)
        self.keeping = keeping

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Return the file, or that it is unchanged."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["cache-control"] = self.keeping
        if str(answer.headers.get("content-type", "")).startswith("application/json"):
            answer.headers["content-type"] = _RULES_TYPE
        return answer


def static_files() -> Router:
    """Return the files every page may load: the shared ones, and each slice's own under its name.

    Under the version they may be kept for good; without it they are asked for again.
    """
    return Router(routes=[Mount(f"/{version()}", _folders(_KEPT_FOR_GOOD)), Mount("/", _folders(_ASKED_AGAIN))])


def asset(name: str) -> str:
    """Return the address of a static file in its present state.

    name: a shared file, or a slice's own as `console/live.js`. Raises KeyError where there is none.
    """
    if name not in _paths():
        raise KeyError(name)
    return f"/static/{version()}/{name}"


@cache
def version() -> str:
    """Return what the static files are now, as twelve hexadecimal digits: another as soon as one of them changes."""
    digest = hashlib.sha256()
    for name, path in sorted(_paths().items()):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def names() -> frozenset[str]:
    """Return every static file's name, as `asset` takes it."""
    return frozenset(_paths())


@cache
def _paths() -> dict[str, Path]:
    folders = {"": _SHARED} | {f"{folder.parent.name}/": folder for folder in _slices()}
    return {
        f"{prefix}{path.relative_to(folder).as_posix()}": path
        for prefix, folder in folders.items()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _slices() -> list[Path]:
    return sorted(_ROOT.glob("*/static"))


def _folders(keeping: str) -> Router:
    own = [Mount(f"/{folder.parent.name}", _Files(directory=folder, keeping=keeping)) for folder in _slices()]
    return Router(routes=[*own, Mount("/", _Files(directory=_SHARED, keeping=keeping))])
