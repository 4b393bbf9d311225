"""The tree: RFC 6962's own vectors, an independent implementation, and proofs that can't be forged by a slip."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as some
from pymerkle import InmemoryTree

from rekisteri.audit import merkle
from rekisteri.audit.merkle import TILE_WIDTH, Tree

EXAMPLES = int(os.environ.get("EVIDENCE_EXAMPLES", "40"))

# The leaves and roots of the reference implementation of Certificate Transparency.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def a_tree(hashes: Sequence[bytes]) -> Tree:
    """A tree over leaf hashes, its tiles made the slow way."""

    def tile(level: int, number: int, width: int) -> Sequence[bytes]:
        row = list(hashes)
        for _ in range(level):
            row = [merkle.fold(row[at : at + TILE_WIDTH]) for at in range(0, len(row) // TILE_WIDTH * TILE_WIDTH, 256)]
        found = row[number * TILE_WIDTH : number * TILE_WIDTH + width]
        assert len(found) == width
        return found

    return Tree(len(hashes), tile)


def by_definition(old: int, entries: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162 § 2.1.4.1, word for word, with the hashes of the independent implementation."""
    size = len(entries)
    if old == size:
        return [] if whole else [mth(entries)]
    split = 1
    while split * 2 < size:
        split *= 2
    if old <= split:
        return [*by_definition(old, entries[:split], whole=whole), mth(entries[split:])]
    return [*by_definition(old - split, entries[split:], whole=False), mth(entries[:split])]


def mth(entries: Sequence[bytes]) -> bytes:
    """The Merkle tree hash, by the independent implementation."""
    other = InmemoryTree.init_from_entries(entries, algorithm="sha256")
    return bytes(other.get_root())


def leaves(count: int) -> list[bytes]:
    return [number.to_bytes(4, "big") for number in range(count)]


def test_the_reference_vectors_hold() -> None:
    assert hashlib.sha256().digest() == merkle.EMPTY_ROOT
    tree = a_tree([merkle.leaf_hash(leaf) for leaf in LEAVES])
    assert [tree.root(size).hex() for size in range(1, 9)] == list(ROOTS)
    assert tree.root(0) == merkle.EMPTY_ROOT


def test_roots_and_proofs_are_those_of_an_independent_implementation() -> None:
    other = InmemoryTree(algorithm="sha256")
    entries = leaves(33)
    for entry in entries:
        other.append_entry(entry)
    tree = a_tree([merkle.leaf_hash(entry) for entry in entries])
    for size in range(1, 34):
        assert tree.root(size) == other.get_root(size)
        for index in range(size):
            path = [bytes.fromhex(one) for one in other.prove_inclusion(index + 1, size).serialize()["path"]]
            assert [merkle.leaf_hash(entries[index]), *tree.inclusion(index, size)] == path
        for old in range(1, size):
            assert tree.consistency(old, size) == by_definition(old, entries[:size], whole=True), (old, size)


@settings(max_examples=EXAMPLES, deadline=None)
@given(some.data())
def test_every_proof_holds_over_tiles_and_no_changed_one_does(data: some.DataObject) -> None:
    size = data.draw(some.one_of(some.integers(1, 600), some.sampled_from((255, 256, 257, 511, 512))))
    hashes = [merkle.leaf_hash(entry) for entry in leaves(size)]
    tree = a_tree(hashes)
    index, old = data.draw(some.integers(0, size - 1)), data.draw(some.integers(0, size))
    root, old_root = tree.root(), tree.root(old)
    path, proof = tree.inclusion(index), tree.consistency(old)
    assert merkle.includes(hashes[index], index, size, path, root)
    assert merkle.extends(old, old_root, size, root, proof)
    assert tree.root() == merkle.fold(hashes)
    other = data.draw(some.binary(min_size=32, max_size=32))
    assert not merkle.includes(other, index, size, path, root)
    assert not merkle.includes(hashes[index], index, size, [*path, other], root)
    assert not merkle.includes(hashes[index], (index + 1) % size if size > 1 else 1, size, path, root)
    assert old == 0 or not merkle.extends(old, old_root, size, other, proof)
    assert not merkle.extends(old, other, size, root, proof)
    if path:
        assert not merkle.includes(hashes[index], index, size, path[1:], root)
        place = data.draw(some.integers(0, len(path) - 1))
        assert not merkle.includes(hashes[index], index, size, [*path[:place], other, *path[place + 1 :]], root)
    if proof:
        place = data.draw(some.integers(0, len(proof) - 1))
        assert not merkle.extends(old, old_root, size, root, [*proof[:place], other, *proof[place + 1 :]])
        assert not merkle.extends(old, old_root, size, root, proof[:-1])


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(
    some.integers(-1, 40),
    some.integers(-1, 40),
    some.lists(some.binary(min_size=31, max_size=33), max_size=8),
    some.binary(min_size=32, max_size=32),
    some.binary(min_size=32, max_size=32),
)
def test_a_verifier_believes_no_made_up_proof(
    one: int, size: int, path: list[bytes], first: bytes, second: bytes
) -> None:
    assert not merkle.includes(first, one, size, path, second) or (size == 1 and one == 0 and first == second)
    believed = merkle.extends(one, first, size, second, path)
    assert not believed or (one == size and first == second and not path) or (one == 0 and first == merkle.EMPTY_ROOT)


def test_the_right_edge_is_what_a_tree_goes_on_from() -> None:
    hashes = [merkle.leaf_hash(entry) for entry in leaves(70_000)]
    for size in (1, 255, 256, 257, 65_536, 65_793, 70_000):
        tree = a_tree(hashes[:size])
        widths = [len(hashes) for hashes in tree.edge()]
        assert widths == merkle.tile_widths(size)
        assert tree.root() == merkle.fold(hashes[:size])
        index = size * 2 // 3
        assert merkle.includes(hashes[index], index, size, tree.inclusion(index), tree.root())
        assert merkle.extends(index, tree.root(index), size, tree.root(), tree.consistency(index))
    assert merkle.tile_widths(70_000) == [112, 17, 1]


@given(size=some.integers(1, 1 << 40), data=some.data())
@settings(max_examples=EXAMPLES * 5)
def test_the_tiles_around_a_leaf_are_all_its_path_is_made_of(size: int, data: some.DataObject) -> None:
    index = data.draw(some.integers(0, size - 1) | some.just(size - 1))
    around = merkle.tiles_around(index, size)
    asked: list[tuple[int, int, int]] = []

    def tile(level: int, number: int, width: int) -> Sequence[bytes]:
        asked.append((level, number, width))
        return [b"\0" * 32] * width

    Tree(size, tile).inclusion(index)
    assert set(asked) <= set(around)
    assert len(around) == len(set(around)) <= 2 * len(merkle.tile_widths(size))
