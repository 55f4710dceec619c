"""Nearly the same text, said again: MinHash over pairs of words, in bands.

`near_duplicates` is how many other texts of the last 24 hours are nearly the same. Six bands of six: of two texts
with a Jaccard similarity of .89 it finds 98 %, at .76 72 %, at .5 9 %.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import blake2b
from itertools import pairwise
from struct import Struct

from rensa import RMinHash

from assize.platform.cel import FieldType
from assize.triage.ports import Reader, Reading, Scene, SignalSettings

BANDS, ROWS = 6, 6
SEED = 7  # any, but the same for all who write bands
SHORTEST = 8  # words; shorter texts are alike by chance ("thanks, that helped a lot")
LONGEST = 1_000  # words; what follows changes little
WITHIN = timedelta(hours=24)

_PERMUTATIONS = BANDS * ROWS
_AS_BYTES = Struct(f"<{_PERMUTATIONS}I")
_STARTS = range(0, _PERMUTATIONS * 4, ROWS * 4)


class _Reader:
    def read(self, scene: Scene) -> Sequence[Reading]:
        pairs = [_pairs(said) if keep else [] for said, keep in zip(scene.said, scene.may_keep, strict=True)]
        bands = [bands_of(digest) if pair else () for digest, pair in zip(_digests(pairs), pairs, strict=True)]
        return [
            Reading(values={"near_duplicates": near.count}, cluster=near.cluster)
            if keep
            else Reading(absent="handling")
            for near, keep in zip(scene.memory.near(bands, within=WITHIN), scene.may_keep, strict=True)
        ]


class NearDuplicates:
    """The signal."""

    name = "near_duplicates"
    fields: Mapping[str, FieldType] = {"near_duplicates": FieldType.INT}

    def ready(self, settings: SignalSettings) -> Reader:
        """Return it ready; it needs no settings."""
        del settings
        return _Reader()


SIGNAL = NearDuplicates()


def bands_of(digest: Sequence[int]) -> tuple[int, ...]:
    """Return each band of a digest as one signed 64-bit number, the same in every process."""
    packed = _AS_BYTES.pack(*digest)
    return tuple(
        int.from_bytes(blake2b(packed[start : start + ROWS * 4], digest_size=8).digest(), "little", signed=True)
        for start in _STARTS
    )


def _pairs(said: list[str]) -> list[str]:
    if len(said) < SHORTEST:
        return []
    some = said[:LONGEST]
    return list(map(" ".join, pairwise(some)))


def _digests(pairs: list[list[str]]) -> list[list[int]]:
    digests: list[list[int]] = RMinHash.digests_from_token_sets(pairs, _PERMUTATIONS, SEED)
    return digests
