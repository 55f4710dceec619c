"""What comes from outside, read into the nouns of review; and cursors."""

import base64
import binascii
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assize.review.errors import BadCursor, BadJudgement
from assize.review.models import Judgement


def parse_judgement(body: Mapping[str, Any]) -> Judgement:
    """Read a judgement from JSON values. Raises BadJudgement with every place that does not fit."""
    try:
        return _adapter().validate_python(body)
    except ValidationError as error:
        places = [
            {"pointer": "".join(f"/{part}" for part in one["loc"]), "detail": one["msg"]} for one in error.errors()
        ]
        raise BadJudgement(count=len(places), summary=str(places[0]["pointer"]), places=places) from None


@cache
def _adapter() -> TypeAdapter[Judgement]:
    return TypeAdapter(Judgement)


def cursor_of(*parts: str) -> str:
    """Return a cursor that continues after these values: opaque to callers, of the same order as the list."""
    return base64.urlsafe_b64encode("\n".join(parts).encode()).decode().rstrip("=")


def parse_cursor(cursor: str, *, parts: int) -> tuple[str, ...]:
    """Return the values of a cursor. Raises BadCursor."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadCursor(field="cursor") from None
    found = tuple(text.split("\n"))
    if len(found) != parts or "\0" in text:
        raise BadCursor(field="cursor")
    return found
