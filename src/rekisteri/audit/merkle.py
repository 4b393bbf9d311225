"""The Merkle tree of the log: hashes, roots and proofs (RFC 6962 § 2.1, RFC 9162 § 2.1), pure.

A tree is asked for its hashes a tile at a time (C2SP tlog-tiles): a tile of level ``l`` and number
``n`` holds the hashes of 256 subtrees of ``256 ** l`` leaves each. Everything else is made of those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
HASH_BYTES = 32
LEAVES_MAX = 1 << 62

Tile = Callable[[int, int, int], Sequence[bytes]]
"""Level, number and width in, so many hashes out."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return _sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return _sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a row of hashes, be they a power of two or not. None give the empty tree's."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        odd = row.pop() if len(row) % 2 else None
        row = [_sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
        if odd is not None:
            row.append(odd)
    return row[0]


def tile_widths(size: int) -> list[int]:
    """How wide the partial tile at the right edge of each level is, lowest first; 0 where there is none."""
    widths = []
    while size:
        widths.append(size % TILE_WIDTH)
        size >>= TILE_HEIGHT
    return widths


def tiles_around(index: int, size: int) -> list[tuple[int, int, int]]:
    """The tiles that the audit path of a leaf in a tree of ``size`` is made of: level, number and width of each.

    Of each level the one above the leaf, and the partial one at the right edge.
    """
    tiles = []
    for level, edge in enumerate(tile_widths(size)):
        there = size >> TILE_HEIGHT * level
        above, last = index >> TILE_HEIGHT * (level + 1), there >> TILE_HEIGHT
        tiles += [
            (level, number, min(there - number * TILE_WIDTH, TILE_WIDTH)) for number in {above, last - (not edge)}
        ]
    return [(level, number, width) for level, number, width in tiles if width > 0]


class Tree:
    """A tree of ``size`` leaves, over tiles that are fetched once each."""

    def __init__(self, size: int, tile: Tile) -> None:
        assert 0 <= size <= LEAVES_MAX
        self.size = size
        self._tile = tile
        self._kept: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` leaves; of all by default."""
        end = self.size if size is None else size
        assert 0 <= end <= self.size
        return EMPTY_ROOT if end == 0 else self._range(0, end)

    def edge(self) -> list[list[bytes]]:
        """The hashes of the partial tile at the right edge of each level, lowest first."""
        widths = tile_widths(self.size)
        return [
            list(self._hashes(level, self.size >> TILE_HEIGHT * (level + 1))) if width else []
            for level, width in enumerate(widths)
        ]

    def tile(self, level: int, number: int) -> Sequence[bytes]:
        """The hashes of a tile, full or partial; none where the tree does not reach it."""
        if not 0 <= number * TILE_WIDTH < self.size >> TILE_HEIGHT * level:
            return []
        return self._hashes(level, number)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of a leaf in the tree of ``size`` (RFC 9162 § 2.1.3.1), lowest first."""
        end = self.size if size is None else size
        assert 0 <= index < end <= self.size
        path: list[bytes] = []
        start = 0
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the tree of ``old`` leaves begins that of ``size`` (RFC 9162 § 2.1.4.1)."""
        end = self.size if size is None else size
        assert 0 <= old <= end <= self.size
        if old in (0, end):
            return []
        path: list[bytes] = []
        start, whole = 0, True
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._range(start, end))
        return path[::-1]

    def _range(self, start: int, end: int) -> bytes:
        """The root of leaves ``start`` to ``end``, where ``start`` may begin a subtree so large."""
        peaks = []
        while start < end:
            height = min((end - start).bit_length() - 1, (start & -start).bit_length() - 1 if start else 62)
            peaks.append(self._perfect(height, start >> height))
            start += 1 << height
        found = peaks.pop()
        while peaks:
            found = node_hash(peaks.pop(), found)
        return found

    def _perfect(self, height: int, number: int) -> bytes:
        """The root of a full subtree of ``2 ** height`` leaves."""
        level, rest = divmod(height, TILE_HEIGHT)
        first = number << rest
        tile, offset = divmod(first, TILE_WIDTH)
        return fold(self._hashes(level, tile)[offset : offset + (1 << rest)])

    def _hashes(self, level: int, number: int) -> Sequence[bytes]:
        place = (level, number)
        if place not in self._kept:
            there = (self.size >> (TILE_HEIGHT * level)) - number * TILE_WIDTH
            self._kept[place] = self._tile(level, number, min(there, TILE_WIDTH))
        return self._kept[place]


def includes(entry_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the audit path leads from the leaf to the root (RFC 9162 § 2.1.3.2)."""
    if not 0 <= index < size <= LEAVES_MAX or any(len(one) != HASH_BYTES for one in path):
        return False
    place, last, found = index, size - 1, entry_hash
    for one in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(one, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node_hash(found, one)
        place >>= 1
        last >>= 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the proof shows the tree of ``old`` leaves to begin that of ``size`` (RFC 9162 § 2.1.4.2)."""
    if not 0 <= old <= size <= LEAVES_MAX or any(len(one) != HASH_BYTES for one in path):
        return False
    if old == size:
        return not path and old_root == root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    place, last = old - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    before = after = steps[0]
    for one in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            after = node_hash(after, one)
        place >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == root


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)
