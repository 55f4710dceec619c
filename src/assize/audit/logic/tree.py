"""The Merkle tree of RFC 6962, section 2.1: SHA-256, a leaf prefixed 0x00, a node 0x01.

Not a chain of hashes: a chain proves one fact only by showing every other.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over 2^k hashes of one level, k >= 0."""
    level = list(hashes)
    if not level or len(level) & (len(level) - 1):
        raise ValueError(f"{len(level)} hashes are no complete subtree")
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the tree hash over leaf hashes in order; of none, SHA-256 of the empty string."""
    frontier = Frontier()
    for one in leaf_hashes:
        frontier.append(one)
    return frontier.root()


def subtrees(size: int) -> list[tuple[int, int]]:
    """Return the complete subtrees (level, index) a tree of `size` leaves is made of, largest first."""
    parts, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            parts.append((level, start >> level))
            start += 1 << level
    return parts


def join(parts: Sequence[bytes]) -> bytes:
    """Return the root over the hashes of `subtrees(size)`, in their order."""
    if not parts:
        return EMPTY_ROOT
    result = parts[-1]
    for left in reversed(parts[:-1]):
        result = node_hash(left, result)
    return result


class Frontier:
    """A tree that grows at its right edge and keeps only the roots of its complete subtrees: log2(size) hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def append(self, one: bytes) -> None:
        """Add the hash of the next leaf."""
        done = self.size
        while done & 1:
            one = node_hash(self._parts.pop(), one)
            done >>= 1
        self._parts.append(one)
        self.size += 1

    def root(self) -> bytes:
        """Return the tree hash at the present size."""
        return join(self._parts)
