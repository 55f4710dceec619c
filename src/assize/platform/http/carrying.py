"""What was typed is carried over a sign-in: a form that names where its words are kept is not lost to an ended session.

Nothing is decided by carrying: the words go to the address that keeps a draft, and whoever typed them sends them again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request

_KEEPS = re.compile(r"/[a-z]+(?:/[A-Za-z0-9_]{1,64})?/draft")
MAX_FIELDS, MAX_CHARACTERS = 600, 400_000  # of a form of ours; what is longer was not typed


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A form that can be carried. keep: the address that keeps its words. fields: all but the session's token."""

    keep: str
    fields: tuple[tuple[str, str], ...]


async def carried(request: Request) -> Carried | None:
    """Return the form of a request that was refused for want of a session; None where there is nothing to carry.

    Only from a page of this console, as the browser itself says: what another site sends is never replayed.
    """
    from_here = request.headers.get("sec-fetch-site") == "same-origin"
    is_form = "form" in request.headers.get("content-type", "")
    if request.method != "POST" or not from_here or not is_form:
        return None
    return taken((await request.form()).multi_items())


def taken(sent: Iterable[tuple[str, object]], prefix: str = "") -> Carried | None:
    """Return what of these fields is carried. prefix: under which they travel through the sign-in page."""
    fields = [
        (name.removeprefix(prefix), value)
        for name, value in sent
        if name.startswith(prefix) and isinstance(value, str) and name.removeprefix(prefix) != "csrf"
    ]
    keep = dict(fields).get("keep", "")
    size = sum(len(name) + len(value) for name, value in fields)
    if _KEEPS.fullmatch(keep) is None or len(fields) > MAX_FIELDS or size > MAX_CHARACTERS:
        return None
    return Carried(keep=keep, fields=tuple(fields))
