"""By which attributes of events accounts are linked, and what is kept of them: a hash, never the value."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from assize.platform.settings import LINKING_ATTRIBUTES

LINKING = LINKING_ATTRIBUTES
MAX_LENGTH = 512  # characters; a longer value is no identifier
MAX_VALUES = 10  # of one event, so that an attribute that holds a list can't flood the table


def linking_values(attributes: Mapping[str, Any], names: Sequence[str] = LINKING) -> tuple[tuple[str, str], ...]:
    """Return name and hash of each linking attribute that an event tells; case and spaces around don't matter."""
    found: list[tuple[str, str]] = []
    for name in names:
        told = attributes.get(name)
        for value in told if isinstance(told, list | tuple) else (told,):
            spelled = (
                str(value).strip().casefold() if isinstance(value, str | int) and not isinstance(value, bool) else ""
            )
            if 0 < len(spelled) <= MAX_LENGTH:
                found.append((name, blake2b(f"{name}\n{spelled}".encode(), digest_size=16).hexdigest()))
    return tuple(dict.fromkeys(found))[:MAX_VALUES]
