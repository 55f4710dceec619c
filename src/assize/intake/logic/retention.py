"""How long content stays, by its retention class."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

MIN_DAYS = 1  # below a day the sweep would race with events still being taken in
DEFAULT_CLASS = "standard"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME_CHARACTERS = 10  # 48 bits of milliseconds, five a character


@dataclass(frozen=True, kw_only=True)
class DueClass:
    """One class with the moment before which its events are due. others: it also takes events of classes nobody named."""

    name: str
    before: datetime
    others: bool


def due_classes(days: Mapping[str, int | None], *, at: datetime) -> tuple[DueClass, ...]:
    """Return the classes that end, with their moment. None means never; an unknown class counts as standard.

    Not "an unknown class is kept": a misspelt class would then hold a person's words for ever.
    """
    return tuple(
        DueClass(name=name, before=at - timedelta(days=max(MIN_DAYS, count)), others=name == DEFAULT_CLASS)
        for name, count in sorted(days.items())
        if count is not None
    )


def id_before(moment: datetime) -> str:
    """Return the least event id that could have been made at `moment`: ids before it are older.

    Ids begin with their time (kernel.ids), so that age needs no index of its own on the busiest table.
    """
    ms = max(0, int(moment.timestamp() * 1000))
    digits = [_CROCKFORD[(ms >> (5 * place)) & 31] for place in range(_TIME_CHARACTERS - 1, -1, -1)]
    return "evt_" + "".join(digits)
