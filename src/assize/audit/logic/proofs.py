"""Inclusion and consistency proofs: made by RFC 6962 section 2.1, checked by RFC 9162 sections 2.1.3.2 and 2.1.4.2."""

from collections.abc import Sequence

from assize.audit.logic.tiles import subtree_hash
from assize.audit.logic.tree import join, node_hash, subtrees
from assize.audit.models import Stored


def inclusion_path(n: int, size: int, stored: Stored) -> tuple[bytes, ...]:
    """Return the hashes that lead from leaf `n` to the root of the first `size` leaves, lowest first."""
    if not 0 <= n < size:
        raise ValueError(f"leaf {n} is not among the first {size}")
    return tuple(_range_hash(start, end, stored) for start, end in _siblings(n, 0, size))


def consistency_path(first: int, second: int, stored: Stored) -> tuple[bytes, ...]:
    """Return the hashes that show that the first `second` leaves begin with the first `first`."""
    if not 0 < first <= second:
        raise ValueError(f"no consistency proof leads from size {first} to {second}")
    return tuple(_range_hash(start, end, stored) for start, end in _differences(first, 0, second, known=True))


def is_included(*, n: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` leads from the hash of leaf `n` to the root at `size`."""
    if not 0 <= n < size:
        return False
    index, last, current = n, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            current = node_hash(sibling, current)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and current == root


def is_consistent(*, first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Whether `path` shows that the tree of `second` leaves begins with the tree of `first`."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    rest = list(path) if first & (first - 1) else [first_root, *path]
    index, last = first - 1, second - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    older = newer = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and older == first_root and newer == second_root


def _siblings(n: int, start: int, end: int) -> list[tuple[int, int]]:
    # Leaf ranges beside the way from leaf n up to the root over [start, end).
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if n < middle:
        return [*_siblings(n, start, middle), (middle, end)]
    return [*_siblings(n, middle, end), (start, middle)]


def _differences(first: int, start: int, end: int, *, known: bool) -> list[tuple[int, int]]:
    # SUBPROOF of RFC 6962: `known` says that the verifier already holds the root of [start, first).
    if first == end:
        return [] if known else [(start, end)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*_differences(first, start, middle, known=known), (middle, end)]
    return [*_differences(first, middle, end, known=False), (start, middle)]


def _split(count: int) -> int:
    # The largest power of two smaller than count.
    return 1 << (count - 1).bit_length() - 1


def _range_hash(start: int, end: int, stored: Stored) -> bytes:
    # The ranges of a proof start at a multiple of their own highest power of two, so their parts are whole subtrees.
    parts = [(level, (start >> level) + index) for level, index in subtrees(end - start)]
    return join([subtree_hash(level, index, stored) for level, index in parts])
