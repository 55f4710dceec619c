"""Opaque cursors of lists: where the page ended, not how many were skipped, so that nothing is missed or seen twice."""

import base64
import binascii

from assize.intake.errors import BadCursor

_MARK = "i1:"  # the version of this form
_MAX = 400


def cursor_of(last_id: str) -> str:
    """Return the cursor that continues after `last_id`."""
    return base64.urlsafe_b64encode((_MARK + last_id).encode()).decode().rstrip("=")


def cursor_after(cursor: str) -> str:
    """Return the id after which a list continues. Raises BadCursor for anything this module did not make."""
    if not cursor or len(cursor) > _MAX:
        raise BadCursor(field="cursor")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise BadCursor(field="cursor") from error
    if not text.startswith(_MARK) or not text.isprintable():
        raise BadCursor(field="cursor")
    return text.removeprefix(_MARK)
