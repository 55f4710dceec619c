"""The hierarchy of subjects, from the ids that an event names."""

from collections.abc import Mapping
from typing import NamedTuple

from assize.intake.models import SubjectLevel

# An end-user id is unique only within its parent: two customers both have a user "42". The others are the platform's own.
_SCOPED = frozenset({SubjectLevel.END_USER})
_LEVELS = tuple((level, level.value, level in _SCOPED) for level in SubjectLevel)  # walking an enum is slow


class Link(NamedTuple):
    """One level that an event names. parent: index of the next level above in the same chain, None at the top."""

    level: SubjectLevel
    ref: str
    scoped: bool
    parent: int | None


def links(refs: Mapping[str, str | None]) -> tuple[Link, ...]:
    """Return the chain of subjects, highest first. refs: by level's name; a level that is not named is left out."""
    chain: list[Link] = []
    for level, name, scoped in _LEVELS:
        ref = refs.get(name)
        if ref is not None:
            chain.append(Link(level, ref, scoped, len(chain) - 1 if chain else None))
    return tuple(chain)
