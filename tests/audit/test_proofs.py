"""Proofs: the reference ones, every valid one, and no other."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assize.audit.logic.proofs import consistency_path, inclusion_path, is_consistent, is_included
from assize.audit.logic.tree import fold, leaf_hash, root_of
from assize.audit.models import Stored

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [leaf_hash(bytes.fromhex(one)) for one in INPUTS]
LEFT_PAIR = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
SECOND_PAIR = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
FIFTH = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
LAST_PAIR = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
LEFT_HALF = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
RIGHT_HALF = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
FIRST = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
SECOND = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
THIRD_PAIR = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"

sizes = st.integers(1, 300)


def of(leaves: list[bytes]) -> Stored:
    """Stored hashes of a small tree: only the leaves, and folded from them what is asked for above."""

    def stored(level: int, first: int, count: int) -> list[bytes]:
        return [fold(leaves[at << level : (at + 1) << level]) for at in range(first, first + count)]

    return stored


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(n.to_bytes(2)) for n in range(size)]


class TestAnInclusionProof:
    @pytest.mark.parametrize(
        ("leaf", "size", "path"),
        [
            (1, 1, []),
            (1, 8, [SECOND, SECOND_PAIR, RIGHT_HALF]),
            (6, 8, [FIFTH, LAST_PAIR, LEFT_HALF]),
            (3, 3, [LEFT_PAIR]),
            (2, 5, [FIRST, SECOND_PAIR, FIFTH]),
        ],
    )
    def test_is_that_of_the_reference_vectors(self, leaf: int, size: int, path: list[str]):
        assert [one.hex() for one in inclusion_path(leaf - 1, size, of(LEAVES))] == path

    @given(size=sizes, data=st.data())
    def test_convinces_for_every_leaf_of_every_tree(self, size: int, data: st.DataObject):
        n, leaves = data.draw(st.integers(0, size - 1)), leaves_of(size)

        path = inclusion_path(n, size, of(leaves))

        assert is_included(n=n, size=size, leaf=leaves[n], path=path, root=root_of(leaves))

    @given(size=sizes, data=st.data())
    def test_convinces_of_nothing_else(self, size: int, data: st.DataObject):
        n, leaves = data.draw(st.integers(0, size - 1)), leaves_of(size)
        path, root = inclusion_path(n, size, of(leaves)), root_of(leaves)
        other, wrong = data.draw(st.integers(-1, size + 1)), b"\xff" * 32
        assume(other != n)

        claims = [
            {"n": other},
            {"leaf": wrong},
            {"root": wrong},
            {"path": (*path, wrong)},
            {"path": path[:-1], "size": size + (0 if path else 1)},
            *({"path": (*path[:at], wrong, *path[at + 1 :])} for at in range(len(path))),
        ]

        true = {"n": n, "size": size, "leaf": leaves[n], "path": path, "root": root}
        assert not any(is_included(**(true | claim)) for claim in claims)

    def test_is_not_made_for_a_leaf_outside_the_tree(self):
        with pytest.raises(ValueError, match="leaf 8"):
            inclusion_path(8, 8, of(LEAVES))


class TestAConsistencyProof:
    @pytest.mark.parametrize(
        ("first", "second", "path"),
        [
            (1, 1, []),
            (1, 8, [SECOND, SECOND_PAIR, RIGHT_HALF]),
            (6, 8, [THIRD_PAIR, LAST_PAIR, LEFT_HALF]),
            (2, 5, [SECOND_PAIR, FIFTH]),
        ],
    )
    def test_is_that_of_the_reference_vectors(self, first: int, second: int, path: list[str]):
        assert [one.hex() for one in consistency_path(first, second, of(LEAVES))] == path

    @given(second=sizes, data=st.data())
    def test_convinces_for_every_two_sizes(self, second: int, data: st.DataObject):
        first, leaves = data.draw(st.integers(1, second)), leaves_of(second)

        path = consistency_path(first, second, of(leaves))

        roots = {"first_root": root_of(leaves[:first]), "second_root": root_of(leaves)}
        assert is_consistent(first=first, second=second, path=path, **roots)

    @given(second=st.integers(2, 300), data=st.data())
    def test_convinces_of_nothing_else(self, second: int, data: st.DataObject):
        first, leaves, wrong = data.draw(st.integers(1, second - 1)), leaves_of(second), b"\xff" * 32
        path = consistency_path(first, second, of(leaves))
        true = {
            "first": first,
            "second": second,
            "path": path,
            "first_root": root_of(leaves[:first]),
            "second_root": root_of(leaves),
        }

        claims = [
            {"first_root": wrong},
            {"second_root": wrong},
            {"first": second},
            {"path": ()},
            {"path": path[:-1]},
            {"path": (*path, wrong)},
            *({"path": (*path[:at], wrong, *path[at + 1 :])} for at in range(len(path))),
        ]

        assert not any(is_consistent(**(true | claim)) for claim in claims)

    @given(second=st.integers(2, 200), data=st.data())
    def test_is_not_possible_after_an_old_leaf_was_changed(self, second: int, data: st.DataObject):
        first, before = data.draw(st.integers(1, second - 1)), leaves_of(second)
        changed = data.draw(st.integers(0, first - 1))
        after = [leaf_hash(b"changed") if n == changed else one for n, one in enumerate(before)]

        path = consistency_path(first, second, of(after))

        roots = {"first_root": root_of(before[:first]), "second_root": root_of(after)}
        assert not is_consistent(first=first, second=second, path=path, **roots)
