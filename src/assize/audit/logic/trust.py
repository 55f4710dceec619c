"""Whose signatures count, over the life of a ledger whose signing key was changed.

A change of key is a checkpoint that names both keys and carries the signatures of both: the old key vouches for the
new one, and the new one, which signs the same root, for everything that the old one signed before. So whoever holds
any one key of the chain can check the whole ledger. Under its own checkpoints a key counts up to the one that hands
it over, and not after: an old key that is found out later can't sign what comes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assize.audit.errors import MalformedKey, MalformedNote
from assize.audit.logic.notes import PublicKey, read
from assize.audit.models import Handover


@dataclass(frozen=True, kw_only=True)
class Period:
    """The checkpoints that a key signs. first, last: their sizes, None where the ledger's beginning or its end is."""

    key: PublicKey
    first: int | None
    last: int | None

    def covers(self, size: int) -> bool:
        """Whether the key counts at this size."""
        return (self.first is None or self.first <= size) and (self.last is None or size <= self.last)


@dataclass(frozen=True, kw_only=True)
class Trust:
    """The keys of a ledger, the oldest first. forked: keys that were handed over to more than one other."""

    name: str
    periods: tuple[Period, ...]
    forked: tuple[str, ...] = ()

    def signed(self, note: str, *, size: int) -> bool:
        """Whether a note over so many facts is signed by the key that counts there."""
        return any(period.covers(size) and period.key.signed(note) for period in self.periods)


def trust(key: PublicKey, notes: Iterable[str]) -> Trust:
    """Return whose signatures count for whoever trusts `key`. notes: may hold the checkpoints that changed keys."""
    held = _handovers(key.name, notes)
    chain = [key.spelled]
    forked = [one for one in {handover.old for handover, _ in held} if len(_after(one, held)) > 1]
    while (older := _before(chain[0], held)) is not None and older not in chain:
        chain.insert(0, older)
    while len(newer := _after(chain[-1], held)) == 1 and not newer & set(chain):
        chain += newer
    return Trust(name=key.name, periods=tuple(_period(one, chain, held) for one in chain), forked=tuple(sorted(forked)))


def _handovers(name: str, notes: Iterable[str]) -> list[tuple[Handover, int]]:
    # With the size at which each was signed. A change that both keys did not sign is none.
    found = []
    for note in notes:
        try:
            checkpoint = read(note)
            handover = checkpoint.handover
            if handover is None:
                continue
            keys = [PublicKey.parse(one) for one in (handover.old, handover.new)]
        except (MalformedNote, MalformedKey):
            continue  # for the judge to report
        if all(one.name == name and one.signed(note) for one in keys):
            found.append((handover, checkpoint.size))
    return found


def _before(key: str, held: Sequence[tuple[Handover, int]]) -> str | None:
    older = {handover.old for handover, _ in held if handover.new == key}
    return older.pop() if len(older) == 1 else None


def _after(key: str, held: Sequence[tuple[Handover, int]]) -> set[str]:
    return {handover.new for handover, _ in held if handover.old == key}


def _period(key: str, chain: Sequence[str], held: Sequence[tuple[Handover, int]]) -> Period:
    # One change may stand in two checkpoints: a crash can leave the first in the file outside alone.
    came = [size for handover, size in held if handover.new == key and handover.old in chain]
    went = [size for handover, size in held if handover.old == key and handover.new in chain]
    return Period(key=PublicKey.parse(key), first=min(came) if came else None, last=max(went) if went else None)
