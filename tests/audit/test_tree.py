"""The tree hash against the reference vectors of Certificate Transparency, and against RFC 6962 read word for word."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.audit.logic.tiles import HEIGHT, WIDTH, completed, root_at
from assize.audit.logic.tree import EMPTY_ROOT, Frontier, fold, leaf_hash, node_hash, root_of, subtrees

# Source: the reference inputs of github.com/google/certificate-transparency (merkle_tree_test).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_the_book(data: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, as it is written there."""
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    split = 1
    while split * 2 < len(data):
        split *= 2
    return hashlib.sha256(b"\x01" + by_the_book(data[:split]) + by_the_book(data[split:])).digest()


class TestTheTreeHash:
    @pytest.mark.parametrize("size", range(1, 9))
    def test_is_that_of_the_reference_vectors(self, size: int):
        leaves = [leaf_hash(bytes.fromhex(one)) for one in INPUTS[:size]]

        root = root_of(leaves)

        assert root.hex() == ROOTS[size - 1]

    def test_of_nothing_is_the_hash_of_nothing(self):
        assert root_of([]) == EMPTY_ROOT == hashlib.sha256().digest()

    @given(st.lists(st.binary(max_size=8), max_size=70))
    def test_is_that_of_the_rfc_for_any_leaves(self, data: list[bytes]):
        assert root_of(leaf_hash(one) for one in data) == by_the_book(data)

    def test_tells_a_leaf_from_a_node(self):
        left, right = leaf_hash(b"a"), leaf_hash(b"b")

        assert leaf_hash(left + right) != node_hash(left, right)

    @given(st.integers(0, 100_000))
    def test_is_made_of_complete_subtrees_that_cover_every_leaf_once(self, size: int):
        covered = [(index << level, (index + 1) << level) for level, index in subtrees(size)]

        assert [start for start, _ in covered] == [0, *(end for _, end in covered)][: len(covered)]
        assert sum(end - start for start, end in covered) == size

    def test_folds_complete_subtrees_only(self):
        with pytest.raises(ValueError, match="no complete subtree"):
            fold([leaf_hash(b"a")] * 3)


class TestTheStoredTree:
    def test_gives_every_root_from_few_hashes_however_the_leaves_were_appended(self):
        leaves = [leaf_hash(n.to_bytes(4)) for n in range(WIDTH * WIDTH + WIDTH * 3 + 7)]
        held: dict[tuple[int, int], bytes] = {}

        def stored(level: int, first: int, count: int) -> list[bytes]:
            return [held[level, index] for index in range(first, first + count)]

        size, steps = 0, iter([1, 254, 1, 1, 5_000, 60_000, len(leaves)])
        while size < len(leaves):
            fresh = leaves[size : size + next(steps)]
            held |= {(node.level, node.index): node.hash for node in completed(size, fresh, stored)}
            held |= {(0, size + at): one for at, one in enumerate(fresh)}
            size += len(fresh)

        frontier, expected = Frontier(), {}
        for one in leaves:
            frontier.append(one)
            expected[frontier.size] = frontier.root()
        for at in (1, 2, 255, 256, 257, 65_535, 65_536, 65_537, len(leaves)):
            assert root_at(at, stored) == expected[at]
        assert {level for level, _ in held} == {0, HEIGHT, 2 * HEIGHT}
        assert (2 * HEIGHT, 0) in held
        assert len(held) == len(leaves) + WIDTH + 3 + 1
