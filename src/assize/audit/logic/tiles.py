"""Which hashes of the tree are stored, so that a root or a proof at ten million leaves reads a few hundred rows.

Leaves (level 0) and every eighth level above are kept; what lies between is folded from at most 256 hashes of the
stored level below. Not every level: that would double the rows, to save hashing that takes microseconds.
Source: the tiles of height 8 of c2sp.org/tlog-tiles.
"""

from collections.abc import Sequence

from assize.audit.logic.tree import fold, join, subtrees
from assize.audit.models import Node, Stored

HEIGHT = 8
WIDTH = 1 << HEIGHT


def subtree_hash(level: int, index: int, stored: Stored) -> bytes:
    """Return the hash of one complete subtree."""
    above = level % HEIGHT
    return fold(stored(level - above, index << above, 1 << above))


def root_at(size: int, stored: Stored) -> bytes:
    """Return the tree hash of the first `size` leaves."""
    return join([subtree_hash(level, index, stored) for level, index in subtrees(size)])


def completed(size: int, added: Sequence[bytes], stored: Stored) -> list[Node]:
    """Return the nodes of stored levels that become complete when `added` leaf hashes follow the first `size`.

    stored: answers for what was there before; at most 255 hashes a level are asked of it.
    """
    nodes: list[Node] = []
    level, known, fresh = 0, size, list(added)
    while fresh:
        begun = known % WIDTH
        row = [*stored(level, known - begun, begun), *fresh] if begun else fresh
        level, first = level + HEIGHT, (known - begun) // WIDTH
        fresh = [fold(row[at : at + WIDTH]) for at in range(0, len(row) - WIDTH + 1, WIDTH)]
        nodes += [Node(level=level, index=first + at, hash=one) for at, one in enumerate(fresh)]
        known = first
    return nodes
