"""Who is named in a note."""

import re
from collections.abc import Mapping

from assize.kernel.ids import ReviewerId

MOST = 20  # people named in one note; more is a round mail
_AFTER = re.compile(r"[^\W_]")  # a letter or digit: the name goes on


def mentioned(body: str, people: Mapping[ReviewerId, str]) -> list[ReviewerId]:
    """Return who is named by @name, in order, each once.

    people: names by id. A whole name counts ("@Ana Li"), written together as well ("@AnaLi", "@ana.li"), and a first name
    that only one of them has. The longest name that fits is meant. Case does not matter; an address (a@b) names nobody.
    """
    spelled = _spellings(people)
    found: list[ReviewerId] = []
    for place in re.finditer(r"(?<![^\s(,;:])@", body):
        rest = body[place.end() : place.end() + 200].casefold()
        for name, reviewer in spelled:
            if rest.startswith(name) and not _AFTER.match(rest[len(name) : len(name) + 1]):
                if reviewer not in found:
                    found.append(reviewer)
                break
    return found[:MOST]


def begins_so(name: str, words: str) -> bool:
    """Whether what somebody typed may become this name: each word begins a word of it, in order."""
    rest = name.casefold().replace(".", " ").split()
    for word in words.casefold().split():
        place = next((number for number, one in enumerate(rest) if one.startswith(word)), None)
        if place is None:
            return False
        rest = rest[place + 1 :]
    return True


def _spellings(people: Mapping[ReviewerId, str]) -> list[tuple[str, ReviewerId]]:
    """Return every spelling that means one person only, the longest first."""
    owners: dict[str, set[ReviewerId]] = {}
    for reviewer, name in people.items():
        words = name.casefold().split()
        for spelling in {" ".join(words), "".join(words), ".".join(words), *words[:1]} - {""}:
            owners.setdefault(spelling, set()).add(reviewer)
    clear = [(spelling, next(iter(ids))) for spelling, ids in owners.items() if len(ids) == 1]
    return sorted(clear, key=lambda one: (-len(one[0]), one[0]))
