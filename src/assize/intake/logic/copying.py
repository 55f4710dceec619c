"""Names for nobody: ids that look like a platform's own and belong to none of its accounts."""

import re
import string
from dataclasses import dataclass, field

from assize.intake.models import Event, SubjectRef
from assize.kernel.chance import Rng

LONG_ENOUGH = 8  # signs that are drawn: one in hundreds of millions is somebody's
LEVELS = ("project", "api_key", "account", "end_user", "conversation")
_HEX = set("0123456789abcdef")
_HEAD = re.compile(r"[a-z]{1,12}[-_:]")  # `acct_`, `user-`: no name, which would be written with a dot or a capital


@dataclass(frozen=True, kw_only=True)
class Disguise:
    """One mapping of a platform's ids to ids of nobody, the same for all events of a copy."""

    rng: Rng
    _given: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, level: str, ref: str | None) -> str | None:
        """Return what stands for an id of a level."""
        if ref is None:
            return None
        key = (level, ref)
        if key not in self._given:
            self._given[key] = scrambled(ref, self.rng)
        return self._given[key]


def scrambled(ref: str, rng: Rng) -> str:
    """Return an id of the same look: the word it begins with stays, digits become digits, letters letters.

    What is all hexadecimal stays hexadecimal; what is short is made longer, so that it is nobody's.
    """
    found = _HEAD.match(ref)
    head = 0 if found is None else found.end()
    body = ref[head:]
    drawn = [sign for sign in body if sign.isascii() and sign.isalnum()]
    hexadecimal = set(drawn) <= _HEX
    longer = "".join(rng.choice(string.digits) for _ in range(max(0, LONG_ENOUGH - len(drawn))))
    return ref[:head] + "".join(_other(sign, rng, hexadecimal=hexadecimal) for sign in body) + longer


def _other(sign: str, rng: Rng, *, hexadecimal: bool) -> str:
    if not (sign.isascii() and sign.isalnum()):
        return sign
    if sign.isdigit():
        return rng.choice(string.digits)
    if hexadecimal:
        return rng.choice("abcdef")
    return rng.choice(string.ascii_lowercase if sign.islower() else string.ascii_uppercase)


def disguised(event: Event, disguise: Disguise) -> SubjectRef:
    """Return whom a copy of an event is about: nobody, at the same levels. An organisation stays: it is no person."""
    refs = {level: disguise.of(level, getattr(event, level)) for level in LEVELS}
    return SubjectRef(organisation=event.organisation, **refs)
