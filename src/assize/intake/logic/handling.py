"""What may be done with content, by its handling class. The only place that says so."""

from dataclasses import replace
from typing import assert_never

from assize.intake.models import Event, Handling, Use

_LOCAL = frozenset({Use.INDEX, Use.EMBED, Use.DISPLAY, Use.EXPORT})


def allowed(handling: Handling, use: Use) -> bool:
    """Whether content of this handling class may be put to this use.

    ordinary: anything. sensitive: anything that stays inside or leaves by a deliberate export. Apparent child
    exploitation, victims' identity and privileged material: shown to who must see it, and nothing else: no index, no
    model, no training, no general export (evidence leaves by a filing). zero retention: there is no content to use.
    """
    match handling:
        case Handling.ORDINARY:
            return True
        case Handling.SENSITIVE:
            return use in _LOCAL
        case Handling.APPARENT_CSE | Handling.VICTIM_IDENTITY | Handling.PRIVILEGED:
            return use is Use.DISPLAY
        case Handling.ZERO_RETENTION:
            return False
        case _:
            assert_never(handling)


def may_be_put_to(event: Event, use: Use) -> bool:
    """Whether an event's content may be put to this use. A copy of a known case trains nothing: it is there to measure."""
    return allowed(event.handling, use) and not (event.sealed and use is Use.TRAIN)


def shown_for(event: Event, use: Use) -> Event:
    """Return the event as this use may see it: whole, or without turns, attributes and media pointers."""
    if may_be_put_to(event, use):
        return event
    return replace(event, turns=(), attributes={}, media=())
